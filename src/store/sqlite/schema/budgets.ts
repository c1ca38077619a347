import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Month } from '../../../core/base/time.js';
import type { Phasing } from '../../../core/budgets/plan.js';

/** Budgets by owner and month. Superseded rows stay; a row without an amount took a budget back. */
export const plan = sqliteTable(
  'plan',
  {
    id: integer('id').primaryKey(),
    dimension: text('dimension').notNull(),
    owner: text('owner').notNull(),
    month: text('month').$type<Month>().notNull(),
    currency: text('currency'),
    /** Nanos, as the text of an integer. */
    amount: text('amount'),
    phasing: text('phasing').$type<Phasing>(),
    author: text('author').notNull(),
    recordedAtMs: integer('recorded_at_ms').notNull(),
    supersededAtMs: integer('superseded_at_ms'),
  },
  (table) => [
    uniqueIndex('plan_in_force')
      .on(table.dimension, table.owner, table.month)
      .where(sql`superseded_at_ms is null`),
    index('plan_by_month').on(table.month),
  ],
);
