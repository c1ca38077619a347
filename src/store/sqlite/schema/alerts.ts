import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { CaseState, CauseKind, Silence } from '../../../core/alerts/alert.js';
import type { Day } from '../../../core/base/time.js';

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

/** Bookings of expected spend, and mutes; at most one is in force per cause. */
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
