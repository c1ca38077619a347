import { canonicalJson } from '../base/json.js';
import { movedRules } from './describe-change.js';
import { DEFAULT_DIMENSIONS, type DimensionRules, type Rule, type Ruleset } from './rule.js';

/** A ruleset without what one edition changed, and what stands in the way of that, a sentence each. */
export interface Undoing {
  readonly ruleset: Ruleset;
  readonly conflicts: readonly string[];
}

/**
 * Takes back what changed from `before` to `after`, and keeps whatever else has changed from `after` to `now`. What
 * a later edit has touched again is left as it is and named as a conflict.
 */
export function undoChange(change: {
  readonly before: Ruleset;
  readonly after: Ruleset;
  readonly now: Ruleset;
}): Undoing {
  const { before, after, now } = change;
  const conflicts: string[] = [];
  const ids = new Set([...now.dimensions, ...before.dimensions].map(({ id }) => id));
  const dimensions = [...ids].flatMap((id) => {
    const at = (ruleset: Ruleset) => ruleset.dimensions.find((dimension) => dimension.id === id) ?? null;
    const restored = undoDimension({ id, before: at(before), after: at(after), now: at(now) });
    conflicts.push(...restored.conflicts);
    return restored.dimension ?? [];
  });
  return { ruleset: { ...now, dimensions }, conflicts };
}

interface Sides<T> {
  readonly id: string;
  readonly before: T;
  readonly after: T;
  readonly now: T;
}

function undoDimension(sides: Sides<DimensionRules | null>): {
  readonly dimension: DimensionRules | null;
  readonly conflicts: readonly string[];
} {
  const { id, before, after, now } = sides;
  // Nobody has touched it since: it is as it was, to the letter.
  if (same(after, now)) return { dimension: before, conflicts: [] };
  if (same(before, after)) return { dimension: now, conflicts: [] };
  const conflicts: string[] = [];
  const rules = undoRules(
    { id, before: before?.rules ?? [], after: after?.rules ?? [], now: now?.rules ?? [] },
    (sentence) => conflicts.push(`${id}: ${sentence}`),
  );
  const shared = { before: before?.shared ?? [], after: after?.shared ?? [], now: now?.shared ?? [] };
  let pools = shared.now;
  if (!same(shared.before, shared.after)) {
    if (same(shared.after, shared.now)) pools = shared.before;
    else conflicts.push(`${id}: its shared costs were changed again since.`);
  }
  const isGone = before === null && rules.length === 0 && pools.length === 0 && !isDefault(id);
  if (isGone) return { dimension: null, conflicts };
  return { dimension: { id, rules, ...(pools.length === 0 ? {} : { shared: [...pools] }) }, conflicts };
}

function undoRules(sides: Sides<readonly Rule[]>, conflict: (sentence: string) => void): Rule[] {
  const { before, after, now } = sides;
  const [old, done, held] = [byId(before), byId(after), byId(now)];
  const again = movedRules(idsIn(after, held), idsIn(now, done));
  const moved = movedRules(idsIn(before, done), idsIn(after, old));
  let rules = [...now];
  for (const rule of after) {
    const current = held.get(rule.id);
    const was = old.get(rule.id);
    if (same(was, rule)) continue;
    if (current === undefined) {
      if (was !== undefined) conflict(`"${rule.name}" was removed since.`);
    } else if (!same(current, rule)) {
      if (!same(current, was)) conflict(`"${current.name}" was changed again since.`);
    } else rules = rules.flatMap((each) => (each.id === rule.id ? (was ?? []) : each));
  }
  // From the last to the first, so that each finds the rule before which it stood.
  for (const rule of before.toReversed()) {
    const isBack = !done.has(rule.id);
    const current = held.get(rule.id);
    if (isBack && current !== undefined && !same(current, rule))
      conflict(`there is another rule "${rule.id}" by now.`);
    else if (isBack && current === undefined) rules = placed(rules, rule, before);
    else if (moved.has(rule.id) && current !== undefined) {
      if (again.has(rule.id)) conflict(`"${current.name}" was moved again since.`);
      else rules = placed(rules, rules.find(({ id }) => id === rule.id) ?? rule, before);
    }
  }
  return rules;
}

/**
 * The rules with one of them where it was in the old order: before the first rule that followed it and is still
 * there; where there is none, after the last one that went before it.
 */
function placed(rules: readonly Rule[], rule: Rule, order: readonly Rule[]): Rule[] {
  const rest = rules.filter(({ id }) => id !== rule.id);
  const at = order.findIndex(({ id }) => id === rule.id);
  const indexOf = ({ id }: Rule): number => rest.findIndex((each) => each.id === id);
  const isThere = (each: Rule): boolean => indexOf(each) >= 0;
  const next = order.slice(at + 1).find(isThere);
  const previous = order.slice(0, at).findLast(isThere);
  if (next !== undefined) return rest.toSpliced(indexOf(next), 0, rule);
  return rest.toSpliced(previous === undefined ? rest.length : indexOf(previous) + 1, 0, rule);
}

function byId(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

function idsIn(rules: readonly Rule[], others: ReadonlyMap<string, Rule>): readonly string[] {
  return rules.map(({ id }) => id).filter((id) => others.has(id));
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function isDefault(id: string): boolean {
  return DEFAULT_DIMENSIONS.some((dimension) => dimension === id);
}
