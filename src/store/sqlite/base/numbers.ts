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

/** Money for a bound parameter: a number while that is exact, since those bind faster than bigints. */
export function bindNanos(nanos: Nanos): number | bigint {
  return nanos <= LARGEST && nanos >= -LARGEST ? Number(nanos) : nanos;
}

/** An exact sum for a select list: as text, because the driver rounds integers above 2^53 without a word. */
export function exactSum(expression: string): string {
  return `cast(coalesce(sum(${expression}), 0) as text)`;
}
