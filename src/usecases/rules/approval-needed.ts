import type { AllocationDiff } from '../../core/allocation/diff.js';
import type { Nanos } from '../../core/base/money.js';
import { addMonths, dayIn, monthOf, monthRange } from '../../core/base/time.js';
import { type ApprovalNeed, approvalNeed, movedMoney } from '../../core/rule-review/approval.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** Whether a second person must approve a change that moves this, by the settings; null when not. */
export async function approvalNeeded(
  context: Context,
  diff: Pick<AllocationDiff, 'moved'>,
): Promise<ApprovalNeed | null> {
  const { store, company, clock } = context;
  const { threshold, basisPoints } = (await readSettings(context)).settings.approval;
  if (threshold === null) return null;
  const lastMonth = new Map<string, Nanos>();
  if (basisPoints !== null) {
    const range = monthRange(addMonths(monthOf(dayIn(company.timeZone, clock())), -1));
    for (const { currency } of movedMoney(diff))
      lastMonth.set(currency, (await store.querySpend({ by: [], range, where: [], currency })).total);
  }
  return approvalNeed(diff, { threshold, basisPoints }, lastMonth);
}
