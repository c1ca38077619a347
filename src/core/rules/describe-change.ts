import { canonicalJson } from '../base/json.js';
import { ruleText } from './canonical.js';
import { describeCondition, describePool, describeRule, describeSplit, describeTarget } from './describe.js';
import { DEFAULT_DIMENSIONS, type DimensionRules, type Pool, type Rule, type Ruleset } from './rule.js';

/**
 * What changed between two rulesets: a line for each rule and each shared cost that was added, removed, changed or
 * moved.
 */
export function describeChange(before: Ruleset, after: Ruleset): readonly string[] {
  const ids = [...new Set([...after.dimensions, ...before.dimensions].map((dimension) => dimension.id))];
  return ids.flatMap((id) => {
    const old = before.dimensions.find((dimension) => dimension.id === id);
    const now = after.dimensions.find((dimension) => dimension.id === id);
    return [
      ...describeExistence(id, old, now),
      ...describeLines(id, old?.rules ?? [], now?.rules ?? [], RULES),
      ...describeLines(id, old?.shared ?? [], now?.shared ?? [], POOLS),
    ];
  });
}

/** A line of `describeChange` apart: the dimension it is about (null: the dimension itself came or went), and what. */
export function splitChangeLine(line: string): { readonly dimension: string | null; readonly text: string } {
  const [, dimension = null, text = line] = /^([a-z0-9-]+): (.*)$/s.exec(line) ?? [];
  return { dimension, text };
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

/** How sentences speak of the lines of one kind. */
interface Kind<T> {
  readonly noun: string;
  /** Put before the name, where the noun must be said. */
  readonly prefix: string;
  readonly describe: (line: T) => string;
  readonly changes: (before: T, after: T) => readonly string[];
}

const RULES: Kind<Rule> = {
  noun: 'rule',
  prefix: '',
  describe: describeRule,
  changes: describeRuleChange,
};
const POOLS: Kind<Pool> = {
  noun: 'shared cost',
  prefix: 'shared cost ',
  describe: describePool,
  changes: describePoolChange,
};

function describeLines<T extends Rule | Pool>(
  dimension: string,
  before: readonly T[],
  after: readonly T[],
  { noun, prefix, describe, changes }: Kind<T>,
): readonly string[] {
  const old = new Map(before.map((line) => [line.id, line]));
  const now = new Map(after.map((line) => [line.id, line]));
  const say = (what: string, { name }: T, rest: string): string =>
    `${dimension}: ${what} ${prefix}"${name}"${rest}`;
  const placeOf = (index: number): string => ` as ${noun} ${index + 1} of ${after.length}`;
  const wayOf = (id: string, place: number): string => {
    const neighbour = after[place + 1] ?? after[place - 1];
    const word = after[place + 1] === undefined ? 'after' : 'before';
    const from = before.findIndex((line) => line.id === id) + 1;
    const beside = neighbour === undefined ? '' : `, ${word} "${neighbour.name}"`;
    return ` from ${noun} ${from} to ${noun} ${place + 1} of ${after.length}${beside}`;
  };
  const removed = before
    .filter((line) => !now.has(line.id))
    .map((line) => say('removed', line, `: ${describe(line)}`));
  const moved = movedRules(
    before.filter((line) => now.has(line.id)).map((line) => line.id),
    after.filter((line) => old.has(line.id)).map((line) => line.id),
  );
  const present = after.flatMap((line, place) => {
    const was = old.get(line.id);
    if (was === undefined) return [say('added', line, `${placeOf(place)}: ${describe(line)}`)];
    const changed = ruleText(was) === ruleText(line) ? [] : changes(was, line);
    return [
      ...(changed.length > 0 ? [say('changed', was, `: ${changed.join('; ')}`)] : []),
      ...(moved.has(line.id) ? [say('moved', line, wayOf(line.id, place))] : []),
    ];
  });
  return [...removed, ...present];
}

function describeRuleChange(before: Rule, after: Rule): readonly string[] {
  const changes = nameChange(before, after);
  if (differ(before.when, after.when)) {
    const [was, is] = [describeCondition(before.when), describeCondition(after.when)];
    changes.push(was === is ? `other values in the lists of: ${is}` : `when ${was} → when ${is}`);
  }
  if (differ(before.allocateTo, after.allocateTo)) {
    const [was, is] = [describeTarget(before.allocateTo), describeTarget(after.allocateTo)];
    changes.push(was === is ? `other owners in the list of: ${is}` : `to ${was} → to ${is}`);
  }
  return [...changes, ...effectiveChanges(before, after)];
}

function describePoolChange(before: Pool, after: Pool): readonly string[] {
  const changes = nameChange(before, after);
  if (before.owner !== after.owner) changes.push(`of ${before.owner} → of ${after.owner}`);
  if (differ(before.split, after.split)) {
    const [was, is] = [describeSplit(before.split), describeSplit(after.split)];
    changes.push(was === is ? `other owners in the list of: ${is}` : `${was} → ${is}`);
  }
  return [...changes, ...effectiveChanges(before, after)];
}

function nameChange(before: Rule | Pool, after: Rule | Pool): string[] {
  return before.name === after.name ? [] : [`name "${before.name}" → "${after.name}"`];
}

function effectiveChanges(before: Rule | Pool, after: Rule | Pool): readonly string[] {
  return (['from', 'to'] as const).flatMap((end) => {
    const [was, is] = [before.effective?.[end], after.effective?.[end]];
    const word = end === 'from' ? 'starts' : 'ends before';
    return was === is ? [] : [`${word} ${was ?? 'no day'} → ${is ?? 'no day'}`];
  });
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
