import { assertNever } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { type Nanos, parseNanos, type Weight } from '../base/money.js';
import type { Day } from '../base/time.js';
import type { RecordedWeights } from '../gateways/weights.js';
import { HEADCOUNT, type MeasureTotals } from '../ledger/measure.js';
import { HEAD_KINDS, type HeadKind } from '../people/headcount.js';
import { attributeLabel } from '../rules/labels.js';
import { compileCondition } from '../rules/predicate.js';
import { parseReference } from '../rules/reference.js';
import type { DimensionRules } from '../rules/rule.js';
import { type Split, UNALLOCATED } from '../rules/target.js';
import type { MoneyCell } from './allocation.js';
import { cellsOf, type Holding } from './holding.js';

/** By what a split divides the money of a cell. */
export interface Weigher {
  /** Positive weights only; empty where there is nothing to split by. That of UNALLOCATED is nobody's. */
  weigh(holding: Holding, cell: MoneyCell): readonly Weight[];
  /** Why `weigh` finds nothing, for people. */
  readonly nothing: string;
}

/** What weights are taken from. */
export interface WeightSources {
  readonly measures: MeasureTotals;
  /** Token records, for the measures that are made of them; absent: none. */
  readonly recorded?: RecordedWeights | undefined;
  /** All money that has an owner so far. */
  readonly holdings: readonly Holding[];
  /** Sums of direct spend, which no split changes: worked out once for all that ask for the same. */
  readonly directSpend: SpendCache;
  /** What the heads of the dimension's owners are counted by; null: its owners are no people's. */
  readonly heads: HeadKind | null;
  /** Owners that may not get anything. */
  readonly excluded: ReadonlySet<string>;
  /** Told of every weight below zero, once. */
  readonly onNegative: (target: string, currency: string | null, weight: Nanos) => void;
}

/** Prepares the weights of one split. */
export function createWeigher(split: Split, sources: WeightSources): Weigher {
  switch (split.method) {
    case 'even':
      return constant(new Map(split.among.map((owner) => [owner, 1n])), sources, 'no owner is left');
    case 'fixed':
      return constant(
        new Map(Object.entries(split.shares).map(([owner, share]) => [owner, parseNanos(String(share))])),
        sources,
        'no share is left',
      );
    case 'measure':
      return byMeasure(split, sources);
    case 'proportional':
      return bySpend(split, sources);
    default:
      return assertNever(split);
  }
}

type Measured = Extract<Split, { method: 'measure' }>;
type Proportional = Extract<Split, { method: 'proportional' }>;

function constant(amounts: ReadonlyMap<string, Nanos>, sources: WeightSources, nothing: string): Weigher {
  const weights = positive(amounts, { ...sources, currency: null });
  return { weigh: () => weights, nothing: `nothing to split by: ${nothing}` };
}

function byMeasure({ measure, among }: Measured, sources: WeightSources): Weigher {
  const totals = totalsOf({ measure, among }, sources) ?? new Map<string, Nanos>();
  const amounts =
    among === undefined
      ? totals
      : new Map([...among, UNALLOCATED].map((owner) => [owner, totals.get(owner) ?? 0n]));
  const what = measure === HEADCOUNT ? 'head count' : `amount of "${measure}"`;
  const ofMonth = constant(amounts, sources, `no ${what}${ofOwners(among)} in the month`);
  const { recorded } = sources;
  if (recorded === undefined) return ofMonth;
  const named = among === undefined ? null : new Set([...among, UNALLOCATED]);
  return {
    ...ofMonth,
    weigh(holding, cell) {
      const weights = recorded.weigh(measure, holding.subject.facts.set, cell.day);
      if (weights === null) return ofMonth.weigh(holding, cell);
      const kept = weights.filter(({ id }) => (named === null || named.has(id)) && !sources.excluded.has(id));
      return kept.length === weights.length ? weights : withRest(kept, weights);
    },
  };
}

/** Heads by what the owners are; a head count that was imported has the owners that it was imported with. */
function totalsOf(
  { measure, among }: Pick<Measured, 'measure' | 'among'>,
  { measures, heads }: WeightSources,
): ReadonlyMap<string, Nanos> | undefined {
  const counted = (kind: HeadKind) => measures.get(headMeasure(kind));
  if (measure !== HEADCOUNT || counted('costCentre') === undefined) return measures.get(measure);
  if (heads !== null) return counted(heads);
  return HEAD_KINDS.map(counted).find((each) => among?.every((owner) => each?.has(owner) === true) === true);
}

/** The name under which heads of a kind stand among a month's measures. */
export function headMeasure(kind: HeadKind): string {
  return kind === 'team' ? HEADCOUNT : `${HEADCOUNT} by ${kind}`;
}

/** What the owners of a dimension are, as far as its name or its rules say; null where they say nothing of people. */
export function headKindOf({ id, rules }: DimensionRules): HeadKind | null {
  if (id === 'team') return 'team';
  if (id === 'cost-centre') return 'costCentre';
  const kinds = new Set(rules.flatMap(({ allocateTo }) => ('owner' in allocateTo ? allocateTo.owner : [])));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined ? kind : null;
}

/** What records give to others than the split's owners is nobody's here: it must not be smeared over these. */
function withRest(kept: readonly Weight[], all: readonly Weight[]): readonly Weight[] {
  const owners = kept.filter(({ id }) => id !== UNALLOCATED);
  return [...owners, { id: UNALLOCATED, weight: sumWeights(all) - sumWeights(owners) }];
}

function sumWeights(weights: readonly Weight[]): bigint {
  return weights.reduce((total, { weight }) => total + weight, 0n);
}

/** Sums of spend by owner, by currency and partition. */
type Spend = ReadonlyMap<string, ReadonlyMap<string, Nanos>>;
/** By what counts and how it is partitioned. */
export type SpendCache = Map<string, Spend>;

function bySpend(split: Proportional, sources: WeightSources): Weigher {
  const groupOf = grouping(split);
  const spend = spendOf(split, sources, groupOf);
  const known = new Map<string, readonly Weight[]>();
  const same = split.partitionBy === undefined ? '' : ` with the same ${attributeLabel(split.partitionBy)}`;
  return {
    weigh(holding, cell) {
      const group = groupOf(holding)(cell);
      const weights = known.get(group);
      if (weights !== undefined) return weights;
      const sums = spend.get(group) ?? new Map<string, Nanos>();
      const among = new Set(split.among ?? sums.keys());
      const amounts = new Map([...sums].filter(([owner]) => among.has(owner)));
      const fresh = positive(amounts, { ...sources, currency: cell.currency });
      known.set(group, fresh);
      return fresh;
    },
    nothing: `nothing to split by: no spend${ofOwners(split.among)}${same} in the month`,
  };
}

type GroupOf = (holding: Holding) => (cell: MoneyCell) => string;

function spendOf(split: Proportional, { holdings, directSpend }: WeightSources, groupOf: GroupOf): Spend {
  if (split.base === 'cumulative') return sumSpend(split, holdings, groupOf);
  const key = canonicalJson([split.where ?? null, split.partitionBy ?? null]);
  const known = directSpend.get(key) ?? sumSpend(split, holdings, groupOf);
  directSpend.set(key, known);
  return known;
}

function sumSpend(split: Proportional, holdings: readonly Holding[], groupOf: GroupOf): Spend {
  const counts = counting(split);
  const spend = new Map<string, Map<string, Nanos>>();
  for (const holding of holdings) {
    const { target, steps } = holding;
    if (target === null || (split.base !== 'cumulative' && steps.length > 0)) continue;
    const isCounted = counts(holding);
    const group = groupOf(holding);
    for (const cell of cellsOf(holding)) {
      if (!isCounted(cell.day)) continue;
      const key = group(cell);
      const sums = spend.get(key) ?? new Map<string, Nanos>();
      if (sums.size === 0) spend.set(key, sums);
      sums.set(target, (sums.get(target) ?? 0n) + cell.effectiveCost);
    }
  }
  return spend;
}

/** Money is only weighed against money of its currency and, where the split is partitioned, of its partition. */
function grouping({ partitionBy }: Proportional): GroupOf {
  if (partitionBy === undefined) return () => (cell) => cell.currency;
  const reference = parseReference(partitionBy);
  return ({ subject: { facts } }) => {
    const partitionOn = onceADay((day) => JSON.stringify(facts.value(reference, day) ?? null));
    return ({ currency, day }) => `${currency} ${partitionOn(day)}`;
  };
}

/** Whether spend counts as a weight on a day. */
function counting({ where }: Proportional): (holding: Holding) => (day: Day) => boolean {
  if (where === undefined) return () => () => true;
  const holds = compileCondition(where);
  return ({ subject: { facts } }) => onceADay((day) => holds(facts, day));
}

function onceADay<T extends string | boolean>(valueOn: (day: Day) => T): (day: Day) => T {
  const known = new Map<Day, T>();
  return (day) => {
    const value = known.get(day) ?? valueOn(day);
    known.set(day, value);
    return value;
  };
}

/** Weights below zero are reported and taken for zero; owners that may get nothing are left out. */
function positive(
  amounts: ReadonlyMap<string, Nanos>,
  { excluded, onNegative, currency }: WeightSources & { readonly currency: string | null },
): readonly Weight[] {
  const weights: Weight[] = [];
  for (const [id, weight] of amounts) {
    if (excluded.has(id)) continue;
    if (weight > 0n) weights.push({ id, weight });
    if (weight < 0n) onNegative(id, currency, weight);
  }
  return weights;
}

function ofOwners(among: readonly string[] | undefined): string {
  if (among === undefined) return '';
  const named = among.slice(0, 3).join(', ');
  return ` of ${among.length > 3 ? `${named} and ${among.length - 3} more` : named}`;
}
