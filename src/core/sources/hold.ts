import { absolute, formatNanos, type Nanos } from '../base/money.js';
import { type Day, type Month, monthOf } from '../base/time.js';
import type { OutOfBounds } from '../prices/check.js';

/** A part of a pull that is money and that the vendor refused to give. */
export interface MissingMoney {
  /** The endpoint or report, the same at every pull. */
  readonly part: string;
  /** What is missing without it. */
  readonly sentence: string;
}

/** A second view of the same money on closed days that differs from the charges by more than rounding. */
export interface ControlDifference {
  /** The view, as a phrase: `ungrouped total of Anthropic`. */
  readonly control: string;
  /** A month or the first day of a billing cycle. */
  readonly period: string;
  readonly currency: string;
  readonly stated: Nanos;
  /** What the charges add up to. */
  readonly got: Nanos;
}

/** Closed days whose money became less than the ledger holds. */
export interface Fall {
  /** Null: all months of the pull together. */
  readonly month: Month | null;
  readonly currency: string;
  readonly held: Nanos;
  readonly got: Nanos;
}

/** Why a pull is not published until a person accepts it. */
export type HoldReason =
  /** Only of a source's first pull: what it bills is far from the price list. */
  | ({ readonly because: 'price' } & OutOfBounds)
  | ({ readonly because: 'missing' } & MissingMoney)
  | ({ readonly because: 'control' } & ControlDifference)
  | ({ readonly because: 'fall' } & Fall);

/** Above what closed days may not become less without a person's word: both must be exceeded. */
export interface FallLimits {
  /** Of each currency, in its nanos. */
  readonly amount: Nanos;
  /** Hundredths of a per cent of what the ledger holds. */
  readonly basisPoints: number;
}

/** Money of one closed day and currency. */
export interface DayMoney {
  readonly day: Day;
  readonly currency: string;
  readonly billed: Nanos;
  readonly effective: Nanos;
}

/** A day or month that is emptied is worth a question from this amount on, whatever the limits: one unit of the currency. */
const LEAST_EMPTIED: Nanos = 1_000_000_000n;

type Sums = Map<string, { month: Month; currency: string; held: Nanos; got: Nanos; emptied: Nanos }>;

/**
 * The months whose money fell beyond the limits, and those that were emptied, wholly or by days (where what is gone
 * from the days is not found on others). An answer without any money is a fall whatever there was. Billed and
 * effective cost are looked at apart; of the two the larger fall counts.
 */
export function fallsOf(
  held: readonly DayMoney[],
  got: readonly DayMoney[],
  limits: FallLimits,
): readonly Fall[] {
  const isEmpty = got.every(({ billed, effective }) => billed === 0n && effective === 0n);
  const least = isEmpty ? 1n : LEAST_EMPTIED;
  const views = (['effective', 'billed'] as const).map((view) => [...sumUp(held, got, view).values()]);
  const fallen = views
    .flat()
    .filter(({ emptied, ...sum }) => exceeds(sum, limits) || isEmptied({ emptied, ...sum }, least));
  const months = fallen.map(({ month, currency, held: before, got: now }) => {
    return { month, currency, held: before, got: now };
  });
  if (months.length > 0) return largestOfEach(months);
  return largestOfEach(views.flatMap(totalsOf).filter((fall) => exceeds(fall, limits)));
}

/** Whether the fall of the month is half of what emptied days held, at least: else it has only moved. */
function isEmptied(
  sum: { readonly held: Nanos; readonly got: Nanos; readonly emptied: Nanos },
  least: Nanos,
): boolean {
  return sum.emptied >= least && (sum.held - sum.got) * 2n >= sum.emptied;
}

function sumUp(held: readonly DayMoney[], got: readonly DayMoney[], view: 'billed' | 'effective'): Sums {
  const sums: Sums = new Map();
  const sumOf = ({ day, currency }: DayMoney) => {
    const month = monthOf(day);
    const key = `${month} ${currency}`;
    const sum = sums.get(key) ?? { month, currency, held: 0n, got: 0n, emptied: 0n };
    sums.set(key, sum);
    return sum;
  };
  const left = new Set<string>();
  for (const money of got) {
    sumOf(money).got += money[view];
    if (money[view] !== 0n) left.add(`${money.day} ${money.currency}`);
  }
  for (const money of held) {
    const sum = sumOf(money);
    sum.held += money[view];
    if (money[view] > 0n && !left.has(`${money.day} ${money.currency}`)) sum.emptied += money[view];
  }
  return sums;
}

function exceeds(
  { held, got }: { readonly held: Nanos; readonly got: Nanos },
  { amount, basisPoints }: FallLimits,
): boolean {
  const fall = held - got;
  return held > 0n && fall > amount && fall * 10_000n > held * BigInt(basisPoints);
}

/** All months of one view together, by currency. */
function totalsOf(months: readonly { currency: string; held: Nanos; got: Nanos }[]): readonly Fall[] {
  const totals = new Map<string, { currency: string; held: Nanos; got: Nanos }>();
  for (const { currency, held, got } of months) {
    const total = totals.get(currency) ?? { currency, held: 0n, got: 0n };
    totals.set(currency, { currency, held: total.held + held, got: total.got + got });
  }
  return [...totals.values()].map((total) => ({ month: null, ...total }));
}

function largestOfEach(falls: readonly Fall[]): readonly Fall[] {
  const largest = new Map<string, Fall>();
  for (const fall of falls) {
    const key = `${fall.month} ${fall.currency}`;
    const known = largest.get(key);
    if (known === undefined || fall.held - fall.got > known.held - known.got) largest.set(key, fall);
  }
  return [...largest.values()];
}

/** Whether a person who accepted `accepted` has accepted this too: the same thing, at most a tenth larger. */
export function covers(accepted: HoldReason, reason: HoldReason): boolean {
  switch (reason.because) {
    case 'price':
      return accepted.because === 'price';
    case 'missing':
      return accepted.because === 'missing' && accepted.part === reason.part;
    case 'control':
      return (
        accepted.because === 'control' &&
        accepted.control === reason.control &&
        accepted.period === reason.period &&
        accepted.currency === reason.currency &&
        isWithin(reason.stated - reason.got, accepted.stated - accepted.got)
      );
    case 'fall':
      return (
        accepted.because === 'fall' &&
        accepted.month === reason.month &&
        accepted.currency === reason.currency &&
        isWithin(reason.held - reason.got, accepted.held - accepted.got)
      );
    default:
      return reason satisfies never;
  }
}

function isWithin(difference: Nanos, accepted: Nanos): boolean {
  return difference > 0n === accepted > 0n && absolute(difference) * 10n <= absolute(accepted) * 11n;
}

/** A reason in one sentence. `write` writes an amount; absent: exact. */
export function describeHold(
  reason: HoldReason,
  write: (amount: Nanos, currency: string) => string = (amount, currency) =>
    `${formatNanos(amount)} ${currency}`,
): string {
  switch (reason.because) {
    case 'price':
      return `${reason.vendor} billed ${write(reason.billed, 'USD')} for ${reason.month}, where the same usage costs ${write(reason.list, 'USD')} at list price`;
    case 'missing':
      return reason.sentence.replace(/\.$/, '');
    case 'control': {
      const { control, period, currency, stated, got } = reason;
      return `${period}: the ${control} says ${write(stated, currency)}, the charges add up to ${write(got, currency)}`;
    }
    case 'fall': {
      const { month, currency, held, got } = reason;
      return `closed days of ${month ?? 'all months together'} would fall from ${write(held, currency)} to ${write(got, currency)}`;
    }
    default:
      return reason satisfies never;
  }
}
