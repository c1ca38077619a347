import type { AttributeName, ChargeCategory, ChargeFrequency } from '../../../core/ledger/charge.js';

/**
 * Cost and Usage columns of FOCUS 1.0 to 1.4 and of the 1.5 draft, by ID.
 * Source: the column files of FOCUS_Spec, https://github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec.
 */
export const FOCUS_COLUMNS: readonly string[] = `
  AllocatedMethodDetails AllocatedMethodId AllocatedResourceId AllocatedResourceName AllocatedTags AvailabilityZone
  BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd BillingPeriodStart
  CapacityReservationId CapacityReservationStatus ChargeCategory ChargeClass ChargeDescription ChargeFrequency
  ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName
  CommitmentDiscountQuantity CommitmentDiscountStatus CommitmentDiscountType CommitmentDiscountUnit
  CommitmentProgramEligibilityDetails ConsumedQuantity ConsumedUnit ContractApplied ContractedCost ContractedUnitPrice
  CredentialId EffectiveCost HostProviderName InvoiceDetailId InvoiceId InvoiceIssuerName ListCost ListUnitPrice
  PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost
  PricingCurrencyListUnitPrice PricingQuantity PricingUnit PrincipalId ProviderName PublisherName RegionId RegionName
  RequesterDetails ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceProviderName
  ServiceSubcategory SkuId SkuMeter SkuPriceDetails SkuPriceId SubAccountId SubAccountName SubAccountType Tags
`
  .trim()
  .split(/\s+/);

/** Without these a file is no FOCUS cost and usage file. A provider column is needed too, in any of its spellings. */
export const REQUIRED_COLUMNS = [
  'BilledCost',
  'EffectiveCost',
  'BillingAccountId',
  'BillingCurrency',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
] as const;

/** Attributes that come straight from a column: the first of these that has a value. */
export const ATTRIBUTE_COLUMNS: Readonly<
  Record<Exclude<AttributeName, 'source' | 'chargeCategory'>, readonly string[]>
> = {
  serviceProviderName: ['ServiceProviderName', 'ProviderName'], // 1.3 renamed it
  publisherName: ['PublisherName'],
  invoiceIssuerName: ['InvoiceIssuerName'],
  serviceName: ['ServiceName'],
  serviceCategory: ['ServiceCategory'],
  billingAccountId: ['BillingAccountId'],
  subAccountId: ['SubAccountId'],
  subAccountName: ['SubAccountName'],
  resourceId: ['ResourceId'],
  resourceName: ['ResourceName'],
  resourceType: ['ResourceType'],
  regionId: ['RegionId'],
  skuId: ['SkuId'],
  skuMeter: ['SkuMeter'],
  apiKeyId: ['x_CredentialId', 'x_ApiKeyId', 'CredentialId'],
  apiKeyName: ['x_ApiKeyName'],
  principalId: ['x_PrincipalId', 'PrincipalId'],
  email: ['x_UserEmail', 'x_IdentityEmail'],
  seatId: ['x_SeatId'],
  model: ['x_Model'],
  customerId: ['x_CustomerId'],
};

/** Columns that may hold the requester's e-mail inside JSON: the 1.5 draft's name, and the one before it. */
export const REQUESTER_COLUMNS = ['x_RequesterDetails', 'RequesterDetails'] as const;

/** Keys of SkuPriceDetails that name an AI model: the 1.5 draft's, and its spelling before 1.5. */
export const MODEL_KEYS = ['ModelId', 'x_ModelId'] as const;

/** Columns with a place of their own in a charge; all others are kept in `ChargeKind.extra`. */
export const PLACED_COLUMNS: ReadonlySet<string> = new Set([
  ...REQUIRED_COLUMNS,
  ...Object.values(ATTRIBUTE_COLUMNS).flat(),
  'BillingAccountName',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'InvoiceId',
  'ListCost',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ServiceSubcategory',
  'SkuPriceId',
  'Tags',
]);

const CHARGE_CATEGORIES: readonly ChargeCategory[] = ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'];
const CHARGE_FREQUENCIES: readonly ChargeFrequency[] = ['One-Time', 'Recurring', 'Usage-Based'];

/** The allowed value that a text means in any case (`Usage-based`); null when there is none. */
function meant<T extends string>(values: readonly T[], text: string): T | null {
  return values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? null;
}

/** Null when the text is no FOCUS ChargeCategory in any case. */
export function toChargeCategory(text: string): ChargeCategory | null {
  return meant(CHARGE_CATEGORIES, text);
}

/** Null when the text is no FOCUS ChargeFrequency in any case. */
export function toChargeFrequency(text: string): ChargeFrequency | null {
  return meant(CHARGE_FREQUENCIES, text);
}
