import { convert, createFxLookUp, type FxOverride, type FxRate } from '../../core/base/fx.js';
import type { Nanos } from '../../core/base/money.js';
import { addMonths, type Month, monthRange } from '../../core/base/time.js';
import type { Context } from '../context.js';

/** Fixes rates for good; the same again change nothing. */
export async function fixRates(
  { store, actor, clock }: Context,
  rates: readonly FxRate[],
): Promise<{ readonly rates: number; readonly added: number }> {
  const { added } = await store.putFxRates({ rates, actor, atMs: clock() });
  return { rates: rates.length, added };
}

/** Fixes a rate for a run of months; it goes before the rates of those months. */
export async function overrideRate({ store, actor, clock }: Context, override: FxOverride): Promise<void> {
  await store.putFxOverride({ override, actor, atMs: clock() });
}

/** What a month's money in another currency costs, and how much of that the change of the rate has made. */
export interface FxEffect {
  readonly from: string;
  readonly amount: Nanos;
  readonly rate: FxRate | null;
  readonly previousRate: FxRate | null;
  /** At the month's rate, and at the month's before; null without that rate: it is never guessed. */
  readonly cost: Nanos | null;
  readonly atPreviousRate: Nanos | null;
  /** cost - atPreviousRate. */
  readonly effect: Nanos | null;
}

/** The FX effect of a month against the month before, for each currency but the company's. */
export async function fxEffect(
  { store, company }: Context,
  input: { readonly month: Month },
): Promise<readonly FxEffect[]> {
  const { month } = input;
  const { currency } = company;
  const rateOf = createFxLookUp(await store.listFxRates());
  const query = { by: [], range: monthRange(month), where: [], currency, isNative: true } as const;
  const { otherCurrencies } = await store.querySpend(query);
  return otherCurrencies.map(({ currency: from, total }) => {
    const rate = rateOf(from, currency, month);
    const previousRate = rateOf(from, currency, addMonths(month, -1));
    const cost = rate === null ? null : convert(total, rate.rate);
    const atPreviousRate = previousRate === null ? null : convert(total, previousRate.rate);
    const effect = cost === null || atPreviousRate === null ? null : cost - atPreviousRate;
    return { from, amount: total, rate, previousRate, cost, atPreviousRate, effect };
  });
}
