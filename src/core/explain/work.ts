import type { Nanos } from '../base/money.js';
import type { ChargeKind, DimensionSet } from '../ledger/charge.js';
import { NO_VALUE } from '../spend/spend.js';

/** What an owner consumed of one thing in a range of days: the charges of one dimension set and kind, added up. */
export interface WorkRow {
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  /** In the dimension that was asked for; null is Unallocated. */
  readonly owner: string | null;
  /** Effective cost. */
  readonly cost: Nanos;
  /** ConsumedQuantity in the kind's consumedUnit, of divided charges in proportion to the money; null where none was measured. */
  readonly quantity: number | null;
}

/** All work of a figure. Rows and moves add up to what `querySpend` answers for it. */
export interface Work {
  readonly rows: readonly WorkRow[];
  /** Money of closed months that a later change of rules gave to an owner, or (below zero) took away. */
  readonly moves: readonly { readonly owner: string | null; readonly cost: Nanos }[];
}

/** Who or what does the work: an API key, a person without one, the seats of a service. */
export interface WorkKey {
  /** The same for all charges of the key, and for no other's. */
  readonly id: string;
  /** What people call it; it need not be unique. */
  readonly label: string;
  /** Where names are given: a rotated key keeps its name and its place, but not its id. */
  readonly place: string;
}

/** Whether the work is a person's own, without a key. */
export function isPerson({ id }: WorkKey): boolean {
  return id.startsWith('person/');
}

/** Quantity and money of one token type of one model that one key used. */
export interface WorkCell {
  /** Null: money that belongs to no key, such as a tax or a credit. */
  readonly key: WorkKey | null;
  readonly model: string;
  /** The token type or other meter, with its service tier where that is not the standard one. */
  readonly meter: string;
  /** Null: the money was not measured in anything. Quantities of different units are never added. */
  readonly unit: string | null;
  readonly cost: Nanos;
  readonly quantity: number | null;
}

/** Categories whose money pays for work; the others (Credit, Tax, Adjustment) come with no work of their own. */
const WORK_CATEGORIES: ReadonlySet<string> = new Set(['Usage', 'Purchase']);

/** A row as a cell of the price / volume / mix decomposition. */
export function toCell({ set, kind, cost, quantity }: WorkRow): WorkCell {
  const { attributes } = set;
  const isWork = WORK_CATEGORIES.has(attributes.chargeCategory ?? 'Usage');
  const tier = tierOf(kind);
  const meter = attributes.skuMeter ?? attributes.skuId ?? kind.chargeDescription ?? NO_VALUE;
  const isMeasured = isWork && quantity !== null && kind.consumedUnit !== null;
  return {
    key: isWork ? keyOf(set, kind) : null,
    model: attributes.model ?? attributes.serviceName ?? NO_VALUE,
    meter: tier === 'standard' ? meter : `${meter} (${tier})`,
    unit: isMeasured ? kind.consumedUnit : null,
    cost,
    quantity: isMeasured ? quantity : null,
  };
}

/** Seats are counted per service: one more of them is more of the same, not something new. */
function keyOf({ attributes }: DimensionSet, kind: ChargeKind): WorkKey {
  const { source = '', serviceName = NO_VALUE, subAccountId = '' } = attributes;
  const place = `${source}/${subAccountId}`;
  if (kind.chargeFrequency === 'Recurring')
    return keyed(`seats/${source}/${serviceName}`, serviceName, place);
  const { apiKeyId, apiKeyName, email, principalId, resourceName, resourceId } = attributes;
  const key = apiKeyId ?? apiKeyName;
  if (key !== undefined) return keyed(`key/${source}/${key}`, apiKeyName ?? key, place);
  const person = email ?? principalId;
  if (person !== undefined) return keyed(`person/${source}/${person}`, person, place);
  const resource = resourceId ?? resourceName;
  if (resource !== undefined) return keyed(`resource/${source}/${resource}`, resourceName ?? resource, place);
  return keyed(`service/${place}/${serviceName}`, attributes.subAccountName ?? serviceName, place);
}

function keyed(id: string, label: string, place: string): WorkKey {
  return { id, label, place };
}

/** FOCUS SkuPriceDetails of a kind; empty when it has none or is no JSON object. */
function priceDetails({ extra }: ChargeKind): Readonly<Record<string, unknown>> {
  try {
    const details: unknown = JSON.parse(extra['SkuPriceDetails'] ?? '{}');
    return typeof details === 'object' && details !== null ? { ...details } : {};
  } catch {
    return {};
  }
}

/** The service tier in lower case: `standard` unless the vendor says batch, flex, priority ... */
export function tierOf(kind: ChargeKind): string {
  const details = priceDetails(kind);
  const tier = details['x_ServiceTier'] ?? details['ServiceTier'];
  if (typeof tier === 'string' && tier !== '')
    return tier.toLowerCase() === 'default' ? 'standard' : tier.toLowerCase();
  return /\bbatch\b/i.test(`${kind.chargeDescription ?? ''} ${kind.skuPriceId ?? ''}`) ? 'batch' : 'standard';
}

/** What kind of token a row counts, as far as its meter says; null for anything that is no token. */
export type TokenType = 'input' | 'cached-input' | 'cache-write' | 'output';

/** By the details of the price first, then by the words of the meter. */
export function tokenTypeOf({ set, kind }: Pick<WorkRow, 'set' | 'kind'>): TokenType | null {
  if (!/token/i.test(kind.consumedUnit ?? '')) return null;
  const details = priceDetails(kind);
  const words = `${set.attributes.skuMeter ?? ''} ${set.attributes.skuId ?? ''}`.replaceAll(/[_\W]+/g, ' ');
  const cache = details['x_TokenCacheAction'];
  if (cache === 'Read' || (cache === undefined && /cache ?read|cached/i.test(words))) return 'cached-input';
  if (cache === 'Write' || (cache === undefined && /cache ?(write|creation)/i.test(words)))
    return 'cache-write';
  return details['x_TokenDirection'] === 'Output' || /output/i.test(words) ? 'output' : 'input';
}
