import { sql } from 'drizzle-orm';
import {
  blob,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

// Money is INTEGER nanos, days are whole days since 1970-01-01, months are year * 100 + month (202610).
// Migration 0002 makes tables with a composite primary key WITHOUT ROWID: they lie in the order of that key.
// Bulk tables (fact, set_day, allocation) carry no foreign keys: three look-ups a row would double an import.

/** Every distinct text of attributes, tags, owners, rule ids and reasons, once. */
export const dimValue = sqliteTable('dim_value', {
  id: integer('id').primaryKey(),
  value: text('value').notNull().unique(),
});

/** A distinct set of tags; `key` is the JSON of its entries, sorted by name. */
export const tagSet = sqliteTable('tag_set', {
  id: integer('id').primaryKey(),
  key: text('key').notNull().unique(),
});

/** The tags of a tag set: both columns are ids in dim_value. */
export const tag = sqliteTable(
  'tag',
  {
    tagSetId: integer('tag_set_id').notNull(),
    nameId: integer('name_id').notNull(),
    valueId: integer('value_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tagSetId, table.nameId] }),
    index('tag_by_name').on(table.nameId, table.valueId),
  ],
);

/** A distinct attribution key; every attribute column is an id in dim_value or null. Never deleted. */
export const dimSet = sqliteTable(
  'dim_set',
  {
    id: integer('id').primaryKey(),
    /** SHA-256 of the canonical JSON of attributes and tags. */
    keyHash: blob('key_hash', { mode: 'buffer' }).notNull().unique(),
    tagSetId: integer('tag_set_id').notNull(),
    serviceProviderName: integer('service_provider_name'),
    publisherName: integer('publisher_name'),
    invoiceIssuerName: integer('invoice_issuer_name'),
    serviceName: integer('service_name'),
    serviceCategory: integer('service_category'),
    billingAccountId: integer('billing_account_id'),
    subAccountId: integer('sub_account_id'),
    subAccountName: integer('sub_account_name'),
    resourceId: integer('resource_id'),
    resourceName: integer('resource_name'),
    resourceType: integer('resource_type'),
    regionId: integer('region_id'),
    skuId: integer('sku_id'),
    skuMeter: integer('sku_meter'),
    chargeCategory: integer('charge_category'),
    source: integer('source').notNull(),
    apiKeyId: integer('api_key_id'),
    apiKeyName: integer('api_key_name'),
    principalId: integer('principal_id'),
    email: integer('email'),
    seatId: integer('seat_id'),
    model: integer('model'),
    customerId: integer('customer_id'),
  },
  (table) => [index('dim_set_by_source').on(table.source)],
);

/** What was bought: the columns that no rule looks at. `key` is the canonical JSON of the whole ChargeKind. */
export const chargeKind = sqliteTable(
  'charge_kind',
  {
    id: integer('id').primaryKey(),
    key: text('key').notNull().unique(),
    confidence: text('confidence').notNull(),
    /** The real charge day of a prior-period line; null for everything that came from a vendor. */
    priorDay: integer('prior_day'),
    /** Of a charge that we made from an invoice: the invoice's key; null for everything that came from a vendor. */
    invoiceKey: text('invoice_key'),
  },
  (table) => [
    index('charge_kind_prior').on(table.id).where(sql`prior_day is not null`),
    index('charge_kind_invoice').on(table.invoiceKey).where(sql`invoice_key is not null`),
  ],
);

/** The invoice side of charges; `key` is the canonical JSON of the whole Bill. No `invoice_id`: not issued yet. */
export const bill = sqliteTable(
  'bill',
  {
    id: integer('id').primaryKey(),
    key: text('key').notNull().unique(),
    billingAccountId: text('billing_account_id').notNull(),
    billingPeriod: text('billing_period').notNull(),
    invoiceId: text('invoice_id'),
    invoiceIssuerName: text('invoice_issuer_name').notNull(),
    currency: text('currency').notNull(),
  },
  (table) => [index('bill_by_period').on(table.billingPeriod, table.billingAccountId)],
);

/** The charges, one row per key; hourly rows of a day are merged. `month` is that of the charge day. */
export const fact = sqliteTable(
  'fact',
  {
    month: integer('month').notNull(),
    setId: integer('set_id').notNull(),
    kindId: integer('kind_id').notNull(),
    billId: integer('bill_id').notNull(),
    day: integer('day').notNull(),
    consumedQuantity: real('consumed_quantity'),
    pricingQuantity: real('pricing_quantity'),
    list: integer('list').notNull(),
    contracted: integer('contracted').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.setId, table.kindId, table.billId, table.day] })],
);

/** Roll-up of facts per day, set and currency: what every report reads. */
export const setDay = sqliteTable(
  'set_day',
  {
    day: integer('day').notNull(),
    setId: integer('set_id').notNull(),
    currency: text('currency').notNull(),
    month: integer('month').notNull(),
    list: integer('list').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.setId, table.currency] })],
);

/** Roll-up of set_day per month: which sets a month holds and how dear they are. */
export const setMonth = sqliteTable(
  'set_month',
  {
    month: integer('month').notNull(),
    setId: integer('set_id').notNull(),
    currency: text('currency').notNull(),
    /** First and last day with charges. */
    firstDay: integer('first_day').notNull(),
    lastDay: integer('last_day').notNull(),
    effective: integer('effective').notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.setId, table.currency] })],
);

/**
 * Who owns a set over half-open days of a month; text columns are ids in dim_value. Null target: Unallocated, or
 * divided between owners: then `allocation_share` says who got what.
 */
export const allocation = sqliteTable(
  'allocation',
  {
    month: integer('month').notNull(),
    dimensionId: integer('dimension_id').notNull(),
    setId: integer('set_id').notNull(),
    fromDay: integer('from_day').notNull(),
    toDay: integer('to_day').notNull(),
    ruleId: integer('rule_id'),
    targetId: integer('target_id'),
    reasonId: integer('reason_id'),
    isSplit: integer('is_split', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.dimensionId, table.setId, table.fromDay] })],
);

/** The latest proof that a dimension of a month conserves its money; `totals` is JSON with boxed bigints. */
export const conservationProof = sqliteTable(
  'conservation_proof',
  {
    month: text('month').notNull(),
    dimension: text('dimension').notNull(),
    rulesetVersion: integer('ruleset_version').notNull(),
    provedAtMs: integer('proved_at_ms').notNull(),
    groups: integer('groups').notNull(),
    totals: text('totals').notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.dimension] })],
);

/**
 * Stale while mark > cleared_mark. Marks only ever grow, so that an old run cannot clear a newer mark.
 * `settled_version` is the edition of the rules by which the month was last worked out; null as soon as anything
 * but the rules has changed since.
 */
export const staleMonth = sqliteTable('stale_month', {
  month: text('month').primaryKey(),
  mark: integer('mark').notNull(),
  clearedMark: integer('cleared_mark').notNull(),
  reasons: text('reasons', { mode: 'json' }).$type<string[]>().notNull(),
  settledVersion: integer('settled_version'),
});

/** How each source's last pull went. */
export const feed = sqliteTable('feed', {
  source: text('source').primaryKey(),
  kind: text('kind').notNull(),
  completeThrough: text('complete_through'),
  lastAttemptMs: integer('last_attempt_ms'),
  lastSuccessMs: integer('last_success_ms'),
  lastError: text('last_error'),
  failingSinceMs: integer('failing_since_ms'),
});

/** Vendor responses as they came, gzipped. */
export const rawResponse = sqliteTable(
  'raw_response',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    source: text('source').notNull(),
    endpoint: text('endpoint').notNull(),
    parameters: text('parameters').notNull(),
    fetchedAtMs: integer('fetched_at_ms').notNull(),
    /** The pull that it belongs to, and the half-open charge days which that pull covered (days since 1970). */
    receivedAtMs: integer('received_at_ms').notNull(),
    coversFrom: integer('covers_from').notNull(),
    coversTo: integer('covers_to').notNull(),
    /** Whether the body was handed in as text, so that it is handed out as text. */
    isText: integer('is_text', { mode: 'boolean' }).notNull(),
    body: blob('body', { mode: 'buffer' }).notNull(),
  },
  (table) => [index('raw_response_by_source').on(table.source, table.id)],
);

/** Vendor listings as last seen; keys that died stay, since they keep costing. */
export const vendorIdentity = sqliteTable(
  'vendor_identity',
  {
    source: text('source').notNull(),
    kind: text('kind', { enum: ['api-key', 'user', 'service-account', 'sub-account'] }).notNull(),
    id: text('id').notNull(),
    name: text('name'),
    email: text('email'),
    createdBy: text('created_by'),
    subAccountId: text('sub_account_id'),
    status: text('status'),
    tags: text('tags', { mode: 'json' }).$type<Record<string, string>>().notNull(),
    seenOn: text('seen_on').notNull(),
  },
  (table) => [uniqueIndex('vendor_identity_key').on(table.source, table.kind, table.id)],
);
