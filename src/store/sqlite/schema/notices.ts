import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DeliveryState } from '../../contract/notices.js';

/** Notices, posted in Slack or still to be posted. `audience` and `body` are JSON in which bigints survive; `id` gives the order. */
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
