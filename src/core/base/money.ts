import { AppError, invalid } from './errors.js';

/** An amount of money: integer nano-units (1e-9) of a currency that is named beside it. Never a number. */
export type Nanos = bigint;

/** Nanos in one unit of a currency. */
export const NANOS_PER_UNIT = 1_000_000_000n;
/** The largest amount of one charge, 10^15 units: far above any bill in any currency. */
export const LARGEST_AMOUNT: Nanos = 10n ** 15n * NANOS_PER_UNIT;
const CARRY_SCALE = 27; // digits kept while rounding a feed: 18 below a nano

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Integer units of 10^-scale; null when the text is no decimal. Digits below the scale round half to even. */
function scaled(text: string, scale: number): bigint | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const shift = scale + Number(exponent) - fraction.length;
  const digits = BigInt(`${whole}${fraction}`);
  const magnitude =
    shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -magnitude : magnitude;
}

/** a / b to the nearest integer, ties to even; b > 0. */
export function roundedQuotient(a: bigint, b: bigint): bigint {
  const floor = a >= 0n ? a / b : -((-a + b - 1n) / b);
  const twice = (a - floor * b) * 2n;
  if (twice > b || (twice === b && floor % 2n !== 0n)) return floor + 1n;
  return floor;
}

/**
 * Parses a decimal string ("12.5", "-0.000001", "1e-7") digit by digit into nanos, half to even below 1e-9.
 * @throws AppError `invalid` naming the text when it is not a decimal number.
 */
export function parseNanos(text: string): Nanos {
  return scaled(text, 9) ?? invalid(`"${text.slice(0, 40)}" is not a decimal amount.`);
}

/**
 * Rounds a stream of decimal amounts to nanos so that the running total is never off by more than half a nano:
 * what one row loses the next one gets. The sum of any feed is therefore exact to its last nano, which
 * rounding row by row is not (bills carry up to 15 decimals). Deterministic for a given order.
 */
export interface NanoCarry {
  /** @param shift powers of ten to apply first, e.g. -2 for an amount in cents. @throws AppError `invalid`. */
  add(text: string, shift?: number): Nanos;
}

/** A fresh carry; use one per feed, currency and cost column. */
export function createNanoCarry(): NanoCarry {
  let exact = 0n;
  let given = 0n;
  const unit = 10n ** BigInt(CARRY_SCALE - 9);
  return {
    add(text, shift = 0) {
      const value = scaled(text, CARRY_SCALE + shift);
      if (value === null) return invalid(`"${text.slice(0, 40)}" is not a decimal amount.`);
      exact += value;
      const nanos = roundedQuotient(exact, unit) - given;
      given += nanos;
      return nanos;
    },
  };
}

/** A plain decimal string with up to nine decimals and no trailing zeros: the form of money in JSON and CSV. */
export function formatNanos(nanos: Nanos): string {
  const magnitude = absolute(nanos);
  const fraction = (magnitude % NANOS_PER_UNIT).toString().padStart(9, '0').replace(/0+$/, '');
  const sign = nanos < 0n ? '-' : '';
  return `${sign}${magnitude / NANOS_PER_UNIT}${fraction === '' ? '' : `.${fraction}`}`;
}

/** For charts and ratios only: a float of currency units. Never sum these. */
export function toApproximateUnits(nanos: Nanos): number {
  return Number(nanos) / 1e9;
}

/** The amount without its sign. */
export function absolute(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

/** A whole number in groups of three digits: `1,234,567`. */
export function withThousands(whole: bigint | number | string): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Exact sum. */
export function sumNanos(amounts: Iterable<Nanos>): Nanos {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** One part of a split: `id` breaks ties, `weight` is relative and must not be negative. */
export interface Weight {
  readonly id: string;
  readonly weight: bigint;
}

/**
 * Splits an amount (of either sign) by weights: largest remainder, ties by id in code-point order, so that the
 * parts always add up to the amount and no part has the other sign. Null when all weights are zero: the
 * caller then takes its declared fallback.
 * @throws AppError `bug` on a negative weight or an id that is given twice.
 */
export function splitNanos(amount: Nanos, weights: readonly Weight[]): ReadonlyMap<string, Nanos> | null {
  const total = sumNanos(weights.map((part) => part.weight));
  if (weights.some((part) => part.weight < 0n)) throw new AppError('bug', 'A split weight is negative.');
  refuseTwice(weights.map((part) => part.id));
  if (total === 0n) return null;
  const magnitude = absolute(amount);
  const parts = weights.map(({ id, weight }) => ({
    id,
    share: (magnitude * weight) / total,
    remainder: (magnitude * weight) % total,
  }));
  let rest = magnitude - sumNanos(parts.map((part) => part.share));
  const order = parts.toSorted((a, b) => compareBigint(b.remainder, a.remainder) || compareText(a.id, b.id));
  for (const part of order) {
    if (rest === 0n) break;
    part.share += 1n;
    rest -= 1n;
  }
  return new Map(parts.map(({ id, share }) => [id, amount < 0n ? -share : share]));
}

/** Two parts of one id would lose the share of the first. */
function refuseTwice(ids: readonly string[]): void {
  const twice = ids.length === new Set(ids).size ? undefined : ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new AppError('bug', `A split names "${twice}" twice.`);
}

/** Ascending order of bigints, for sort. */
export function compareBigint(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Code-point order of strings: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** UTF-16 units are in code-point order, but for surrogates: these stand for the highest code points. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
