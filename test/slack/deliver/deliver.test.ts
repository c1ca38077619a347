import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../../src/core/notices/notice.js';
import { claimNotices } from '../../../src/usecases/notices/outbox.js';
import { alertFigures, digestFigures } from '../../support/slack/figures.js';
import {
  ANA,
  BEN,
  createWorld,
  delivered,
  FINOPS,
  SEARCH,
  textOf,
  type World,
} from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.deliver();
});

const digest = (team: string, key = `digest:team:${team}:2026-W46`, monthToDate = 5n): Notice => ({
  key,
  audience: { kind: 'team', team },
  parentKey: null,
  body: { kind: 'digest', figures: digestFigures({ title: team, monthToDate }) },
});
const alert = (state: 'open' | 'acknowledged' | 'closed' = 'open'): Notice => ({
  key: 'alert:case:1',
  audience: { kind: 'team', team: 'Search' },
  parentKey: null,
  body: {
    kind: 'alert',
    figures: alertFigures({ state, acknowledgedBy: state === 'open' ? null : 'Ana Ruiz' }),
  },
});
const explained: Notice = {
  key: 'alert:case:1:explained',
  audience: { kind: 'team', team: 'Search' },
  parentKey: 'alert:case:1',
  body: { kind: 'alert-explained', figures: alertFigures() },
};

async function put(...notices: Notice[]): Promise<void> {
  await world.context.store.putNotices(notices, world.context.clock());
}
const posts = () => world.slack.calls.filter(({ method }) => method === 'chat.postMessage');
const roots = (channel: string) => world.messages(ANA, channel).filter(({ threadTs }) => threadTs === null);

describe('delivering', () => {
  it('posts to the team channel with metadata, the chart in the thread, and only once', async () => {
    await put(digest('Search'));
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 0 });
    const [message, ...others] = roots(SEARCH);
    expect(others).toEqual([]);
    const replies = world.messages(ANA, SEARCH).filter(({ threadTs }) => threadTs === message?.ts);
    expect(replies.map(({ files }) => files.map(({ altText }) => altText))).toEqual([['A chart']]);
    expect(posts().at(-1)?.args).toMatchObject({ unfurl_links: 'false' });
    const history = await world.app.client.conversations.history({
      channel: SEARCH,
      include_all_metadata: true,
    });
    expect(history.messages?.find(({ ts }) => ts === message?.ts)?.metadata).toEqual({
      event_type: 'apportion_notice',
      event_payload: { key: 'digest:team:Search:2026-W46', revision: 1 },
    });
  });

  it('sends a team without a channel to FinOps, and a person a direct message', async () => {
    await put(digest('Support'), {
      ...digest('x', 'to-ben'),
      audience: { kind: 'person', email: 'ben@larkspur.test' },
    });
    expect(await world.deliver()).toEqual({ sent: 2, failed: 0 });
    expect(textOf(roots(FINOPS).at(-1)?.blocks)).toContain('Support');
    const direct = world.slack.see(BEN).conversations.find(({ kind }) => kind === 'im');
    expect(direct?.messages.length).toBeGreaterThan(0);
  });

  it('tells FinOps where a message was meant to go when its channel is closed', async () => {
    await put(digest('Attic'));
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(textOf(roots(FINOPS).at(-1)?.blocks)).toContain('the channel is archived');
  });

  it('edits the parent in place and puts what follows into its thread', async () => {
    await put(alert(), explained);
    expect(await world.deliver()).toEqual({ sent: 2, failed: 0 });
    await put(alert('acknowledged'));
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    const [parent, ...others] = roots(SEARCH);
    expect(others).toEqual([]);
    expect(parent?.isEdited).toBe(true);
    expect(textOf(parent?.blocks)).toContain('Acknowledged by Ana Ruiz');
    expect(textOf(parent?.blocks)).not.toContain('Unusual spend');
    const replies = world.messages(ANA, SEARCH).filter(({ threadTs }) => threadTs === parent?.ts);
    expect(textOf(replies.map(({ blocks }) => blocks))).toContain('What drove');
    expect(replies.filter(({ files }) => files.length > 0)).toHaveLength(1);
  });
});

describe('when Slack is in trouble', () => {
  it('waits as long as Slack says', async () => {
    await put(digest('Search'));
    world.slack.faults.push({ method: 'chat.postMessage', kind: 'ratelimited', retryAfterSeconds: 120 });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
    const entry = await world.context.store.findNotice('digest:team:Search:2026-W46');
    expect(entry).toMatchObject({ state: 'pending', attempts: 1 });
    expect(entry?.nextAttemptMs).toBeGreaterThanOrEqual(world.context.clock() + 120_000);
    world.context.testClock.advance(3_600_000);
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
  });

  it('stops at the first outage, keeps the rest untried and loses nothing in an hour of it', async () => {
    const teams = Array.from({ length: 30 }, (_, i) =>
      digest('Search', `digest:team:Search:2025-W${i + 10}`),
    );
    await put(...teams);
    const before = posts().length;
    for (let minute = 0; minute < 60; minute++) {
      world.slack.faults.push({ method: 'chat.postMessage', kind: 'error', error: 'service_unavailable' });
      expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
      world.context.testClock.advance(60_000);
    }
    expect(posts().length - before).toBe(60);
    let sent = 0;
    for (let minute = 0; minute < 15; minute++) {
      sent += (await world.deliver()).sent;
      world.context.testClock.advance(60_000);
    }
    expect(sent).toBe(30);
    expect(roots(SEARCH)).toHaveLength(30);
  });

  it('leaves a second between the messages of one channel, after a short burst', async () => {
    const pauses: number[] = [];
    const pause = async (ms: number) => {
      pauses.push(ms);
      world.context.testClock.advance(ms);
    };
    await put(...Array.from({ length: 6 }, (_, i) => digest('Search', `digest:team:Search:2025-W${i + 10}`)));
    const own = world.restartDeliver({ pause, drawChart: async () => Promise.reject(new Error('none')) });
    expect(await delivered(own)).toEqual({ sent: 6, failed: 0 });
    expect(pauses).toEqual([1_100, 1_100, 1_100]);
  });

  it('puts back untried what waits for its turn when the app stops, and posts it after the next start', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `digest:team:Search:2025-W${i + 10}`);
    await put(...keys.map((key) => digest('Search', key)));
    let waits = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const pause = async (_ms: number, signal: AbortSignal) => {
      waits();
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    };
    const own = world.restartDeliver({ pause, drawChart: async () => Promise.reject(new Error('none')) });
    const run = own.deliver();
    await waiting;
    await own.stop();
    expect(await run).toEqual({ sent: 3, failed: 0 });
    for (const key of keys.slice(3))
      expect(await world.context.store.findNotice(key)).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await world.deliver()).toEqual({ sent: 5, failed: 0 });
    expect(roots(SEARCH)).toHaveLength(8);
  });

  it('keeps what not even the FinOps channel takes', async () => {
    await put({ ...alert(), audience: { kind: 'finops' } });
    world.slack.faults.push({ method: 'chat.postMessage', kind: 'error', error: 'is_archived' });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
    expect(world.context.log.lines.at(-1)?.level).not.toBe('info');
    world.context.testClock.advance(3_600_000);
    expect(await world.deliver()).toMatchObject({ sent: 1 });
  });

  it('does not post twice when the answer to a post was lost', async () => {
    await put(digest('Search'));
    world.slack.faults.push({ method: 'chat.postMessage', kind: 'lost-response' });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
    expect(roots(SEARCH)).toHaveLength(1);
    world.context.testClock.advance(3_600_000);
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(roots(SEARCH)).toHaveLength(1);
    expect((await world.context.store.findNotice('digest:team:Search:2026-W46'))?.ts).toBe(
      roots(SEARCH)[0]?.ts,
    );
  });

  it('finds what a crash left posted but unrecorded, in a channel and in a thread', async () => {
    await put(alert());
    await world.deliver();
    await put(explained, digest('Search'));
    const claimed = await claimNotices(world.context, 10);
    expect(claimed).toHaveLength(2);
    const parent = roots(SEARCH)[0];
    for (const { notice, revision } of claimed) {
      await world.app.client.chat.postMessage({
        channel: SEARCH,
        text: 'posted before the crash',
        ...(notice.parentKey === null ? {} : { thread_ts: parent?.ts ?? '' }),
        metadata: { event_type: 'apportion_notice', event_payload: { key: notice.key, revision } },
      });
    }
    const before = posts().length;
    expect(await delivered(world.restartDeliver())).toEqual({ sent: 2, failed: 0 });
    expect(posts()).toHaveLength(before);
    expect(await world.context.store.listInterrupted()).toEqual([]);
  });

  it('posts what a crash left claimed but never posted', async () => {
    await put(digest('Search'));
    await claimNotices(world.context, 10);
    expect(await delivered(world.restartDeliver())).toEqual({ sent: 1, failed: 0 });
    expect(roots(SEARCH)).toHaveLength(1);
  });

  it('keeps everything while the token is refused', async () => {
    await put(digest('Search'));
    world.slack.faults.push({ method: 'chat.postMessage', kind: 'error', error: 'account_inactive' });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
    expect(await world.context.store.findNotice('digest:team:Search:2026-W46')).toMatchObject({
      state: 'pending',
    });
  });

  it('posts the text alone where the layout is refused', async () => {
    await put(digest('Search'));
    world.slack.faults.push({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks' });
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(roots(SEARCH)[0]?.blocks).toEqual([]);
    expect(roots(SEARCH)[0]?.text).toContain('Search');
  });

  it('gives an edit up when the message was deleted', async () => {
    await put(alert());
    await world.deliver();
    await put(alert('closed'));
    world.slack.faults.push({ method: 'chat.update', kind: 'error', error: 'message_not_found' });
    expect(await world.deliver()).toEqual({ sent: 0, failed: 1 });
    expect(await world.context.store.findNotice('alert:case:1')).toMatchObject({ state: 'failed' });
  });

  it('misses a chart that cannot be drawn, and posts the message once all the same', async () => {
    const delivery = world.restartDeliver({ drawChart: () => Promise.reject(new Error('no canvas')) });
    await put(digest('Search'));
    expect(await delivered(delivery)).toEqual({ sent: 1, failed: 0 });
    expect(await delivered(delivery)).toEqual({ sent: 0, failed: 0 });
    expect(world.messages(ANA, SEARCH)).toHaveLength(1);
    expect(world.context.log.lines.map(({ message }) => message)).toContain(
      'A chart is missing from a thread.',
    );
  });

  it('never runs side by side with itself', async () => {
    await put(digest('Search'), digest('Support'));
    const reports = await Promise.all([world.deliver(), world.deliver(), world.deliver()]);
    expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(2);
    expect(roots(SEARCH)).toHaveLength(1);
  });
});

describe('the chart of a digest', () => {
  const key = 'digest:team:Search:2026-W46';
  const root = () => roots(SEARCH)[0];
  const images = () => (root()?.blocks ?? []).filter(({ type }) => type === 'image');
  const replies = () => world.messages(ANA, SEARCH).filter(({ threadTs }) => threadTs !== null);
  const updates = () => world.slack.calls.filter(({ method }) => method === 'chat.update');
  const logged = () => world.context.log.lines.map(({ message }) => message);

  it('stands in the message right after the lines that matter, and stays what it was otherwise', async () => {
    world = await createWorld({ slack: { fileDelayMs: 3_000 } });
    await put(digest('Search'));
    await world.deliver();
    expect(
      root()
        ?.blocks.map(({ type }) => type)
        .slice(0, 3),
    ).toEqual(['header', 'rich_text', 'image']);
    const [file] = replies().flatMap(({ files }) => files);
    expect(images()).toMatchObject([{ slack_file: { id: file?.id }, alt_text: 'A chart' }]);
    expect(textOf(root()?.blocks)).toContain('Month to date');
    const { messages } = await world.app.client.conversations.history({
      channel: SEARCH,
      include_all_metadata: true,
    });
    expect(messages?.find(({ ts }) => ts === root()?.ts)?.metadata?.event_payload).toEqual({
      key,
      revision: 1,
    });
    expect(await world.context.store.findNotice(key)).toMatchObject({ revision: 1, sentRevision: 1 });
  });

  it('is not promised before it is there', async () => {
    const delivery = world.restartDeliver({ drawChart: () => Promise.reject(new Error('no canvas')) });
    await put(digest('Search'));
    await delivered(delivery);
    expect(textOf(root()?.blocks)).not.toMatch(/chart/i);
    expect(updates()).toEqual([]);
  });

  it('stays in the thread when Slack takes longer than half a minute over the file', async () => {
    world = await createWorld({ slack: { fileDelayMs: 3_600_000 } });
    await put(digest('Search'));
    const before = world.context.clock();
    await world.deliver();
    expect(world.context.clock() - before).toBe(30_000);
    expect(images()).toEqual([]);
    expect(replies()).toHaveLength(1);
    expect(logged()).toContain('A chart stays in its thread.');
  });

  it('stays in the thread when Slack refuses the edit', async () => {
    world.slack.faults.push({ method: 'chat.update', kind: 'error', error: 'invalid_blocks' });
    await put(digest('Search'));
    expect(await world.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(images()).toEqual([]);
    expect(root()?.isEdited).toBe(false);
    expect(await world.deliver()).toEqual({ sent: 0, failed: 0 });
  });

  it('is shown after the pause that Slack asks for', async () => {
    world.slack.faults.push({ method: 'chat.update', kind: 'ratelimited', retryAfterSeconds: 20 });
    await put(digest('Search'));
    await world.deliver();
    expect(images()).toHaveLength(1);
  });

  it('is drawn anew when the week is restated', async () => {
    await put(digest('Search'));
    await world.deliver();
    const [first] = images();
    await put(digest('Search', key, 6n));
    await world.deliver();
    expect(roots(SEARCH)).toHaveLength(1);
    const files = replies().flatMap(({ files: shared }) => shared.map(({ id }) => id));
    expect(new Set(files).size).toBe(2);
    expect(images()).toMatchObject([{ slack_file: { id: files.at(-1) } }]);
    expect(images()).not.toEqual([first]);
  });

  it('of a revision that is outdated already is not shown', async () => {
    let drawn = 0;
    const delivery = world.restartDeliver({
      drawChart: async () => {
        drawn += 1;
        if (drawn === 1) await put(digest('Search', key, 6n));
        return { png: Buffer.from('89504e47', 'hex'), altText: `Chart ${drawn}`, filename: 'chart.png' };
      },
    });
    await put(digest('Search'));
    await delivered(delivery);
    expect(images()).toEqual([]);
    await delivered(delivery);
    expect(images()).toMatchObject([{ alt_text: 'Chart 2' }]);
  });

  it('keeps nothing else waiting while Slack works on the file', async () => {
    let release: (() => void) | null = null;
    const delivery = world.restartDeliver({
      pause: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    await put(digest('Search'));
    expect(await delivery.deliver()).toEqual({ sent: 1, failed: 0 });
    await put(alert());
    expect(await delivery.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(images()).toEqual([]);
    const answer = await vi.waitFor(() => release ?? Promise.reject(new Error('nobody waits yet')), 60_000);
    answer();
    await delivery.idle();
    expect(images()).toHaveLength(1);
  });

  it('is given up when the app stops', async () => {
    const delivery = world.restartDeliver({
      pause: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    await put(digest('Search'), digest('Support'));
    await delivery.deliver();
    await vi.waitFor(() => expect(replies()).toHaveLength(1), 60_000);
    await delivery.stop();
    await delivery.idle();
    expect(updates()).toEqual([]);
    expect(logged()).not.toContain('A chart stays in its thread.');
  });

  it('in a channel that the digest was not meant for leaves the line that says so', async () => {
    await put(digest('Attic'));
    await world.deliver();
    const seen = roots(FINOPS).at(-1);
    expect(textOf(seen?.blocks)).toContain('the channel is archived');
    expect(seen?.blocks.some(({ type }) => type === 'image')).toBe(false);
  });
});
