import type { AllocationPiece, MonthSet } from '../../../src/core/allocation/allocation.js';
import { parseNanos } from '../../../src/core/base/money.js';
import {
  addDays,
  type Day,
  firstDay,
  type Month,
  monthOf,
  monthRange,
  parseDay,
  parseMonth,
} from '../../../src/core/base/time.js';
import type {
  AttributeName,
  Bill,
  Charge,
  ChargeKind,
  Costs,
  DimensionSet,
} from '../../../src/core/ledger/charge.js';
import type { ChargeBatch } from '../../../src/store/contract/ledger.js';

/** A day from its text. */
export const day = parseDay;

/** A month from its text. */
export const month = parseMonth;

/** A dimension set of an API key at a made-up vendor; `undefined` takes an attribute away. */
export function setOf(
  attributes: Partial<Record<AttributeName, string | undefined>> = {},
  tags: Readonly<Record<string, string>> = {},
): DimensionSet {
  const all = {
    serviceProviderName: 'Anthropic',
    publisherName: 'Anthropic',
    invoiceIssuerName: 'Anthropic',
    serviceName: 'Claude API',
    serviceCategory: 'AI and Machine Learning',
    billingAccountId: 'org-1',
    chargeCategory: 'Usage',
    source: 'anthropic',
    apiKeyId: 'apikey_0001',
    apiKeyName: 'search-prod',
    model: 'claude-sonnet-4-5',
    ...attributes,
  };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return { attributes: Object.fromEntries(present), tags };
}

/** Usage billed by the token. */
export function kindOf(changes: Partial<ChargeKind> = {}): ChargeKind {
  return {
    chargeClass: null,
    chargeDescription: 'Input tokens',
    chargeFrequency: 'Usage-Based',
    pricingCategory: 'Standard',
    pricingUnit: 'Tokens',
    consumedUnit: 'Tokens',
    skuPriceId: null,
    serviceSubcategory: 'Generative AI',
    confidence: 'billed',
    extra: {},
    ...changes,
  };
}

/** A bill of the calendar month that is not issued yet. */
export function billOf(month: Month, changes: Partial<Bill> = {}): Bill {
  return {
    billingAccountId: 'org-1',
    billingAccountName: 'Larkspur',
    billingPeriodStart: firstDay(month),
    billingPeriodEnd: monthRange(month).to,
    invoiceId: null,
    invoiceIssuerName: 'Anthropic',
    billingCurrency: 'USD',
    ...changes,
  };
}

/** All four costs alike, from a decimal text. */
function costs(amount: string): Costs {
  const nanos = parseNanos(amount);
  return { billedCost: nanos, effectiveCost: nanos, listCost: nanos, contractedCost: nanos };
}

/** A charge of an amount on a day, billed in the month of that day. */
export function chargeOf(chargeDay: string, amount: string, changes: Partial<Charge> = {}): Charge {
  const on = day(chargeDay);
  return {
    set: setOf(),
    kind: kindOf(),
    bill: billOf(monthOf(on)),
    chargeDay: on,
    consumedQuantity: 1000,
    pricingQuantity: 1000,
    ...costs(amount),
    ...changes,
  };
}

/** A complete pull of source `anthropic` that covers the days of its charges; name a wider scope if need be. */
export function batchOf(charges: readonly Charge[], changes: Partial<ChargeBatch> = {}): ChargeBatch {
  const days = charges.map((charge) => charge.chargeDay).toSorted();
  const from = days[0] ?? day('2026-10-01');
  const last = days.at(-1) ?? from;
  return {
    source: 'anthropic',
    kind: 'anthropic',
    scope: { kind: 'charge-days', from, to: addDays(last, 1) },
    charges,
    raw: [],
    identities: [],
    completeThrough: last,
    receivedAtMs: 1_000,
    ...changes,
  };
}

/** The scope of whole calendar days, half-open. */
export function daysScope(from: string, to: string): ChargeBatch['scope'] {
  return { kind: 'charge-days', from: day(from), to: day(to) };
}

/** One piece for each set over the whole month. `ownerOf` null leaves it Unallocated. */
export function wholeMonthPieces(
  month: Month,
  sets: readonly MonthSet[],
  owners: Readonly<Record<string, (set: DimensionSet) => string | null>>,
): readonly AllocationPiece[] {
  const { from, to } = monthRange(month);
  return Object.entries(owners).flatMap(([dimension, ownerOf]) =>
    sets.map(({ setId, set }) => piece({ dimension, setId, from, to }, ownerOf(set))),
  );
}

/** A piece with an owner, or Unallocated for want of a rule. */
export function piece(
  where: { dimension: string; setId: number; from: Day; to: Day },
  target: string | null,
): AllocationPiece {
  const why =
    target === null ? { ruleId: null, reason: 'No rule matches' } : { ruleId: 'rule-1', reason: null };
  return { ...where, target, ...why };
}
