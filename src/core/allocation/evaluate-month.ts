import type { Directory } from '../directory/directory.js';
import { orderDimensions } from '../rules/dependencies.js';
import { createFacts, type DatedValue, type Facts } from '../rules/facts.js';
import { firstMatches, type Win } from '../rules/first-match.js';
import { type CompiledRule, compileRules } from '../rules/predicate.js';
import type { DimensionRules, Ruleset } from '../rules/rule.js';
import { createRuleIndex } from '../rules/rule-index.js';
import { addDays, type DayRange, type Month, monthRange } from '../time.js';
import type { MonthSet } from './allocation.js';
import { isDatedTarget, type Resolution, resolveTarget } from './resolve-target.js';

/** What the allocation of a month follows from. */
export interface MonthInput {
  readonly month: Month;
  readonly sets: readonly MonthSet[];
  /** Checked by `checkRuleset`. */
  readonly ruleset: Ruleset;
  readonly directory: Directory;
}

/** Days on which a set's rule and target in one dimension stay the same. */
interface Share extends DatedValue {
  readonly ruleId: string | null;
  readonly reason: string | null;
}

/** The verdict on one set in one dimension. `shares` cover its days exactly, ascending. */
export interface Verdict {
  readonly dimension: string;
  readonly setId: number;
  readonly facts: Facts;
  readonly candidates: readonly CompiledRule[];
  readonly shares: readonly Share[];
}

/** Judges every set in every dimension: dimensions in dependency order, within them sets by id. */
export function* evaluateMonth(input: MonthInput): Iterable<Verdict> {
  const subjects = input.sets
    .toSorted((a, b) => a.setId - b.setId)
    .flatMap((monthSet) => {
      const range = daysOf(monthSet, input.month);
      if (range.from >= range.to) return [];
      return [{ setId: monthSet.setId, facts: createFacts(monthSet.set, range, input.directory) }];
    });
  for (const dimension of orderDimensions(input.ruleset)) yield* evaluateDimension(dimension, subjects);
}

function* evaluateDimension(
  { id, rules }: DimensionRules,
  subjects: readonly { readonly setId: number; readonly facts: Facts }[],
): Iterable<Verdict> {
  const index = createRuleIndex(
    compileRules(rules),
    subjects.map(({ facts }) => facts),
  );
  for (const { setId, facts } of subjects) {
    const candidates = index.candidates(facts);
    const wins = firstMatches(candidates, facts);
    const shares = joinEqual(wins.flatMap((win) => resolveWin(win, facts)));
    facts.record(id, shares);
    yield { dimension: id, setId, facts, candidates, shares };
  }
}

/** The set's days within the month, half-open. */
function daysOf({ firstDay, lastDay }: MonthSet, month: Month): DayRange {
  const { from, to } = monthRange(month);
  const end = addDays(lastDay, 1);
  return { from: firstDay > from ? firstDay : from, to: end < to ? end : to };
}

function resolveWin({ from, to, rule }: Win, facts: Facts): readonly Share[] {
  if (rule === null) return [{ from, to, ruleId: null, target: null, reason: 'no rule matches' }];
  const ranges = isDatedTarget(rule.allocateTo) ? facts.segments({ from, to }) : [{ from, to }];
  return ranges.map((range) => {
    const resolution: Resolution = resolveTarget(rule.allocateTo, facts, range.from);
    return { from: range.from, to: range.to, ruleId: rule.id, ...resolution };
  });
}

function joinEqual(shares: readonly Share[]): readonly Share[] {
  const joined: Share[] = [];
  for (const share of shares) {
    const last = joined.at(-1);
    const same =
      last?.ruleId === share.ruleId && last.target === share.target && last.reason === share.reason;
    if (last !== undefined && same) joined[joined.length - 1] = { ...last, to: share.to };
    else joined.push(share);
  }
  return joined;
}
