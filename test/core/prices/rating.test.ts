import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBigint, sumNanos } from '../../../src/core/base/money.js';
import { addDays } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { type BilledScope, rate, type UnratedUsage } from '../../../src/core/prices/rating.js';
import { scaleToBill } from '../../../src/core/prices/scale-to-bill.js';
import { createPriceTable } from '../../../src/core/prices/table.js';
import { billOf, day, kindOf, month, setOf } from '../../support/build/charges.js';
import { priceOfList } from '../../support/build/prices.js';

const PRICES = createPriceTable(
  [priceOfList(), priceOfList({ tokenType: 'output', nanosPerMillion: 10_000_000_000n })],
  [],
);
const BILL = billOf(month('2026-10'));
const LEFTOVER = {
  set: setOf({ apiKeyId: undefined }),
  kind: kindOf({ chargeDescription: null }),
  bill: BILL,
};
const FIRST = day('2026-10-01');

function usageOf(changes: Partial<UnratedUsage> & { model?: string } = {}): UnratedUsage {
  const { model = 'gpt-6-sol', ...rest } = changes;
  return {
    set: setOf(),
    kind: kindOf(),
    bill: BILL,
    chargeDay: FIRST,
    consumedQuantity: null,
    pricingQuantity: null,
    account: 'org',
    thing: { provider: 'openai', model, tokenType: 'uncached_input' },
    units: 1_000_000n,
    ...rest,
  };
}

function scopeOf(changes: Partial<BilledScope> = {}): BilledScope {
  const scope = { account: 'org', currency: 'USD', from: FIRST, to: addDays(FIRST, 1), billed: 1n };
  return { ...scope, leftover: LEFTOVER, ...changes };
}

const met = (usage: readonly UnratedUsage[], scopes: readonly BilledScope[]) =>
  scaleToBill(rate(usage, PRICES), scopes);
const billedOf = (charges: readonly Charge[]) => sumNanos(charges.map(({ billedCost }) => billedCost));

describe('rated usage', () => {
  it('costs units times the price of its day, as an estimate until its bill comes', () => {
    const { charges } = met([usageOf({ units: 1_500_001n })], []);
    expect(charges).toHaveLength(1);
    expect(charges[0]).toMatchObject({ billedCost: 3_000_002_000n, listCost: 3_000_002_000n });
    expect(charges[0]?.kind).toMatchObject({
      confidence: 'estimated',
      extra: { x_TrueUpMethod: 'rated, no bill yet', x_PriceSource: 'list' },
    });
  });

  it('meets the bill of its day, with list cost, factor and method on the row', () => {
    const { charges, factors } = met(
      [usageOf(), usageOf({ units: 3_000_000n })],
      [scopeOf({ billed: 6_000_000_001n })],
    );
    expect(charges.map(({ billedCost }) => billedCost).toSorted(compareBigint)).toEqual([
      1_500_000_000n,
      4_500_000_001n,
    ]);
    expect(charges.map(({ listCost }) => listCost).toSorted(compareBigint)).toEqual([
      2_000_000_000n,
      6_000_000_000n,
    ]);
    expect(charges[0]?.kind.confidence).toBe('rated');
    expect(charges[0]?.kind.extra).toMatchObject({
      x_TrueUpFactor: '0.75',
      x_TrueUpMethod: 'rated and trued up',
    });
    expect(factors).toMatchObject([{ billed: 6_000_000_001n, rated: 8_000_000_000n }]);
  });

  it('without a price keeps zero in its scope and is named once for all days', () => {
    const unknown = usageOf({ model: 'gpt-9' });
    const { charges, unpriced } = met(
      [usageOf(), unknown, { ...unknown, chargeDay: addDays(FIRST, 1) }],
      [scopeOf({ billed: 5n, to: addDays(FIRST, 2) })],
    );
    expect(charges.map(({ billedCost }) => billedCost).toSorted(compareBigint)).toEqual([0n, 0n, 5n]);
    expect(unpriced).toEqual([
      {
        reason: 'no price is known of the model gpt-9',
        rows: 2,
        units: 2_000_000n,
        firstDay: FIRST,
        lastDay: addDays(FIRST, 1),
      },
    ]);
    const marked = charges.filter(({ kind }) => kind.extra['x_Unpriced'] !== undefined);
    expect(marked).toHaveLength(2);
  });

  it('of a bill of nothing costs nothing, and a bill without usage is a row of its own', () => {
    const free = met([usageOf()], [scopeOf({ billed: 0n })]);
    expect(free.charges.map(({ billedCost }) => billedCost)).toEqual([0n]);
    const alone = met([], [scopeOf({ billed: 7n })]);
    expect(alone.charges).toMatchObject([{ billedCost: 7n, set: LEFTOVER.set, chargeDay: FIRST }]);
    expect(alone.charges[0]?.kind.extra['x_TrueUpMethod']).toBe('billed without usage');
  });

  it('meets no bill of another account, currency or day', () => {
    const others = [
      scopeOf({ account: 'other' }),
      scopeOf({ currency: 'EUR' }),
      scopeOf({ from: addDays(FIRST, 1), to: addDays(FIRST, 2) }),
    ];
    const { charges } = met([usageOf()], others);
    expect(charges.filter(({ kind }) => kind.confidence === 'estimated')).toHaveLength(1);
    expect(billedOf(charges)).toBe(2_000_000_003n);
  });

  it('refuses two bills for one day, which would count the same money twice', () => {
    expect(() => met([usageOf()], [scopeOf(), scopeOf({ to: addDays(FIRST, 5) })])).toThrow(
      /Two billed scopes/,
    );
  });
});

const usage = fc
  .record({
    account: fc.constantFrom('a', 'b'),
    offset: fc.integer({ min: 0, max: 4 }),
    model: fc.constantFrom('gpt-6-sol', 'gpt-6-sol-2026-08-01', 'unknown'),
    output: fc.boolean(),
    units: fc.bigInt({ min: 0n, max: 10n ** 13n }),
    key: fc.constantFrom('k1', 'k2', 'k3'),
  })
  .map(({ account, offset, model, output, units, key }) =>
    usageOf({
      account,
      chargeDay: addDays(FIRST, offset),
      thing: { provider: 'openai', model, tokenType: output ? 'output' : 'uncached_input' },
      units,
      set: setOf({ apiKeyId: key }),
    }),
  );
const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const scopes = fc
  .tuple(amount, amount, amount, amount)
  .map(([a1, a2, b1, b2]) => [
    scopeOf({ account: 'a', billed: a1 }),
    scopeOf({ account: 'a', from: addDays(FIRST, 1), to: addDays(FIRST, 4), billed: a2 }),
    scopeOf({ account: 'b', to: addDays(FIRST, 2), billed: b1 }),
    scopeOf({ account: 'b', from: addDays(FIRST, 2), to: addDays(FIRST, 5), billed: b2 }),
  ]);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));

describe('truing up', () => {
  it('adds up to every bill to the nano, and to list price outside of them', () => {
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 25 }), scopes, (rows, bills) => {
        const { charges, factors } = met(rows, bills);
        const estimated = charges.filter(({ kind }) => kind.confidence === 'estimated');
        expect(billedOf(charges) - billedOf(estimated)).toBe(sumNanos(bills.map(({ billed }) => billed)));
        expect(factors).toHaveLength(bills.length);
        for (const { billedCost, listCost } of estimated) expect(billedCost).toBe(listCost);
        const leftovers = charges.filter(({ set }) => set === LEFTOVER.set);
        expect(charges.length - leftovers.length).toBe(rows.length);
        for (const { billedCost, effectiveCost, contractedCost } of charges)
          expect([effectiveCost, contractedCost]).toEqual([billedCost, billedCost]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same rows whatever order the usage and the bills came in', () => {
    fc.assert(
      fc.property(
        fc
          .array(usage, { maxLength: 15 })
          .chain((rows) =>
            fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
          ),
        scopes,
        ([rows, shuffled], bills) => {
          expect(textOf(met(shuffled, bills.toReversed()))).toBe(textOf(met(rows, bills)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never gives a row the other sign than its bill', () => {
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 10 }), amount, (rows, billed) => {
        const scope = scopeOf({ account: 'a', to: addDays(FIRST, 5), billed });
        const { charges } = met(rows, [scope]);
        const signs = charges
          .filter(({ kind }) => kind.confidence === 'rated')
          .map(({ billedCost }) => billedCost * billed);
        expect(signs.filter((product) => product < 0n)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
