import { splitNanos, type Weight } from '../base/money.js';
import type { DayRange, Month } from '../base/time.js';
import type { RecordedWeights } from '../gateways/weights.js';
import type { MeasureTotals } from '../ledger/measure.js';
import type { HeadKind } from '../people/headcount.js';
import type { DimensionRules, Pool } from '../rules/rule.js';
import { type Split, UNALLOCATED } from '../rules/target.js';
import type { MoneyCell, NegativeWeight } from './allocation.js';
import { isZero } from './cross-parts.js';
import { cellsOf, type Holding, holdingOn } from './holding.js';
import { createWeigher, headKindOf, type SpendCache, type WeightSources } from './weights.js';

/** Money for a split rule to divide, or that has its owner already. */
export interface Won {
  readonly holding: Holding;
  readonly split: Split | null;
}

/** What the division of a dimension's money needs beside the money. */
export interface DivisionContext {
  readonly month: Month;
  readonly measures: MeasureTotals;
  readonly recorded?: RecordedWeights | undefined;
  readonly onNegative: (finding: NegativeWeight) => void;
}

/**
 * Carries out the splits of a dimension: first of its rules in declared order, then of its shared costs. Each sees
 * the direct spend, and with a cumulative base also what those before it gave. `passedOn` names the shared costs
 * whose owner held something.
 */
export function divideDimension(
  dimension: DimensionRules,
  won: readonly Won[],
  context: DivisionContext,
): { readonly holdings: readonly Holding[]; readonly passedOn: ReadonlySet<string> } {
  const { rules, shared = [] } = dimension;
  const division = new Division(dimension, context);
  const waiting = new Map<string, Holding[]>();
  for (const { holding, split } of won) {
    if (split === null) division.holdings.push(holding);
    else appendTo(waiting, holding.ruleId ?? '', holding);
  }
  for (const { id: ruleId, allocateTo } of rules)
    if ('split' in allocateTo)
      division.divide(waiting.get(ruleId) ?? [], {
        id: ruleId,
        split: allocateTo.split,
        excluded: new Set(),
      });
  const excluded = new Set<string>();
  const passedOn = new Set<string>();
  for (const pool of shared) {
    excluded.add(pool.owner);
    const taken = division.take(pool);
    if (taken.length > 0) passedOn.add(pool.id);
    division.divide(taken, { id: pool.id, split: pool.split, excluded });
  }
  return { holdings: division.holdings, passedOn };
}

interface Step {
  readonly id: string;
  readonly split: Split;
  readonly excluded: ReadonlySet<string>;
}

class Division {
  holdings: Holding[] = [];
  readonly #dimension: string;
  readonly #heads: HeadKind | null;
  readonly #context: DivisionContext;
  readonly #directSpend: SpendCache = new Map();

  constructor(dimension: DimensionRules, context: DivisionContext) {
    this.#dimension = dimension.id;
    this.#heads = headKindOf(dimension);
    this.#context = context;
  }

  /** Gives what some holdings hold to the owners that a split says. */
  divide(taken: readonly Holding[], step: Step): void {
    if (taken.length === 0) return;
    const weigher = createWeigher(step.split, this.#sources(step));
    const given: Holding[] = [];
    for (const holding of taken) {
      const shares = new Map<string | null, MoneyCell[]>();
      const { fallback = null } = step.split;
      let hasRest = false;
      for (const cell of cellsOf(holding)) {
        const weights = restTo(fallback, weigher.weigh(holding, cell));
        hasRest ||= weights.some(({ id }) => id === UNALLOCATED);
        for (const [target, share] of divideCell(cell, weights, fallback))
          if (!isZero(share)) appendTo(shares, target, share);
      }
      // Days without money must still belong to someone.
      if (shares.size === 0) shares.set(null, []);
      const steps = [...holding.steps, step.id];
      for (const [target, received] of shares) {
        const reason = target === null ? (hasRest ? UNCOVERED : weigher.nothing) : null;
        given.push({ ...holding, target, reason, steps, received });
      }
    }
    this.holdings = this.holdings.concat(given);
  }

  /** Takes away what a pool's owner holds on the days on which the pool is in force. */
  take({ owner, effective }: Pool): readonly Holding[] {
    const taken: Holding[] = [];
    this.holdings = this.holdings.flatMap((holding) => {
      if (holding.target !== owner) return [holding];
      const { before, inside, after } = cut(holding, effective ?? {});
      taken.push(...inside);
      return [...before, ...after];
    });
    return taken;
  }

  #sources({ id: ruleId, excluded }: Step): WeightSources {
    const { month, measures, recorded, onNegative } = this.#context;
    return {
      measures,
      recorded,
      holdings: this.holdings,
      directSpend: this.#directSpend,
      heads: this.#heads,
      excluded,
      onNegative: (target, currency, weight) =>
        onNegative({ dimension: this.#dimension, month, ruleId, target, currency, weight }),
    };
  }
}

/** Why a part of divided money is nobody's. */
const UNCOVERED = 'no record says whose it is';

/** A declared fallback takes what the weights give to nobody. */
function restTo(fallback: string | null, weights: readonly Weight[]): readonly Weight[] {
  const rest = fallback === null ? undefined : weights.find(({ id }) => id === UNALLOCATED);
  if (fallback === null || rest === undefined) return weights;
  const own = weights.find(({ id }) => id === fallback)?.weight ?? 0n;
  const others = weights.filter(({ id }) => id !== UNALLOCATED && id !== fallback);
  return [...others, { id: fallback, weight: own + rest.weight }];
}

/** A cell's costs each divided by the same weights; all of it to the fallback where there are none. */
function divideCell(
  cell: MoneyCell,
  weights: readonly Weight[],
  fallback: string | null,
): ReadonlyMap<string | null, MoneyCell> {
  const effective = splitNanos(cell.effectiveCost, weights);
  if (effective === null) return new Map([[fallback, cell]]);
  // Most charges are billed and listed at what they cost: dividing once is three times as fast.
  const along = (amount: bigint) =>
    amount === cell.effectiveCost ? effective : (splitNanos(amount, weights) ?? effective);
  const billed = along(cell.billedCost);
  const list = along(cell.listCost);
  return new Map(
    [...effective].map(([target, effectiveCost]) => [
      target === UNALLOCATED ? null : target,
      { ...cell, effectiveCost, billedCost: billed.get(target) ?? 0n, listCost: list.get(target) ?? 0n },
    ]),
  );
}

/** A holding's days before, within and after an effective interval. */
function cut(holding: Holding, effective: Pool['effective'] & object) {
  const { from, to } = effective;
  const start = from !== undefined && from > holding.from ? from : holding.from;
  const end = to !== undefined && to < holding.to ? to : holding.to;
  if (start >= end) return { before: [holding], inside: [], after: [] };
  const part = (range: DayRange) => (range.from < range.to ? [holdingOn(holding, range)] : []);
  return {
    before: part({ from: holding.from, to: start }),
    inside: part({ from: start, to: end }),
    after: part({ from: end, to: holding.to }),
  };
}

function appendTo<K, V>(lists: Map<K, V[]>, key: K, item: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
