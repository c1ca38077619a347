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
import type { Day } from '../../../core/base/time.js';

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

/** Sources whose first pull looked wrong by its order of magnitude, and who has accepted it. */
export const firstSync = sqliteTable('first_sync', {
  source: text('source').primaryKey(),
  /** JSON of the figures that were out of bounds, bigints boxed. */
  held: text('held').notNull(),
  heldAtMs: integer('held_at_ms').notNull(),
  acceptedAtMs: integer('accepted_at_ms'),
  acceptedBy: text('accepted_by'),
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

/** What token records of a source add up to; `figures` is JSON with boxed bigints (`TokenUse` without its key). */
export const tokenUse = sqliteTable(
  'token_use',
  {
    source: text('source').notNull(),
    day: text('day').$type<Day>().notNull(),
    /** JSON array of vendor, model, keys, tier and tags: what makes the row one. */
    tuple: text('tuple').notNull(),
    figures: text('figures').notNull(),
  },
  (table) => [
    uniqueIndex('token_use_key').on(table.source, table.day, table.tuple),
    index('token_use_by_day').on(table.day),
  ],
);

/** Figures that a source gives to split money by; those of `measure` came from people. */
export const sourceMeasure = sqliteTable(
  'source_measure',
  {
    source: text('source').notNull(),
    measure: text('measure').notNull(),
    label: text('label').notNull(),
    date: text('date').$type<Day>().notNull(),
    /** In 1e-9 units, as text. */
    amount: text('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.measure, table.label, table.date] }),
    index('source_measure_by_date').on(table.date),
  ],
);
