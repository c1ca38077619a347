import { compareText } from '../base/money.js';
import type { SplitPart } from './allocation.js';
import type { Owners } from './cross-parts.js';

/** The way a part went, as text: equal for parts that went the same way. */
export function wayOf({ target, reason, ruleId, steps, basis }: Omit<SplitPart, 'cells'>): string {
  return JSON.stringify([target, reason, ruleId, steps, ownerEntries(basis)]);
}

/** The order in which the parts of a piece stand: that of their ways. */
export function inOrderOfWay(parts: readonly SplitPart[]): readonly SplitPart[] {
  return parts
    .map((part) => ({ part, way: wayOf(part) }))
    .toSorted((a, b) => compareText(a.way, b.way))
    .map(({ part }) => part);
}

/** Owners as text: equal for equal owners, in whatever order the dimensions stand. */
export function ownersKey(owners: Owners): string {
  return JSON.stringify(ownerEntries(owners));
}

function ownerEntries(owners: Owners): readonly (readonly [string, string | null])[] {
  const entries = Object.entries(owners);
  return entries.length < 2 ? entries : entries.toSorted(([a], [b]) => compareText(a, b));
}
