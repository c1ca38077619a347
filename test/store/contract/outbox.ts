import { describe, expect, it } from 'vitest';
import type { AlertFigures } from '../../../src/core/alerts/alert.js';
import { parseDay } from '../../../src/core/base/time.js';
import type { Notice } from '../../../src/core/notices/notice.js';
import type { OutboxEntry } from '../../../src/store/contract/notices.js';
import type { Store } from '../../../src/store/store.js';
import { ANA } from './support.js';

const FIGURES: AlertFigures = {
  caseId: 0,
  dimension: 'team',
  owner: 'Search',
  currency: 'USD',
  state: 'open',
  firstDay: parseDay('2026-11-16'),
  lastDay: parseDay('2026-11-16'),
  actual: 9_007_199_254_740_993n, // above 2^53: a float on the way would show
  expected: 1n,
  upper: 2n,
  excess: 9_007_199_254_740_992n,
  drivers: [],
  series: [],
  acknowledgedBy: null,
};

function noticeOf(key: string, actual = 5n, parentKey: string | null = null): Notice {
  const audience = { kind: 'team', team: 'Search' } as const;
  return { key, parentKey, audience, body: { kind: 'alert', figures: { ...FIGURES, actual } } };
}

const keys = (entries: readonly OutboxEntry[]) => entries.map(({ notice }) => notice.key);

async function send(store: Store, entry: OutboxEntry): Promise<void> {
  const address = { channelId: 'C1', ts: `ts-${entry.notice.key}` };
  await store.markSent(entry.notice.key, { revision: entry.revision, ...address, atMs: 1 });
}
async function sendAll(store: Store, nowMs: number): Promise<readonly string[]> {
  const claimed = await store.claimNotices(nowMs, 100);
  for (const entry of claimed) await send(store, entry);
  return keys(claimed);
}

/** What every outbox promises; `open` gives a fresh, empty store. */
export function outboxStoreContract(open: () => Promise<Store>): void {
  describe('notices in an outbox', () => {
    it('are added once and revised only by a different body', async () => {
      const store = await open();
      expect(await store.putNotices([noticeOf('a'), noticeOf('b')], 10)).toEqual({ added: 2, revised: 0 });
      expect(await store.putNotices([noticeOf('a'), noticeOf('b', 6n)], 20)).toEqual({
        added: 0,
        revised: 1,
      });
      expect(await store.findNotice('a')).toMatchObject({
        notice: noticeOf('a'),
        revision: 1,
        sentRevision: 0,
      });
      expect(await store.findNotice('b')).toMatchObject({ notice: noticeOf('b', 6n), revision: 2 });
      expect(await store.findNotice('c')).toBeNull();
    });

    it('are claimed oldest first, up to the limit, and only once', async () => {
      const store = await open();
      await store.putNotices([noticeOf('new')], 20);
      await store.putNotices([noticeOf('old'), noticeOf('older')], 10);
      expect(keys(await store.claimNotices(100, 2))).toEqual(['old', 'older']);
      expect(keys(await store.claimNotices(100, 2))).toEqual(['new']);
      expect(await store.claimNotices(100, 2)).toEqual([]);
    });

    it('wait for their parent to be posted', async () => {
      const store = await open();
      await store.putNotices([noticeOf('child', 1n, 'parent'), noticeOf('orphan', 1n, 'nobody')], 10);
      await store.putNotices([noticeOf('parent')], 20);
      expect(await sendAll(store, 100)).toEqual(['parent']);
      expect(await sendAll(store, 100)).toEqual(['child']);
      expect(await sendAll(store, 100)).toEqual([]);
    });

    it('come back for an edit when a sent one gets a new body, with the address of the message', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a')], 10);
      await sendAll(store, 100);
      expect(await store.claimNotices(100, 10)).toEqual([]);
      await store.putNotices([noticeOf('a', 6n)], 200);
      const [edit] = await store.claimNotices(200, 10);
      expect(edit).toMatchObject({
        state: 'sending',
        revision: 2,
        sentRevision: 1,
        channelId: 'C1',
        ts: 'ts-a',
      });
    });

    it('come back for an edit when the body changed while the first one was on its way', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a')], 10);
      const [first] = await store.claimNotices(100, 10);
      await store.putNotices([noticeOf('a', 6n)], 150);
      expect(await store.claimNotices(150, 10)).toEqual([]);
      await send(store, first!);
      expect(keys(await store.claimNotices(150, 10))).toEqual(['a']);
    });

    it('are tried again at the given time, and not at all once given up', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a')], 10);
      await store.claimNotices(10, 10);
      await store.markUnsent('a', { sentence: 'Slack is down.', retryAtMs: 500 });
      expect(await store.claimNotices(499, 10)).toEqual([]);
      expect(await store.claimNotices(500, 10)).toMatchObject([{ attempts: 1 }]);
      await store.markUnsent('a', { sentence: 'The channel is gone.', retryAtMs: null });
      expect(await store.claimNotices(9999, 10)).toEqual([]);
      expect(await store.findNotice('a')).toMatchObject({ state: 'failed', attempts: 2 });
    });

    it('get a new chance with a new body after they were given up', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a')], 10);
      await store.claimNotices(10, 10);
      await store.markUnsent('a', { sentence: 'No.', retryAtMs: null });
      await store.putNotices([noticeOf('a', 6n)], 20);
      expect(await store.claimNotices(20, 10)).toMatchObject([{ attempts: 0, revision: 2 }]);
    });

    it('stay an edit when the edit fails', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a')], 10);
      await sendAll(store, 10);
      await store.putNotices([noticeOf('a', 6n)], 20);
      await store.claimNotices(20, 10);
      await store.markUnsent('a', { sentence: 'Later.', retryAtMs: 30 });
      expect(await store.findNotice('a')).toMatchObject({ state: 'sent', ts: 'ts-a', sentRevision: 1 });
      expect(keys(await store.claimNotices(30, 10))).toEqual(['a']);
    });

    it('that a crash left behind are listed as interrupted', async () => {
      const store = await open();
      await store.putNotices([noticeOf('a'), noticeOf('b')], 10);
      const [, b] = await store.claimNotices(10, 10);
      await send(store, b!);
      expect(keys(await store.listInterrupted())).toEqual(['a']);
    });

    it('that are unknown cannot be marked', async () => {
      const store = await open();
      const sent = { revision: 1, channelId: 'C', ts: '1', atMs: 1 };
      await expect(store.markSent('x', sent)).rejects.toMatchObject({ code: 'not-found' });
      const problem = { sentence: 'No.', retryAtMs: null };
      await expect(store.markUnsent('x', problem)).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  describe('jobs, events and the audit log', () => {
    it('know the latest run of each job', async () => {
      const store = await open();
      expect(await store.lastJobRun('digest')).toBeNull();
      const run = { job: 'digest', finishedAtMs: 5, ok: true, sentence: null };
      await store.recordJobRun({ ...run, scheduledForMs: 200 });
      await store.recordJobRun({ ...run, scheduledForMs: 100 });
      await store.recordJobRun({ ...run, scheduledForMs: 300, ok: false, sentence: 'No.' });
      await store.recordJobRun({ ...run, job: 'other', scheduledForMs: 900 });
      expect(await store.lastJobRun('digest')).toEqual({ scheduledForMs: 300, ok: false });
      await store.recordJobRun({ ...run, scheduledForMs: 300 });
      expect(await store.lastJobRun('digest')).toEqual({ scheduledForMs: 300, ok: true });
    });

    it('take an event only the first time', async () => {
      const store = await open();
      expect(await store.claimEvent('Ev1', 1)).toBe(true);
      expect(await store.claimEvent('Ev1', 2)).toBe(false);
      expect(await store.claimEvent('Ev2', 3)).toBe(true);
    });

    it('list audit entries newest first, with money intact', async () => {
      const store = await open();
      const entry = { actor: ANA, action: 'test', atMs: 7 };
      await store.appendAudit({ ...entry, subject: 'one', detail: { cost: 9_007_199_254_740_993n } });
      await store.appendAudit({ ...entry, subject: 'two', detail: undefined });
      expect(await store.listAudit(10)).toMatchObject([
        { subject: 'two', detail: null },
        { subject: 'one', detail: { cost: 9_007_199_254_740_993n }, atMs: 7 },
      ]);
      expect(await store.listAudit(1)).toHaveLength(1);
    });
  });
}
