import { canonicalJson } from '../base/json.js';
import { compareText, type Nanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import type { Bill, Charge, ChargeKind, Costs, DimensionSet } from '../ledger/charge.js';
import { type PricedThing, priceOf } from './price.js';
import type { PriceTable } from './table.js';

/** Usage of which the vendor gives no money at this grain: all of a charge but its costs. */
export interface UnratedUsage extends Omit<Charge, keyof Costs> {
  /** Which billed scopes it belongs to; the connector chooses how small (`org_1`, `org_1|workspace_2`). */
  readonly account: string;
  readonly thing: PricedThing;
  /** How many tokens, calls ... of the thing: never negative. Not `consumedQuantity`, which is a float. */
  readonly units: bigint;
}

/** What the vendor billed for all usage of an account in some days: what the rated rows must add up to. */
export interface BilledScope {
  readonly account: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Half-open UTC days; scopes of one account and currency must not overlap. */
  readonly from: Day;
  readonly to: Day;
  readonly billed: Nanos;
  /** The row that takes what was billed without usage: on the first day of the scope. */
  readonly leftover: { readonly set: DimensionSet; readonly kind: ChargeKind; readonly bill: Bill };
}

/** What a connector may bring besides charges; `usecases/ingest` rates it, since connectors see no prices. */
export interface Unrated {
  readonly usage: readonly UnratedUsage[];
  readonly billed: readonly BilledScope[];
}

/** A usage row at the list's price, or with the reason why it has none. */
export interface RatedUsage {
  readonly usage: UnratedUsage;
  /** Nanos at list price; zero, and meaningless, when unpriced. */
  readonly listCost: Nanos;
  readonly unpriced: string | null;
  /** Where the price is from and what was multiplied: `genai-prices 0.1.8, batch x 0.5`. */
  readonly basis: string;
}

/**
 * Rates each usage row with the price of its day: units x nanos for a million, integers throughout, rounded half to
 * even at the nano once a row. Sorted by content, so that whatever follows does not depend on the order of the pull.
 */
export function rate(usage: readonly UnratedUsage[], prices: PriceTable): readonly RatedUsage[] {
  const textOf = createTextCache();
  return usage
    .map((row) => ({ row, key: contentKey(row, textOf) }))
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ row }) => rateRow(row, prices));
}

function rateRow(usage: UnratedUsage, prices: PriceTable): RatedUsage {
  const found = prices.find(usage.thing, usage.chargeDay);
  if ('unpriced' in found) return { usage, listCost: 0n, unpriced: found.unpriced, basis: '' };
  if (found.price.nanosPerMillion !== 0n && usage.bill.billingCurrency !== 'USD') {
    const unpriced = `prices are in USD, its bill is in ${usage.bill.billingCurrency}`;
    return { usage, listCost: 0n, unpriced, basis: '' };
  }
  return {
    usage,
    listCost: priceOf(usage.units, found.nanosPerMillion),
    unpriced: null,
    basis: [found.price.source, ...found.factors].join(', '),
  };
}

/** Rows of one key are alike in everything, so that their order is of no consequence. */
function contentKey(row: UnratedUsage, textOf: (value: object) => string): string {
  const { account, chargeDay, set, kind, bill, thing, units, consumedQuantity, pricingQuantity } = row;
  return [
    account,
    chargeDay,
    textOf(set),
    textOf(kind),
    textOf(bill),
    textOf(thing),
    units,
    consumedQuantity,
    pricingQuantity,
  ].join('\u0000');
}

/** Feeds share sets, kinds and bills among rows: each is written once. */
function createTextCache(): (value: object) => string {
  const known = new Map<object, string>();
  return (value) => {
    const text = known.get(value) ?? canonicalJson(value);
    known.set(value, text);
    return text;
  };
}
