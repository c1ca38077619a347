import { formatNanos } from '../../core/base/money.js';
import type { Charge } from '../../core/ledger/charge.js';
import { rate } from '../../core/prices/rating.js';
import { scaleToBill, type UnpricedUsage } from '../../core/prices/scale-to-bill.js';
import type { PriceTable } from '../../core/prices/table.js';
import type { Pull } from '../../providers/provider.js';

/** A pull in which every row has its money. */
export interface PricedPull {
  readonly charges: readonly Charge[];
  readonly remarks: readonly string[];
}

/** Rates what the connector left unrated and meets what was billed for it; nothing else changes. */
export function pricePull({ charges, remarks, unrated }: Pull, prices: PriceTable): PricedPull {
  if (unrated === undefined) return { charges, remarks };
  const met = scaleToBill(rate(unrated.usage, prices), unrated.billed);
  const lost = met.factors.filter(({ billed, rated }) => billed !== 0n && rated === 0n);
  const words = lost.map(
    ({ account, currency, from, to, billed }) =>
      `${account}, ${from} to ${to} (end excluded): ${formatNanos(billed)} ${currency} were billed without any usage that has a price; nobody's usage bears them.`,
  );
  return {
    charges: [...charges, ...met.charges],
    remarks: [...remarks, ...met.unpriced.map(unpricedWords), ...words],
  };
}

function unpricedWords({ reason, rows, units, firstDay, lastDay }: UnpricedUsage): string {
  const days = firstDay === lastDay ? `on ${firstDay}` : `from ${firstDay} to ${lastDay}`;
  const many = rows === 1 ? '1 row' : `${rows} rows`;
  return `Unpriced: ${reason}; ${units} units in ${many} ${days} carry no money. prices import FILE gives them a price.`;
}
