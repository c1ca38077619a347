import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { type CellMoney, type CellUsage, spreadCells } from '../../../src/core/spend/spread.js';

const cell = fc.constantFrom('mon|opus|in', 'mon|opus|out', 'tue|opus|in', 'tue|haiku|in', '');
const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const weight = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 12n }));
const user = fc.constantFrom('key_a', 'key_b', 'key_c', 'user_\u{1F600}', '');
const money = fc.array(fc.record({ cell, amount }), { maxLength: 12 });
const usage = fc.array(fc.record({ cell, id: user, weight }), { maxLength: 25 });

const total = (rows: readonly CellMoney[], cell: string) =>
  sumNanos(rows.filter((row) => row.cell === cell).map((row) => row.amount));

describe('Spreading billed cells over usage', () => {
  it('keeps every nano in its cell and gives it only to those who used the cell', () => {
    fc.assert(
      fc.property(money, usage, (money, usage) => {
        const parts = spreadCells(money, usage);
        for (const { cell } of [...money, ...usage]) {
          const here = parts.filter((part) => part.cell === cell);
          const weights = usage.filter((row) => row.cell === cell);
          const used = sumNanos(weights.map((row) => row.weight));
          expect(sumNanos(here.map((part) => part.amount))).toBe(total(money, cell));
          expect(sumNanos(here.map((part) => part.weight))).toBe(used);
          expect(here.some((part) => part.id === null)).toBe(used === 0n && total(money, cell) !== 0n);
          for (const { id, shared } of here) {
            const mine = weights.filter((row) => row.id === id);
            expect(id === null || sumNanos(mine.map((row) => row.weight)) > 0n).toBe(true);
            expect(shared).toBe(here.length > 1);
          }
        }
      }),
    );
  });

  it('gives nobody a nano more or less than the share that the weights say', () => {
    fc.assert(
      fc.property(money, usage, (money, usage) => {
        const parts = spreadCells(money, usage);
        for (const part of parts.filter(({ id }) => id !== null)) {
          const cell = parts.filter((other) => other.cell === part.cell);
          const used = sumNanos(cell.map((other) => other.weight));
          const off = part.amount * used - total(money, part.cell) * part.weight;
          expect((off < 0n ? -off : off) < used).toBe(true);
        }
      }),
    );
  });

  it('is the same in any order of rows', () => {
    const shuffled = <T>(rows: fc.Arbitrary<T[]>) =>
      rows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled(money), shuffled(usage), ([money, money2], [usage, usage2]) => {
        expect(spreadCells(money2, usage2)).toEqual(spreadCells(money, usage));
      }),
    );
  });

  it('gives back what each key cost when the cells fix the unit price', () => {
    const priced = fc.uniqueArray(
      fc.record({ cell, id: user, tokens: fc.bigInt({ min: 1n, max: 10n ** 12n }) }),
      { selector: (row) => JSON.stringify([row.cell, row.id]) },
    );
    const prices = fc.dictionary(cell, fc.bigInt({ min: 1n, max: 75_000n })); // nanos a token, after discount
    fc.assert(
      fc.property(priced, prices, (rows, prices) => {
        const price = (cell: string) => prices[cell] ?? 3_000n;
        const bill = rows.map(({ cell, tokens }) => ({ cell, amount: tokens * price(cell) }));
        const used = rows.map(({ cell, id, tokens }): CellUsage => ({ cell, id, weight: tokens }));
        const parts = spreadCells(bill, used);
        expect(parts).toHaveLength(rows.length);
        for (const { cell, id, tokens } of rows) {
          const part = parts.find((found) => found.cell === cell && found.id === id);
          expect(part).toMatchObject({ amount: tokens * price(cell), weight: tokens });
        }
      }),
    );
  });

  it('names money without usage, and gives usage without money a cost of nothing', () => {
    const bill = [
      { cell: 'code execution', amount: 55n },
      { cell: 'idle', amount: 0n },
      { cell: 'tokens', amount: 7n },
    ];
    const used = [
      { cell: 'idle', id: 'a', weight: 0n },
      { cell: 'blocked', id: 'a', weight: 900n },
      { cell: 'tokens', id: 'b', weight: 5n },
      { cell: 'tokens', id: 'a', weight: 0n },
    ];
    expect(spreadCells(bill, used)).toEqual([
      { cell: 'blocked', id: 'a', amount: 0n, weight: 900n, shared: false },
      { cell: 'code execution', id: null, amount: 55n, weight: 0n, shared: false },
      { cell: 'tokens', id: 'b', amount: 7n, weight: 5n, shared: false },
    ]);
  });

  it('refuses usage below zero', () => {
    expect(() => spreadCells([], [{ cell: 'a', id: 'a', weight: -1n }])).toThrow('is negative');
  });
});
