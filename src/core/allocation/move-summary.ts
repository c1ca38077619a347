import { absolute, compareBigint, compareText, type Nanos, sumNanos } from '../base/money.js';
import type { Month } from '../base/time.js';
import type { MovedMoney } from './diff.js';

/** All money that moves from one owner to another in a dimension and currency, with its months ascending. */
export interface MoveSummary {
  readonly dimension: string;
  readonly currency: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cost: Nanos;
  readonly months: readonly { readonly month: Month; readonly cost: Nanos }[];
}

/**
 * Adds moves up over the months, most expensive first within a dimension; the dimensions in `first` (those that were
 * edited) come before those that only follow from them.
 */
export function summariseMoves(
  moved: readonly MovedMoney[],
  first: readonly string[],
): readonly MoveSummary[] {
  const groups = new Map<string, MovedMoney[]>();
  for (const move of moved) {
    const key = JSON.stringify([move.dimension, move.currency, move.from, move.to]);
    groups.set(key, [...(groups.get(key) ?? []), move]);
  }
  const rank = (dimension: string): number => (first.includes(dimension) ? 0 : 1);
  return [...groups.values()]
    .flatMap((moves) => {
      const [any] = moves;
      if (any === undefined) return [];
      const { dimension, currency, from, to } = any;
      const months = moves
        .map(({ month, cost }) => ({ month, cost }))
        .toSorted((a, b) => compareText(a.month, b.month));
      return [{ dimension, currency, from, to, cost: sumNanos(moves.map(({ cost }) => cost)), months }];
    })
    .toSorted(
      (a, b) =>
        rank(a.dimension) - rank(b.dimension) ||
        compareText(a.dimension, b.dimension) ||
        compareBigint(absolute(b.cost), absolute(a.cost)),
    );
}
