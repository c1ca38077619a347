import Papa from 'papaparse';
import { formatNanos, parseNanos } from '../../core/base/money.js';
import { addDays, addMonths, type Day, daysIn, firstDay, monthOf } from '../../core/base/time.js';
import { type Calendar, level } from './calendar.js';
import { stableId } from './random.js';

/** A bill that comes as a FOCUS file. */
export interface FocusFile {
  readonly source: string;
  readonly fileName: string;
  readonly text: string;
}

interface Line {
  readonly from: Day;
  readonly to: Day;
  /** Decimal dollars: at list price, and as billed. */
  readonly list: string;
  readonly billed: string;
  readonly columns: Readonly<Record<string, string>>;
}

function midnight(day: Day): string {
  return `${day}T00:00:00Z`;
}

/** A FOCUS 1.2 row; the vendor gives no discount beyond the contract, so three of the four costs are one. */
function focusRow(
  { from, to, list, billed, columns }: Line,
  isClosed: boolean,
): Readonly<Record<string, string>> {
  const month = monthOf(from);
  return {
    BilledCost: billed,
    EffectiveCost: billed,
    ListCost: list,
    ContractedCost: billed,
    BillingCurrency: 'USD',
    BillingPeriodStart: midnight(firstDay(month)),
    BillingPeriodEnd: midnight(firstDay(addMonths(month, 1))),
    ChargePeriodStart: midnight(from),
    ChargePeriodEnd: midnight(to),
    ChargeCategory: 'Usage',
    ChargeClass: '',
    PricingCategory: 'Standard',
    InvoiceId: isClosed ? `${columns['BillingAccountId']}-${month}` : '',
    ...columns,
  };
}

function toFile(calendar: Calendar, name: string, lines: readonly Line[]): FocusFile {
  const rows = lines.map((line) => focusRow(line, monthOf(line.from) < monthOf(calendar.present())));
  return { source: name, fileName: `${name}-focus.csv`, text: `${Papa.unparse(rows, { newline: '\n' })}\n` };
}

/** One resource of the cloud account. */
interface CloudResource {
  readonly service: string;
  readonly category: string;
  readonly resource: string;
  readonly type: string;
  readonly usd: number;
  /** What the price is for, and how many consumed units that is. */
  readonly unit: string;
  readonly consumed: { readonly unit: string; readonly each: number };
  /** Dollars for one unit, at most four decimals. */
  readonly price: string;
  readonly weekend: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly model?: string;
}

const BEDROCK = {
  service: 'Amazon Bedrock',
  category: 'AI and Machine Learning',
  type: 'Model',
  unit: '1000000 Tokens',
  consumed: { unit: 'Tokens', each: 1_000_000 },
  weekend: 0.7,
};
const EC2 = {
  service: 'Amazon Elastic Compute Cloud',
  category: 'Compute',
  type: 'Instance',
  unit: 'Hours',
  consumed: { unit: 'Hours', each: 1 },
  weekend: 1,
};
const S3 = {
  service: 'Amazon Simple Storage Service',
  category: 'Storage',
  type: 'Bucket',
  unit: 'GB-Months',
  consumed: { unit: 'GB-Months', each: 1 },
  weekend: 1,
};
const CLOUD: readonly CloudResource[] = [
  {
    ...BEDROCK,
    resource: 'inference-profile/search-rerank',
    usd: 58,
    price: '1.6',
    model: 'anthropic.claude-haiku-4-5',
    tags: { team: 'Search', product: 'Larkspur Search' },
  },
  {
    ...BEDROCK,
    resource: 'inference-profile/payments-docs',
    usd: 37,
    price: '3.1',
    model: 'anthropic.claude-sonnet-5',
    tags: { team: 'Payments', product: 'Payments' },
  },
  {
    ...BEDROCK,
    resource: 'foundation-model/untagged',
    usd: 21,
    price: '3.1',
    model: 'anthropic.claude-sonnet-5',
    tags: {},
  },
  {
    ...EC2,
    resource: 'i-0a1f2c3d4e5f60718',
    usd: 64,
    price: '3.6',
    tags: { team: 'Search', product: 'Larkspur Search' },
  },
  { ...EC2, resource: 'i-0b9e8d7c6b5a43210', usd: 46, price: '2.6', tags: { team: 'Platform', env: 'ci' } },
  { ...EC2, resource: 'i-0c11d22e33f44a55b', usd: 19, price: '1.1', tags: {} },
  { ...S3, resource: 'larkspur-training-sets', usd: 17, price: '0.023', tags: { team: 'Data Science' } },
  { ...S3, resource: 'larkspur-old-exports', usd: 7, price: '0.023', tags: {} },
];

function cloudLine(calendar: Calendar, resource: CloudResource, day: Day): Line {
  const usd =
    resource.usd * level(calendar, day, { weekend: resource.weekend, monthEnd: 1 }, resource.resource);
  const quantity = Math.max(1, Math.round(usd / Number(resource.price)));
  const cost = formatNanos(parseNanos(resource.price) * BigInt(quantity));
  const sku = stableId('', `${resource.service} ${resource.price}`, 12).toUpperCase();
  const columns = {
    BillingAccountId: '204871650093',
    BillingAccountName: 'Larkspur AWS',
    ProviderName: 'AWS',
    PublisherName: 'Amazon Web Services, Inc.',
    InvoiceIssuerName: 'Amazon Web Services, Inc.',
    SubAccountId: '204871650117',
    SubAccountName: 'larkspur-production',
    ServiceCategory: resource.category,
    ServiceName: resource.service,
    ChargeDescription: `${resource.service}, ${resource.unit} at $${resource.price}`,
    ChargeFrequency: 'Usage-Based',
    ConsumedQuantity: String(quantity * resource.consumed.each),
    ConsumedUnit: resource.consumed.unit,
    PricingQuantity: String(quantity),
    PricingUnit: resource.unit,
    RegionId: 'eu-west-1',
    RegionName: 'Europe (Ireland)',
    ResourceId: resource.resource,
    ResourceType: resource.type,
    ListUnitPrice: resource.price,
    ContractedUnitPrice: resource.price,
    SkuId: sku,
    SkuPriceId: `${sku}.ondemand`,
    Tags: JSON.stringify(resource.tags),
    x_Model: resource.model ?? '',
  };
  return { from: day, to: addDays(day, 1), list: cost, billed: cost, columns };
}

/** The bill that comes as a file: AWS by day. */
export function awsFile(calendar: Calendar): FocusFile {
  const days = daysIn({ from: calendar.start, to: calendar.present() });
  return toFile(
    calendar,
    'aws',
    days.flatMap((day) => CLOUD.map((resource) => cloudLine(calendar, resource, day))),
  );
}
