import { type Nanos, sumNanos } from '../../core/base/money.js';
import { addDays, type DayRange, monthRange, parseDay, parseMonth } from '../../core/base/time.js';
import type {
  DigestComparison,
  DigestFigures,
  DigestPeriod,
  DigestScope,
} from '../../core/digests/digest.js';
import {
  chartPeriods,
  compareLikeWithLike,
  digestBars,
  type GroupedCosts,
} from '../../core/digests/figures.js';
import { incompleteFeeds } from '../../core/spend/report.js';
import { NO_VALUE, type SpendFilter, type SpendRow } from '../../core/spend/spend.js';
import type { Context } from '../context.js';

/** What is asked of the ledger for a digest. */
export interface DigestQuestion {
  readonly scope: DigestScope;
  readonly period: DigestPeriod;
  readonly currency: string;
}

/** The figures that make a posted digest stale when they change. */
export interface DigestBase
  extends Pick<DigestFigures, 'total' | 'previousTotal' | 'comparison' | 'bars' | 'incomplete'> {
  /** The scope's filter, and that of the sources that are compared. */
  readonly where: readonly SpendFilter[];
  readonly comparedWhere: readonly SpendFilter[];
}

/** The scope as a filter of spend. */
export function scopeFilter(scope: DigestScope): readonly SpendFilter[] {
  return scope === null ? [] : [{ key: scope.dimension, values: [scope.owner] }];
}

/** Totals, chart and what is comparable: a few quick sums. */
export async function readDigestBase(
  { store }: Pick<Context, 'store'>,
  { scope, period, currency }: DigestQuestion,
): Promise<DigestBase> {
  const where = scopeFilter(scope);
  const { range, before } = period;
  const chart = { from: chartPeriods(period)[0]?.range.from ?? range.from, to: range.to };
  const grain = period.grain === 'month' ? 'month' : 'day';
  const ask = async (by: readonly string[], over: DayRange): Promise<readonly SpendRow[]> =>
    (await store.querySpend({ by, range: over, where, currency })).rows;
  const stacked = await ask(['service', grain], chart);
  const bySource = await ask(['source', 'day'], { from: before.from, to: range.to });
  const concerned = new Set((await ask(['source'], chart)).map(({ values }) => values[0] ?? NO_VALUE));
  const feeds = incompleteFeeds(await store.listFeeds(), addDays(range.to, -1));
  // A feed that has never brought anything is nobody's yet: all spend lacks it, not a team's.
  const incomplete = feeds.filter(({ source }) => scope === null || concerned.has(source));
  const costs = bySource.map(({ values, cost }) => ({
    source: values[0] ?? NO_VALUE,
    day: parseDay(values[1] ?? ''),
    cost,
  }));
  const comparison = compareLikeWithLike(period, costs, incomplete);
  const sources = [...concerned].filter((source) => !comparison.without.includes(source)).toSorted();
  const narrowed: SpendFilter[] = comparison.without.length === 0 ? [] : [{ key: 'source', values: sources }];
  return {
    where,
    comparedWhere: [...where, ...narrowed],
    comparison,
    incomplete,
    total: within(costs, range),
    previousTotal: within(costs, before),
    bars: digestBars(
      period,
      stacked.map(({ values, cost }) => ({
        service: values[0] ?? NO_VALUE,
        day: grain === 'month' ? monthRange(parseMonth(values[1] ?? '')).from : parseDay(values[1] ?? ''),
        cost,
      })),
    ),
  };
}

function within(
  costs: readonly { readonly day: string; readonly cost: Nanos }[],
  { from, to }: DayRange,
): Nanos {
  return sumNanos(costs.filter(({ day }) => from <= day && day < to).map(({ cost }) => cost));
}

const GROUPS = ['model', 'key', 'person'] as const;

/** The days that are compared, and those before them, by model, key and person; all spend by team too. */
export async function readGroups(
  { store }: Pick<Context, 'store'>,
  base: { readonly comparison: DigestComparison; readonly comparedWhere: readonly SpendFilter[] },
  asked: { readonly from: DayRange['from']; readonly currency: string; readonly isAll: boolean },
): Promise<readonly GroupedCosts[]> {
  const { after, before } = base.comparison;
  const groups: GroupedCosts[] = [];
  for (const by of asked.isAll ? (['team', ...GROUPS] as const) : GROUPS) {
    const ask = async (range: DayRange): Promise<readonly SpendRow[]> =>
      range.from >= range.to
        ? []
        : (await store.querySpend({ by: [by], range, where: base.comparedWhere, currency: asked.currency }))
            .rows;
    groups.push({
      by,
      current: await ask(after),
      previous: await ask(before),
      earlier: await ask({ from: asked.from, to: after.from }),
    });
  }
  return groups;
}
