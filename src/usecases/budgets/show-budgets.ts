import { type Viewer, visibleTeams } from '../../core/access/visibility.js';
import { compareBigint, compareText, type Nanos } from '../../core/base/money.js';
import { addDays, type Day, dayIn, type Month, monthOf, monthRange } from '../../core/base/time.js';
import { planToDate, type RecordedPlan } from '../../core/budgets/plan.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { lastCompleteDay } from '../../core/spend/report.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** One team's month against its plan. */
export interface BudgetLine {
  readonly owner: string;
  /** Null: no budget is set; or it is in another currency than the figures (see `otherCurrency`). */
  readonly plan: RecordedPlan | null;
  readonly otherCurrency: string | null;
  /** What of the plan falls on the days up to `through`. */
  readonly planned: Nanos;
  /** Effective cost of the same days. */
  readonly spent: Nanos;
}

/** Teams' budgets of a month, those furthest above their plan first, then those without one by spend. */
export interface BudgetFigures {
  readonly month: Month;
  readonly currency: string;
  /** The last day that counts: yesterday, or the last day that all feeds have closed; null: none of the month has. */
  readonly through: Day | null;
  readonly lines: readonly BudgetLine[];
}

/** Teams' spend against plan in a month, as far as the viewer may see them. */
export async function showBudgets(
  context: Context,
  input: { readonly month: Month | null; readonly viewer: Viewer },
): Promise<BudgetFigures> {
  const { store, company, clock } = context;
  const { currency, visibility } = (await readSettings(context)).settings;
  const today = dayIn(company.timeZone, clock());
  const month = input.month ?? monthOf(today);
  const { from, to } = monthRange(month);
  const complete = lastCompleteDay(await store.listFeeds(), today);
  const last = complete < addDays(to, -1) ? complete : addDays(to, -1);
  const through = last < from ? null : last;
  const plans = (await store.listPlans({ from: month, to: month })).filter(
    ({ dimension }) => dimension === 'team',
  );
  const spent = new Map<string, Nanos>();
  if (through !== null) {
    const range = { from, to: addDays(through, 1) };
    const { rows } = await store.querySpend({ by: ['team'], range, where: [], currency });
    for (const { values, cost } of rows) if (values[0] !== undefined) spent.set(values[0], cost);
  }
  const seen = visibleTeams(input.viewer, visibility);
  const owners = new Set([...plans.map(({ owner }) => owner), ...spent.keys()]);
  const lines = [...owners]
    .filter((owner) => owner !== UNALLOCATED && (seen === 'all' || seen.includes(owner)))
    .map((owner) => lineOf(owner, { plans, spent, currency, through }))
    .toSorted(furthestAboveFirst);
  return { month, currency, through, lines };
}

function lineOf(
  owner: string,
  facts: {
    readonly plans: readonly RecordedPlan[];
    readonly spent: ReadonlyMap<string, Nanos>;
    readonly currency: string;
    readonly through: Day | null;
  },
): BudgetLine {
  const found = facts.plans.find((plan) => plan.owner === owner) ?? null;
  const isOther = found !== null && found.currency !== facts.currency;
  const plan = isOther ? null : found;
  return {
    owner,
    plan,
    otherCurrency: isOther ? found.currency : null,
    planned: plan === null || facts.through === null ? 0n : planToDate(plan, facts.through),
    spent: facts.spent.get(owner) ?? 0n,
  };
}

function furthestAboveFirst(a: BudgetLine, b: BudgetLine): number {
  if ((a.plan === null) !== (b.plan === null)) return a.plan === null ? 1 : -1;
  const above = compareBigint(b.spent - b.planned, a.spent - a.planned);
  return above || compareText(a.owner, b.owner);
}
