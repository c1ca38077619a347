import { formatNanos, type Nanos, toApproximateUnits } from '../base/money.js';
import { addDays, type Day } from '../base/time.js';
import type { Charge } from './charge.js';

/** Versions of FOCUS that a file of charges can be written in. */
export const FOCUS_VERSIONS = ['1.2', '1.3', '1.4'] as const;
export type FocusVersion = (typeof FOCUS_VERSIONS)[number];

/**
 * Columns of FOCUS 1.2 that Apportion fills, by ID (FOCUS_Spec tag v1.2; docs/vendors.md#focus). 1.3 adds the service
 * and host provider beside the two names that 1.4 drops.
 */
const COLUMNS: readonly string[] = `
  BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory
  ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory
  CommitmentDiscountId CommitmentDiscountName CommitmentDiscountQuantity CommitmentDiscountStatus CommitmentDiscountType
  CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceId
  InvoiceIssuerName ListCost ListUnitPrice PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice
  PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity PricingUnit ProviderName PublisherName
  RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId SkuMeter
  SkuPriceDetails SkuPriceId SubAccountId SubAccountName Tags
`
  .trim()
  .split(/\s+/);
const OUR_COLUMNS = [
  'x_Source',
  'x_ApiKeyId',
  'x_ApiKeyName',
  'x_PrincipalId',
  'x_UserEmail',
  'x_SeatId',
  'x_Model',
  'x_CustomerId',
  'x_Confidence',
] as const;

/** The header of a file, and the cells of a charge in the same order; an empty cell is FOCUS null. */
export interface FocusWriter {
  readonly header: readonly string[];
  cells(charge: Charge): readonly string[];
}

/**
 * Writes charges as rows of one FOCUS version. `extras` are the further columns that charges carry (`ChargeKind.extra`);
 * those that the version does not know by their ID go under `x_`.
 */
export function createFocusWriter(version: FocusVersion, extras: readonly string[]): FocusWriter {
  const named =
    version === '1.2'
      ? COLUMNS
      : [
          ...COLUMNS.filter((id) => version === '1.3' || (id !== 'ProviderName' && id !== 'PublisherName')),
          'ServiceProviderName',
          'HostProviderName',
        ];
  const own = [...named, ...OUR_COLUMNS];
  const taken = new Set<string>(own);
  const further = extras.filter((id) => !taken.has(id)).toSorted();
  return {
    header: [...own, ...further.map((id) => (id.startsWith('x_') ? id : `x_${id}`))],
    cells(charge) {
      const values = valuesOf(charge);
      const cells = own.map((id) => values[id] ?? charge.kind.extra[id] ?? '');
      return [...cells, ...further.map((id) => charge.kind.extra[id] ?? '')];
    },
  };
}

type Values = Readonly<Record<string, string | null | undefined>>;

/** What a charge says by itself, by column; absent: null, or in the charge's further columns. */
function valuesOf(charge: Charge): Values {
  return { ...costValues(charge), ...billValues(charge), ...kindValues(charge), ...setValues(charge) };
}

function costValues(charge: Charge): Values {
  const { kind, bill, pricingQuantity } = charge;
  const priced = kind.skuPriceId === null ? null : pricingQuantity;
  const listPrice = kind.extra['ListUnitPrice'] ?? unitPrice(charge.listCost, priced);
  const contractedPrice = kind.extra['ContractedUnitPrice'] ?? unitPrice(charge.contractedCost, priced);
  return {
    // Priced in the currency of the bill, unless the charge brought something else along.
    ...(kind.extra['PricingCurrency'] === undefined && {
      PricingCurrency: bill.billingCurrency,
      PricingCurrencyEffectiveCost: money(charge.effectiveCost),
      PricingCurrencyListUnitPrice: listPrice,
      PricingCurrencyContractedUnitPrice: contractedPrice,
    }),
    BilledCost: money(charge.billedCost),
    EffectiveCost: money(charge.effectiveCost),
    ListCost: money(charge.listCost),
    ContractedCost: money(charge.contractedCost),
    ListUnitPrice: listPrice,
    ContractedUnitPrice: contractedPrice,
    ConsumedQuantity: quantity(charge.consumedQuantity),
    PricingQuantity: quantity(pricingQuantity),
  };
}

function billValues({ bill, chargeDay }: Charge): Values {
  return {
    BillingAccountId: bill.billingAccountId,
    BillingAccountName: bill.billingAccountName,
    BillingCurrency: bill.billingCurrency,
    BillingPeriodStart: midnight(bill.billingPeriodStart),
    BillingPeriodEnd: midnight(bill.billingPeriodEnd),
    InvoiceId: bill.invoiceId,
    InvoiceIssuerName: bill.invoiceIssuerName,
    ChargePeriodStart: midnight(chargeDay),
    ChargePeriodEnd: midnight(addDays(chargeDay, 1)),
  };
}

function kindValues({ kind, set }: Charge): Values {
  return {
    ChargeClass: kind.chargeClass,
    ChargeDescription: kind.chargeDescription,
    ChargeFrequency: kind.chargeFrequency,
    ConsumedUnit: kind.consumedUnit,
    PricingUnit: kind.pricingUnit,
    PricingCategory: kind.pricingCategory,
    ServiceSubcategory: kind.serviceSubcategory,
    SkuPriceId: kind.skuPriceId,
    HostProviderName: kind.extra['HostProviderName'] ?? set.attributes.serviceProviderName,
    x_Confidence: kind.confidence,
  };
}

function setValues({ set: { attributes, tags } }: Charge): Values {
  return {
    ChargeCategory: attributes.chargeCategory,
    ServiceProviderName: attributes.serviceProviderName,
    ProviderName: attributes.serviceProviderName,
    PublisherName: attributes.publisherName ?? attributes.serviceProviderName,
    ServiceName: attributes.serviceName,
    ServiceCategory: attributes.serviceCategory,
    RegionId: attributes.regionId,
    ResourceId: attributes.resourceId,
    ResourceName: attributes.resourceName,
    ResourceType: attributes.resourceType,
    SkuId: attributes.skuId,
    SkuMeter: attributes.skuMeter,
    SubAccountId: attributes.subAccountId,
    SubAccountName: attributes.subAccountName,
    Tags: JSON.stringify(tags),
    x_Source: attributes.source,
    x_ApiKeyId: attributes.apiKeyId,
    x_ApiKeyName: attributes.apiKeyName,
    x_PrincipalId: attributes.principalId,
    x_UserEmail: attributes.email,
    x_SeatId: attributes.seatId,
    x_Model: attributes.model,
    x_CustomerId: attributes.customerId,
  };
}

/** Always with a point: readers that guess types take a column of whole numbers for integers. */
function money(nanos: Nanos): string {
  const text = formatNanos(nanos);
  return text.includes('.') ? text : `${text}.0`;
}

/** Written out: FOCUS knows no exponents. */
function quantity(value: number | null): string | undefined {
  if (value === null) return undefined;
  const text = Number.isInteger(value) ? value.toFixed(1) : String(value);
  return text.includes('e') ? value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '.0') : text;
}

/** A price at which quantity times price is the cost again, as nearly as a quantity (a float) allows. */
function unitPrice(cost: Nanos, pricingQuantity: number | null): string | undefined {
  if (pricingQuantity === null || pricingQuantity === 0) return undefined;
  return quantity(Number((toApproximateUnits(cost) / pricingQuantity).toPrecision(15)));
}

function midnight(day: Day): string {
  return `${day}T00:00:00Z`;
}
