import type { AllocationPiece, MonthSet } from '../../../src/core/allocation/allocation.js';
import { canonicalJson } from '../../../src/core/base/json.js';
import type { DimensionSet } from '../../../src/core/ledger/charge.js';
import type { Condition } from '../../../src/core/rules/condition.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Target } from '../../../src/core/rules/target.js';
import { day } from './directory.js';

/** A rule; its name is its id unless said. */
export function rule(id: string, when: Condition, allocateTo: Target, more: Partial<Rule> = {}): Rule {
  return { id, name: id, when, allocateTo, ...more };
}

/** `{team: [...], product: [...]}` as a ruleset. */
export function ruleset(dimensions: Readonly<Record<string, readonly Rule[]>>): Ruleset {
  return {
    version: 1,
    dimensions: Object.entries(dimensions).map(([id, rules]) => ({ id, rules: [...rules] })),
  };
}

/** The dimensions whose rules or shared costs differ between two rulesets, in the order in which they are listed. */
export function editedDimensions(before: Ruleset, after: Ruleset): readonly string[] {
  const ids = new Set([...before.dimensions, ...after.dimensions].map((dimension) => dimension.id));
  return [...ids].filter((id) => rulesText(before, id) !== rulesText(after, id));
}

function rulesText(ruleset: Ruleset, dimension: string): string {
  const { rules = [], shared = [] } = ruleset.dimensions.find(({ id }) => id === dimension) ?? {};
  return canonicalJson([rules, shared]);
}

/** A dimension set of attributes and tags. */
export function dimensionSet(
  attributes: DimensionSet['attributes'],
  tags: DimensionSet['tags'] = {},
): DimensionSet {
  return { attributes, tags };
}

/** A set with charges on every day of October 2026 unless said otherwise. */
export function monthSet(
  setId: number,
  set: DimensionSet,
  firstDay = '2026-10-01',
  lastDay = '2026-10-31',
): MonthSet {
  return { setId, set, firstDay: day(firstDay), lastDay: day(lastDay) };
}

/** The pieces of one dimension as `setId from..to owner`, with the reason in place of a missing owner. */
export function pieceLines(pieces: readonly AllocationPiece[], dimension = 'team'): string[] {
  return pieces
    .filter((piece) => piece.dimension === dimension)
    .map(({ setId, from, to, target, reason }) => `${setId} ${from}..${to} ${target ?? `(${reason})`}`);
}
