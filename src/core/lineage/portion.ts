import type { Owners } from '../allocation/cross-parts.js';
import { compareBigint, type Nanos, sumNanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';
import type { Bill, ChargeKind, DimensionSet } from '../ledger/charge.js';

/** How money came to its owner in a dimension. Null target: Unallocated, then `reason` says why. */
export interface PortionWay {
  readonly ruleId: string | null;
  readonly target: string | null;
  readonly reason: string | null;
  /** Ids of the rules and shared costs that divided it, in order; none: it was not divided in this dimension. */
  readonly steps: readonly string[];
  /** Its owners in the earlier, divided dimensions that this dimension looks at; null is Unallocated. */
  readonly basis: Owners;
}

/** A stored charge of one day, and how much of it is in a figure: all of it, or the part that splits gave. */
export interface ChargePortion {
  readonly setId: number;
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  readonly bill: Bill;
  readonly day: Day;
  /** Approximate (floats): not money. */
  readonly consumedQuantity: number | null;
  readonly pricingQuantity: number | null;
  /** Effective cost of the whole charge. */
  readonly chargeCost: Nanos;
  /** What of it is in the figure. */
  readonly cost: Nanos;
  /** Null: the charge was never allocated in the dimension. */
  readonly way: PortionWay | null;
}

/** Money of a closed month that a later change gave to another owner, or (below zero) took away. */
export interface OwnerMove {
  readonly set: DimensionSet;
  readonly setId: number;
  /** Where it is posted. */
  readonly day: Day;
  readonly originalMonth: Month;
  /** In the figure's dimension; null is Unallocated. */
  readonly target: string | null;
  readonly reason: string | null;
  readonly cost: Nanos;
}

/** Everything that a figure is made of. */
export interface FigureParts {
  readonly charges: readonly ChargePortion[];
  readonly moves: readonly OwnerMove[];
}

/**
 * Divides an amount over lines so that each gets the same fraction of its own: a credit's share is a credit. By
 * largest remainder, ties by position; the results add up to the amount. Lines that cancel out get even shares.
 */
export function divideAmong(amount: Nanos, lines: readonly Nanos[]): readonly Nanos[] {
  const total = sumNanos(lines);
  const [parts, whole] = total === 0n ? [lines.map(() => 1n), BigInt(lines.length)] : [lines, total];
  if (whole === 0n) return [];
  const [sign, size] = whole < 0n ? [-1n, -whole] : [1n, whole];
  const shares = parts.map((part, index) => {
    const exact = amount * part * sign;
    const floor = exact >= 0n ? exact / size : -((-exact + size - 1n) / size);
    return { index, share: floor, remainder: exact - floor * size };
  });
  let rest = amount - sumNanos(shares.map(({ share }) => share));
  for (const each of shares.toSorted(
    (a, b) => compareBigint(b.remainder, a.remainder) || a.index - b.index,
  )) {
    if (rest === 0n) break;
    each.share += 1n;
    rest -= 1n;
  }
  return shares.map(({ share }) => share);
}
