import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSameOwners, ownerDifferences } from '../../../src/core/allocation/adjust.js';
import type { AllocationPiece, MoneyCell, SetMoney } from '../../../src/core/allocation/allocation.js';
import { splitNanos } from '../../../src/core/base/money.js';
import { addDays, type Day, monthRange } from '../../../src/core/base/time.js';
import { day, month } from '../../support/build/charges.js';

const { from, to } = monthRange(month('2026-10'));
const SETS = [1, 2, 3];
const DIMENSIONS = ['team', 'product'];
const nanos = fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n });
const owner = fc.constantFrom('A', 'B', 'C', null);

/** Money of three sets over ten days, on two bills of two currencies. */
const money: fc.Arbitrary<readonly SetMoney[]> = fc
  .uniqueArray(
    fc.record({
      setId: fc.constantFrom(...SETS),
      day: fc.nat({ max: 9 }).map((offset) => addDays(from, offset)),
      billId: fc.constantFrom(1, 2),
      effectiveCost: nanos,
      billedCost: nanos,
      listCost: nanos,
    }),
    { selector: (cell) => `${cell.setId}/${cell.day}/${cell.billId}`, maxLength: 40 },
  )
  .map((cells) => cells.map((cell) => ({ ...cell, currency: cell.billId === 1 ? 'USD' : 'EUR' })));

/** How a set's days are owned: by one owner up to a day, by another or by three together from it on. */
const plan = fc.record({
  cut: fc.integer({ min: 1, max: 8 }),
  first: owner,
  rest: owner,
  divides: fc.boolean(),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

function piecesOf(plans: readonly Plan[], all: readonly SetMoney[]): readonly AllocationPiece[] {
  return DIMENSIONS.flatMap((dimension, d) =>
    SETS.flatMap((setId, s): readonly AllocationPiece[] => {
      const { cut, first, rest: second, divides } = plans[d * SETS.length + s] as Plan;
      const at = addDays(from, cut);
      const base = { dimension, setId, ruleId: null, reason: null };
      const later = { ...base, from: at, to, target: divides ? null : second };
      const cells = all.filter((cell) => cell.setId === setId && at <= cell.day);
      return [
        { ...base, from, to: at, target: first },
        divides ? { ...later, split: dividedEvenly(cells) } : later,
      ];
    }),
  );
}

function dividedEvenly(cells: readonly SetMoney[]) {
  const weights = ['A', 'B', 'C'].map((id) => ({ id, weight: 1n }));
  return ['A', 'B', 'C'].map((target) => ({
    target,
    reason: null,
    ruleId: null,
    steps: ['even'],
    basis: {},
    cells: cells.map(({ setId: _setId, ...cell }): MoneyCell => {
      const share = (cost: bigint) => splitNanos(cost, weights)?.get(target) ?? 0n;
      return {
        ...cell,
        effectiveCost: share(cell.effectiveCost),
        billedCost: share(cell.billedCost),
        listCost: share(cell.listCost),
      };
    }),
  }));
}

/** Effective and billed cost by dimension, set, currency and owner, day by day. */
function owned(pieces: readonly AllocationPiece[], all: readonly SetMoney[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (key: readonly unknown[], cost: bigint) => {
    const text = JSON.stringify(key);
    sums.set(text, (sums.get(text) ?? 0n) + cost);
  };
  const isOn = (piece: AllocationPiece, on: Day) => piece.from <= on && on < piece.to;
  for (const piece of pieces) {
    const { dimension, setId, target, split } = piece;
    const cells = all.filter((cell) => cell.setId === setId && isOn(piece, cell.day));
    const parts = split ?? [{ target, cells }];
    for (const part of parts)
      for (const { currency, effectiveCost, billedCost } of part.cells) {
        add([dimension, setId, currency, part.target, 'effective'], effectiveCost);
        add([dimension, setId, currency, part.target, 'billed'], billedCost);
      }
  }
  return sums;
}

describe('the difference between two allocations of a month', () => {
  it('turns the one into the other for every owner, and is nothing in all', () => {
    const six = fc.array(plan, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(money, six, six, (all, before, after) => {
        const [stored, now] = [piecesOf(before, all), piecesOf(after, all)];
        const differences = ownerDifferences({ stored, now, money: all, dimensions: DIMENSIONS });
        const sums = new Map(owned(stored, all));
        const zero = new Map<string, bigint>();
        for (const { dimension, setId, currency, target, effectiveCost, billedCost } of differences) {
          for (const [kind, cost] of [
            ['effective', effectiveCost],
            ['billed', billedCost],
          ] as const) {
            const key = JSON.stringify([dimension, setId, currency, target, kind]);
            sums.set(key, (sums.get(key) ?? 0n) + cost);
            const set = JSON.stringify([dimension, setId, currency, kind]);
            zero.set(set, (zero.get(set) ?? 0n) + cost);
          }
        }
        const withMoney = (of: ReadonlyMap<string, bigint>) =>
          Object.fromEntries([...of].filter(([, cost]) => cost !== 0n));
        expect(withMoney(sums)).toEqual(withMoney(owned(now, all)));
        expect([...zero.values()].every((sum) => sum === 0n)).toBe(true);
      }),
    );
  });

  it('is nothing between an allocation and itself, and looks at the named dimensions only', () => {
    const all: readonly SetMoney[] = [
      {
        setId: 1,
        day: day('2026-10-03'),
        billId: 1,
        currency: 'USD',
        effectiveCost: 5n,
        billedCost: 5n,
        listCost: 5n,
      },
    ];
    const piece = { dimension: 'team', setId: 1, from, to, ruleId: 'a', target: 'A', reason: null };
    const other = { ...piece, ruleId: 'b' };
    expect(hasSameOwners([piece], [other])).toBe(true);
    expect(ownerDifferences({ stored: [piece], now: [other], money: all, dimensions: ['team'] })).toEqual([]);
    const gone = ownerDifferences({ stored: [piece], now: [], money: all, dimensions: ['team'] });
    expect(gone.map(({ target, effectiveCost }) => [target, effectiveCost])).toEqual([
      ['A', -5n],
      [null, 5n],
    ]);
    expect(ownerDifferences({ stored: [piece], now: [], money: all, dimensions: ['product'] })).toEqual([]);
  });
});
