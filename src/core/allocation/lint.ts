import { orderDimensions } from '../rules/dependencies.js';
import { matchingRanges } from '../rules/predicate.js';
import type { Ruleset } from '../rules/rule.js';
import type { DimensionResult, Verdict } from './evaluate-month.js';

/** A rule or a shared cost that does nothing for the sets it was tried on. */
export interface IdleRule {
  readonly dimension: string;
  readonly ruleId: string;
  /**
   * `dead`: it matches no set on any day, or its owner holds nothing to pass on. `shadowed`: rules above it take
   * everything that it matches.
   */
  readonly why: 'dead' | 'shadowed';
}

/** Gathers which rules do something while months are worked out anyway. */
export interface Linter {
  /** Takes in every dimension of every month, as `evaluateMonth` gives them. */
  note(result: DimensionResult): void;
  /** Whether a rule, or a shared cost, did something. */
  hasWon(dimension: string, ruleId: string): boolean;
  /** The rules that never won, in order of dimension and precedence. */
  idle(): readonly IdleRule[];
}

/** A linter for the ruleset by which the months are worked out. */
export function createLinter(ruleset: Ruleset): Linter {
  const winning = new Set<string>();
  const matching = new Set<string>();
  return {
    note({ dimension, verdicts, passedOn }) {
      for (const verdict of verdicts) noteVerdict(dimension, verdict, { winning, matching });
      for (const poolId of passedOn) winning.add(ruleKey(dimension, poolId));
    },
    hasWon: (dimension, ruleId) => winning.has(ruleKey(dimension, ruleId)),
    idle() {
      return orderDimensions(ruleset).flatMap(({ id, rules, shared = [] }) =>
        [...rules, ...shared].flatMap((rule): readonly IdleRule[] => {
          const key = ruleKey(id, rule.id);
          if (winning.has(key)) return [];
          return [{ dimension: id, ruleId: rule.id, why: matching.has(key) ? 'shadowed' : 'dead' }];
        }),
      );
    },
  };
}

function noteVerdict(
  dimension: string,
  { facts, candidates, shares }: Verdict,
  { winning, matching }: { readonly winning: Set<string>; readonly matching: Set<string> },
): void {
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
