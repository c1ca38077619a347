/** 0 for no values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** 0 for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between order statistics; 0 for no values. */
export function quantile(values: readonly number[], share: number): number {
  return quantileInPlace(Float64Array.from(values), values.length, share);
}

/**
 * The quantile of the first `count` numbers, which change their order: no copy, no sorting of what is not asked for.
 * A detector asks for a dozen quantiles a day of every series.
 */
export function quantileInPlace(values: Float64Array, count: number, share: number): number {
  if (count === 0) return 0;
  const at = (count - 1) * share;
  const low = Math.floor(at);
  const below = select(values, count, low);
  if (at === low) return below;
  let above = Number.POSITIVE_INFINITY;
  for (let i = low + 1; i < count; i += 1) above = Math.min(above, values[i] ?? 0);
  return below + (above - below) * (at - low);
}

/** Hoare's selection: afterwards nothing before place `wanted` is larger than it, and nothing after it smaller. */
function select(values: Float64Array, count: number, wanted: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1] ?? 0;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i += 1;
      while ((values[j] ?? 0) > pivot) j -= 1;
      if (i > j) break;
      const swapped = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = swapped;
      i += 1;
      j -= 1;
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return values[wanted] ?? 0;
}
