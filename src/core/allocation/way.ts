import { canonicalJson } from '../json.js';
import { compareText } from '../money.js';
import type { SplitPart } from './allocation.js';

/** The way a part went, as text: equal for parts that went the same way. */
export function wayOf({ target, reason, ruleId, steps, basis }: Omit<SplitPart, 'cells'>): string {
  return canonicalJson([target, reason, ruleId, steps, basis]);
}

/** The order in which the parts of a piece stand: that of their ways. */
export function inOrderOfWay(parts: readonly SplitPart[]): readonly SplitPart[] {
  return parts
    .map((part) => ({ part, way: wayOf(part) }))
    .toSorted((a, b) => compareText(a.way, b.way))
    .map(({ part }) => part);
}
