import { compareText, type Nanos, splitNanos } from '../base/money.js';

/** Who has how much of an amount; null is Unallocated. */
export type Shares = ReadonlyMap<string | null, Nanos>;

/** Money that goes from one owner to another. */
export interface Move {
  readonly from: string | null;
  readonly to: string | null;
  readonly cost: Nanos;
}

/**
 * The moves that turn one division of an amount into another one of the same amount: what each owner has less is
 * spread over those who have more, in proportion to what they still miss. Exact; nobody both gives and gets.
 */
export function movesBetween(before: Shares, after: Shares, amount: Nanos): readonly Move[] {
  // Credits move like charges: a negative amount goes the way a positive one would.
  const sign = amount < 0n ? -1n : 1n;
  const owners = [...new Set([...before.keys(), ...after.keys()])].toSorted(byName);
  const gains = owners.map((owner) => ((after.get(owner) ?? 0n) - (before.get(owner) ?? 0n)) * sign);
  const missing = gains.map((gain) => (gain > 0n ? gain : 0n));
  return owners.flatMap((from, giver) => {
    const given = -(gains[giver] ?? 0n);
    if (given <= 0n) return [];
    const weights = missing.map((weight, taker) => ({ id: String(taker).padStart(6, '0'), weight }));
    const shares = [...(splitNanos(given, weights)?.values() ?? [])];
    return owners.flatMap((to, taker): readonly Move[] => {
      const cost = shares[taker] ?? 0n;
      missing[taker] = (missing[taker] ?? 0n) - cost;
      return cost === 0n ? [] : [{ from, to, cost: cost * sign }];
    });
  });
}

function byName(a: string | null, b: string | null): number {
  return compareText(a ?? '', b ?? '');
}
