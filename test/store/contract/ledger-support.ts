import { monthsIn } from '../../../src/core/base/time.js';
import type { Store } from '../../../src/store/store.js';
import { day } from '../../support/build/charges.js';

/** Everything that can be read of a ledger's money in 2026, to compare before with after. */
export async function dump(store: Store): Promise<unknown> {
  const range = { from: day('2026-01-01'), to: day('2027-01-01') };
  const by = ['day', 'provider', 'model', 'key', 'confidence', 'team'];
  return {
    spend: await store.querySpend({ by, range, where: [], currency: 'USD' }),
    setDays: await store.listSetDays(range),
    months: await Promise.all(
      monthsIn(range).map(async (month) => [
        await store.listMonthSets(month),
        await store.listInvoiceTotals(month),
        await store.listAllocations(month),
        await store.listProofs(month),
      ]),
    ),
    feeds: await store.listFeeds(),
  };
}
