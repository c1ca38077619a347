import { absolute, compareText, type NanoCarry, type Nanos, sumNanos } from '../../../core/base/money.js';
import type { Day } from '../../../core/base/time.js';
import type { Charge, Costs } from '../../../core/ledger/charge.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { sameCosts } from '../../parts/amounts.js';
import { type BillRow, createChargeMaker, GENERATIVE_AI } from '../../parts/bill-rows.js';
import { createDailyCarries } from '../../parts/charge-parts.js';
import type { HuggingFaceFacts } from './client.js';
import { costOf, type ProductAnswer } from './schema.js';

const CURRENCY = 'USD';
/** Half a cent: what rounding one row can hide, either way. */
const ROUNDING_NANOS_PER_ROW = 5_000_000n;

type Inference = HuggingFaceFacts['inference'][number];
type Product = ProductAnswer['rows'][number];

/** What charges are made from besides the facts. */
export interface HuggingFaceAccount {
  readonly source: string;
  readonly organization: string;
  readonly people: ReadonlyMap<string, VendorIdentity>;
  /** Last day whose figures no longer grow between two calls; null: none. */
  readonly closedThrough: Day | null;
  /** Seats, already in rows. */
  readonly seats: readonly BillRow[];
}

/**
 * Inference by person, model and provider (cents, rounded by the vendor), all other products (micro-dollars), and
 * for each closed day a visible row with what the rounding took from (or added to) the inference total. Pure.
 */
export function toCharges(
  facts: Pick<HuggingFaceFacts, 'inference' | 'products'>,
  account: HuggingFaceAccount,
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const toCharge = createChargeMaker({
    source: account.source,
    vendor: 'Hugging Face',
    service: { name: 'Hugging Face', ...GENERATIVE_AI },
    accountId: account.organization,
    accountName: account.organization,
  });
  const carries = createDailyCarries();
  const carryOf = (day: Day) => carries('cost', CURRENCY, day);
  const inference = facts.inference
    .toSorted((a, b) => compareText(keyOf(a), keyOf(b)))
    .map((usage) => toInferenceRow(usage, account, carryOf(usage.day)));
  const products = [...(facts.products ?? [])].flatMap(([day, { rows }]) => {
    const carry = carries('products', CURRENCY, day);
    return rows.filter((row) => !isInference(row)).map((row) => toProductRow(row, day, carry));
  });
  const rests = toRestRows(facts.products ?? new Map(), inference, account.closedThrough);
  const rows = [...inference, ...products, ...rests.rows, ...account.seats].filter(
    ({ costs, quantity }) =>
      costs.listCost !== 0n || costs.billedCost !== 0n || (quantity?.amount ?? 0) !== 0,
  );
  return { charges: rows.map(toCharge), remarks: rests.remarks };
}

function keyOf({ day, user, model, provider, costCents, requestCount }: Inference): string {
  return [day, user, model, provider, costCents, requestCount].join('\u0000');
}

function isInference({ product, group }: Product): boolean {
  return /inference[-_ /]?providers?/i.test(`${product} ${group}`);
}

function toInferenceRow(usage: Inference, account: HuggingFaceAccount, carry: NanoCarry): BillRow {
  const { user, model, provider, requestCount } = usage;
  const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  return {
    day: usage.day,
    currency: CURRENCY,
    costs: sameCosts(carry.add(usage.costCents, -2)),
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: `inference|${model ?? 'none'}|${provider}`,
    meter: 'Inference',
    description: `${model ?? 'Inference'} by ${provider}, rounded to cents by Hugging Face`,
    quantity:
      tokens > 0
        ? { amount: tokens, unit: 'Tokens', pricedIn: 1_000_000 }
        : { amount: requestCount, unit: 'Requests' },
    confidence: 'billed',
    attributes: {
      principalId: user,
      email: account.people.get(user ?? '')?.email,
      model,
      resourceName: user,
    },
    extra: { x_InferenceProvider: provider },
  };
}

function toProductRow(row: Product, day: Day, carry: NanoCarry): BillRow {
  const { product, label, entityId, quantity, unitLabel } = row;
  const cost = amountOf(row, carry);
  const granted: Costs = { ...sameCosts(0n), listCost: cost };
  const name = row.productPrettyName ?? product;
  return {
    day,
    currency: CURRENCY,
    costs: row.freeGrant === true ? granted : sameCosts(cost),
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: product,
    meter: name,
    description: label ? `${name}: ${label}` : name,
    quantity: quantity && unitLabel ? { amount: quantity, unit: capitalise(unitLabel) } : null,
    confidence: 'billed',
    attributes: {
      resourceName: label,
      ...(entityId && { resourceId: `hugging-face/${product}/${entityId}`, resourceType: 'Hub Resource' }),
    },
  };
}

function amountOf(row: Product, carry: NanoCarry): Nanos {
  const cost = costOf(row);
  return cost === null ? 0n : carry.add(cost.text, cost.shift);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the product total of a closed day has more or less than its rows. Days without such a total have no rest. */
function toRestRows(
  products: ReadonlyMap<Day, ProductAnswer>,
  inference: readonly BillRow[],
  closedThrough: Day | null,
): { readonly rows: readonly BillRow[]; readonly remarks: readonly string[] } {
  const carries = createDailyCarries();
  const remarks: string[] = [];
  const rows = [...products].flatMap(([day, answer]): BillRow[] => {
    const totals = answer.rows.filter(isInference);
    if (totals.length === 0 || closedThrough === null || day > closedThrough) return [];
    const carry = carries('inference', CURRENCY, day);
    const ofDay = inference.filter((row) => row.day === day);
    const rest =
      sumNanos(totals.map((row) => amountOf(row, carry))) -
      sumNanos(ofDay.map(({ costs }) => costs.billedCost));
    const size = absolute(rest);
    const isRounding = size <= ROUNDING_NANOS_PER_ROW * BigInt(ofDay.length);
    if (!isRounding)
      remarks.push(`${day}: more than rounding of inference is in no row of Hugging Face's breakdown.`);
    return [toRestRow(day, rest, isRounding)];
  });
  return { rows, remarks };
}

function toRestRow(day: Day, rest: Nanos, isRounding: boolean): BillRow {
  return {
    day,
    currency: CURRENCY,
    costs: sameCosts(rest),
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: isRounding ? 'inference-rounding' : 'inference-unexplained',
    meter: isRounding ? 'Inference Rounding' : 'Inference without a breakdown',
    description: isRounding
      ? 'What rounding to cents took from the inference rows of the day'
      : "The day's inference total less its rows",
    quantity: null,
    confidence: 'billed',
    attributes: {},
  };
}
