import type { Nanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';

/**
 * The attributes a rule, a report or a directory link may look at: FOCUS columns in camelCase, then ours.
 * Tags (`tag:KEY`) stand beside them in a dimension set.
 */
export const ATTRIBUTES = [
  'serviceProviderName',
  'publisherName',
  'invoiceIssuerName',
  'serviceName',
  'serviceCategory',
  'billingAccountId',
  'subAccountId',
  'subAccountName',
  'resourceId',
  'resourceName',
  'resourceType',
  'regionId',
  'skuId',
  'skuMeter',
  'chargeCategory',
  'source',
  'apiKeyId',
  'apiKeyName',
  'principalId',
  'email',
  'seatId',
  'model',
  'customerId',
] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/**
 * The attribution key of a charge: everything a rule may look at. Interned once by the store. Feeds should hand
 * the same object to all charges that share it: the store then interns by identity first, which is the
 * difference between seconds and minutes on a large bill.
 */
export interface DimensionSet {
  /** Absent means the vendor gave none (FOCUS null); never an empty string. */
  readonly attributes: Readonly<Partial<Record<AttributeName, string>>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** FOCUS ChargeCategory; stands in the dimension set as the attribute `chargeCategory` of every charge. */
export type ChargeCategory = 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';
/** FOCUS ChargeFrequency. A seat is Recurring. */
export type ChargeFrequency = 'One-Time' | 'Recurring' | 'Usage-Based';

/**
 * How an amount came to this grain: `billed` the vendor gave it, `spread` a billed cell spread by usage,
 * `rated` tokens x price trued up to the bill, `estimated` not yet tied to any bill.
 */
export type Confidence = 'billed' | 'spread' | 'rated' | 'estimated';

/** What was bought: the columns of a charge that no rule looks at, interned like dimension sets. */
export interface ChargeKind {
  readonly chargeClass: 'Correction' | null;
  readonly chargeDescription: string | null;
  readonly chargeFrequency: ChargeFrequency | null;
  readonly pricingCategory: string | null;
  readonly pricingUnit: string | null;
  readonly consumedUnit: string | null;
  readonly skuPriceId: string | null;
  readonly serviceSubcategory: string | null;
  readonly confidence: Confidence;
  /** Further FOCUS columns under their own ID, unknown ones under `x_...`: kept for export, not for rules. */
  readonly extra: Readonly<Record<string, string>>;
}

/** The invoice side of a charge: when and on what it is billed. Interned. */
export interface Bill {
  readonly billingAccountId: string;
  readonly billingAccountName: string | null;
  /** Half-open UTC days, FOCUS BillingPeriodStart/End. */
  readonly billingPeriodStart: Day;
  readonly billingPeriodEnd: Day;
  /** Null while the invoice is not issued. */
  readonly invoiceId: string | null;
  readonly invoiceIssuerName: string;
  /** ISO 4217. */
  readonly billingCurrency: string;
}

/** The four FOCUS costs in the bill's currency. Effective is what we allocate and trend; billed ties to invoices. */
export interface Costs {
  readonly billedCost: Nanos;
  readonly effectiveCost: Nanos;
  readonly listCost: Nanos;
  readonly contractedCost: Nanos;
}

/** One normalised FOCUS row at day grain. `chargeDay` is the UTC day of ChargePeriodStart. */
export interface Charge extends Costs {
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  readonly bill: Bill;
  readonly chargeDay: Day;
  /** ConsumedQuantity in the kind's consumedUnit; null where FOCUS has none. Approximate (float): not money. */
  readonly consumedQuantity: number | null;
  readonly pricingQuantity: number | null;
}

/** Which stored charges of a source a batch replaces: what it covers, it covers wholly. */
export type ReplaceScope =
  | { readonly kind: 'charge-days'; readonly from: Day; readonly to: Day }
  | { readonly kind: 'billing-periods'; readonly periods: readonly BillingPeriodKey[] };

/** A billing period of one paying account; `billingPeriod` is the month of BillingPeriodStart. */
export interface BillingPeriodKey {
  readonly billingAccountId: string;
  readonly billingPeriod: Month;
}
