import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';

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

/**
 * A distinct attribution key; every attribute column is an id in dim_value or null. Never deleted. Prior-period lines
 * have sets of their own, one for each real day: they are allocated as of that day, whatever they share with others.
 */
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
    /** The day that the money of prior-period lines is really of; null for every other set. */
    priorDay: integer('prior_day'),
  },
  (table) => [
    index('dim_set_by_source').on(table.source),
    index('dim_set_prior').on(table.priorDay).where(sql`prior_day is not null`),
  ],
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

/** Roll-up of set_day per month: which sets a month has and what they cost. */
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
 * What the ledger has of closed months and what the vendor says of them now, as lines posted in an open month:
 * the key says what the difference is of, `posted_bill_id` on which bill it stands. The facts of prior-period
 * lines follow from this table.
 */
export const priorPeriodLine = sqliteTable(
  'prior_period_line',
  {
    postedMonth: integer('posted_month').notNull(),
    setId: integer('set_id').notNull(),
    kindId: integer('kind_id').notNull(),
    /** The day the charge is really of. */
    day: integer('day').notNull(),
    /** The billing account and period that the vendor's row is found under. */
    billingAccountId: text('billing_account_id').notNull(),
    billingPeriod: text('billing_period').notNull(),
    postedBillId: integer('posted_bill_id').notNull(),
    consumedQuantity: real('consumed_quantity'),
    pricingQuantity: real('pricing_quantity'),
    list: integer('list').notNull(),
    contracted: integer('contracted').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.postedMonth,
        table.setId,
        table.kindId,
        table.day,
        table.billingAccountId,
        table.billingPeriod,
        table.postedBillId,
      ],
    }),
  ],
);

/** Imported figures that money is split by. `amount` is the text of an integer: a month's tokens need more than 63 bits. */
export const measure = sqliteTable(
  'measure',
  {
    measure: text('measure').notNull(),
    label: text('label').notNull(),
    date: text('date').$type<Day>().notNull(),
    /** In 1e-9 units. */
    amount: text('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.measure, table.label, table.date] }),
    index('measure_by_date').on(table.date),
  ],
);
