import type { Actor } from '../../core/base/actor.js';
import type { Month } from '../../core/base/time.js';
import type { PlanChange, RecordedPlan } from '../../core/budgets/plan.js';

/** Budgets: what owners plan to spend, by month. Superseded ones are kept. */
export interface PlanStore {
  /** Plans in force for months from `from` to `to`, both included; by month, dimension and owner. */
  listPlans(months: { readonly from: Month; readonly to: Month }): Promise<readonly RecordedPlan[]>;
  /** Takes plans in, each in place of the one of its owner and month, and audits it; the same again changes nothing. */
  putPlans(batch: {
    changes: readonly PlanChange[];
    actor: Actor;
    atMs: number;
  }): Promise<{ readonly changed: number }>;
}
