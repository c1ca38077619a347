import { absolute, compareBigint, compareText, type Nanos } from '../base/money.js';
import { type Day, type Month, monthOf } from '../base/time.js';
import type { AllocationPiece } from './allocation.js';
import { type Change, changesBySet, type Ownership } from './change.js';
import type { IdleRule } from './lint.js';
import { type Move, movesBetween, type Shares } from './moves.js';

/** Money a ruleset change moves between two owners in one month; null is Unallocated. */
export interface MovedMoney {
  readonly dimension: string;
  readonly month: Month;
  readonly currency: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cost: Nanos;
}

/** What a draft would change, in money, over all months. */
export interface AllocationDiff {
  readonly moved: readonly MovedMoney[];
  /** Unallocated effective cost of each edited dimension, per currency, before and after. */
  readonly unallocated: readonly {
    readonly dimension: string;
    readonly currency: string;
    readonly before: Nanos;
    readonly after: Nanos;
  }[];
  /**
   * Rules of the edited dimensions that win no charge because rules above them take everything they would match,
   * and it is the change that does it: they are part of it, or won something before.
   */
  readonly shadowedRuleIds: readonly string[];
  /** Rules of the edited dimensions that no charge in the ledger matches at all, likewise because of the change. */
  readonly deadRuleIds: readonly string[];
  /** Closed months among those whose money moves: they stay as they are, the moves are posted in the first open one. */
  readonly lockedMonths: readonly Month[];
}

/** The figures of the notice that tells FinOps about a committed change. */
export interface RuleChangeFigures {
  readonly version: number;
  readonly author: string;
  /** The second person, where one was needed. */
  readonly approver: string | null;
  readonly note: string | null;
  /** The change in plain words, one line each. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
}

/** Effective cost of a month that is Unallocated before the change. */
export interface UnallocatedSum {
  readonly dimension: string;
  readonly currency: string;
  readonly unallocated: Nanos;
}

/** Months whose Unallocated is known without looking at every set. */
export type Rest = ReadonlyMap<Month, readonly UnallocatedSum[]>;

/** The allocations of some months under two rulesets. `edited` names the dimensions whose rules differ. */
export interface AllocationPair {
  readonly before: ReadonlyMap<Month, readonly AllocationPiece[]>;
  readonly after: ReadonlyMap<Month, readonly AllocationPiece[]>;
  readonly edited: readonly string[];
  /** The months of which only sets that may have changed are in the pair. */
  readonly rest?: Rest;
}

/**
 * The pieces of a month on both sides without those of sets that a diff has nothing to say about: shares of divided
 * money take much memory, and most stay the same.
 */
export function changedPieces(
  month: Readonly<Record<'before' | 'after', readonly AllocationPiece[]>>,
  edited: readonly string[],
): Record<'before' | 'after', readonly AllocationPiece[]> {
  const changed = changesBySet({ ...month, edited });
  const isChanged = ({ setId }: AllocationPiece): boolean => changed.has(setId);
  return { before: month.before.filter(isChanged), after: month.after.filter(isChanged) };
}

/** The sets whose money a diff of the pair depends on, ascending: no others need to be priced. */
export function setsToPrice(pair: AllocationPair): readonly number[] {
  const ids = new Set<number>();
  for (const { changes } of changesOf(pair)) for (const id of changes.keys()) ids.add(id);
  return [...ids].toSorted((a, b) => a - b);
}

/**
 * Works out the money that moves. A dimension that one side does not have counts as Unallocated there.
 * @param input.setDays daily effective cost of (at least) `setsToPrice`, each set, day and currency once.
 * @param input.idle what the linter says of the draft.
 */
export function diffAllocations(
  input: AllocationPair & {
    readonly setDays: Iterable<{
      readonly setId: number;
      readonly day: Day;
      readonly currency: string;
      readonly effectiveCost: Nanos;
    }>;
    readonly idle: readonly IdleRule[];
    /** The last closed month; null when none is. */
    readonly closedThrough: Month | null;
  },
): AllocationDiff {
  const byMonth = new Map(changesOf(input).map(({ month, changes }) => [month, changes]));
  const ledger = new DiffLedger(input.edited, input.rest ?? new Map());
  for (const { setId, day, currency, effectiveCost } of input.setDays) {
    const month = monthOf(day);
    for (const change of byMonth.get(month)?.get(setId) ?? [])
      if (change.from <= day && day < change.to)
        ledger.add(change, { day, month, currency, cost: effectiveCost });
  }
  const idle = (why: IdleRule['why']): readonly string[] => [
    ...new Set(
      input.idle
        .filter((rule) => rule.why === why && input.edited.includes(rule.dimension))
        .map((rule) => rule.ruleId),
    ),
  ];
  const moved = ledger.moved();
  const { closedThrough } = input;
  const closed = moved.filter(({ month }) => closedThrough !== null && month <= closedThrough);
  return {
    moved,
    unallocated: ledger.unallocated(),
    shadowedRuleIds: idle('shadowed'),
    deadRuleIds: idle('dead'),
    lockedMonths: [...new Set(closed.map(({ month }) => month))].toSorted(),
  };
}

function changesOf({ before, after, edited }: AllocationPair): readonly {
  readonly month: Month;
  readonly changes: ReadonlyMap<number, readonly Change[]>;
}[] {
  const months = [...new Set([...before.keys(), ...after.keys()])];
  return months.map((month) => ({
    month,
    changes: changesBySet({ before: before.get(month) ?? [], after: after.get(month) ?? [], edited }),
  }));
}

/** Exact sums of what moves and of what stays without an owner. */
class DiffLedger {
  readonly #edited: readonly string[];
  readonly #rest: Rest;
  readonly #moved = new Map<string, MovedMoney>();
  readonly #unallocated = new Map<string, AllocationDiff['unallocated'][number]>();

  constructor(edited: readonly string[], rest: Rest) {
    this.#edited = edited;
    this.#rest = rest;
    for (const sums of rest.values())
      for (const { dimension, currency, unallocated } of sums)
        this.#addUnallocated(dimension, currency, { before: unallocated, after: unallocated });
  }

  add({ dimension, before, after }: Change, money: DayMoney): void {
    const [old, now] = [sharesOf(before, money), sharesOf(after, money)];
    for (const move of movesOf(before, after, money)) this.#addMove(dimension, move, money);
    if (!this.#edited.includes(dimension)) return;
    const unallocated = { before: old.get(null) ?? 0n, after: now.get(null) ?? 0n };
    // What was Unallocated before is in the rest already, of this set as of the others.
    const more = this.#rest.has(money.month)
      ? { before: 0n, after: unallocated.after - unallocated.before }
      : unallocated;
    this.#addUnallocated(dimension, money.currency, more);
  }

  moved(): readonly MovedMoney[] {
    return [...this.#moved.values()].filter((move) => move.cost !== 0n).toSorted(compareMoves);
  }

  unallocated(): AllocationDiff['unallocated'] {
    return [...this.#unallocated.values()]
      .filter(({ before, after }) => before !== 0n || after !== 0n)
      .toSorted((a, b) => compareText(a.dimension, b.dimension) || compareText(a.currency, b.currency));
  }

  #addMove(dimension: string, { from, to, cost }: Move, { month, currency }: DayMoney): void {
    // Owners are told apart from nobody: a null is shown by its missing quote.
    const owners = `${from === null ? '' : `"${from}`}\0${to === null ? '' : `"${to}`}`;
    const key = `${dimension}\0${month}\0${currency}\0${owners}`;
    const sum = (this.#moved.get(key)?.cost ?? 0n) + cost;
    this.#moved.set(key, { dimension, month, currency, from, to, cost: sum });
  }

  #addUnallocated(dimension: string, currency: string, more: { before: Nanos; after: Nanos }): void {
    if (more.before === 0n && more.after === 0n) return;
    const key = `${dimension}\0${currency}`;
    const sum = this.#unallocated.get(key) ?? { dimension, currency, before: 0n, after: 0n };
    const [before, after] = [sum.before + more.before, sum.after + more.after];
    this.#unallocated.set(key, { ...sum, before, after });
  }
}

/** Effective cost of a set on a day. */
interface DayMoney {
  readonly day: Day;
  readonly month: Month;
  readonly currency: string;
  readonly cost: Nanos;
}

function sharesOf(ownership: Ownership, { day, currency, cost }: DayMoney): Shares {
  return isDivided(ownership) ? ownership.on(day, currency) : new Map([[ownership, cost]]);
}

function movesOf(before: Ownership, after: Ownership, money: DayMoney): readonly Move[] {
  if (!isDivided(before) && !isDivided(after))
    return before === after ? [] : [{ from: before, to: after, cost: money.cost }];
  return movesBetween(sharesOf(before, money), sharesOf(after, money), money.cost);
}

function isDivided(ownership: Ownership): ownership is Exclude<Ownership, string | null> {
  return typeof ownership === 'object' && ownership !== null;
}

/** By dimension, month and currency; in these the largest amount first. */
function compareMoves(a: MovedMoney, b: MovedMoney): number {
  return (
    compareText(a.dimension, b.dimension) ||
    compareText(a.month, b.month) ||
    compareText(a.currency, b.currency) ||
    compareBigint(absolute(b.cost), absolute(a.cost)) ||
    compareText(a.from ?? '', b.from ?? '') ||
    compareText(a.to ?? '', b.to ?? '')
  );
}
