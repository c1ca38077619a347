import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { MonthStage } from '../../../core/close/month.js';

// Triggers refuse any write to the bulk rows of a locked month.

/** How far the close of a month has come. `record` is the JSON of the rest of its MonthRecord. */
export const monthState = sqliteTable(
  'month_state',
  {
    month: integer('month').primaryKey(),
    stage: text('stage').$type<MonthStage>().notNull(),
    record: text('record').notNull(),
  },
  (table) => [index('month_state_locked').on(table.month).where(sql`stage = 'locked'`)],
);
