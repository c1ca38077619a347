const GAP = 1 << 20;

/** Longest increasing subsequence (patience sorting); returns the indexes of its members, ascending. */
function longestIncreasing(values: readonly number[]): readonly number[] {
  const tails: number[] = [];
  const before: number[] = [];
  values.forEach((value, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = index;
  });
  const members: number[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) members.push(at);
  return members.toReversed();
}

/**
 * Ranks for ids in their new order: strictly ascending, and as many ids as possible keep the rank they had, so
 * that moving or adding one rule among thousands rewrites one row. When a gap is used up, all are spaced again.
 */
export function rankInOrder(
  order: readonly string[],
  held: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const known = order.filter((id) => held.has(id));
  const keep = new Set(longestIncreasing(known.map((id) => held.get(id) ?? 0)).map((index) => known[index]));
  const ranks = new Map<string, number>();
  let floor: number | null = null;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && !keep.has(order[end])) end++;
    const next = order[end];
    const ceiling = next === undefined ? null : (held.get(next) ?? null);
    const count = end - start;
    const low: number = floor ?? (ceiling === null ? 0 : ceiling - (count + 1) * GAP);
    const step = ceiling === null ? GAP : Math.floor((ceiling - low) / (count + 1));
    if (step === 0) return new Map(order.map((id, index) => [id, (index + 1) * GAP]));
    order.slice(start, end).forEach((id, index) => {
      ranks.set(id, low + (index + 1) * step);
    });
    if (next !== undefined && ceiling !== null) ranks.set(next, ceiling);
    floor = ceiling;
    start = end + 1;
  }
  return ranks;
}
