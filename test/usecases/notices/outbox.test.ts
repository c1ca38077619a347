import { beforeEach, describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import type { OutboxEntry } from '../../../src/store/contract/notices.js';
import {
  addressOf,
  claimEvent,
  claimNotices,
  listInterrupted,
  putBack,
  recordSent,
  recordUnsent,
} from '../../../src/usecases/notices/outbox.js';
import { importPeople } from '../../../src/usecases/people/import-people.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const BODY = { kind: 'feed-trouble', source: 'claude', sentence: 'No answer.', since: '2026-11-18' } as const;

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  const notice = { key: 'feed:claude', audience: { kind: 'finops' }, parentKey: null, body: BODY } as const;
  await context.store.putNotices([notice], context.clock());
});

async function claimOne(): Promise<OutboxEntry> {
  const [entry, ...others] = await claimNotices(context, 10);
  if (entry === undefined || others.length > 0) throw new Error('expected one notice to be due');
  return entry;
}

const team = (name: string, parent: string | null, channel: string | null) => ({
  name,
  parent,
  channel,
  ownerEmail: null,
});

describe('the outbox', () => {
  it('waits twice as long after each failure, at most an hour, and gives up after ten', async () => {
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      const entry = await claimOne();
      await recordUnsent(context, {
        entry,
        sentence: 'Slack is down.',
        reason: 'refused',
        retryAfterMs: null,
      });
      const held = await context.store.findNotice(entry.notice.key);
      if (held?.state === 'failed') break;
      waits.push(((held?.nextAttemptMs ?? 0) - context.clock()) / 1000);
      context.testClock.advance((held?.nextAttemptMs ?? 0) - context.clock() - 1);
      expect(await claimNotices(context, 10)).toEqual([]);
      context.testClock.advance(1);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(await context.store.findNotice('feed:claude')).toMatchObject({ state: 'failed', attempts: 10 });
  });

  it('never gives a notice up because of an outage, and tries again every ten minutes at least', async () => {
    for (let attempt = 1; attempt <= 40; attempt++) {
      const entry = await claimOne();
      await recordUnsent(context, { entry, sentence: 'Down.', reason: 'outage', retryAfterMs: null });
      const held = await context.store.findNotice(entry.notice.key);
      const wait = (held?.nextAttemptMs ?? 0) - context.clock();
      expect(wait).toBeGreaterThanOrEqual(30_000);
      expect(wait).toBeLessThanOrEqual(600_000);
      context.testClock.advance(wait);
    }
    expect(await claimOne()).toMatchObject({ attempts: 40 });
  });

  it('puts back what nobody has tried, due at once and without an attempt counted', async () => {
    const entry = await claimOne();
    await putBack(context, [entry]);
    expect(await listInterrupted(context)).toEqual([]);
    expect(await claimOne()).toMatchObject({ attempts: 0, revision: entry.revision });
  });

  it('waits at least as long as Slack asks, and gives up at once when it is final', async () => {
    const entry = await claimOne();
    await recordUnsent(context, {
      entry,
      sentence: 'Rate limited.',
      reason: 'refused',
      retryAfterMs: 90_000,
    });
    context.testClock.advance(90_000);
    const again = await claimOne();
    await recordUnsent(context, {
      entry: again,
      sentence: 'channel_not_found',
      reason: 'final',
      retryAfterMs: null,
    });
    context.testClock.advance(86_400_000);
    expect(await claimNotices(context, 10)).toEqual([]);
    expect(context.log.lines.at(-1)).toEqual({ level: 'error', message: 'notice given up' });
  });

  it('hands an entry out once, and lists what a crash left in between', async () => {
    const entry = await claimOne();
    expect(await claimNotices(context, 10)).toEqual([]);
    expect((await listInterrupted(context)).map(({ notice }) => notice.key)).toEqual(['feed:claude']);
    await recordSent(context, { entry, channelId: 'C1', ts: '1.2' });
    expect(await listInterrupted(context)).toEqual([]);
    expect(await context.store.findNotice('feed:claude')).toMatchObject({
      state: 'sent',
      channelId: 'C1',
      ts: '1.2',
    });
  });

  it('finds the channel of a team, of the team above it, and the Slack id of a person', async () => {
    await importPeople(context, {
      people: [
        {
          email: 'ana@x.example',
          name: 'Ana',
          kind: 'employee',
          aliases: ['a@x.example'],
          slackUserId: 'U7',
        },
      ],
      memberships: [
        {
          email: 'ana@x.example',
          team: 'Search',
          managerEmail: null,
          costCentre: null,
          from: '2026-01-01' as Day,
          to: null,
        },
      ],
      teams: [
        team('Product', null, 'C-product'),
        team('Search', 'Product', null),
        team('Support', null, 'C-support'),
      ],
    });
    const entry = await claimOne();
    const addressed = (audience: OutboxEntry['notice']['audience']) =>
      addressOf(context, { ...entry, notice: { ...entry.notice, audience } });
    expect(await addressed({ kind: 'team', team: 'Support' })).toMatchObject({ teamChannel: 'C-support' });
    expect(await addressed({ kind: 'team', team: 'Search' })).toMatchObject({ teamChannel: 'C-product' });
    expect(await addressed({ kind: 'team', team: 'Nobody' })).toMatchObject({ teamChannel: null });
    expect(await addressed({ kind: 'person', email: 'A@x.example' })).toMatchObject({ personSlackId: 'U7' });
    expect(await addressed({ kind: 'finops' })).toEqual({
      parent: null,
      teamChannel: null,
      personSlackId: null,
    });
  });

  it('takes each event once', async () => {
    expect(await claimEvent(context, 'Ev1')).toBe(true);
    expect(await claimEvent(context, 'Ev1')).toBe(false);
  });
});
