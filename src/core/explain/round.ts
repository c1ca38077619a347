import { compareBigint } from '../base/money.js';

/**
 * Divides fixed-point amounts by `scale` into integers that add up to `total`, which the exact sum must be near:
 * cut towards zero, then by largest remainder, ties by position. Negating all of it negates the result.
 */
export function roundToTotal(exact: readonly bigint[], scale: bigint, total: bigint): readonly bigint[] {
  const whole = exact.map((amount) => amount / scale);
  const left = total - whole.reduce((sum, amount) => sum + amount, 0n);
  const step = left < 0n ? -1n : 1n;
  const order = exact
    .map((amount, index) => ({ index, remainder: (amount % scale) * step }))
    .toSorted((a, b) => compareBigint(b.remainder, a.remainder) || a.index - b.index);
  const rounded = [...whole];
  for (let given = 0n; given < left * step; given += 1n) {
    const at = order[Number(given % BigInt(Math.max(1, order.length)))];
    if (at === undefined) break;
    rounded[at.index] = (rounded[at.index] ?? 0n) + step;
  }
  return rounded;
}
