import type { DimensionResult, Verdict } from '../allocation/evaluate-month.js';
import { isDatedTarget, resolveTarget } from '../allocation/resolve-target.js';
import type { Subject } from '../allocation/set-state.js';
import { canonicalJson } from '../base/json.js';
import { compareText, type Nanos } from '../base/money.js';
import { type Day, type DayRange, daysBetween } from '../base/time.js';
import type { CurrencyCost } from '../close/month.js';
import type { Facts } from '../rules/facts.js';
import { type CompiledRule, matchingRanges } from '../rules/predicate.js';

/** Two rules of a dimension that match the same money and would send it to different owners: their order decides. */
export interface RuleOverlap {
  readonly dimension: string;
  /** The rule that gets the money, because it stands above the other one. */
  readonly aboveId: string;
  readonly belowId: string;
  /** Effective cost of what the order decides about, by currency. */
  readonly costs: readonly CurrencyCost[];
  /** Everything that the rule above gets is matched by the one below too: an exception before a general rule. */
  readonly isException: boolean;
}

/** What a set costs on a day. */
interface SetDayMoney {
  readonly setId: number;
  readonly day: Day;
  readonly currency: string;
  readonly effectiveCost: Nanos;
}

/** Gathers overlaps while months are worked out anyway. */
export interface OverlapFinder {
  /** Takes in every dimension of a month, as `evaluateMonth` gives them. */
  note(result: DimensionResult): void;
  /** The sets of what was noted whose money is not known yet, ascending. */
  setsToPrice(): readonly number[];
  /** Their daily cost, each set, day and currency once; then the next month may follow. */
  price(setDays: Iterable<SetDayMoney>): void;
  /** By dimension, then the ids of the rules. */
  overlaps(): readonly RuleOverlap[];
}

/** A pair of rules while it is gathered. Days count once for every set, or part of a set's money. */
interface Pair {
  readonly dimension: string;
  readonly aboveId: string;
  readonly belowId: string;
  readonly costs: Map<string, Nanos>;
  /** Days on which the rule below matches what the one above gets. */
  matchedDays: number;
  /** Those of them on which it would send it elsewhere. */
  decidedDays: number;
}

interface Span extends DayRange {
  readonly pair: Pair;
}

export function createOverlapFinder(): OverlapFinder {
  return new Finder();
}

class Finder implements OverlapFinder {
  readonly #pairs = new Map<string, Pair>();
  /** Days that each rule wins. */
  readonly #wonDays = new Map<string, number>();
  /** Days of whole sets whose money is not known yet. */
  readonly #spans = new Map<number, Span[]>();

  note({ dimension, verdicts }: DimensionResult): void {
    for (const verdict of verdicts)
      for (const share of verdict.shares)
        if (share.ruleId !== null) this.#noteShare(dimension, verdict, { ...share, ruleId: share.ruleId });
  }

  setsToPrice(): readonly number[] {
    return [...this.#spans.keys()].toSorted((a, b) => a - b);
  }

  price(setDays: Iterable<SetDayMoney>): void {
    for (const { setId, day, currency, effectiveCost } of setDays)
      for (const { from, to, pair } of this.#spans.get(setId) ?? [])
        if (from <= day && day < to) addCost(pair.costs, currency, effectiveCost);
    this.#spans.clear();
  }

  overlaps(): readonly RuleOverlap[] {
    return [...this.#pairs.values()]
      .filter((pair) => pair.decidedDays > 0)
      .map((pair) => toOverlap(pair, this.#wonDays.get(ruleKey(pair.dimension, pair.aboveId)) ?? 0))
      .toSorted(
        (a, b) =>
          compareText(a.dimension, b.dimension) ||
          compareText(a.aboveId, b.aboveId) ||
          compareText(a.belowId, b.belowId),
      );
  }

  #noteShare(dimension: string, verdict: Verdict, won: WonShare): void {
    const key = ruleKey(dimension, won.ruleId);
    this.#wonDays.set(key, (this.#wonDays.get(key) ?? 0) + daysBetween(won.from, won.to));
    for (const below of candidatesBelow(verdict, won.ruleId)) {
      const matched = matchingRanges(below, verdict.facts, won);
      if (matched.length === 0) continue;
      const pair = this.#pairOf(dimension, won.ruleId, below.rule.id);
      pair.matchedDays += countDays(matched);
      for (const range of matched.flatMap((part) => decidedDays(below, won, part, verdict.facts))) {
        pair.decidedDays += daysBetween(range.from, range.to);
        this.#keep(verdict.subject, { ...range, pair });
      }
    }
  }

  /** A part of a set's money brings its money along; a whole set is priced later, and only if it must be. */
  #keep({ setId, basis, cells }: Subject, span: Span): void {
    if (Object.keys(basis).length > 0) {
      for (const { day, currency, effectiveCost } of cells)
        if (span.from <= day && day < span.to) addCost(span.pair.costs, currency, effectiveCost);
      return;
    }
    const ofSet = this.#spans.get(setId);
    if (ofSet === undefined) this.#spans.set(setId, [span]);
    else ofSet.push(span);
  }

  #pairOf(dimension: string, aboveId: string, belowId: string): Pair {
    const key = `${ruleKey(dimension, aboveId)}/${belowId}`;
    const fresh: Pair = { dimension, aboveId, belowId, costs: new Map(), matchedDays: 0, decidedDays: 0 };
    const pair = this.#pairs.get(key) ?? fresh;
    this.#pairs.set(key, pair);
    return pair;
  }
}

type Share = Verdict['shares'][number];
type WonShare = Share & { readonly ruleId: string };

function ruleKey(dimension: string, ruleId: string): string {
  return `${dimension}/${ruleId}`;
}

function candidatesBelow({ candidates }: Verdict, ruleId: string): readonly CompiledRule[] {
  const above = candidates.find(({ rule }) => rule.id === ruleId);
  return above === undefined ? [] : candidates.filter(({ order }) => order > above.order);
}

/** The days on which a rule would send the money elsewhere than the winner of these days does. */
function decidedDays({ rule }: CompiledRule, won: Share, range: DayRange, facts: Facts): readonly DayRange[] {
  const { allocateTo } = rule;
  if ('split' in allocateTo) {
    const isSame = won.split !== null && canonicalJson(won.split) === canonicalJson(allocateTo.split);
    return isSame ? [] : [range];
  }
  if (won.split !== null) return [range];
  const parts = isDatedTarget(allocateTo) ? facts.segments(range) : [range];
  return parts.filter(({ from }) => resolveTarget(allocateTo, facts, from).target !== won.target);
}

function toOverlap({ dimension, aboveId, belowId, costs, matchedDays }: Pair, wonDays: number): RuleOverlap {
  const byCurrency = [...costs].map(([currency, cost]) => ({ currency, cost }));
  return {
    dimension,
    aboveId,
    belowId,
    costs: byCurrency.toSorted((a, b) => compareText(a.currency, b.currency)),
    isException: matchedDays === wonDays,
  };
}

function countDays(ranges: readonly DayRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + daysBetween(from, to), 0);
}

function addCost(sums: Map<string, Nanos>, currency: string, more: Nanos): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + more);
}
