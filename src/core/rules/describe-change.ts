import { canonicalJson } from '../json.js';
import { describeCondition, describeRule, describeTarget } from './describe.js';
import { DEFAULT_DIMENSIONS, type DimensionRules, type Rule, type Ruleset } from './rule.js';

/** What changed between two rulesets: a line for each rule that was added, removed, changed or moved. */
export function describeChange(before: Ruleset, after: Ruleset): readonly string[] {
  const ids = [...new Set([...after.dimensions, ...before.dimensions].map((dimension) => dimension.id))];
  return ids.flatMap((id) => {
    const old = before.dimensions.find((dimension) => dimension.id === id);
    const now = after.dimensions.find((dimension) => dimension.id === id);
    return [...describeExistence(id, old, now), ...describeRules(id, old?.rules ?? [], now?.rules ?? [])];
  });
}

/** The default dimensions exist whether they are listed or not. */
function describeExistence(
  id: string,
  before: DimensionRules | undefined,
  after: DimensionRules | undefined,
): readonly string[] {
  if (DEFAULT_DIMENSIONS.some((dimension) => dimension === id)) return [];
  if (before === undefined) return [`added dimension ${id}`];
  return after === undefined ? [`removed dimension ${id}`] : [];
}

function describeRules(
  dimension: string,
  before: readonly Rule[],
  after: readonly Rule[],
): readonly string[] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const now = new Map(after.map((rule) => [rule.id, rule]));
  const removed = before
    .filter((rule) => !now.has(rule.id))
    .map((rule) => `${dimension}: removed "${rule.name}": ${describeRule(rule)}`);
  const moved = movedRules(
    before.filter((rule) => now.has(rule.id)).map((rule) => rule.id),
    after.filter((rule) => old.has(rule.id)).map((rule) => rule.id),
  );
  const present = after.flatMap((rule, place) => {
    const was = old.get(rule.id);
    if (was === undefined)
      return [`${dimension}: added "${rule.name}" ${placeOf(place, after)}: ${describeRule(rule)}`];
    const lines: string[] = [];
    const changes = describeRuleChange(was, rule);
    if (changes.length > 0) lines.push(`${dimension}: changed "${was.name}": ${changes.join('; ')}`);
    if (moved.has(rule.id)) lines.push(`${dimension}: moved "${rule.name}" ${placeOf(place, after)}`);
    return lines;
  });
  return [...removed, ...present];
}

function placeOf(index: number, rules: readonly Rule[]): string {
  return `as rule ${index + 1} of ${rules.length}`;
}

function describeRuleChange(before: Rule, after: Rule): readonly string[] {
  const changes: string[] = [];
  if (before.name !== after.name) changes.push(`name "${before.name}" → "${after.name}"`);
  if (differ(before.when, after.when)) {
    const [was, is] = [describeCondition(before.when), describeCondition(after.when)];
    changes.push(was === is ? `other values in the lists of: ${is}` : `when ${was} → when ${is}`);
  }
  if (differ(before.allocateTo, after.allocateTo))
    changes.push(`to ${describeTarget(before.allocateTo)} → to ${describeTarget(after.allocateTo)}`);
  for (const end of ['from', 'to'] as const) {
    const [was, is] = [before.effective?.[end], after.effective?.[end]];
    const word = end === 'from' ? 'starts' : 'ends before';
    if (was !== is) changes.push(`${word} ${was ?? 'no day'} → ${is ?? 'no day'}`);
  }
  return changes;
}

function differ(a: unknown, b: unknown): boolean {
  return canonicalJson(a) !== canonicalJson(b);
}

/** The fewest ids that must have moved to turn one order into the other: those outside a longest common run. */
export function movedRules(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const place = new Map(before.map((id, index) => [id, index]));
  const places = after.map((id) => place.get(id) ?? 0);
  const kept = longestIncreasing(places);
  return new Set(after.filter((_, index) => !kept.has(index)));
}

/** Indices of a longest increasing subsequence (patience sorting). */
function longestIncreasing(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = []; // tails[n]: index of the smallest value that ends a run of n + 1
  const previous: (number | undefined)[] = [];
  for (const [index, value] of values.entries()) {
    const [start, end] = [0, tails.length];
    const length = firstWhere(start, end, (n) => (values[tails[n] ?? 0] ?? 0) >= value);
    previous[index] = length === 0 ? undefined : tails[length - 1];
    tails[length] = index;
  }
  const kept = new Set<number>();
  for (let index = tails.at(-1); index !== undefined; index = previous[index]) kept.add(index);
  return kept;
}

/** The first integer in [start, end) of which a monotonic test is true, else `end`. */
function firstWhere(start: number, end: number, test: (n: number) => boolean): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
