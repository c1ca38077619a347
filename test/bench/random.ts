/** Repeatable chance. */
export interface Random {
  /** In (0, 1). */
  next(): number;
  below(limit: number): number;
  /** In [0, limit): small numbers are likelier, about as 1/(n+1). */
  zipf(limit: number): number;
  /** The first items are likelier. */
  pick<T>(items: readonly T[]): T;
}

/** mulberry32: small, quick, and good enough to make up a company. */
export function createRandom(seed: number): Random {
  let state = (seed * 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
  const zipf = (limit: number): number => Math.min(limit - 1, Math.floor((limit + 1) ** next()) - 1);
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    zipf,
    pick: (items) => items[zipf(items.length)]!,
  };
}
