import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';

/** Imported figures that money is split by. `amount` is the text of an integer: a month's tokens need more than 63 bits. */
export const measure = sqliteTable(
  'measure',
  {
    measure: text('measure').notNull(),
    label: text('label').notNull(),
    date: text('date').$type<Day>().notNull(),
    /** In 1e-9 units. */
    amount: text('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.measure, table.label, table.date] }),
    index('measure_by_date').on(table.date),
  ],
);
