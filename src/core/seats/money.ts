import { AppError } from '../base/errors.js';
import { type Nanos, splitNanos, sumNanos, type Weight } from '../base/money.js';
import type { Day } from '../base/time.js';

/** Somebody's (or nobody's) part in a seat fee. */
interface SeatShare {
  readonly id: string;
  /** The days of the covered period on which the seat is theirs; at least one. */
  readonly days: readonly Day[];
  /** Absent: as many as they have days. */
  readonly weight?: bigint;
}

/** One invoiced amount for seats. */
export interface SeatFee {
  readonly amount: Nanos;
  /** The day that the vendor bills it on. */
  readonly billedOn: Day;
  readonly shares: readonly SeatShare[];
}

/** A seat fee at the grain of the ledger. */
export interface SeatCost {
  readonly id: string;
  readonly day: Day;
  readonly billed: Nanos;
  readonly effective: Nanos;
}

/**
 * A seat fee, billed on its day and earned day by day: each share gets its part by active days (or the given
 * weights), amortised evenly over its days. Both billed and effective cost add up to the amount, to the nano; ties go
 * by id and by day. All weights zero: by days.
 * @throws AppError `bug` when there is no share, or one without days.
 */
export function spreadSeatFee({ amount, billedOn, shares }: SeatFee): readonly SeatCost[] {
  const byDays = shares.map(({ id, days }) => ({ id, weight: BigInt(days.length) }));
  const weighed = shares.map(({ id, days, weight }) => ({ id, weight: weight ?? BigInt(days.length) }));
  const parts = splitNanos(amount, weighed) ?? splitNanos(amount, byDays);
  if (parts === null || shares.some(({ days }) => days.length === 0))
    throw new AppError('bug', 'A seat fee has no share with days.');
  return shares.flatMap(({ id, days }) => {
    const part = parts.get(id) ?? 0n;
    const perDay = splitNanos(
      part,
      days.map((day) => ({ id: day, weight: 1n })),
    );
    const all = new Set<Day>(part === 0n ? days : [billedOn, ...days]);
    return [...all].map((day) => ({
      id,
      day,
      billed: day === billedOn ? part : 0n,
      effective: perDay?.get(day) ?? 0n,
    }));
  });
}

/** Credits that come with seats and are shared by everyone with a seat. */
export interface CreditPool {
  readonly included: bigint;
  /** Used beyond it; never negative. */
  readonly overage: bigint;
}

/** The pool of a cycle in the unit of its figures: what each seat brings against what all of them used. */
export function poolOf(seats: readonly bigint[], used: bigint): CreditPool {
  const included = sumNanos(seats);
  return { included, overage: used > included ? used - included : 0n };
}

/**
 * What counts of each one's use: only what goes beyond the amount included for them. Nobody beyond it: all use
 * counts, so that there is always somebody to bear an overage.
 */
export function aboveIncluded(use: readonly Weight[], included: bigint): readonly Weight[] {
  const above = use.map(({ id, weight }) => ({ id, weight: weight > included ? weight - included : 0n }));
  return above.some(({ weight }) => weight > 0n) ? above : use;
}
