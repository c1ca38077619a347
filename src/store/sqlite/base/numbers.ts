import type { Nanos } from '../../../core/base/money.js';
import { type Month, parseMonth } from '../../../core/base/time.js';

/** The stored form of a month: `2026-10` is 202610. */
export function toMonthNumber(month: Month): number {
  return Number(month.slice(0, 4)) * 100 + Number(month.slice(5));
}

/** Inverse of `toMonthNumber`. */
export function fromMonthNumber(month: number): Month {
  const digits = String(month).padStart(6, '0');
  return parseMonth(`${digits.slice(0, 4)}-${digits.slice(4)}`);
}

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
const HIGHEST = 2n ** 63n - 1n;
const LOW_BITS = 32n;
const LOW_MASK = 2n ** LOW_BITS - 1n;

/** Money as a column holds it, read with safe integers: beyond 63 bits (9.2 billion units) it is the text `nDIGITS`. */
export type StoredNanos = bigint | string;

/** Money from a column; rows of mixed columns are typed for all of them. */
export function readNanos(cell: StoredNanos | number | null | undefined): Nanos {
  return typeof cell === 'string' ? BigInt(cell.slice(1)) : BigInt(cell ?? 0);
}

/** Money for a bound parameter: a number while that is exact, since those bind faster than bigints. */
export function bindNanos(nanos: Nanos): number | bigint | string {
  if (nanos <= LARGEST && nanos >= -LARGEST) return Number(nanos);
  return nanos <= HIGHEST && nanos >= -HIGHEST ? nanos : `n${nanos}`;
}

/** What the SQL below calls for money beyond 63 bits, and only for that. */
export const MONEY_FUNCTIONS = {
  nanos_high: (cell: StoredNanos): bigint => readNanos(cell) >> LOW_BITS,
  nanos_low: (cell: StoredNanos): bigint => readNanos(cell) & LOW_MASK,
  nanos_join: (high: bigint | null, low: bigint | null): string | null =>
    high === null || low === null ? null : `n${(high << LOW_BITS) + low}`,
} as const;

/**
 * An exact sum in the form of a column, of any size: SQLite's own breaks off beyond 63 bits. The upper and the lower
 * 32 bits are added up apart. Any text is above any integer, so that the comparison finds what is beyond them.
 */
export function storedSum(money: string): string {
  const high = `sum(iif(${money} > ${HIGHEST}, nanos_high(${money}), ${money} >> ${LOW_BITS}))`;
  const low = `sum(iif(${money} > ${HIGHEST}, nanos_low(${money}), ${money} & ${LOW_MASK}))`;
  const carried = `${high} + (${low} >> ${LOW_BITS})`;
  const small = `${carried} between -2147483647 and 2147483647`;
  return `coalesce(iif(${small}, ((${carried}) << ${LOW_BITS}) | (${low} & ${LOW_MASK}), nanos_join(${high}, ${low})), 0)`;
}

/** An exact sum for a select list: as decimal text, because the driver rounds integers above 2^53 without a word. */
export function exactSum(money: string): string {
  return `ltrim(${storedSum(money)}, 'n')`;
}

/** One amount for a select list, as decimal text. */
export function exactText(money: string): string {
  return `ltrim(${money}, 'n')`;
}

/** A sum that only an order hangs on: approximate beyond 63 bits. */
export function roughSum(money: string): string {
  return `total(iif(${money} > ${HIGHEST}, nanos_high(${money}) * 4294967296.0, ${money}))`;
}
