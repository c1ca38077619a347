import { canonicalJson } from '../../core/base/json.js';
import { absolute, type Nanos } from '../../core/base/money.js';
import type { Day } from '../../core/base/time.js';
import type {
  AttributeName,
  Bill,
  Charge,
  ChargeCategory,
  ChargeFrequency,
  ChargeKind,
  Confidence,
  Costs,
  DimensionSet,
} from '../../core/ledger/charge.js';
import { createCache, createMonthlyBills } from './charge-parts.js';

/** What all rows of one source have in common: a vendor that sells, runs and bills one service itself. */
export interface Seller {
  readonly source: string;
  /** Provider, publisher, issuer and host. */
  readonly vendor: string;
  readonly service: { readonly name: string; readonly category: string; readonly subcategory: string };
  readonly accountId: string;
  readonly accountName: string | null;
}

/** The pair that FOCUS has for model APIs. */
export const GENERATIVE_AI = { category: 'AI and Machine Learning', subcategory: 'Generative AI' };
/** The pair that FOCUS has for coding assistants. */
export const CODING = { category: 'Developer Tools', subcategory: 'Development Environments' };

/** One row of a vendor's bill in our words. */
export interface BillRow {
  readonly day: Day;
  readonly currency: string;
  readonly costs: Costs;
  readonly category: ChargeCategory;
  readonly frequency: ChargeFrequency;
  readonly skuId: string;
  readonly meter: string;
  readonly description: string;
  /** `pricedIn` units make one pricing unit (a million tokens); 1 when absent. Null: the vendor measured none. */
  readonly quantity: { readonly amount: number; readonly unit: string; readonly pricedIn?: number } | null;
  readonly confidence: Confidence;
  /** What a rule may look at besides; null, undefined and empty are left out. */
  readonly attributes: Readonly<Partial<Record<AttributeName, string | null | undefined>>>;
  /** The invoice that the row stands on; absent or null: not issued or not known. */
  readonly invoiceId?: string | null;
  /** Further columns under their FOCUS name or `x_...`. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Makes charges that share their sets, kinds and bills. Billing periods are calendar months (UTC). */
export function createChargeMaker(seller: Seller): (row: BillRow) => Charge {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const invoiced = createCache<Bill>();
  const billOf = createMonthlyBills({
    billingAccountId: seller.accountId,
    billingAccountName: seller.accountName,
    invoiceIssuerName: seller.vendor,
  });
  return (row) => {
    const { quantity, category, skuId, meter, attributes } = row;
    const set = sets(canonicalJson([category, skuId, meter, attributes]), () => toSet(seller, row));
    const kind = toKind(seller, row);
    const bill = billOf(row.day, row.currency);
    const { invoiceId } = row;
    return {
      set,
      kind: kinds(canonicalJson(kind), () => kind),
      bill: invoiceId
        ? invoiced(canonicalJson([bill.billingPeriodStart, row.currency, invoiceId]), () => ({
            ...bill,
            invoiceId,
          }))
        : bill,
      chargeDay: row.day,
      ...row.costs,
      consumedQuantity: quantity?.amount ?? null,
      pricingQuantity: quantity === null ? null : quantity.amount / (quantity.pricedIn ?? 1),
    };
  };
}

function toSet({ source, vendor, service, accountId }: Seller, row: BillRow): DimensionSet {
  const { principalId } = row.attributes;
  const attributes: Partial<Record<AttributeName, string>> = {
    serviceProviderName: vendor,
    publisherName: vendor,
    invoiceIssuerName: vendor,
    serviceName: service.name,
    serviceCategory: service.category,
    billingAccountId: accountId,
    resourceId: `${slugOf(vendor)}/account/${principalId ?? accountId}`,
    resourceType: 'Account',
    skuId: row.skuId,
    skuMeter: row.meter,
    chargeCategory: row.category,
    source,
  };
  const own = Object.entries(row.attributes).filter(([, value]) => value);
  return { attributes: { ...attributes, ...Object.fromEntries(own) }, tags: {} };
}

function toKind({ vendor, service }: Seller, row: BillRow): ChargeKind {
  const { quantity } = row;
  const pricedIn = quantity?.pricedIn ?? 1;
  return {
    chargeClass: null,
    chargeDescription: row.description,
    chargeFrequency: row.frequency,
    // FOCUS 1.3: without a price of its own a row has no quantity and no pricing category either.
    pricingCategory: quantity === null ? null : 'Standard',
    pricingUnit: quantity === null ? null : pricedIn === 1 ? quantity.unit : `${pricedIn} ${quantity.unit}`,
    consumedUnit: quantity?.unit ?? null,
    skuPriceId: quantity === null ? null : row.skuId,
    serviceSubcategory: service.subcategory,
    confidence: row.confidence,
    extra: { HostProviderName: vendor, ...row.extra },
  };
}

/** Whether a difference is what rounding `rows` amounts to nanos may leave. */
export function isRounding(difference: Nanos, rows: number): boolean {
  return absolute(difference) <= BigInt(rows);
}

/** The rows with a difference put on the largest, the first of equals, so that they add up; none stay none. */
export function addToLargest(rows: readonly BillRow[], difference: Nanos): readonly BillRow[] {
  const size = ({ costs: { listCost } }: BillRow) => absolute(listCost);
  const largest = rows.reduce<BillRow | null>(
    (best, row) => (best === null || size(row) > size(best) ? row : best),
    null,
  );
  if (difference === 0n) return rows;
  return rows.map((row) => (row === largest ? { ...row, costs: raise(row.costs, difference) } : row));
}

function raise(costs: Costs, by: Nanos): Costs {
  const { billedCost, effectiveCost, listCost, contractedCost } = costs;
  return {
    // A prepaid row bills nothing: what it lacks is not billed either.
    billedCost: billedCost === 0n && effectiveCost !== 0n ? 0n : billedCost + by,
    effectiveCost: effectiveCost + by,
    listCost: listCost + by,
    contractedCost: contractedCost + by,
  };
}

/** "Hugging Face" -> "hugging-face", as resource ids begin. */
export function slugOf(vendor: string): string {
  return vendor.toLowerCase().replaceAll(' ', '-');
}
