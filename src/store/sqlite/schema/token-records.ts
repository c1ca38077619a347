import { index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';

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
