import { movedPiece } from '../allocation/allocate.js';
import type { AllocationPiece, LateMoney, MonthSet, SetMoney, SplitPart } from '../allocation/allocation.js';
import { lateSets } from '../allocation/evaluate-month.js';
import { cellsOf, type Holding } from '../allocation/holding.js';
import { cellsWithin, type Subject } from '../allocation/set-state.js';
import { createWeigher, headKindOf, type WeightSources } from '../allocation/weights.js';
import { canonicalJson } from '../base/json.js';
import { compareBigint, compareText, NANOS_PER_UNIT, sumNanos } from '../base/money.js';
import type { Month } from '../base/time.js';
import { type RecordedWeights, readRecordedMeasure } from '../gateways/weights.js';
import type { MeasureTotals } from '../ledger/measure.js';
import type { Directory } from '../people/directory.js';
import { splitsOf } from '../rules/dependencies.js';
import { createFacts, type DatedValue } from '../rules/facts.js';
import type { DimensionRules, Pool, Rule } from '../rules/rule.js';
import type { Split } from '../rules/target.js';
import type { SplitWeights } from './lineage.js';
import { entryOf } from './sums.js';

/** A month as it was allocated. */
export interface AllocatedMonth {
  readonly sets: readonly MonthSet[];
  readonly money: readonly SetMoney[];
  /** Of all dimensions. */
  readonly pieces: readonly AllocationPiece[];
  readonly measures: MeasureTotals;
  readonly recorded?: RecordedWeights | undefined;
  readonly directory: Directory;
}

/**
 * The month with what came after it was locked, each on its real day; `posted` are the pieces of the months in which
 * that stands. What is posted in the month itself belongs to earlier ones and is left out.
 */
export function asIncurred(
  month: AllocatedMonth,
  late: readonly LateMoney[],
  posted: ReadonlyMap<Month, readonly AllocationPiece[]>,
): AllocatedMonth {
  const prior = new Set(month.sets.flatMap(({ setId, priorDay }) => (priorDay === undefined ? [] : setId)));
  const own = <T extends { readonly setId: number }>(items: readonly T[]) =>
    items.filter(({ setId }) => !prior.has(setId));
  const sets = new Map(lateSets(late).map((each) => [`${each.postedMonth}/${each.setId}`, each]));
  const pieces = [...posted].flatMap(([postedMonth, ofMonth]) =>
    ofMonth.flatMap((piece): readonly AllocationPiece[] => {
      const set = sets.get(`${postedMonth}/${piece.setId}`);
      return set === undefined ? [] : [movedPiece(piece, set.placeholder, set.day)];
    }),
  );
  return {
    ...month,
    sets: [
      ...own(month.sets),
      ...[...sets.values()].map(({ placeholder: setId, set, day }) => {
        return { setId, set, firstDay: day, lastDay: day };
      }),
    ],
    money: [
      ...own(month.money),
      ...[...sets.values()].flatMap(({ placeholder: setId, cells }) =>
        cells.map((cell) => ({ ...cell, setId })),
      ),
    ],
    pieces: [...own(month.pieces), ...pieces],
  };
}

/**
 * What the splits of a dimension divided the month's money of a currency by, inferred from where the money is now: each
 * stored part names the splits it went through, so that what an owner held before any of them can be put together
 * again. Null for a step that does not exist, and for one that weighed several partitions differently.
 */
export function recallWeights(
  month: AllocatedMonth,
  dimension: DimensionRules,
  currency: string,
): (stepId: string, recipient: string | null) => SplitWeights | null {
  const steps = stepsOf(dimension);
  const heads = headKindOf(dimension);
  const parts = partsOf(month, dimension);
  const known = new Map<string, Omit<SplitWeights, 'share'> | null>();
  return (stepId, recipient) => {
    const at = steps.findIndex(({ id }) => id === stepId);
    const step = steps[at];
    if (step === undefined) return null;
    const weights = entryOf(known, stepId, () => weigh(parts, { steps, at, step, month, currency, heads }));
    if (weights === null) return null;
    const total = sumNanos(weights.owners.map(({ weight }) => weight));
    const own = weights.owners.find(({ owner }) => owner === recipient);
    return { ...weights, share: own === undefined ? null : { weight: own.weight, total } };
  };
}

interface Step {
  readonly id: string;
  readonly split: Split;
  /** Whose money is passed on; null for the split of a rule. */
  readonly owner: string | null;
}

/** The splits in the order in which they are carried out. */
function stepsOf({ rules, shared = [] }: DimensionRules): readonly Step[] {
  return [...rules, ...shared].flatMap((item: Rule | Pool) =>
    splitsOf(item).map((split) => ({ id: item.id, split, owner: 'owner' in item ? item.owner : null })),
  );
}

/** Money that went one way from its charges to where it is now. */
interface StoredPart {
  readonly steps: readonly string[];
  readonly holding: Holding;
}

interface Asked {
  readonly steps: readonly Step[];
  readonly at: number;
  readonly step: Step;
  readonly month: AllocatedMonth;
  readonly currency: string;
  readonly heads: WeightSources['heads'];
}

function weigh(parts: readonly StoredPart[], asked: Asked): Omit<SplitWeights, 'share'> | null {
  const { step, steps, at, currency } = asked;
  const excluded = steps.slice(0, at + 1).flatMap(({ owner }) => owner ?? []);
  const weigher = createWeigher(step.split, {
    measures: asked.month.measures,
    recorded: asked.month.recorded,
    holdings: parts.flatMap((part) => before(part, asked) ?? []),
    directSpend: new Map(),
    heads: asked.heads,
    excluded: new Set(step.owner === null ? [] : excluded),
    onNegative: () => undefined,
  } satisfies WeightSources);
  const divided = parts.flatMap(({ steps: own, holding }) =>
    own.includes(step.id)
      ? cellsOf(holding).flatMap((cell) => (cell.currency === currency ? [{ holding, cell }] : []))
      : [],
  );
  // Only where the money is partitioned, or weighed by its own records, do its cells differ in weights.
  const asking = isPartitioned(step.split) ? divided : divided.slice(0, 1);
  const seen = new Map(
    asking.map(({ holding, cell }) => {
      const weights = weigher.weigh(holding, cell);
      return [canonicalJson(weights), weights];
    }),
  );
  if (seen.size > 1) return null;
  const [weights = []] = seen.values();
  const owners = weights
    .map(({ id: owner, weight }) => {
      return { owner, weight: step.split.method === 'even' ? weight * NANOS_PER_UNIT : weight };
    })
    .toSorted((a, b) => compareBigint(b.weight, a.weight) || compareText(a.owner, b.owner));
  return { unit: UNITS[step.split.method], owners };
}

const UNITS: Readonly<Record<Split['method'], SplitWeights['unit']>> = {
  even: 'alike',
  fixed: 'percent',
  proportional: 'spend',
  measure: 'measure',
};

function isPartitioned(split: Split): boolean {
  if (split.method === 'measure') return readRecordedMeasure(split.measure) !== null;
  return split.method === 'proportional' && split.partitionBy !== undefined;
}

/** Who held a part just before a step; null while it waited for its rule's split. */
function before({ steps: own, holding }: StoredPart, { steps, at }: Asked): Holding | null {
  const done = own.filter((id) => steps.findIndex((step) => step.id === id) < at);
  const next = own[done.length];
  if (next === undefined) return { ...holding, steps: done };
  const owner = steps.find(({ id }) => id === next)?.owner ?? null;
  return owner === null ? null : { ...holding, steps: done, target: owner };
}

function partsOf(month: AllocatedMonth, dimension: DimensionRules): readonly StoredPart[] {
  const subjectOf = createSubjects(month);
  return month.pieces
    .filter((piece) => piece.dimension === dimension.id)
    .flatMap((piece): readonly StoredPart[] => {
      const { split, from, to, ruleId, target, reason } = piece;
      const days = { from, to };
      if (split === undefined) {
        const subject = subjectOf(piece, null);
        const received = cellsWithin(subject.cells, days);
        return [{ steps: [], holding: { subject, ...days, ruleId, target, reason, steps: [], received } }];
      }
      return split.map((part) => ({
        steps: part.steps,
        holding: { subject: subjectOf(piece, part), ...days, ...whereItWent(part), received: part.cells },
      }));
    });
}

function whereItWent({ ruleId, target, reason, steps }: SplitPart) {
  return { ruleId, target, reason, steps };
}

/** Subjects as rules saw them: their sets, with the owners in other dimensions as stored. */
function createSubjects({ sets, money, pieces, directory }: AllocatedMonth) {
  const byId = new Map(sets.map(({ setId, set }) => [setId, set]));
  const cells = new Map<number, SetMoney[]>();
  for (const cell of money) entryOf(cells, cell.setId, (): SetMoney[] => []).push(cell);
  for (const own of cells.values()) own.sort((a, b) => compareText(a.day, b.day) || a.billId - b.billId);
  const direct = new Map<number, Map<string, DatedValue[]>>();
  for (const { setId, dimension, split, from, to, target } of pieces) {
    const ofSet = entryOf(direct, setId, () => new Map<string, DatedValue[]>());
    if (split === undefined) entryOf(ofSet, dimension, (): DatedValue[] => []).push({ from, to, target });
  }
  return ({ setId, from, to }: AllocationPiece, part: SplitPart | null): Subject => {
    const days = { from, to };
    const facts = createFacts(byId.get(setId) ?? { attributes: {}, tags: {} }, days, directory);
    for (const [dimension, values] of direct.get(setId) ?? []) facts.record(dimension, values);
    const basis = part?.basis ?? {};
    for (const [dimension, target] of Object.entries(basis)) facts.record(dimension, [{ ...days, target }]);
    return { setId, facts, basis, cells: cells.get(setId) ?? [] };
  };
}
