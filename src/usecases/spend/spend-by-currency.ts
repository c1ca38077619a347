import type { Nanos } from '../../core/base/money.js';
import { type DayRange, monthsIn } from '../../core/base/time.js';
import type { SpendQuery, SpendRow } from '../../core/spend/spend.js';
import { within } from '../allocation/months-within.js';
import type { Context } from '../context.js';

/** Effective cost in one currency. */
export interface CurrencySpend {
  readonly currency: string;
  readonly total: Nanos;
  readonly rows: readonly SpendRow[];
}

/**
 * All spend of a range: in the company's currency with what has an exchange rate, then what has none in its own
 * currency, each currency by itself, so that nothing is left out.
 */
export async function spendByCurrency(
  { store, company }: Pick<Context, 'store' | 'company'>,
  { by, range }: { readonly by: SpendQuery['by']; readonly range: DayRange },
): Promise<readonly CurrencySpend[]> {
  const query = { by, where: [] };
  const own = await store.querySpend({ ...query, range, currency: company.currency });
  const others = new Map<string, CurrencySpend>();
  for (const month of monthsIn(range)) {
    const ofMonth = { ...query, range: within(range, month), isNative: true } as const;
    const { otherCurrencies } = await store.querySpend({ ...ofMonth, by: [], currency: company.currency });
    for (const { currency } of otherCurrencies) {
      const isConverted = own.converted?.some((each) => each.month === month && each.rate.from === currency);
      if (isConverted !== true) join(others, await store.querySpend({ ...ofMonth, currency }));
    }
  }
  const sorted = [...others.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
  return [{ currency: own.currency, total: own.total, rows: own.rows }, ...sorted];
}

function join(sums: Map<string, CurrencySpend>, { currency, total, rows }: CurrencySpend): void {
  const known = sums.get(currency);
  const byValues = new Map<string, SpendRow>();
  for (const { values, cost } of [...(known?.rows ?? []), ...rows]) {
    const key = JSON.stringify(values);
    byValues.set(key, { values, cost: (byValues.get(key)?.cost ?? 0n) + cost });
  }
  sums.set(currency, { currency, total: total + (known?.total ?? 0n), rows: [...byValues.values()] });
}
