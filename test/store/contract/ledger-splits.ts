import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece } from '../../../src/core/allocation/allocation.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import type { Pool } from '../../../src/core/rules/rule.js';
import { UNALLOCATED } from '../../../src/core/rules/target.js';
import { parseRuleset } from '../../../src/core/rules/validate.js';
import type { Store } from '../../../src/store/store.js';
import { chargesArbitrary } from '../../support/arbitrary/charges.js';
import { batchOf, chargeOf, day, daysScope, month, setOf } from '../../support/build/charges.js';
import { directoryData } from '../../support/build/directory.js';

const YEAR = { from: day('2026-01-01'), to: day('2027-01-01') };
const OCTOBER = month('2026-10');

const key = (is: string) => ({ attribute: 'apiKeyName', is });
const even = (...among: string[]) => ({ split: { method: 'even', among } });
const named = (id: string, when: unknown, allocateTo: unknown) => ({ id, name: id, when, allocateTo });
const PLATFORM: Pool = {
  id: 'platform',
  name: 'Platform',
  owner: 'Platform',
  split: { method: 'proportional', to: 'spend', among: ['Search', 'Ads'] },
};

/** `team` splits, `product` looks at it, `customer` splits by itself, `feature` looks at two divided dimensions. */
const RULES = parseRuleset({
  version: 1,
  dimensions: [
    {
      id: 'team',
      rules: [
        named('a', key('a'), { value: 'Search' }),
        named('b', { all: [key('b'), { attribute: 'model', exists: true }] }, { value: 'Platform' }),
        named('c', key('c'), even('Search', 'Ads', 'Platform')),
        named(
          's',
          { attribute: 'apiKeyName', exists: false },
          {
            split: { method: 'proportional', to: 'spend', among: ['Search', 'Ads'] },
          },
        ),
      ],
      shared: [PLATFORM],
    },
    {
      id: 'product',
      rules: [
        named('finder', { dimension: 'team', is: 'Search' }, { value: 'Finder' }),
        named(
          'ads',
          { dimension: 'team', is: 'Ads' },
          {
            split: { method: 'fixed', shares: { Finder: 30, Banner: 70 } },
          },
        ),
      ],
    },
    { id: 'customer', rules: [named('model', { attribute: 'model', exists: true }, even('X', 'Y', 'Z'))] },
    {
      id: 'feature',
      rules: [
        named(
          'both',
          {
            all: [
              { dimension: 'team', is: 'Ads' },
              { dimension: 'customer', is: 'X' },
            ],
          },
          { value: 'F' },
        ),
        named('tag', { attribute: 'tag:env', exists: true }, { attribute: 'dimension:product' }),
      ],
    },
  ],
});

/** Money divided between owners: stored to the nano, and in every report. */
export function splitContract(open: () => Promise<Store>): void {
  const withCharges = async (charges: readonly Charge[]): Promise<Store> => {
    const store = await open();
    await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-09-01', '2026-12-01') }));
    await allocateAll(store);
    return store;
  };

  it('hands divided pieces back as they came', async () => {
    await fc.assert(
      fc.asyncProperty(chargesArbitrary(), async (charges) => {
        const store = await withCharges(charges);
        for (const each of await store.listMonths()) {
          const byPlace = (a: AllocationPiece, b: AllocationPiece) => (placeOf(a) < placeOf(b) ? -1 : 1);
          const stored = await store.listAllocations(each);
          expect(stored.toSorted(byPlace)).toEqual((await pieces(store, each)).toSorted(byPlace));
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('adds up whatever divided dimensions an answer is grouped by, and each row can be asked for alone', async () => {
    const keys = ['team', 'product', 'customer', 'feature', 'confidence', 'day', 'key', 'service'];
    await fc.assert(
      fc.asyncProperty(
        chargesArbitrary(),
        fc.shuffledSubarray(keys, { maxLength: 4 }),
        async (charges, by) => {
          const store = await withCharges(charges);
          const answer = await store.querySpend({ by, range: YEAR, where: [], currency: 'USD' });
          const plain = await store.querySpend({ by: [], range: YEAR, where: [], currency: 'USD' });
          expect(answer.rows.reduce((sum, { cost }) => sum + cost, 0n)).toBe(plain.total);
          expect(answer.total).toBe(plain.total);
          expect(answer.otherCurrencies).toEqual(plain.otherCurrencies);
          for (const { values, cost } of answer.rows.slice(0, 6)) {
            const where = by.map((name, index) => ({ key: name, values: [values[index]!] }));
            expect((await store.querySpend({ by: [], range: YEAR, where, currency: 'USD' })).total).toBe(
              cost,
            );
          }
          await store.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows each owner the same money in every report, and proves that all of it is there', async () => {
    await fc.assert(
      fc.asyncProperty(chargesArbitrary(), async (charges) => {
        const store = await withCharges(charges);
        for (const dimension of ['team', 'product', 'feature']) {
          const byOwner = await spendBy(store, dimension);
          const owners = await store.listOwners(dimension, YEAR, 'USD');
          expect(new Map(owners.map(({ owner, cost }) => [owner, cost]))).toEqual(
            new Map([...byOwner].filter(([owner]) => owner !== UNALLOCATED)),
          );
          const left = await store.listUnallocated({ dimension, range: YEAR, limit: 1000 });
          const inDollars = left.filter(({ currency }) => currency === 'USD');
          expect(inDollars.reduce((sum, { cost }) => sum + cost, 0n)).toBe(byOwner.get(UNALLOCATED) ?? 0n);
          for (const each of await store.listMonths()) {
            const proof = (await store.listProofs(each)).find((one) => one.dimension === dimension);
            for (const { ledger, allocated, unallocated } of proof?.totals ?? [])
              expect(allocated + unallocated).toBe(ledger);
          }
        }
        for (const each of ['2026-09', '2026-10', '2026-11'].map(month))
          for (const { billed, allocatedBilled, unallocatedBilled } of await store.listInvoiceTotals(each))
            expect(allocatedBilled + unallocatedBilled).toBe(billed);
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('keeps to one owner of a dimension what another dimension that looks at it says of it', async () => {
    const store = await withCharges([chargeOf('2026-10-05', '9', { set: setOf({ apiKeyName: 'c' }) })]);
    const rows = await store.querySpend({ by: ['team', 'product'], range: YEAR, where: [], currency: 'USD' });
    // Platform's third is passed on by the direct spend of others, of which there is none: it stays Unallocated.
    expect(rows.rows.map(({ values, cost }) => [...values, cost])).toEqual([
      ['Search', 'Finder', 3_000_000_000n],
      ['Unallocated', 'Unallocated', 3_000_000_000n],
      ['Ads', 'Banner', 2_100_000_000n],
      ['Ads', 'Finder', 900_000_000n],
    ]);
    expect(await store.listUnallocated({ dimension: 'team', range: YEAR, limit: 9 })).toMatchObject([
      { reason: 'nothing to split by: no spend of Search, Ads in the month', cost: 3_000_000_000n },
    ]);
  });

  it('refuses parts that do not make the whole, and changes nothing', async () => {
    const store = await withCharges([chargeOf('2026-10-05', '9', { set: setOf({ apiKeyName: 'c' }) })]);
    const before = await store.listAllocations(OCTOBER);
    const short = before.map((piece) =>
      piece.split === undefined ? piece : { ...piece, split: piece.split.slice(1) },
    );
    await store.markStale([OCTOBER], 'test');
    const [stale] = await store.listStaleMonths();
    const run = {
      month: OCTOBER,
      mark: stale!.mark,
      dimensions: dimensionsOf(before),
      rulesetVersion: 1,
      atMs: 1,
    };
    await expect(store.replaceAllocations({ ...run, pieces: short })).rejects.toThrow(
      /does not conserve its money \(invoice/,
    );
    expect(await store.listAllocations(OCTOBER)).toEqual(before);
  });

  it('forgets the parts of a month that is no longer divided', async () => {
    const store = await withCharges([chargeOf('2026-10-05', '9', { set: setOf({ apiKeyName: 'c' }) })]);
    const whole = (await store.listAllocations(OCTOBER)).map(({ split: _split, ...piece }) => ({
      ...piece,
      target: 'All',
    }));
    const run = { month: OCTOBER, mark: 1, dimensions: dimensionsOf(whole), rulesetVersion: 1, atMs: 1 };
    await store.replaceAllocations({ ...run, pieces: whole });
    expect(await store.listOwners('team', YEAR, 'USD')).toEqual([{ owner: 'All', cost: 9_000_000_000n }]);
    expect(await store.listAllocations(OCTOBER)).toEqual(whole);
  });
}

async function spendBy(store: Store, dimension: string): Promise<Map<string, bigint>> {
  const { rows } = await store.querySpend({ by: [dimension], range: YEAR, where: [], currency: 'USD' });
  return new Map(rows.map(({ values, cost }) => [values[0]!, cost]));
}

async function pieces(store: Store, of: typeof OCTOBER): Promise<readonly AllocationPiece[]> {
  return allocateMonth({
    month: of,
    sets: await store.listMonthSets(of),
    money: await store.listMonthMoney(of),
    ruleset: RULES,
    directory: createDirectory(directoryData({})),
  });
}

async function allocateAll(store: Store): Promise<void> {
  for (const { month: each, mark } of await store.listStaleMonths()) {
    const all = await pieces(store, each);
    const dimensions = dimensionsOf(all);
    await store.replaceAllocations({
      month: each,
      mark,
      dimensions,
      pieces: all,
      rulesetVersion: 1,
      atMs: 1,
    });
  }
}

function dimensionsOf(all: readonly AllocationPiece[]): readonly string[] {
  return [...new Set(all.map(({ dimension }) => dimension))];
}

function placeOf({ dimension, setId, from }: AllocationPiece): string {
  return `${dimension} ${String(setId).padStart(6, '0')} ${from}`;
}
