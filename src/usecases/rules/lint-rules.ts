import { allocateWithFindings } from '../../core/allocation/allocate.js';
import type { NegativeWeight } from '../../core/allocation/allocation.js';
import type { DimensionResult } from '../../core/allocation/evaluate-month.js';
import { createLinter, type IdleRule } from '../../core/allocation/lint.js';
import { headKindOf } from '../../core/allocation/weights.js';
import { formatNanos, type Nanos } from '../../core/base/money.js';
import { type Month, monthRange } from '../../core/base/time.js';
import type { CurrencyCost } from '../../core/close/month.js';
import { HEADCOUNT } from '../../core/ledger/measure.js';
import { createOverlapFinder, type RuleOverlap } from '../../core/rule-review/overlap.js';
import { splitsOf } from '../../core/rules/dependencies.js';
import type { Ruleset } from '../../core/rules/rule.js';
import { type Company, readCompany, readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';

/** Something about a rule to look at, in a sentence. */
export interface LintFinding {
  readonly dimension: string;
  readonly ruleId: string;
  /**
   * It does nothing (see `IdleRule`); it gets money that a rule below matches too and would send elsewhere; or it
   * met a weight below zero and took it for zero; or it weighs by head count owners that people do not belong to.
   */
  readonly why: IdleRule['why'] | 'overlap' | 'negative-weight' | 'no-heads';
  /** The rule below, of an overlap. */
  readonly otherRuleId: string | null;
  readonly name: string;
  /** What happened in which month; null for what holds of all of them. */
  readonly month: Month | null;
  /** Effective cost about which only the order of rules decides; nothing for a dead rule. */
  readonly atStake: readonly CurrencyCost[];
  readonly sentence: string;
}

/**
 * Tries the ruleset in force on every month of the ledger: rules that never win, rules of which only the order
 * decides who gets some money (an exception before a general rule is no finding), weights that make no sense.
 */
export async function lintRules(context: Context): Promise<readonly LintFinding[]> {
  const { store } = context;
  const { ruleset } = await store.currentRuleset();
  const company = await readCompany(context);
  const linter = createLinter(ruleset);
  const finder = createOverlapFinder();
  const both = {
    note(result: DimensionResult) {
      linter.note(result);
      finder.note(result);
    },
  };
  const negative: NegativeWeight[] = [];
  for (const month of await store.listMonths()) {
    const facts = await readMonth(context, month, { rulesets: [ruleset], company });
    negative.push(...allocateWithFindings({ ...facts, ruleset }, both).negativeWeights);
    const setIds = finder.setsToPrice();
    finder.price(setIds.length === 0 ? [] : await store.listSetDays(monthRange(month), setIds));
  }
  const overlaps = finder.overlaps();
  const idle = linter.idle();
  const isIdle = (dimension: string, ruleId: string) =>
    idle.some((each) => each.dimension === dimension && each.ruleId === ruleId);
  return [
    ...idle.map((each) => idleFinding(each, ruleset, overlaps)),
    ...overlaps
      .filter(({ dimension, belowId, isException }) => !isException && !isIdle(dimension, belowId))
      .map((overlap) => overlapFinding(overlap, ruleset)),
    ...negative.map((weight) => negativeFinding(weight, ruleset)),
    ...(await headlessSplits(context, ruleset, company)),
  ];
}

function idleFinding(idle: IdleRule, ruleset: Ruleset, overlaps: readonly RuleOverlap[]): LintFinding {
  const { name, isPool } = headline(idle, ruleset);
  const dead = isPool ? 'has nothing to pass on' : 'matches no charge in the ledger';
  const why = idle.why === 'dead' ? dead : 'never gets a charge: rules above it take everything it matches';
  const taken = overlaps.filter(
    ({ dimension, belowId }) => dimension === idle.dimension && belowId === idle.ruleId,
  );
  const atStake = addUp(taken.flatMap(({ costs }) => costs));
  const money = atStake.length === 0 ? '' : `, ${inWords(atStake)}`;
  const sentence = `${idle.dimension}: "${name}" ${why}${money}.`;
  return { ...idle, name, otherRuleId: null, month: null, atStake, sentence };
}

function overlapFinding(overlap: RuleOverlap, ruleset: Ruleset): LintFinding {
  const { dimension, aboveId: ruleId, belowId: otherRuleId, costs } = overlap;
  const { name } = headline({ dimension, ruleId }, ruleset);
  const other = headline({ dimension, ruleId: otherRuleId }, ruleset).name;
  const sentence = `${dimension}: "${name}" gets ${inWords(costs)} that "${other}" below it matches too and would send elsewhere; only their order decides.`;
  return { dimension, ruleId, otherRuleId, why: 'overlap', name, month: null, atStake: costs, sentence };
}

function addUp(costs: readonly CurrencyCost[]): readonly CurrencyCost[] {
  const sums = new Map<string, Nanos>();
  for (const { currency, cost } of costs) sums.set(currency, (sums.get(currency) ?? 0n) + cost);
  return [...sums].map(([currency, cost]) => ({ currency, cost }));
}

function inWords(costs: readonly CurrencyCost[]): string {
  return costs.map(({ currency, cost }) => `${formatNanos(cost)} ${currency}`).join(' and ') || 'nothing';
}

function negativeFinding(finding: NegativeWeight, ruleset: Ruleset): LintFinding {
  const { dimension, ruleId, month, target, currency, weight } = finding;
  const { name } = headline(finding, ruleset);
  const what = `${formatNanos(weight)}${currency === null ? '' : ` ${currency}`}`;
  const sentence = `${dimension}: "${name}" weighs ${target} with ${what} in ${month}; it counts as zero.`;
  return {
    dimension,
    ruleId,
    otherRuleId: null,
    why: 'negative-weight',
    name,
    month,
    atStake: [],
    sentence,
  };
}

/** Splits by head count whose owners are neither teams, cost centres nor people, where no head count was imported. */
async function headlessSplits(
  { store }: Context,
  { dimensions }: Ruleset,
  { data }: Company,
): Promise<readonly LintFinding[]> {
  for (const month of await store.listMonths())
    if ((await store.measureTotals(month, [HEADCOUNT])).has(HEADCOUNT)) return [];
  const teams = new Set(data.memberships.flatMap(({ team }) => team ?? []));
  const costCentres = new Set(data.memberships.flatMap(({ costCentre }) => costCentre ?? []));
  return dimensions.flatMap((dimension) =>
    [...dimension.rules, ...(dimension.shared ?? [])].flatMap((rule): readonly LintFinding[] => {
      const isHeadless = splitsOf(rule).some((split) => {
        if (split.method !== 'measure' || split.measure !== HEADCOUNT) return false;
        if (headKindOf(dimension) !== null) return false;
        const { among } = split;
        return ![teams, costCentres].some((known) => among?.every((owner) => known.has(owner)) === true);
      });
      if (!isHeadless) return [];
      const { id, name } = rule;
      const sentence = `${dimension.id}: "${name}" splits by head count, but people belong to none of the owners of ${dimension.id}; import a measure by ${dimension.id} and split by that.`;
      const finding = { dimension: dimension.id, ruleId: id, otherRuleId: null, name, month: null };
      return [{ ...finding, why: 'no-heads', atStake: [], sentence }];
    }),
  );
}

function headline(
  { dimension, ruleId }: { readonly dimension: string; readonly ruleId: string },
  { dimensions }: Ruleset,
): { readonly name: string; readonly isPool: boolean } {
  const found = dimensions.find(({ id }) => id === dimension);
  const pool = found?.shared?.find(({ id }) => id === ruleId);
  const rule = found?.rules.find(({ id }) => id === ruleId);
  return { name: (pool ?? rule)?.name ?? ruleId, isPool: pool !== undefined };
}
