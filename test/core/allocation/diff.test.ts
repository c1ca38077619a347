import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece, SetMoney } from '../../../src/core/allocation/allocation.js';
import { diffAllocations, setsToPrice } from '../../../src/core/allocation/diff.js';
import { movesBetween } from '../../../src/core/allocation/moves.js';
import { daysIn, type Month } from '../../../src/core/base/time.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { anyDirectoryData, anyMonthSets, anyRuleset, OCTOBER } from '../../support/arbitrary/rules.js';
import { anyMeasures, anySplitMonth, anySplitRuleset } from '../../support/arbitrary/splits.js';
import { month } from '../../support/build/charges.js';
import { day, directoryData } from '../../support/build/directory.js';
import { dimensionSet, editedDimensions, monthSet, rule, ruleset } from '../../support/build/rules.js';

interface SetDay {
  readonly setId: number;
  readonly day: ReturnType<typeof day>;
  readonly currency: string;
  readonly effectiveCost: bigint;
}

/** Cost by `dimension|currency|owner`, worked out charge by charge. */
function totalsByOwner(pieces: readonly AllocationPiece[], setDays: readonly SetDay[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const { dimension, setId, from, to, target } of pieces)
    for (const each of setDays)
      if (each.setId === setId && from <= each.day && each.day < to)
        add(totals, `${dimension}|${each.currency}|${target}`, each.effectiveCost);
  return totals;
}

function add(totals: Map<string, bigint>, key: string, cost: bigint): void {
  const sum = (totals.get(key) ?? 0n) + cost;
  if (sum === 0n) totals.delete(key);
  else totals.set(key, sum);
}

const cost = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const world = fc
  .record({ before: anyRuleset, after: anyRuleset, sets: anyMonthSets, data: anyDirectoryData })
  .chain((parts) => {
    const days = parts.sets.flatMap((set) =>
      daysIn({ from: day('2026-10-01'), to: day('2026-11-01') })
        .filter((each) => set.firstDay <= each && each <= set.lastDay)
        .flatMap((each) => ['EUR', 'USD'].map((currency) => ({ setId: set.setId, day: each, currency }))),
    );
    return fc.array(cost, { minLength: days.length, maxLength: days.length }).map((costs) => ({
      ...parts,
      setDays: days.map((each, i) => ({ ...each, effectiveCost: costs[i] ?? 0n })),
    }));
  });

describe('the diff of two rulesets, for any ledger', () => {
  it('turns every total before into the total after, from the cost of the sets it asks for', () => {
    fc.assert(
      fc.property(world, ({ before, after, sets, data, setDays }) => {
        const directory = createDirectory(data);
        const old = allocateMonth({ month: OCTOBER, sets, ruleset: before, directory });
        const now = allocateMonth({ month: OCTOBER, sets, ruleset: after, directory });
        const edited = editedDimensions(before, after);
        const pair = { before: new Map([[OCTOBER, old]]), after: new Map([[OCTOBER, now]]), edited };
        const priced = new Set(setsToPrice(pair));
        const needed = setDays.filter((each) => priced.has(each.setId));
        const diff = diffAllocations({ ...pair, setDays: needed, idle: [], closedThrough: null });

        const totals = totalsByOwner(old, setDays);
        for (const move of diff.moved) {
          add(totals, `${move.dimension}|${move.currency}|${move.from}`, -move.cost);
          add(totals, `${move.dimension}|${move.currency}|${move.to}`, move.cost);
        }
        expect(totals).toEqual(totalsByOwner(now, setDays));
        for (const each of diff.unallocated) {
          const key = `${each.dimension}|${each.currency}|null`;
          expect(each.before).toBe(totalsByOwner(old, setDays).get(key) ?? 0n);
          expect(each.after).toBe(totalsByOwner(now, setDays).get(key) ?? 0n);
        }
        expect(
          diffAllocations({ ...pair, setDays: needed.toReversed(), idle: [], closedThrough: null }),
        ).toEqual(diff);
      }),
      { numRuns: 100 },
    );
  });

  it('is empty where nothing was edited', () => {
    fc.assert(
      fc.property(world, ({ before, sets, data, setDays }) => {
        const directory = createDirectory(data);
        const pieces = new Map([
          [OCTOBER, allocateMonth({ month: OCTOBER, sets, ruleset: before, directory })],
        ]);
        const pair = { before: pieces, after: pieces, edited: [] };
        expect(setsToPrice(pair)).toEqual([]);
        expect(diffAllocations({ ...pair, setDays, idle: [], closedThrough: null })).toEqual({
          moved: [],
          unallocated: [],
          shadowedRuleIds: [],
          deadRuleIds: [],
          lockedMonths: [],
        });
      }),
      { numRuns: 50 },
    );
  });
});

/** The diff of two rulesets over one set that costs one nano dollar a day in October. */
function diffOf(before: Ruleset, after: Ruleset, closedThrough: Month | null = null) {
  const sets = [monthSet(1, dimensionSet({ model: 'gpt-6' }))];
  const directory = createDirectory(directoryData({}));
  const pieces = (rules: Ruleset) =>
    new Map([[OCTOBER, allocateMonth({ month: OCTOBER, sets, ruleset: rules, directory })]]);
  return diffAllocations({
    before: pieces(before),
    after: pieces(after),
    edited: editedDimensions(before, after),
    setDays: daysIn({ from: day('2026-10-01'), to: day('2026-11-01') }).map((each) => ({
      setId: 1,
      day: each,
      currency: 'USD',
      effectiveCost: 1n,
    })),
    closedThrough,
    idle: [
      { dimension: 'team', ruleId: 'a', why: 'dead' },
      { dimension: 'team', ruleId: 'b', why: 'shadowed' },
      { dimension: 'feature', ruleId: 'c', why: 'dead' },
    ],
  });
}

describe('the diff of two rulesets that split money, for any ledger', () => {
  const splitWorld = fc.record({
    before: anySplitRuleset,
    after: anySplitRuleset,
    month: anySplitMonth(cost),
    data: anyDirectoryData,
    measures: anyMeasures,
  });

  it('turns every total before into the total after', () => {
    fc.assert(
      fc.property(splitWorld, ({ before, after, month, data, measures }) => {
        const input = { ...month, month: OCTOBER, measures, directory: createDirectory(data) };
        const [old, now] = [before, after].map((rules) => allocateMonth({ ...input, ruleset: rules }));
        const edited = editedDimensions(before, after);
        const pair = { before: new Map([[OCTOBER, old!]]), after: new Map([[OCTOBER, now!]]), edited };
        const priced = new Set(setsToPrice(pair));
        const setDays = month.money.filter(({ setId }) => priced.has(setId));
        const diff = diffAllocations({ ...pair, setDays, idle: [], closedThrough: null });

        const totals = splitTotals(old!, month.money);
        for (const move of diff.moved) {
          expect(move.from).not.toBe(move.to);
          add(totals, `${move.dimension}|${move.currency}|${move.from}`, -move.cost);
          add(totals, `${move.dimension}|${move.currency}|${move.to}`, move.cost);
        }
        expect(totals).toEqual(splitTotals(now!, month.money));
        for (const each of diff.unallocated) {
          const key = `${each.dimension}|${each.currency}|null`;
          expect(each.before).toBe(splitTotals(old!, month.money).get(key) ?? 0n);
          expect(each.after).toBe(splitTotals(now!, month.money).get(key) ?? 0n);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Cost by `dimension|currency|owner`, parts of divided money included. */
function splitTotals(pieces: readonly AllocationPiece[], money: readonly SetMoney[]): Map<string, bigint> {
  const totals = totalsByOwner(
    pieces.filter(({ split }) => split === undefined),
    money,
  );
  for (const { dimension, split = [] } of pieces)
    for (const { target, cells } of split)
      for (const { currency, effectiveCost } of cells)
        add(totals, `${dimension}|${currency}|${target}`, effectiveCost);
  return totals;
}

describe('the moves between two divisions of an amount', () => {
  const moves = (before: Record<string, bigint>, after: Record<string, bigint>, amount: bigint) =>
    movesBetween(new Map(Object.entries(before)), new Map(Object.entries(after)), amount);

  it('go from those who lose to those who gain, in proportion to what they gain', () => {
    expect(moves({ A: 60n, B: 40n }, { A: 0n, C: 75n, D: 25n }, 100n)).toEqual([
      { from: 'A', to: 'C', cost: 45n },
      { from: 'A', to: 'D', cost: 15n },
      { from: 'B', to: 'C', cost: 30n },
      { from: 'B', to: 'D', cost: 10n },
    ]);
  });

  it('are those of a charge for a credit, with the other sign', () => {
    expect(moves({ A: -10n }, { A: -4n, B: -6n }, -10n)).toEqual([{ from: 'A', to: 'B', cost: -6n }]);
  });

  it('are none where nothing changes', () => {
    expect(moves({ A: 5n, B: 5n }, { B: 5n, A: 5n }, 10n)).toEqual([]);
  });
});

describe('a diff', () => {
  const search = rule('all', { attribute: 'model', exists: true }, { value: 'Search' });
  const product = rule('p', { dimension: 'team', is: 'Search' }, { value: 'Finder' });

  it('follows an edit into the dimensions that look at the edited one, but tells what is unallocated in that one', () => {
    const half = { ...search, effective: { from: day('2026-10-22') } };
    expect(diffOf(ruleset({ product: [product] }), ruleset({ team: [half], product: [product] }))).toEqual({
      moved: [
        { dimension: 'product', month: OCTOBER, currency: 'USD', from: null, to: 'Finder', cost: 10n },
        { dimension: 'team', month: OCTOBER, currency: 'USD', from: null, to: 'Search', cost: 10n },
      ],
      unallocated: [{ dimension: 'team', currency: 'USD', before: 31n, after: 21n }],
      shadowedRuleIds: ['b'],
      deadRuleIds: ['a'],
      lockedMonths: [],
    });
  });

  it('names the closed months whose money it would move', () => {
    const edited = ruleset({ team: [search] });
    const lockedOf = (before: Ruleset, closed: string) => diffOf(before, edited, month(closed)).lockedMonths;
    expect(lockedOf(ruleset({}), '2026-10')).toEqual([OCTOBER]);
    expect(lockedOf(ruleset({}), '2026-09')).toEqual([]);
    expect(lockedOf(edited, '2026-10')).toEqual([]);
  });

  it('counts a dimension that is new or gone as Unallocated on the other side', () => {
    const region = ruleset({ region: [rule('r', { attribute: 'model', exists: true }, { value: 'EU' })] });
    const move = { dimension: 'region', month: OCTOBER, currency: 'USD', cost: 31n };
    expect(diffOf(ruleset({}), region).moved).toEqual([{ ...move, from: null, to: 'EU' }]);
    expect(diffOf(region, ruleset({})).moved).toEqual([{ ...move, from: 'EU', to: null }]);
    expect(diffOf(region, ruleset({})).unallocated).toEqual([
      { dimension: 'region', currency: 'USD', before: 0n, after: 31n },
    ]);
  });

  it('names the rules that do nothing in edited dimensions only', () => {
    expect(diffOf(ruleset({}), ruleset({})).deadRuleIds).toEqual([]);
  });
});
