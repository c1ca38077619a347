import { type Nanos, roundedQuotient } from '../base/money.js';
import {
  addDays,
  type Day,
  daysBetween,
  daysIn,
  firstDay,
  type Month,
  monthRange,
  weekday,
} from '../base/time.js';

/** How a month's plan is spread over its days: evenly over all, or over Monday to Friday alone. */
export const PHASINGS = ['calendar-days', 'working-days'] as const;
export type Phasing = (typeof PHASINGS)[number];

/** What an owner plans to spend in a month. */
export interface Plan {
  readonly dimension: string;
  readonly owner: string;
  readonly month: Month;
  readonly currency: string;
  /** Not negative. */
  readonly amount: Nanos;
  readonly phasing: Phasing;
}

/** A new plan of an owner's month; `plan` null takes it back. */
export interface PlanChange extends Pick<Plan, 'dimension' | 'owner' | 'month'> {
  readonly plan: Pick<Plan, 'currency' | 'amount' | 'phasing'> | null;
}

/** A budget as a file or form gives it; what is null follows the settings: their currency, all calendar days. */
export interface PlanRow extends Pick<Plan, 'dimension' | 'owner' | 'month' | 'amount'> {
  readonly currency: string | null;
  readonly phasing: Phasing | null;
}

/** A plan as it was recorded. */
export interface RecordedPlan extends Plan {
  /** In the form of audit rows. */
  readonly author: string;
  readonly recordedAtMs: number;
}

/**
 * The part of a month's plan that falls on its days up to and with `day`: nothing before the month, all of it after.
 * It never falls from one day to the next.
 */
export function planToDate(plan: Pick<Plan, 'month' | 'amount' | 'phasing'>, day: Day): Nanos {
  const whole = monthRange(plan.month);
  if (day < whole.from) return 0n;
  if (day >= addDays(whole.to, -1)) return plan.amount;
  const past = { from: firstDay(plan.month), to: addDays(day, 1) };
  const [done, all] =
    plan.phasing === 'working-days'
      ? [workingDays(past), workingDays(whole)]
      : [daysBetween(past.from, past.to), daysBetween(whole.from, whole.to)];
  return roundedQuotient(plan.amount * BigInt(done), BigInt(all));
}

function workingDays(range: { readonly from: Day; readonly to: Day }): number {
  return daysIn(range).filter((day) => weekday(day) <= 5).length;
}
