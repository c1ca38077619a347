import { absolute, compareBigint, compareText, type Nanos } from '../base/money.js';
import type { Confidence } from '../ledger/charge.js';
import type { Summed } from './lineage.js';

/** Adds charges up at one level of a lineage. */
export class Tally {
  cost: Nanos = 0n;
  charges = 0;
  readonly #confidence = new Map<Confidence, Nanos>();

  add(cost: Nanos, confidence: Confidence): void {
    this.cost += cost;
    this.charges += 1;
    this.#confidence.set(confidence, (this.#confidence.get(confidence) ?? 0n) + cost);
  }

  summed(): Summed {
    const confidence = [...this.#confidence]
      .map(([name, cost]) => ({ confidence: name, cost }))
      .toSorted((a, b) => compareMagnitude(a.cost, b.cost) || compareText(a.confidence, b.confidence));
    return { cost: this.cost, charges: this.charges, confidence };
  }
}

/** The value of a key, made on first use. */
export function entryOf<K, V>(entries: Map<K, V>, key: K, make: () => V): V {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  entries.set(key, fresh);
  return fresh;
}

/** Order by size whatever the sign, largest first. */
export function compareMagnitude(a: Nanos, b: Nanos): number {
  return compareBigint(absolute(b), absolute(a));
}
