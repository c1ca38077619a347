import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Who did what: append-only (triggers refuse more), each row's hash covers the row before it. */
export const audit = sqliteTable('audit', {
  id: integer('id').primaryKey(),
  atMs: integer('at_ms').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  detail: text('detail').notNull(),
  hash: text('hash').notNull(),
});

/** Runs of scheduled jobs by the instant they were due, so that a restart knows what it missed. */
export const jobRun = sqliteTable(
  'job_run',
  {
    job: text('job').notNull(),
    scheduledForMs: integer('scheduled_for_ms').notNull(),
    finishedAtMs: integer('finished_at_ms').notNull(),
    ok: integer('ok', { mode: 'boolean' }).notNull(),
    sentence: text('sentence'),
  },
  (table) => [primaryKey({ columns: [table.job, table.scheduledForMs] })],
);

/** Event ids that Slack has delivered. */
export const seenEvent = sqliteTable(
  'seen_event',
  { id: text('id').primaryKey(), atMs: integer('at_ms').notNull() },
  (table) => [index('seen_event_at').on(table.atMs)],
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

/** One rate per pair and month; it never changes. */
export const fxRate = sqliteTable(
  'fx_rate',
  {
    month: text('month').notNull(),
    fromCurrency: text('from_currency').notNull(),
    toCurrency: text('to_currency').notNull(),
    rate: text('rate').notNull(),
    source: text('source').notNull(),
    date: text('date').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromCurrency, table.toCurrency, table.month] })],
);

/** Rates that go before those of their months, half-open. */
export const fxOverride = sqliteTable(
  'fx_override',
  {
    fromCurrency: text('from_currency').notNull(),
    toCurrency: text('to_currency').notNull(),
    fromMonth: text('from_month').notNull(),
    toMonth: text('to_month'),
    rate: text('rate').notNull(),
    source: text('source').notNull(),
    date: text('date').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromCurrency, table.toCurrency, table.fromMonth] })],
);
