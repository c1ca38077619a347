import { dimensionsLookedAt, neededFor, orderDimensions } from './dependencies.js';
import type { Facts } from './facts.js';
import { compileRules } from './predicate.js';
import type { DimensionRules, Ruleset } from './rule.js';
import { createRuleIndex, type RuleIndex } from './rule-index.js';

/** A dimension made ready to be run. */
export interface PreparedDimension {
  readonly dimension: DimensionRules;
  /** Ids of the dimensions that it looks at. */
  readonly lookedAt: ReadonlySet<string>;
  /** The index of its rules; the sets of the first call show it what is rare. */
  index(sample: readonly Facts[]): RuleIndex;
}

/** A ruleset made ready to be run on any number of months: what does not depend on the month is done once. */
export interface PreparedRules {
  readonly ruleset: Ruleset;
  /** In the order in which they are worked out. */
  readonly dimensions: readonly PreparedDimension[];
}

/** The part of a ruleset that it takes to work some dimensions out: they and those that they look at. */
export function narrowRules(whole: Ruleset, only: ReadonlySet<string>): Ruleset {
  const needed = neededFor(only, whole);
  return { ...whole, dimensions: whole.dimensions.filter(({ id }) => needed.has(id)) };
}

/**
 * @param only the dimensions that are asked about: they and those that they look at are worked out; all without it.
 * @throws AppError `invalid` for a ruleset that `checkRuleset` refuses.
 */
export function prepareRules(ruleset: Ruleset, only?: ReadonlySet<string>): PreparedRules {
  const ordered = orderDimensions(ruleset);
  const needed = only === undefined ? null : neededFor(only, ruleset);
  const dimensions = needed === null ? ordered : ordered.filter(({ id }) => needed.has(id));
  return { ruleset, dimensions: dimensions.map(prepareDimension) };
}

function prepareDimension(dimension: DimensionRules): PreparedDimension {
  let index: RuleIndex | null = null;
  return {
    dimension,
    lookedAt: dimensionsLookedAt(dimension),
    index(sample) {
      index ??= createRuleIndex(compileRules(dimension.rules), sample);
      return index;
    },
  };
}
