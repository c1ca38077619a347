import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { CauseKind, Silence } from '../../../core/alerts/alert.js';
import type { Day } from '../../../core/base/time.js';

/** Bookings of expected spend, and mutes; at most one holds per cause. */
export const alertSilence = sqliteTable(
  'alert_silence',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    kind: text('kind').$type<Silence['kind']>().notNull(),
    caseId: integer('case_id').notNull(),
    causeKind: text('cause_kind').$type<CauseKind>().notNull(),
    label: text('label').notNull(),
    currency: text('currency').notNull(),
    fromDay: text('from_day').$type<Day>().notNull(),
    untilDay: text('until_day').$type<Day>().notNull(),
    /** Decimal digits of nanos; null of a mute. */
    limit: text('limit_nanos'),
    author: text('author').notNull(),
    comment: text('comment'),
    createdAtMs: integer('created_at_ms').notNull(),
    outcome: text('outcome').$type<NonNullable<Silence['outcome']>>(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    uniqueIndex('alert_silence_holds').on(table.causeKind, table.label).where(sql`outcome is null`),
  ],
);
