import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { monthRange } from '../../../src/core/base/time.js';
import type { Store } from '../../../src/store/store.js';
import { batchOf, chargeOf, daysScope, kindOf, month, setOf } from '../../support/build/charges.js';

const OCT = month('2026-10');
const FIGURE = { dimension: 'team', where: [], range: monthRange(OCT), currency: 'USD' } as const;

/** What any store tells of work that was done for money. */
export function describeWorkStore(open: () => Promise<Store>): void {
  describe('the work of a figure', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const fill = async (days: readonly (readonly [string, string, number | null])[]) => {
      const charges = days.map(([apiKeyId, amount, consumedQuantity], i) =>
        chargeOf(`2026-10-${String((i % 28) + 1).padStart(2, '0')}`, amount, {
          set: setOf({ apiKeyId, apiKeyName: undefined }),
          kind: kindOf(consumedQuantity === null ? { consumedUnit: null } : {}),
          consumedQuantity,
        }),
      );
      await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-10-01', '2026-11-01') }));
    };
    const allocateAll = async (ownerOf: (key: string) => string | null) => {
      const sets = await store.listMonthSets(OCT);
      const pieces = sets.map(({ setId, set }) => {
        const target = ownerOf(set.attributes.apiKeyId ?? '');
        const reason = target === null ? 'no rule matches' : null;
        return { dimension: 'team', setId, ...monthRange(OCT), ruleId: null, target, reason };
      });
      const [stale] = await store.listStaleMonths();
      const run = { month: OCT, mark: stale?.mark ?? 0, dimensions: ['team'], rulesetVersion: 0, atMs: 1 };
      await store.replaceAllocations({ ...run, pieces });
    };

    it('adds up money and quantity over days, and keeps what was not measured apart', async () => {
      await fill([
        ['a', '2', 200],
        ['a', '3', 100],
        ['b', '5', 7],
        ['a', '1', null],
      ]);
      await allocateAll((key) => (key === 'a' ? 'Search' : null));
      const { rows, moves } = await store.listWork(FIGURE);
      const told = rows.map(({ set, owner, cost, quantity }) => [
        set.attributes.apiKeyId,
        owner,
        cost,
        quantity,
      ]);
      expect(told).toEqual([
        ['a', 'Search', 5_000_000_000n, 300],
        ['a', 'Search', 1_000_000_000n, null],
        ['b', null, 5_000_000_000n, 7],
      ]);
      expect(moves).toEqual([]);
      const search = await store.listWork({ ...FIGURE, where: [{ key: 'team', values: ['Search'] }] });
      expect(sumNanos(search.rows.map(({ cost }) => cost))).toBe(6_000_000_000n);
      const key = await store.listWork({ ...FIGURE, where: [{ key: 'key', values: ['b'] }] });
      expect(key.rows).toHaveLength(1);
    });

    it('adds up to the spend of the same figure, whoever owns it and whatever it is filtered by', async () => {
      const anyDays = fc.array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'c'),
          fc.integer({ min: -500, max: 100_000 }).map((cents) => String(cents / 100)),
          fc.option(fc.nat(1_000_000)),
        ),
        { minLength: 1, maxLength: 40 },
      );
      await fc.assert(
        fc.asyncProperty(anyDays, fc.subarray(['a', 'b', 'c']), async (days, owned) => {
          await fill(days);
          await allocateAll((key) => (owned.includes(key) ? 'Search' : null));
          for (const where of [
            [],
            [{ key: 'team', values: ['Search'] }],
            [{ key: 'key', values: ['a', 'c'] }],
          ]) {
            const { rows } = await store.listWork({ ...FIGURE, where });
            const { total } = await store.querySpend({ ...FIGURE, by: ['team'], where });
            expect(sumNanos(rows.map(({ cost }) => cost))).toBe(total);
          }
        }),
        { numRuns: 20 },
      );
    });
  });
}
