import { AppError } from '../base/errors.js';
import { compareText, type Nanos, splitNanos } from '../base/money.js';

/**
 * Money of one cell: whatever fixes the unit price (day, workspace, model, token type, tier, context window ...) as
 * one text, so that inside it every unit costs the same. Amounts of a cell that is given twice add up.
 */
export interface CellMoney {
  readonly cell: string;
  readonly amount: Nanos;
}

/** What one user of a cell (a key, a person) used there: whole units, tokens as a rule; more than once adds up. */
export interface CellUsage {
  readonly cell: string;
  readonly id: string;
  readonly weight: bigint;
}

/** One user's part of one cell. */
export interface CellPart {
  readonly cell: string;
  /** Null: money of a cell in which nobody used anything, so that it belongs to nobody yet. */
  readonly id: string | null;
  readonly amount: Nanos;
  readonly weight: bigint;
  /** Others used the cell too: the amount is a share (`spread`), not the cell's own money (`billed`). */
  readonly shared: boolean;
}

/**
 * Spreads money over those who used it, cell by cell, by largest remainder: needs no price list and is exact where
 * the unit price within a cell is constant, discounts included. Per cell the parts add up to the money to the nano.
 * Usage without money was free or blocked: a part of 0. The order is by cell, then id, whatever order came in;
 * an unattributed part (`id` null) is alone in its cell.
 * @throws AppError `bug` on a negative weight.
 */
export function spreadCells(money: readonly CellMoney[], usage: readonly CellUsage[]): readonly CellPart[] {
  const cells = new Map<string, { amount: Nanos; users: Map<string, bigint> }>();
  const at = (cell: string) => {
    const known = cells.get(cell) ?? { amount: 0n, users: new Map<string, bigint>() };
    cells.set(cell, known);
    return known;
  };
  for (const { cell, amount } of money) at(cell).amount += amount;
  for (const { cell, id, weight } of usage) {
    if (weight < 0n) throw new AppError('bug', 'The usage of a cell is negative.');
    const { users } = at(cell);
    users.set(id, (users.get(id) ?? 0n) + weight);
  }
  return [...cells]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([cell, { amount, users }]) => spreadCell(cell, amount, users));
}

function spreadCell(cell: string, amount: Nanos, users: ReadonlyMap<string, bigint>): readonly CellPart[] {
  // Who used nothing of the cell has no part in it, not even one of 0.
  const weights = [...users].flatMap(([id, weight]) => (weight > 0n ? [{ id, weight }] : []));
  const amounts = splitNanos(amount, weights);
  if (amounts === null) return amount === 0n ? [] : [{ cell, id: null, amount, weight: 0n, shared: false }];
  const shared = weights.length > 1;
  return weights
    .toSorted((a, b) => compareText(a.id, b.id))
    .map(({ id, weight }) => ({ cell, id, amount: amounts.get(id) ?? 0n, weight, shared }));
}
