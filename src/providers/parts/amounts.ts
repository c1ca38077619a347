import { z } from 'zod';
import { MOST_UNITS } from '../../core/base/amounts.js';
import { invalid } from '../../core/base/errors.js';
import { NANOS_PER_UNIT, type Nanos, roundedQuotient } from '../../core/base/money.js';
import type { Costs } from '../../core/ledger/charge.js';

/** A decimal as vendors and our own reader of amounts write it. */
export const DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/**
 * A decimal as text, given as a number or as a string. A number is taken by its shortest form (31.2 stays "31.2"),
 * which is what the vendor wrote up to 15 digits.
 */
export const Decimal = z
  .union([z.number().transform(String), z.string().trim().regex(DECIMAL, 'not a decimal number')])
  .refine(
    (text) => Math.abs(Number(text)) <= MOST_UNITS,
    'larger than 10^15, the most that an amount may be',
  );

/** A count of tokens, requests, credits ...: a number or a numeric string; approximate, never money. */
export const Count = z
  .union([z.number(), z.string().trim().regex(DECIMAL, 'not a number').transform(Number)])
  .refine((count) => count >= 0 && count <= Number.MAX_SAFE_INTEGER, 'negative, or larger than any count');

/** A price in options: a decimal that is not negative. */
export const Price = Decimal.refine((text) => !text.startsWith('-'), 'must not be negative');

/** An id that a vendor may write as a number or as a string. */
export const Id = z.union([z.string(), z.number().transform(String)]);

/** Quantity x unit price, both in nanos, to the nearest nano. */
export function times(quantity: Nanos, price: Nanos): Nanos {
  return roundedQuotient(quantity * price, NANOS_PER_UNIT);
}

/** The four costs of a charge that has only one. */
export function sameCosts(cost: Nanos): Costs {
  return { billedCost: cost, effectiveCost: cost, listCost: cost, contractedCost: cost };
}

/** The product of two decimals, exact, as a decimal text (`123e-9`). @throws AppError `invalid` for no decimal. */
export function exactProduct(a: string, b: string): string {
  const [left, right] = [toDigits(a), toDigits(b)];
  return `${left.digits * right.digits}e${left.exponent + right.exponent}`;
}

function toDigits(text: string): { readonly digits: bigint; readonly exponent: number } {
  const [mantissa = '', exponent = '0'] = text.trim().toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  if (!DECIMAL.test(text.trim())) return invalid(`"${text.slice(0, 40)}" is not a decimal amount.`);
  return { digits: BigInt(`${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}
