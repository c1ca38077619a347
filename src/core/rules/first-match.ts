import type { DayRange } from '../base/time.js';
import type { Facts } from './facts.js';
import { type CompiledRule, matchingRanges } from './predicate.js';
import type { Rule } from './rule.js';

/** Days on which one rule wins; null where no rule matches. */
export interface Win extends DayRange {
  readonly rule: Rule | null;
}

/** Who wins each day of the set's range: the first matching candidate. Covers the range, ascending, no overlaps. */
export function firstMatches(candidates: readonly CompiledRule[], facts: Facts): readonly Win[] {
  const wins: Win[] = [];
  let open: readonly DayRange[] = [facts.range];
  for (const candidate of candidates) {
    if (open.length === 0) break;
    open = open.flatMap((gap) => {
      const matched = matchingRanges(candidate, facts, gap);
      for (const { from, to } of matched) wins.push({ from, to, rule: candidate.rule });
      return subtract(gap, matched);
    });
  }
  for (const { from, to } of open) wins.push({ from, to, rule: null });
  return wins.toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

/** What is left of a range without some ascending parts of it. */
function subtract(range: DayRange, parts: readonly DayRange[]): readonly DayRange[] {
  const left: DayRange[] = [];
  let from = range.from;
  for (const part of parts) {
    if (from < part.from) left.push({ from, to: part.from });
    from = part.to;
  }
  if (from < range.to) left.push({ from, to: range.to });
  return left;
}
