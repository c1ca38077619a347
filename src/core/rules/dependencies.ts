import { invalid } from '../base/errors.js';
import type { Condition } from './condition.js';
import { parseReference, type Reference, referenceOf } from './reference.js';
import { DEFAULT_DIMENSIONS, type DimensionRules, type Pool, type Rule, type Ruleset } from './rule.js';
import type { Split, Target } from './target.js';

/**
 * All dimensions in the order in which they are worked out: each after the ones that its rules look at, otherwise
 * as written. The default dimensions always exist; those that the ruleset does not list come last, without rules.
 * @throws AppError `invalid` when dimensions look at each other, naming the path, or at one that does not exist.
 */
export function orderDimensions(ruleset: Ruleset): readonly DimensionRules[] {
  const all = withDefaults(ruleset);
  const byId = new Map(all.map((dimension) => [dimension.id, dimension]));
  const ordered = new Set<DimensionRules>();
  const visit = (dimension: DimensionRules, path: readonly string[]): void => {
    if (ordered.has(dimension)) return;
    const loop = path.indexOf(dimension.id);
    if (loop >= 0) {
      const cycle = [...path.slice(loop), dimension.id].join(' → ');
      return invalid(`Dimensions look at each other in a circle: ${cycle}. Take one of these looks away.`);
    }
    for (const rule of [...dimension.rules, ...(dimension.shared ?? [])]) {
      for (const id of dimensionsUsed(rule)) {
        const used = byId.get(id);
        if (used === undefined) return invalid(`${ruleName(dimension, rule)} ${unknownDimension(id, byId)}`);
        visit(used, [...path, dimension.id]);
      }
    }
    ordered.add(dimension);
  };
  for (const dimension of all) visit(dimension, []);
  return [...ordered];
}

/** How sentences about a rule begin: `Dimension team, rule "ci"`. */
export function ruleName(dimension: { readonly id: string }, rule: { readonly id: string }): string {
  return `Dimension ${dimension.id}, rule "${rule.id}"`;
}

/** The conditions directly inside a condition; none for a leaf. */
export function partsOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all;
  if ('any' in condition) return condition.any;
  return 'not' in condition ? [condition.not] : [];
}

function withDefaults(ruleset: Ruleset): readonly DimensionRules[] {
  const listed = new Set(ruleset.dimensions.map((dimension) => dimension.id));
  const missing = DEFAULT_DIMENSIONS.filter((id) => !listed.has(id));
  return [...ruleset.dimensions, ...missing.map((id) => ({ id, rules: [] }))];
}

/** The ids of the dimensions that the rules and shared costs of a dimension look at. */
export function dimensionsLookedAt({ rules, shared = [] }: DimensionRules): ReadonlySet<string> {
  return new Set([...rules, ...shared].flatMap(dimensionsUsed));
}

/** Some dimensions and all that they look at, be it through others. */
export function neededFor(ids: Iterable<string>, ruleset: Ruleset): ReadonlySet<string> {
  const needed = new Set(ids);
  // Each dimension comes after those that it looks at: from the last to the first, one pass finds all.
  for (const dimension of orderDimensions(ruleset).toReversed())
    if (needed.has(dimension.id)) for (const id of dimensionsLookedAt(dimension)) needed.add(id);
  return needed;
}

/** Whether anything in the ruleset divides money: only then does an allocation need the month's charges. */
export function dividesMoney(ruleset: Ruleset): boolean {
  return ruleset.dimensions.some(
    ({ rules, shared = [] }) => shared.length > 0 || rules.some(({ allocateTo }) => 'split' in allocateTo),
  );
}

/** The names of the measures that splits of the ruleset weigh by. */
export function measuresUsed({ dimensions }: Ruleset): ReadonlySet<string> {
  const splits = dimensions.flatMap(({ rules, shared = [] }) => [...rules, ...shared].flatMap(splitsOf));
  return new Set(splits.flatMap((split) => (split.method === 'measure' ? [split.measure] : [])));
}

/** All splits of a rule or a shared cost: none or one. */
export function splitsOf(rule: Rule | Pool): readonly Split[] {
  if (!('allocateTo' in rule)) return [rule.split];
  return 'split' in rule.allocateTo ? [rule.allocateTo.split] : [];
}

/** Rules are asked again and again, and most look at no dimension. */
const used = new WeakMap<Rule | Pool, readonly string[]>();

function dimensionsUsed(rule: Rule | Pool): readonly string[] {
  const known = used.get(rule);
  if (known !== undefined) return known;
  const found = findDimensionsUsed(rule);
  used.set(rule, found);
  return found;
}

function findDimensionsUsed(rule: Rule | Pool): readonly string[] {
  const references = [
    ...('when' in rule ? referencesIn(rule.when) : []),
    ...('allocateTo' in rule ? referencesOfTarget(rule.allocateTo) : []),
    ...splitsOf(rule).flatMap(referencesOfSplit),
  ];
  return references.flatMap((reference) => (reference.kind === 'dimension' ? [reference.id] : []));
}

function referencesOfSplit(split: Split): readonly Reference[] {
  if (split.method !== 'proportional') return [];
  const { where, partitionBy } = split;
  return [
    ...(where === undefined ? [] : referencesIn(where)),
    ...(partitionBy === undefined ? [] : [parseReference(partitionBy)]),
  ];
}

function referencesIn(condition: Condition): readonly Reference[] {
  if ('attribute' in condition || 'dimension' in condition) return [referenceOf(condition)];
  return partsOf(condition).flatMap(referencesIn);
}

function referencesOfTarget(target: Target): readonly Reference[] {
  return 'attribute' in target ? [parseReference(target.attribute)] : [];
}

function unknownDimension(id: string, known: ReadonlyMap<string, unknown>): string {
  return `looks at the dimension "${id}", which does not exist; there are ${[...known.keys()].join(', ')}.`;
}
