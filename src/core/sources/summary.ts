import { compareText, type Nanos } from '../base/money.js';
import type { Charge } from '../ledger/charge.js';
import type { PullRecord } from './feed.js';

/** What a pull brought, for the source's status. */
export function summarise(pull: {
  readonly charges: readonly Charge[];
  readonly remarks: readonly string[];
}): Pick<PullRecord, 'charges' | 'costs' | 'confidences' | 'remarks'> {
  const costs = new Map<string, Nanos>();
  const confidences: Record<string, number> = {};
  for (const { bill, kind, effectiveCost } of pull.charges) {
    costs.set(bill.billingCurrency, (costs.get(bill.billingCurrency) ?? 0n) + effectiveCost);
    confidences[kind.confidence] = (confidences[kind.confidence] ?? 0) + 1;
  }
  return {
    charges: pull.charges.length,
    costs: [...costs]
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([currency, cost]) => ({ currency, cost })),
    confidences,
    remarks: pull.remarks,
  };
}
