import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { CaseState } from '../../../core/alerts/alert.js';
import type { Day } from '../../../core/base/time.js';
import type { DeliveryState } from '../../contract/outbox.js';

/** What is to be told. `audience` and `body` are JSON in which bigints survive; `id` gives the order. */
export const notice = sqliteTable(
  'notice',
  {
    id: integer('id').primaryKey(),
    key: text('key').notNull().unique(),
    parentKey: text('parent_key'),
    audience: text('audience').notNull(),
    body: text('body').notNull(),
    state: text('state').$type<DeliveryState>().notNull(),
    revision: integer('revision').notNull(),
    sentRevision: integer('sent_revision').notNull(),
    attempts: integer('attempts').notNull(),
    nextAttemptMs: integer('next_attempt_ms').notNull(),
    lastProblem: text('last_problem'),
    channelId: text('channel_id'),
    ts: text('ts'),
    createdAtMs: integer('created_at_ms').notNull(),
    sentAtMs: integer('sent_at_ms'),
  },
  (table) => [
    index('notice_at').on(table.channelId, table.ts).where(sql`ts is not null`),
    index('notice_unsent').on(table.nextAttemptMs).where(sql`state <> 'sent' or revision > sent_revision`),
  ],
);

/** Alert cases; `dimension` and `owner` name their cause, of which at most one is not closed. */
export const alertCase = sqliteTable(
  'alert_case',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    dimension: text('dimension').notNull(),
    owner: text('owner').notNull(),
    state: text('state').$type<CaseState>().notNull(),
    firstDay: text('first_day').$type<Day>().notNull(),
    lastDay: text('last_day').$type<Day>().notNull(),
    figures: text('figures').notNull(),
    acknowledgedBy: text('acknowledged_by'),
    acknowledgedAtMs: integer('acknowledged_at_ms'),
    openedAtMs: integer('opened_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    /** JSON of its CaseCare; null in cases of an older version. */
    care: text('care'),
  },
  (table) => [
    uniqueIndex('alert_case_not_closed').on(table.dimension, table.owner).where(sql`state <> 'closed'`),
  ],
);

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
