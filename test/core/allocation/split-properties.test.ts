import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece, SetMoney } from '../../../src/core/allocation/allocation.js';
import type { MonthInput } from '../../../src/core/allocation/evaluate-month.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { checkRuleset } from '../../../src/core/rules/validate.js';
import { anyDirectoryData, OCTOBER } from '../../support/arbitrary/rules.js';
import { anyMeasures, anySplitMonth, anySplitRuleset } from '../../support/arbitrary/splits.js';
import { splitNaively } from '../../support/naive/splits.js';

const anyAmount = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: -(10n ** 13n), max: 10n ** 15n }),
);
/** Dollars: a nano of rounding in a weight moves nothing that counts. */
const largeAmount = fc.bigInt({ min: 10n ** 9n, max: 10n ** 13n });

const world = (amount: fc.Arbitrary<bigint>) =>
  fc
    .record({
      ruleset: anySplitRuleset,
      month: anySplitMonth(amount),
      data: anyDirectoryData,
      measures: anyMeasures,
    })
    .map(({ ruleset, month, data, measures }) => {
      checkRuleset(ruleset);
      const input: MonthInput & { readonly money: readonly SetMoney[] } = {
        ...month,
        month: OCTOBER,
        ruleset,
        measures,
        directory: createDirectory(data),
      };
      return { input, data };
    });

/** Effective cost by `dimension currency owner`. */
function totalsOf(pieces: readonly AllocationPiece[], money: readonly SetMoney[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  const add = (dimension: string, currency: string, owner: string | null, cost: bigint) => {
    const key = `${dimension} ${currency} ${owner ?? 'Unallocated'}`;
    totals.set(key, (totals.get(key) ?? 0n) + cost);
  };
  for (const { dimension, setId, from, to, target, split } of pieces) {
    for (const part of split ?? [])
      for (const cell of part.cells) add(dimension, cell.currency, part.target, cell.effectiveCost);
    if (split !== undefined) continue;
    for (const cell of money)
      if (cell.setId === setId && from <= cell.day && cell.day < to)
        add(dimension, cell.currency, target, cell.effectiveCost);
  }
  return new Map([...totals].filter(([, cost]) => cost !== 0n));
}

describe('Splits, for any charges, rules, people and measures', () => {
  it('conserve every cost of every set, day and bill to the nano, and never turn its sign', () => {
    fc.assert(
      fc.property(world(anyAmount), ({ input }) => {
        const pieces = allocateMonth(input);
        for (const { split, setId, from, to } of pieces) {
          if (split === undefined) continue;
          const cells = input.money.filter(
            (each) => each.setId === setId && from <= each.day && each.day < to,
          );
          for (const cell of cells) {
            const shares = split.flatMap((part) =>
              part.cells.filter(({ day, billId }) => day === cell.day && billId === cell.billId),
            );
            for (const cost of ['effectiveCost', 'billedCost', 'listCost'] as const) {
              expect(shares.reduce((sum, share) => sum + share[cost], 0n)).toBe(cell[cost]);
              expect(shares.every((share) => share[cost] * cell[cost] >= 0n)).toBe(true);
            }
          }
          const known = new Set(cells.map(({ day, billId }) => `${day} ${billId}`));
          for (const { day, billId } of split.flatMap((part) => part.cells))
            expect(known.has(`${day} ${billId}`)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('give every owner of the first dimension exactly what the contract says', () => {
    fc.assert(
      fc.property(world(anyAmount), ({ input, data }) => {
        const isTeam = ([key]: [string, bigint]) => key.startsWith('team ');
        const teamsOf = (totals: Map<string, bigint>) => Object.fromEntries([...totals].filter(isTeam));
        expect(teamsOf(totalsOf(allocateMonth(input), input.money))).toEqual(
          teamsOf(splitNaively({ ...input, data })),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('give every owner of the later dimensions what the contract says, up to rounding', () => {
    fc.assert(
      fc.property(world(largeAmount), ({ input, data }) => {
        const expected = splitNaively({ ...input, data });
        const actual = totalsOf(allocateMonth(input), input.money);
        const total = input.money.reduce((sum, { effectiveCost }) => sum + effectiveCost, 0n);
        const listed = new Set(input.ruleset.dimensions.map(({ id }) => id));
        for (const key of new Set([...expected.keys(), ...actual.keys()])) {
          if (!listed.has(key.slice(0, key.indexOf(' ')))) continue;
          const off = (expected.get(key) ?? 0n) - (actual.get(key) ?? 0n);
          expect([key, (off < 0n ? -off : off) <= 1_000n + total / 1_000_000n]).toEqual([key, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on the order in which sets, charges and measures come', () => {
    fc.assert(
      fc.property(world(anyAmount), ({ input }) => {
        const measures = new Map(
          [...(input.measures ?? [])].map(([name, all]) => [name, new Map([...all].toReversed())]),
        );
        const turned = { ...input, measures, sets: input.sets.toReversed(), money: input.money.toReversed() };
        expect(allocateMonth(turned)).toEqual(allocateMonth(input));
      }),
      { numRuns: 100 },
    );
  });

  it('cover the days of each set exactly once, divided or not', () => {
    fc.assert(
      fc.property(world(anyAmount), ({ input }) => {
        const ends = new Map<string, string>();
        for (const { dimension, setId, from, to } of allocateMonth(input)) {
          const key = `${dimension}/${setId}`;
          const set = input.sets.find((each) => each.setId === setId);
          const start = set !== undefined && set.firstDay > '2026-10-01' ? set.firstDay : '2026-10-01';
          expect([key, from]).toEqual([key, ends.get(key) ?? start]);
          expect(from < to).toBe(true);
          ends.set(key, to);
        }
      }),
      { numRuns: 100 },
    );
  });
});
