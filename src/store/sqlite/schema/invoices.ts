import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Every version of every invoice, append-only. `body` is the JSON of the Invoice with boxed bigints. */
export const invoiceVersion = sqliteTable(
  'invoice_version',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    source: text('source').notNull(),
    billingAccountId: text('billing_account_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    version: integer('version').notNull(),
    billingPeriod: text('billing_period').notNull(),
    currency: text('currency').notNull(),
    body: text('body').notNull(),
    enteredBy: text('entered_by').notNull(),
    enteredAtMs: integer('entered_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('invoice_version_key').on(
      table.source,
      table.billingAccountId,
      table.invoiceId,
      table.version,
    ),
    index('invoice_version_by_period').on(table.billingPeriod),
  ],
);

/** Residuals that somebody answers for, append-only: those of the latest version are booked. `amount`: nanos as text. */
export const acceptedResidual = sqliteTable(
  'accepted_residual',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    source: text('source').notNull(),
    billingAccountId: text('billing_account_id').notNull(),
    invoiceId: text('invoice_id').notNull(),
    version: integer('version').notNull(),
    amount: text('amount').notNull(),
    reason: text('reason').notNull(),
    acceptedBy: text('accepted_by').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('accepted_residual_key').on(table.source, table.billingAccountId, table.invoiceId)],
);

/** How a vendor's invoice CSV was read last: JSON of a ColumnMapping. */
export const invoiceMapping = sqliteTable('invoice_mapping', {
  vendor: text('vendor').primaryKey(),
  body: text('body').notNull(),
});

/** What is known of why a source's figures differ from the vendor's; each finder replaces its own of a period. */
export const tieOutCause = sqliteTable(
  'tie_out_cause',
  {
    source: text('source').notNull(),
    billingPeriod: text('billing_period').notNull(),
    kind: text('kind').notNull(),
    position: integer('position').notNull(),
    /** Nanos as text. */
    amount: text('amount').notNull(),
    sentence: text('sentence').notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.billingPeriod, table.kind, table.position] })],
);
