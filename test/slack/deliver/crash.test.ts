import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/notices/notice.js';
import { deliveryClientOptions } from '../../../src/slack/transport/client-options.js';
import { createTestContext } from '../../support/context.js';
import { alertFigures, digestFigures } from '../../support/slack/figures.js';
import { startSecondSlack } from '../../support/slack/second.js';
import { ANA, createWorld, FINOPS, SEARCH, type World } from '../../support/slack/world.js';

const digest = (week: string, monthToDate = 5n): Notice => ({
  key: `digest:team:Search:${week}`,
  audience: { kind: 'team', team: 'Search' },
  parentKey: null,
  body: { kind: 'digest', figures: digestFigures({ monthToDate }) },
});
const alert: Notice = {
  key: 'alert:case:1',
  audience: { kind: 'team', team: 'Search' },
  parentKey: null,
  body: { kind: 'alert', figures: alertFigures() },
};
const explained: Notice = {
  ...alert,
  key: 'alert:case:1:explained',
  parentKey: 'alert:case:1',
  body: { kind: 'alert-explained', figures: alertFigures() },
};
const direct: Notice = {
  key: 'feed:claude',
  audience: { kind: 'person', email: 'ben@larkspur.test' },
  parentKey: null,
  body: { kind: 'feed-trouble', source: 'claude', sentence: 'No answer.', since: '2026-11-18' },
};

function keyOf(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'key' in payload
    ? String(payload.key)
    : 'undefined';
}

/** A client whose process dies at its n-th call: before Slack sees it, or when Slack has answered. */
function mortal(world: World, at: { call: number; seen: boolean }) {
  let calls = 0;
  let die: () => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = () => resolve('died');
  });
  const client = new WebClient('xoxb-sandbox', {
    ...deliveryClientOptions(),
    fetch: async (url, init) => {
      calls += 1;
      if (calls < at.call) return world.slack.fetch(url, init);
      if (at.seen) await world.slack.fetch(url, init);
      die();
      return new Promise(() => undefined);
    },
  });
  return { client, died };
}

describe('a death of the process at any call to Slack', () => {
  it.each([false, true])(
    'posts every notice once and as it last was (Slack saw the call: %s)',
    async (seen) => {
      const world = await createWorld();
      await world.deliver();
      let deaths = 0;
      for (let call = 1; call < 40; call++) {
        const week = `2026-W${10 + call}`;
        const of = (notice: Notice): Notice => ({
          ...notice,
          key: `${notice.key}:${call}`,
          parentKey: notice.parentKey === null ? null : `${notice.parentKey}:${call}`,
        });
        await world.context.store.putNotices(
          [digest(week), of(alert), of(explained), of(direct)],
          world.context.clock(),
        );
        const doomed = mortal(world, { call, seen });
        const first = world.restartDeliver({ client: doomed.client });
        const outcome = await Promise.race([first.deliver(), doomed.died]);
        if (outcome === 'died') deaths += 1;
        // Restated while nobody delivers: the edit is what must stand in the end.
        await world.context.store.putNotices([digest(week, BigInt(1_000 + call))], world.context.clock());
        world.context.testClock.advance(3_600_000);
        await world.restartDeliver().deliver();
        world.context.testClock.advance(3_600_000);
        await world.restartDeliver().deliver();
        if (outcome !== 'died') break;
      }
      expect(deaths).toBeGreaterThan(4);
      const keys: string[] = [];
      for (const channel of [SEARCH, FINOPS]) {
        const { messages } = await world.app.client.conversations.history({
          channel,
          limit: 999,
          include_all_metadata: true,
        });
        for (const { ts, metadata } of messages ?? []) {
          keys.push(keyOf(metadata?.event_payload));
          const { messages: replies } = await world.app.client.conversations.replies({
            channel,
            ts: ts ?? '',
            include_all_metadata: true,
          });
          for (const reply of replies?.slice(1) ?? []) keys.push(keyOf(reply.metadata?.event_payload));
        }
      }
      const ours = keys.filter((key) => key !== 'undefined');
      expect(ours.length).toBe(new Set(ours).size);
      for (let call = 1; call <= deaths; call++) {
        expect(ours).toContain(`digest:team:Search:2026-W${10 + call}`);
        expect(ours).toContain(`alert:case:1:explained:${call}`);
        const entry = await world.context.store.findNotice(`digest:team:Search:2026-W${10 + call}`);
        expect(entry).toMatchObject({ state: 'sent', sentRevision: 2 });
      }
      expect(world.messages(ANA, SEARCH).length).toBeGreaterThan(0);
    },
  );

  it('by SIGKILL, with another Slack and a ledger on disk, loses nothing either', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'apportion-')), 'ledger.db');
    const slack = await startSecondSlack();
    const { channels } = (await slack.call('conversations.list')) as unknown as {
      channels: { id: string; name: string }[];
    };
    const channel = channels.find(({ name }) => name === 'finops')?.id ?? '';
    const context = await createTestContext({ path });
    const notices = ['W10', 'W11', 'W12'].map(
      (week): Notice => ({ ...digest(`2026-${week}`), audience: { kind: 'finops' } }),
    );
    await context.store.putNotices(notices, context.clock());
    for (const dieAt of ['2', '0']) {
      const child = fork(
        new URL('../../support/killed/delivery.ts', import.meta.url),
        [path, slack.apiUrl, channel, dieAt],
        { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
      );
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect({ code, signal }).toEqual(
        dieAt === '2' ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null },
      );
    }
    const { messages } = (await slack.call('conversations.history', {
      channel,
      include_all_metadata: true,
    })) as unknown as { messages: { metadata?: { event_payload: { key: string } } }[] };
    expect(messages.flatMap(({ metadata }) => metadata?.event_payload.key ?? []).toSorted()).toEqual(
      notices.map(({ key }) => key),
    );
    await context.store.close();
    await slack.close();
  });
});
