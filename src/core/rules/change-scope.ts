import type { DimensionSet } from '../ledger/charge.js';
import { ruleText } from './canonical.js';
import { dimensionsLookedAt, neededFor, orderDimensions, splitsOf } from './dependencies.js';
import { movedRules } from './describe-change.js';
import { couldHold } from './possible.js';
import type { DimensionRules, Pool, Rule, Ruleset } from './rule.js';

/** What a change of rules can concern: outside of it everything comes out as before. */
export interface ChangeScope {
  /** Dimensions whose rules or shared costs differ, in any way. */
  readonly edited: readonly string[];
  /** The edited dimensions and those that look at them, be it through others. */
  readonly affected: ReadonlySet<string>;
  /** Ids of rules and shared costs that are new, read differently or have moved, by edited dimension. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * Whether a set could come out differently in an affected dimension on some day. Null: any set could, because
   * money is divided by what others spend, or because too much changes.
   */
  readonly concerns: ((set: DimensionSet) => boolean) | null;
}

/** With more rules than this, trying them on every set takes longer than working all out. */
const MANY_RULES = 100;

/** Compares two rulesets, both checked. */
export function changeScope(before: Ruleset, after: Ruleset): ChangeScope {
  const [old, now] = [byId(before), byId(after)];
  const edited = [...new Set([...now.keys(), ...old.keys()])].filter(
    (id) => !isSameDimension(old.get(id), now.get(id)),
  );
  const sides = [...old.values(), ...now.values()];
  const affected = withFollowers(edited, sides);
  const needed = new Set([...neededFor(affected, before), ...neededFor(affected, after)]);
  const divided = sides.some((dimension) => needed.has(dimension.id) && divides(dimension));
  const rules = edited.map((id) => changedRules(old.get(id)?.rules ?? [], now.get(id)?.rules ?? []));
  const changed = new Map(
    edited.map((id, index) => {
      const pools = changedPools(old.get(id)?.shared ?? [], now.get(id)?.shared ?? []);
      return [id, new Set([...(rules[index] ?? []), ...pools].map((each) => each.id))];
    }),
  );
  const all = rules.flat();
  if (divided || all.length > MANY_RULES) return { edited, affected, changed, concerns: null };
  const tests = all.map(({ when }) => couldHold(when));
  return { edited, affected, changed, concerns: (set) => tests.some((could) => could(set)) };
}

/**
 * The rules that are not the same in two lists: both wordings of one that reads differently, and those that
 * moved. A day on which none of them matches has the same winner in both lists.
 */
function changedRules(before: readonly Rule[], after: readonly Rule[]): readonly Rule[] {
  const [old, now] = [ruleById(before), ruleById(after)];
  const moved = movedRules(
    before.flatMap(({ id }) => (now.has(id) ? [id] : [])),
    after.flatMap(({ id }) => (old.has(id) ? [id] : [])),
  );
  const isKept = (rule: Rule, other: Rule | undefined) => !moved.has(rule.id) && isSame(rule, other);
  return [
    ...before.filter((rule) => !isKept(rule, now.get(rule.id))),
    ...after.filter((rule) => !isKept(rule, old.get(rule.id))),
  ];
}

/** In what they pass on, to whom, or when in the order they do it. */
function changedPools(before: readonly Pool[], after: readonly Pool[]): readonly Pool[] {
  return after.filter((pool, index) => !isSame(pool, before[index]));
}

function byId(ruleset: Ruleset): ReadonlyMap<string, DimensionRules> {
  return new Map(orderDimensions(ruleset).map((dimension) => [dimension.id, dimension]));
}

function ruleById(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

/** Of rules that an edit left alone the very object is kept, so that most comparisons end at once. */
function isSame(a: Rule | Pool | undefined, b: Rule | Pool | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && ruleText(a) === ruleText(b));
}

function isSameList(a: readonly (Rule | Pool)[], b: readonly (Rule | Pool)[]): boolean {
  return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
}

function isSameDimension(a: DimensionRules | undefined, b: DimensionRules | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSameList(a.rules, b.rules) && isSameList(a.shared ?? [], b.shared ?? []);
}

function divides({ rules, shared = [] }: DimensionRules): boolean {
  return shared.length > 0 || rules.some((rule) => splitsOf(rule).length > 0);
}

/** Some dimensions and all that look at them; each may stand there twice, as it was and as it is. */
function withFollowers(ids: readonly string[], dimensions: readonly DimensionRules[]): ReadonlySet<string> {
  const found = new Set(ids);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const dimension of dimensions)
      if ([...dimensionsLookedAt(dimension)].some((id) => found.has(id))) found.add(dimension.id);
  }
  return found;
}
