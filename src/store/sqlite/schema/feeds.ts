import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Which sets are money that other sources may carry too (`core/overlap.ts`). */
export const sharedSet = sqliteTable('shared_set', {
  setId: integer('set_id').primaryKey(),
  money: text('money').notNull(),
});

/** Who carries shared money on which day, counted or not. */
export const heldDay = sqliteTable(
  'held_day',
  {
    source: text('source').notNull(),
    money: text('money').notNull(),
    /** Billing account; empty: the source does not know, `*`: plays no part. */
    account: text('account').notNull(),
    /** The billing account and period of the charges: what a pull of billing periods replaces. */
    billingAccountId: text('billing_account_id').notNull(),
    billingPeriod: text('billing_period').notNull(),
    /** Day of the charges, and the day by which sources meet (the first of the month for monthly money). */
    day: integer('day').notNull(),
    meetsOn: integer('meets_on').notNull(),
    kind: text('kind').notNull(),
    standing: integer('standing').notNull(),
    /** The source that is counted in its place; null: this one is. */
    countedBy: text('counted_by'),
  },
  (table) => [
    primaryKey({
      columns: [
        table.source,
        table.money,
        table.account,
        table.billingAccountId,
        table.billingPeriod,
        table.day,
      ],
    }),
    index('held_day_by_money').on(table.money, table.meetsOn),
  ],
);

/** Charges that are not counted, since another source carries the same money; otherwise as in `fact`. */
export const asideFact = sqliteTable(
  'aside_fact',
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
    /** Who is counted, in words, when the source merely reports it; null: see `held_day`. */
    countedFrom: text('counted_from'),
  },
  (table) => [primaryKey({ columns: [table.month, table.setId, table.kindId, table.billId, table.day] })],
);

/** Who is at work on a source; a lease that is not renewed is anybody's. */
export const pullLease = sqliteTable('pull_lease', {
  source: text('source').primaryKey(),
  owner: text('owner').notNull(),
  what: text('what').notNull(),
  takenAtMs: integer('taken_at_ms').notNull(),
  expiresAtMs: integer('expires_at_ms').notNull(),
});

/** What the last successful pull of each source brought. `costs`, `confidences` and `remarks` are JSON. */
export const pullRecord = sqliteTable('pull_record', {
  source: text('source').primaryKey(),
  atMs: integer('at_ms').notNull(),
  charges: integer('charges').notNull(),
  costs: text('costs', { mode: 'json' }).$type<{ currency: string; cost: string }[]>().notNull(),
  confidences: text('confidences', { mode: 'json' }).$type<Record<string, number>>().notNull(),
  remarks: text('remarks', { mode: 'json' }).$type<string[]>().notNull(),
  silentSince: text('silent_since'),
});

/** The latest backfill of each source; days from `next_day` on are still to come. */
export const backfill = sqliteTable('backfill', {
  source: text('source').primaryKey(),
  id: text('id').notNull(),
  fromDay: text('from_day').notNull(),
  toDay: text('to_day').notNull(),
  nextDay: text('next_day').notNull(),
  chunkDays: integer('chunk_days').notNull(),
  state: text('state').$type<'running' | 'done' | 'failed' | 'cancelled'>().notNull(),
  charges: integer('charges').notNull(),
  startedBy: text('started_by').notNull(),
  startedAtMs: integer('started_at_ms').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
  sentence: text('sentence'),
});

/** Sources added while running; the credential is a reference, never a secret. */
export const addedSource = sqliteTable('added_source', {
  name: text('name').primaryKey(),
  kind: text('kind').notNull(),
  credential: text('credential'),
  baseUrl: text('base_url'),
  path: text('path'),
  options: text('options', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  addedBy: text('added_by').notNull(),
  addedAtMs: integer('added_at_ms').notNull(),
});

/** Sources that the timetable leaves alone. */
export const pausedSource = sqliteTable('paused_source', {
  source: text('source').primaryKey(),
  pausedBy: text('paused_by').notNull(),
  pausedAtMs: integer('paused_at_ms').notNull(),
});
