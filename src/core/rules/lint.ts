import type { MonthSet } from '../allocation/allocation.js';
import { evaluateMonth, type Verdict } from '../allocation/evaluate-month.js';
import type { Directory } from '../directory/directory.js';
import type { Month } from '../time.js';
import { orderDimensions } from './dependencies.js';
import { matchingRanges } from './predicate.js';
import type { Ruleset } from './rule.js';

/** A rule that does nothing for the sets it was tried on. */
export interface IdleRule {
  readonly dimension: string;
  readonly ruleId: string;
  /** `dead`: it matches no set on any day. `shadowed`: rules above it take everything that it matches. */
  readonly why: 'dead' | 'shadowed';
}

/** Tries a ruleset on months of sets and lists the rules that never win, in order of dimension and precedence. */
export function lintRuleset(input: {
  readonly ruleset: Ruleset;
  readonly months: ReadonlyMap<Month, readonly MonthSet[]>;
  readonly directory: Directory;
}): readonly IdleRule[] {
  const winning = new Set<string>();
  const matching = new Set<string>();
  for (const [month, sets] of input.months)
    for (const verdict of evaluateMonth({ ...input, month, sets })) note(verdict, winning, matching);
  return orderDimensions(input.ruleset).flatMap(({ id, rules }) =>
    rules.flatMap((rule): readonly IdleRule[] => {
      const key = ruleKey(id, rule.id);
      if (winning.has(key)) return [];
      return [{ dimension: id, ruleId: rule.id, why: matching.has(key) ? 'shadowed' : 'dead' }];
    }),
  );
}

function note(verdict: Verdict, winning: Set<string>, matching: Set<string>): void {
  const { dimension, facts, candidates, shares } = verdict;
  for (const { ruleId } of shares) if (ruleId !== null) winning.add(ruleKey(dimension, ruleId));
  for (const candidate of candidates) {
    const key = ruleKey(dimension, candidate.rule.id);
    if (winning.has(key) || matching.has(key)) continue;
    if (matchingRanges(candidate, facts, facts.range).length > 0) matching.add(key);
  }
}

/** Rule ids are unique within a dimension only; neither id holds a slash. */
function ruleKey(dimension: string, ruleId: string): string {
  return `${dimension}/${ruleId}`;
}
