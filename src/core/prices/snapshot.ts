import type { Day } from '../base/time.js';
import type { Price } from './price.js';

/** Everything of a price but its days, amount and where it is from. */
export function priceKey(price: Price): string {
  const { priority, provider, model, tokenType, contextTier, serviceTier, geo, speed } = price;
  return [priority, provider, model, tokenType, contextTier, serviceTier, geo, speed].join('\u0000');
}

/**
 * The rows to add so that `offered` counts. A price list overwrites in place and forgets: of a price that differs
 * from the one held for the same first day nobody knows since when, so it counts from `day` on, and what was rated
 * before stays as it was. An override (`priority` above 0) is a person's word on its own days: it replaces.
 * `held` are the prices in force.
 */
export function pricesToAdd(held: readonly Price[], offered: readonly Price[], day: Day): readonly Price[] {
  const heldBy = byKey(held);
  return [...byKey(offered)].flatMap(([key, prices]) => {
    const known = heldBy.get(key) ?? [];
    const last = latest(prices);
    return prices.flatMap((price) => {
      const same = known.find(({ validFrom }) => validFrom === price.validFrom);
      if (same === undefined) return [price];
      if (price.priority > 0) return isSame(same, price) ? [] : [price];
      // Only of its last entry may a list say that it counts now.
      if (price !== last || isSame(latest(known), price)) return [];
      return [{ ...price, validFrom: day > price.validFrom ? day : price.validFrom }];
    });
  });
}

function byKey(prices: readonly Price[]): ReadonlyMap<string, readonly Price[]> {
  const groups = new Map<string, Price[]>();
  for (const price of prices) {
    const key = priceKey(price);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [price]);
    else known.push(price);
  }
  return groups;
}

/** Of one key; never called for none. */
function latest(prices: readonly Price[]): Price {
  return prices.reduce((a, b) => (b.validFrom > a.validFrom ? b : a));
}

function isSame(a: Price, b: Price): boolean {
  return a.nanosPerMillion === b.nanosPerMillion && a.validTo === b.validTo;
}
