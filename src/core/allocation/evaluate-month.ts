import { AppError } from '../base/errors.js';
import type { Month } from '../base/time.js';
import type { RecordedWeights } from '../gateways/weights.js';
import type { MeasureTotals } from '../ledger/measure.js';
import type { Directory } from '../people/directory.js';
import { dividesMoney, splitsOf } from '../rules/dependencies.js';
import type { DatedValue, Facts } from '../rules/facts.js';
import { firstMatches, type Win } from '../rules/first-match.js';
import type { CompiledRule } from '../rules/predicate.js';
import { type PreparedDimension, prepareRules } from '../rules/prepared.js';
import type { DimensionRules, Ruleset } from '../rules/rule.js';
import type { Split } from '../rules/target.js';
import {
  type AllocationPiece,
  byDayAndBill,
  type LateMoney,
  type MoneyCell,
  type MonthSet,
  type NegativeWeight,
  type SetMoney,
} from './allocation.js';
import { divideDimension, type Won } from './divide.js';
import { layOut } from './lay-out.js';
import { isDatedTarget, type Resolution, resolveTarget } from './resolve-target.js';
import { createSetState, type SetState, type Subject } from './set-state.js';

/** What the allocation of a month follows from. */
export interface MonthInput {
  readonly month: Month;
  readonly sets: readonly MonthSet[];
  /** Checked by `checkRuleset`. */
  readonly ruleset: Ruleset;
  readonly directory: Directory;
  /** All charges of the month, in any order; only looked at, and then needed, where `dividesMoney(ruleset)`. */
  readonly money?: readonly SetMoney[];
  /** The month's measures, head count among them. */
  readonly measures?: MeasureTotals;
  /** The month's token records, where a rule splits by them. */
  readonly recorded?: RecordedWeights;
  /** What came after the month was locked, wherever it is posted: it weighs here as if it had come in time. */
  readonly late?: readonly LateMoney[];
  /** The locked months of which charges are posted in this one. */
  readonly earlier?: readonly Omit<MonthInput, 'ruleset' | 'earlier'>[];
}

/** Days on which a subject's rule and target in one dimension stay the same. */
interface Share extends DatedValue {
  readonly ruleId: string | null;
  readonly reason: string | null;
  /** How the rule divides the money; then there is neither target nor reason. */
  readonly split: Split | null;
}

/** The verdict on one subject in one dimension. `shares` cover its days exactly, ascending. */
export interface Verdict {
  readonly subject: Subject;
  readonly facts: Facts;
  readonly candidates: readonly CompiledRule[];
  readonly shares: readonly Share[];
}

/** One dimension of the month, worked out. */
export interface DimensionResult {
  readonly dimension: string;
  readonly verdicts: readonly Verdict[];
  /** By set, then days. */
  readonly pieces: readonly AllocationPiece[];
  /** Ids of the shared costs that had something to pass on. */
  readonly passedOn: ReadonlySet<string>;
  readonly negativeWeights: readonly NegativeWeight[];
}

/**
 * Works out every set in every dimension, the dimensions in dependency order. The late sets of the month
 * (`lateSets`) are among them; those of earlier months that are posted in it are not.
 * @param prepared the input's ruleset: prepare it once for several months.
 */
export function* evaluateMonth(
  input: MonthInput,
  prepared = prepareRules(input.ruleset),
): Iterable<DimensionResult> {
  const { month, directory } = input;
  const late = lateSets(input.late ?? []);
  const money = moneyBySet(input, late);
  const states = [...input.sets.filter(({ priorDay }) => priorDay === undefined), ...late.map(lateMonthSet)]
    .toSorted((a, b) => a.setId - b.setId)
    .flatMap((set) => createSetState(set, { month, directory, cells: money.get(set.setId) ?? [] }) ?? []);
  for (const dimension of prepared.dimensions) yield evaluateDimension(dimension, states, input);
}

/** All late money of one set that is posted in one month; such a set has one real day. */
export interface LateSet {
  /** Stands for it while its month is worked out: below zero, since the set may be posted in several months. */
  readonly placeholder: number;
  readonly setId: number;
  readonly set: MonthSet['set'];
  readonly day: MonthSet['firstDay'];
  readonly postedMonth: Month;
  readonly cells: readonly MoneyCell[];
}

/** Late money by set and month of posting, in a stable order. */
export function lateSets(late: readonly LateMoney[]): readonly LateSet[] {
  const groups = new Map<string, LateMoney[]>();
  for (const each of late) {
    const key = `${each.postedMonth}/${each.setId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap(([first, ...rest], index) => {
    if (first === undefined) return [];
    const { setId, set, day, postedMonth } = first;
    const cells = [first, ...rest].map(({ set: _set, setId: _id, postedMonth: _posted, ...cell }) => cell);
    return [{ placeholder: -1 - index, setId, set, day, postedMonth, cells }];
  });
}

function lateMonthSet({ placeholder: setId, set, day }: LateSet): MonthSet {
  return { setId, set, firstDay: day, lastDay: day };
}

function moneyBySet(
  { ruleset, money }: MonthInput,
  late: readonly LateSet[],
): ReadonlyMap<number, readonly MoneyCell[]> {
  const bySet = new Map<number, MoneyCell[]>();
  if (!dividesMoney(ruleset)) return bySet;
  if (money === undefined) throw new AppError('bug', 'Rules that split money were run without the money.');
  for (const { setId, ...cell } of money) {
    const cells = bySet.get(setId);
    if (cells === undefined) bySet.set(setId, [cell]);
    else cells.push(cell);
  }
  for (const { placeholder, cells } of late) bySet.set(placeholder, [...cells]);
  return new Map([...bySet].map(([setId, cells]) => [setId, cells.toSorted(byDayAndBill)]));
}

function evaluateDimension(
  prepared: PreparedDimension,
  states: readonly SetState[],
  input: MonthInput,
): DimensionResult {
  const { dimension } = prepared;
  const verdicts = judge(prepared, states);
  if (isUndivided(dimension, verdicts)) return undivided(dimension.id, states, verdicts);
  const negativeWeights: NegativeWeight[] = [];
  const { holdings, passedOn } = divideDimension(dimension, won(verdicts), {
    month: input.month,
    measures: input.measures ?? new Map(),
    recorded: input.recorded,
    onNegative: (finding) => negativeWeights.push(finding),
  });
  const pieces = layOut(dimension.id, states, holdings);
  return { dimension: dimension.id, verdicts, pieces, passedOn, negativeWeights };
}

/** Whether all money of all sets goes to one owner a day: neither the dimension nor what it looks at divides it. */
function isUndivided(dimension: DimensionRules, verdicts: readonly Verdict[]): boolean {
  const { rules, shared = [] } = dimension;
  return (
    [...rules, ...shared].every((rule) => splitsOf(rule).length === 0) &&
    verdicts.every(({ subject }) => Object.keys(subject.basis).length === 0)
  );
}

/** The short way for dimensions without splits: what rules gave is all there is, one verdict a set. */
function undivided(
  dimension: string,
  states: readonly SetState[],
  verdicts: readonly Verdict[],
): DimensionResult {
  for (const [index, state] of states.entries()) state.record(dimension, verdicts[index]?.shares ?? [], []);
  const pieces = verdicts.flatMap(({ subject: { setId }, shares }) =>
    shares.map(({ from, to, ruleId, target, reason }): AllocationPiece => {
      return { dimension, setId, from, to, ruleId, target, reason };
    }),
  );
  return { dimension, verdicts, pieces, passedOn: new Set(), negativeWeights: [] };
}

function judge(prepared: PreparedDimension, states: readonly SetState[]): readonly Verdict[] {
  const subjects = states.flatMap((state) => state.subjects(prepared.lookedAt));
  const index = prepared.index(subjects.map(({ facts }) => facts));
  return subjects.map((subject) => {
    const { facts } = subject;
    const candidates = index.candidates(facts);
    const shares = joinEqual(firstMatches(candidates, facts).flatMap((win) => resolveWin(win, facts)));
    return { subject, facts, candidates, shares };
  });
}

function won(verdicts: readonly Verdict[]): readonly Won[] {
  return verdicts.flatMap(({ subject, shares }) =>
    shares.map(({ split, from, to, ruleId, target, reason }) => ({
      split,
      holding: { subject, from, to, ruleId, target, reason, steps: [], received: null },
    })),
  );
}

function resolveWin({ from, to, rule }: Win, facts: Facts): readonly Share[] {
  if (rule === null)
    return [{ from, to, ruleId: null, target: null, reason: 'no rule matches', split: null }];
  const { id: ruleId, allocateTo } = rule;
  if ('split' in allocateTo)
    return [{ from, to, ruleId, target: null, reason: null, split: allocateTo.split }];
  const ranges = isDatedTarget(allocateTo) ? facts.segments({ from, to }) : [{ from, to }];
  return ranges.map((range) => {
    const resolution: Resolution = resolveTarget(allocateTo, facts, range.from);
    return { from: range.from, to: range.to, ruleId, split: null, ...resolution };
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
