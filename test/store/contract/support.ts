import type { Actor } from '../../../src/core/base/actor.js';
import { parseDay, parseMonth } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Store } from '../../../src/store/store.js';

/** Someone to do things. */
export const ANA: Actor = { kind: 'slack', userId: 'U1', name: 'Ana Ruiz' };

/** One dollar of usage on a UTC day. */
export function chargeOn(day: string): Charge {
  return {
    set: { attributes: { source: 'bill', chargeCategory: 'Usage', apiKeyId: 'a' }, tags: {} },
    kind: {
      chargeClass: null,
      chargeDescription: null,
      chargeFrequency: 'Usage-Based',
      pricingCategory: null,
      pricingUnit: null,
      consumedUnit: null,
      skuPriceId: null,
      serviceSubcategory: null,
      confidence: 'billed',
      extra: {},
    },
    bill: {
      billingAccountId: 'acct',
      billingAccountName: null,
      billingPeriodStart: parseDay(`${day.slice(0, 7)}-01`),
      billingPeriodEnd: parseDay(`${day.slice(0, 7)}-28`),
      invoiceId: null,
      invoiceIssuerName: 'Vendor',
      billingCurrency: 'USD',
    },
    chargeDay: parseDay(day),
    billedCost: 1_000_000_000n,
    effectiveCost: 1_000_000_000n,
    listCost: 1_000_000_000n,
    contractedCost: 1_000_000_000n,
    consumedQuantity: 1,
    pricingQuantity: 1,
  };
}

/** Puts charges into the ledger as the whole of source `bill`. */
export async function ingest(store: Store, charges: readonly Charge[]): Promise<void> {
  const months = new Set(charges.map((charge) => charge.chargeDay.slice(0, 7)));
  await store.replaceCharges({
    source: 'bill',
    kind: 'focus-file',
    scope: {
      kind: 'billing-periods',
      periods: [...months].map((month) => ({ billingAccountId: 'acct', billingPeriod: parseMonth(month) })),
    },
    charges,
    raw: [],
    identities: [],
    completeThrough: null,
    receivedAtMs: 1,
  });
}

/** Clears every stale mark, as `reallocate` does when it has done its work. */
export async function settle(store: Store): Promise<void> {
  const closed = await store.closedThrough();
  for (const { month, mark } of await store.listStaleMonths()) {
    if (closed !== null && month <= closed)
      await store.replaceAdjustments({ month, mark, differences: [], rulesetVersion: 0 });
    else
      await store.replaceAllocations({
        month,
        mark,
        dimensions: [],
        pieces: [],
        rulesetVersion: 0,
        atMs: 1,
      });
  }
}
