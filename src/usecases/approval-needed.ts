import type { AllocationDiff } from '../core/allocation/diff.js';
import type { Nanos } from '../core/money.js';
import { type ApprovalNeed, approvalNeed, movedMoney } from '../core/rules/approval.js';
import { addMonths, dayIn, monthOf, monthRange } from '../core/time.js';
import type { Context } from './context.js';

/** Whether a second person must approve a change that moves this, by the company's policy; null when not. */
export async function approvalNeeded(
  { store, company, clock }: Context,
  diff: Pick<AllocationDiff, 'moved'>,
): Promise<ApprovalNeed | null> {
  const { approval } = company;
  if (approval === undefined) return null;
  const lastMonth = new Map<string, Nanos>();
  if (approval.basisPoints !== null) {
    const range = monthRange(addMonths(monthOf(dayIn(company.timeZone, clock())), -1));
    for (const { currency } of movedMoney(diff))
      lastMonth.set(currency, (await store.querySpend({ by: [], range, where: [], currency })).total);
  }
  return approvalNeed(diff, approval, lastMonth);
}
