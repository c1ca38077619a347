import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SplitPart } from '../../../src/core/allocation/allocation.js';
import { formatNanos, parseNanos } from '../../../src/core/base/money.js';
import { monthRange } from '../../../src/core/base/time.js';
import type { SpendFigure } from '../../../src/core/lineage/lineage.js';
import type { Store } from '../../../src/store/store.js';
import { batchOf, chargeOf, day, daysScope, kindOf, month, setOf } from '../../support/build/charges.js';
import { link } from '../../support/build/directory.js';
import { ANA } from './support.js';

const OCT = month('2026-10');
const FIGURE: SpendFigure = { dimension: 'team', where: [], range: monthRange(OCT), currency: 'USD' };

/** Source anthropic: 9 dollars of two kinds on one day for key `a`, 4 for key `b`, 1 for `c`. */
const CHARGES = [
  chargeOf('2026-10-05', '6', { set: setOf({ apiKeyId: 'a' }) }),
  chargeOf('2026-10-05', '3', { set: setOf({ apiKeyId: 'a' }), kind: kindOf({ confidence: 'estimated' }) }),
  chargeOf('2026-10-06', '4', { set: setOf({ apiKeyId: 'b' }) }),
  chargeOf('2026-10-07', '1', { set: setOf({ apiKeyId: 'c' }) }),
];

/** Key `a` is split 2 : 1 between Search and Support, `b` is Search's, `c` has no owner. */
async function allocate(store: Store): Promise<void> {
  const sets = await store.listMonthSets(OCT);
  const idOf = (key: string) => sets.find(({ set }) => set.attributes.apiKeyId === key)?.setId ?? 0;
  const cells = (await store.listMonthMoney(OCT)).filter(({ setId }) => setId === idOf('a'));
  const part = (target: string, dollars: string): SplitPart => {
    const cost = parseNanos(dollars);
    const costs = { effectiveCost: cost, billedCost: cost, listCost: cost };
    return {
      target,
      reason: null,
      ruleId: 'share',
      steps: ['share'],
      basis: {},
      cells: cells.map(({ day: on, billId, currency }) => ({ day: on, billId, currency, ...costs })),
    };
  };
  const where = { dimension: 'team', ...monthRange(OCT) };
  const pieces = [
    { ...where, setId: idOf('a'), ruleId: 'share', target: null, reason: null },
    { ...where, setId: idOf('b'), ruleId: 'own', target: 'Search', reason: null },
    { ...where, setId: idOf('c'), ruleId: null, target: null, reason: 'no rule matches' },
  ];
  const [divided, ...whole] = pieces;
  if (divided === undefined) return;
  const [stale] = await store.listStaleMonths();
  await store.replaceAllocations({
    month: OCT,
    mark: stale?.mark ?? 0,
    dimensions: ['team'],
    pieces: [{ ...divided, split: [part('Search', '6'), part('Support', '3')] }, ...whole],
    rulesetVersion: 0,
    atMs: 1,
  });
}

/** What any store tells of where figures come from. */
export function describeLineageStore(open: () => Promise<Store>): void {
  describe('the charges of a figure', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.replaceCharges(batchOf(CHARGES, { scope: daysScope('2026-10-01', '2026-11-01') }));
    });
    afterEach(() => store.close());

    const portions = async (where: SpendFigure['where']) => {
      const { charges } = await store.listPortions({ ...FIGURE, where });
      return charges.map(({ set, cost, chargeCost, way }) => [
        set.attributes.apiKeyId,
        formatNanos(cost),
        formatNanos(chargeCost),
        way?.target ?? null,
      ]);
    };

    it('carry the part that the figure has of them, and the way by which it came', async () => {
      await allocate(store);
      expect(await portions([{ key: 'team', values: ['Search'] }])).toEqual([
        ['a', '4', '6', 'Search'],
        ['a', '2', '3', 'Search'],
        ['b', '4', '4', 'Search'],
      ]);
      expect(await portions([{ key: 'team', values: ['Unallocated'] }])).toEqual([['c', '1', '1', null]]);
    });

    it('are those of one confidence where the figure asks for one, also of divided money', async () => {
      await allocate(store);
      const estimated = { key: 'confidence', values: ['estimated'] };
      expect(await portions([{ key: 'team', values: ['Support'] }, estimated])).toEqual([
        ['a', '1', '3', 'Support'],
      ]);
      expect(await portions([estimated])).toEqual([
        ['a', '2', '3', 'Search'],
        ['a', '1', '3', 'Support'],
      ]);
    });

    it('have no way before they are allocated, and there are none in another currency', async () => {
      const { charges } = await store.listPortions(FIGURE);
      expect(charges.map(({ way }) => way)).toEqual([null, null, null, null]);
      expect(await store.listPortions({ ...FIGURE, currency: 'EUR' })).toEqual({ charges: [], moves: [] });
    });

    it('share the object that says how they came', async () => {
      await allocate(store);
      const { charges } = await store.listPortions({
        ...FIGURE,
        where: [{ key: 'team', values: ['Search'] }],
      });
      expect(charges[0]?.way).toBe(charges[1]?.way);
    });

    it('are refused for what is no dimension', async () => {
      await expect(store.listPortions({ ...FIGURE, dimension: 'model' })).rejects.toThrow('"model" has no');
      await expect(store.listPortions({ ...FIGURE, dimension: 'squad' })).rejects.toThrow('"squad" is');
    });
  });

  describe('the responses behind a charge', () => {
    it('are those of the latest stored pull that covered its day', async () => {
      const store = await open();
      const raw = (endpoint: string, fetchedAtMs: number) => ({
        endpoint,
        parameters: '{}',
        fetchedAtMs,
        body: '{}',
      });
      const pull = (amount: string, more: Parameters<typeof batchOf>[1]) =>
        store.replaceCharges(batchOf([chargeOf('2026-10-05', amount)], more));
      const october = { scope: daysScope('2026-10-01', '2026-11-01') };
      await pull('1', { ...october, receivedAtMs: 10, raw: [raw('/costs', 1), raw('/keys', 2)] });
      await pull('2', { ...october, receivedAtMs: 20, raw: [raw('/costs', 11), raw('/costs', 12)] });
      await store.replaceCharges(
        batchOf([chargeOf('2026-11-05', '1')], { receivedAtMs: 30, raw: [raw('/costs', 21)] }),
      );
      expect(await store.listRawReferences('anthropic', day('2026-10-05'))).toEqual([
        { endpoint: '/costs', fetchedAtMs: 12 },
      ]);
      expect(await store.listRawReferences('anthropic', day('2026-09-30'))).toEqual([]);
      expect(await store.listRawReferences('openai', day('2026-10-05'))).toEqual([]);
      await store.close();
    });
  });

  describe('a link', () => {
    it('names who put it there as it stands now', async () => {
      const store = await open();
      const first = link('apiKey', 'a', { team: 'Search' }, { from: '2026-01-01' });
      const second = link('apiKey', 'a', { team: 'Support' }, { from: '2026-01-01' });
      await store.putLink(first, { kind: 'system', name: 'jobs' }, 5);
      await store.putLink(second, ANA, 6);
      expect(await store.findLinkRecord(second)).toEqual({ by: 'slack:U1 (Ana Ruiz)', atMs: 6 });
      expect(await store.findLinkRecord(first)).toEqual({ by: 'system:jobs', atMs: 5 });
      expect(await store.findLinkRecord({ ...first, value: 'b' })).toBeNull();
      await store.close();
    });
  });
}
