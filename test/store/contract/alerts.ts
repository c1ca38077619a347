import { describe, expect, it } from 'vitest';
import type { AlertFigures, CaseCare } from '../../../src/core/alerts/alert.js';
import { parseDay } from '../../../src/core/base/time.js';
import type { Notice } from '../../../src/core/notices/notice.js';
import type { AlertCase, CaseEdit } from '../../../src/store/contract/alerts.js';
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
  cause: { kind: 'key', label: 'ci' },
};
const CARE: CaseCare = {
  assignee: null,
  raisedExcess: 7n,
  raises: 0,
  waitingSinceMs: 1,
  escalated: 'no',
  rollup: null,
};

const parentOf = ({ id, figures }: AlertCase): Notice => ({
  key: `alert:case:${id}`,
  audience: { kind: 'finops' },
  parentKey: null,
  body: { kind: 'alert', figures },
});
const opening = {
  dimension: 'key',
  owner: 'ci',
  firstDay: FIGURES.firstDay,
  figures: FIGURES,
  care: CARE,
  atMs: 1,
  notices: (opened: AlertCase) => [parentOf(opened)],
};
const silence = {
  kind: 'muted' as const,
  cause: { kind: 'key' as const, label: 'ci' },
  currency: 'USD',
  from: parseDay('2026-11-16'),
  until: parseDay('2026-12-16'),
  limit: null,
  by: 'slack:U1 (Ana Ruiz)',
  comment: null,
  outcome: null,
};

/** What every store of alert cases promises; `open` gives a fresh, empty store. */
export function alertStoreContract(open: () => Promise<Store>): void {
  const edit = (
    store: Store,
    id: number,
    change: CaseEdit | null,
    more: { once?: string; atMs?: number } = {},
  ) =>
    store.editCase({
      id,
      actor: ANA,
      atMs: more.atMs ?? 50,
      once: more.once ?? null,
      edit: () => change,
      notices: (after) => [parentOf(after)],
    });

  describe('alert cases', () => {
    it('are opened once per cause until they are closed, with their message, and know their own id', async () => {
      const store = await open();
      const first = await store.openCase(opening);
      expect(first).toMatchObject({ state: 'open', openedAtMs: 1, care: CARE });
      expect(first.figures).toMatchObject({ ...FIGURES, caseId: first.id });
      const later = { ...opening, firstDay: parseDay('2026-11-17') };
      expect(await store.openCase(later)).toEqual(first);
      expect(await store.findNotice(`alert:case:${first.id}`)).toMatchObject({ revision: 1 });
      await edit(store, first.id, { state: 'closed' });
      expect(await store.listOpenCases()).toEqual([]);
      const second = await store.openCase(later);
      expect(second.id).not.toBe(first.id);
      expect(await store.listOpenCases()).toEqual([second]);
      const since = async (day: string) => (await store.listCases(parseDay(day))).map(({ id }) => id);
      expect(await since('2026-11-16')).toEqual([second.id, first.id]);
      expect(await since('2026-11-17')).toEqual([]);
    });

    it('take new figures without an audit line, edit their message, and keep the days they reach', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      const grown = { ...FIGURES, lastDay: parseDay('2026-11-18'), actual: 77n };
      await edit(store, id, { figures: grown, care: { ...CARE, raises: 1, raisedExcess: 2n ** 60n } });
      const found = await store.findCase(id);
      expect(found).toMatchObject({ lastDay: '2026-11-18', figures: { actual: 77n, caseId: id } });
      expect(found?.care.raisedExcess).toBe(2n ** 60n);
      expect((await store.findNotice(`alert:case:${id}`))?.revision).toBe(2);
      expect(await store.listAudit(10)).toEqual([]);
      expect(await edit(store, id, null)).toEqual(found);
    });

    it('remember who acknowledged them, until they are raised again, and audit it', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      const acknowledged = await edit(store, id, { state: 'acknowledged', comment: 'A load test.' });
      expect(acknowledged).toMatchObject({ acknowledgedBy: 'Ana Ruiz', acknowledgedAtMs: 50 });
      expect(acknowledged.figures).toMatchObject({ acknowledgedBy: 'Ana Ruiz', state: 'acknowledged' });
      expect(await store.listAudit(10)).toMatchObject([
        { action: 'alert.acknowledged', actor: 'slack:U1 (Ana Ruiz)', detail: { comment: 'A load test.' } },
      ]);
      const again = await edit(store, id, { state: 'open' });
      expect(again).toMatchObject({ state: 'open', acknowledgedBy: null, acknowledgedAtMs: null });
    });

    it('do what one request asks for once', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      const comment = { audit: { action: 'alert.comment', detail: { text: 'Seen.' } } };
      await edit(store, id, comment, { once: 'V1' });
      await edit(store, id, comment, { once: 'V1' });
      expect(await store.listAudit(10)).toHaveLength(1);
      await edit(store, id, comment, { once: 'V2' });
      expect(await store.listAudit(10)).toHaveLength(2);
    });

    it('are not reopened, and an unknown one is refused', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      await edit(store, id, { state: 'closed' });
      await expect(edit(store, id, { state: 'open' })).rejects.toMatchObject({ code: 'conflict' });
      await expect(edit(store, 99, { state: 'open' })).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.findCase(99)).toBeNull();
    });

    it('are found by the message that tells of them', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      const at = { channelId: 'C1', ts: '1.5' };
      expect(await store.findCaseOf(at)).toBeNull();
      await store.claimNotices(10, 5);
      await store.markSent(`alert:case:${id}`, { revision: 1, ...at, atMs: 2 });
      expect(await store.findCaseOf(at)).toMatchObject({ id });
      expect(await store.findCaseOf({ ...at, channelId: 'C2' })).toBeNull();
    });
  });

  describe('bookings and mutes', () => {
    it('hold one a cause until they end, which they do once, with a line in the audit log', async () => {
      const store = await open();
      const { id } = await store.openCase(opening);
      await edit(store, id, { silence });
      const limit = 2n ** 60n;
      await edit(store, id, { silence: { ...silence, kind: 'expected', limit } });
      const [held, ...others] = await store.listSilences();
      expect(others).toEqual([]);
      expect(held).toMatchObject({ ...silence, kind: 'expected', limit, caseId: id });
      const ending = { id: held?.id ?? 0, outcome: 'unused' as const, actor: ANA, atMs: 60 };
      const notices = [{ ...parentOf(await store.openCase(opening)), key: 'told' }];
      expect(await store.endSilence({ ...ending, notices })).toBe(true);
      expect(await store.endSilence({ ...ending, outcome: 'used', notices: [] })).toBe(false);
      expect(await store.findSilence(held?.id ?? 0)).toMatchObject({ outcome: 'unused' });
      expect(await store.listSilences()).toEqual([]);
      expect(await store.findNotice('told')).not.toBeNull();
      const actions = (await store.listAudit(10)).map(({ action }) => action);
      expect(actions).toEqual(['alert.silence-unused']);
      expect(await store.findSilence(99)).toBeNull();
    });
  });
}
