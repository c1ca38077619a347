import { AppError, invalid } from './errors.js';
import { compareBigint, type Nanos, roundedQuotient, sumNanos } from './money.js';
import type { Day, Month } from './time.js';

/** How many units of `to` one unit of `from` is worth in a month. `rate` is a decimal text, exact as it was given. */
export interface FxRate {
  readonly month: Month;
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  /** Where it comes from: ECB, treasury, an invoice. */
  readonly source: string;
  /** The day it was published or agreed. */
  readonly date: Day;
}

/** A rate that goes before those of the months it is valid in: a hedge, a contract. Half-open months; null: open. */
export interface FxOverride extends Omit<FxRate, 'month'> {
  readonly fromMonth: Month;
  readonly toMonth: Month | null;
}

/** Finds the rate of a pair in a month; null when there is none: then nothing is converted. */
export type FxLookUp = (from: string, to: string, month: Month) => FxRate | null;

const RATE = /^(\d{1,12})(?:\.(\d{1,12}))?$/;

/** A rate as a fraction. @throws AppError `invalid` for a text that is no positive decimal of at most 12 places. */
export function parseRate(text: string): { readonly numerator: bigint; readonly denominator: bigint } {
  const match = RATE.exec(text);
  const fraction = match?.[2] ?? '';
  const numerator = match === null ? 0n : BigInt(`${match[1]}${fraction}`);
  if (numerator === 0n)
    return invalid(`"${text.slice(0, 40)}" is no rate; write a positive decimal such as 1.0832.`);
  return { numerator, denominator: 10n ** BigInt(fraction.length) };
}

/** Overrides first, then the month's own rate. Only the pair itself counts: an inverse is another agreement. */
export function createFxLookUp(known: {
  readonly rates: readonly FxRate[];
  readonly overrides: readonly FxOverride[];
}): FxLookUp {
  const rates = new Map(known.rates.map((rate) => [`${rate.from}|${rate.to}|${rate.month}`, rate]));
  return (from, to, month) => {
    const override = known.overrides.find(
      (each) => each.from === from && each.to === to && covers(each, month),
    );
    if (override === undefined) return rates.get(`${from}|${to}|${month}`) ?? null;
    const { fromMonth: _from, toMonth: _to, ...rate } = override;
    return { ...rate, month };
  };
}

/** Whether an override is valid in a month. */
function covers({ fromMonth, toMonth }: FxOverride, month: Month): boolean {
  return fromMonth <= month && (toMonth === null || month < toMonth);
}

/** An amount at a rate, half to even below a nano. */
export function convert(amount: Nanos, rate: string): Nanos {
  const { numerator, denominator } = parseRate(rate);
  return roundedQuotient(amount * numerator, denominator);
}

/**
 * Amounts of either sign at one rate, so that they add up to their converted sum: each is rounded down, what is left
 * goes to the largest remainders, ties to the first.
 */
export function convertAll(amounts: readonly Nanos[], rate: string): readonly Nanos[] {
  const { numerator, denominator } = parseRate(rate);
  const parts = amounts.map((amount, index) => {
    const exact = amount * numerator;
    const remainder = ((exact % denominator) + denominator) % denominator;
    return { index, remainder, value: (exact - remainder) / denominator };
  });
  let rest = convert(sumNanos(amounts), rate) - sumNanos(parts.map(({ value }) => value));
  const order = parts.toSorted((a, b) => compareBigint(b.remainder, a.remainder) || a.index - b.index);
  for (const part of order) {
    if (rest === 0n) break;
    part.value += 1n;
    rest -= 1n;
  }
  if (rest !== 0n) throw new AppError('bug', 'A conversion does not add up.');
  return parts.map(({ value }) => value);
}
