import { NANOS_PER_UNIT } from '../../core/base/money.js';
import { addMonths, type Month } from '../../core/base/time.js';
import type { PlanRow } from '../../core/budgets/plan.js';

/** What teams have planned a month, in whole units of the company's currency; Growth has not handed its plan in. */
const MONTHLY: Readonly<Record<string, number>> = {
  Platform: 16_000,
  Search: 20_000,
  'Support Automation': 15_500,
  Payments: 12_500,
  'Data Science': 12_000,
  Mobile: 6_000,
  Security: 6_500,
};
const MONTHS = [-1, 0, 1, 2];

/** Budgets around a month, the same for each. */
export function startingBudgets(month: Month): readonly PlanRow[] {
  return Object.entries(MONTHLY).flatMap(([owner, units]) =>
    MONTHS.map((offset) => ({
      dimension: 'team',
      owner,
      month: addMonths(month, offset),
      amount: BigInt(units) * NANOS_PER_UNIT,
      currency: null,
      phasing: null,
    })),
  );
}
