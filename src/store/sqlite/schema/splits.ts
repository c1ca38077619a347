import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// Money that was divided between owners. Laid out as in `ledger.ts`; no foreign keys for the same reason.

/**
 * A way that divided money of a month went in a dimension; text columns are ids in dim_value. Null target:
 * Unallocated. `way` is the JSON of the splits it went through and of the owners it was worked out for.
 */
export const splitPart = sqliteTable(
  'split_part',
  {
    month: integer('month').notNull(),
    part: integer('part').notNull(),
    dimensionId: integer('dimension_id').notNull(),
    ruleId: integer('rule_id'),
    targetId: integer('target_id'),
    reasonId: integer('reason_id'),
    way: text('way').notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.part] })],
);

/**
 * What a part of divided money comes to, per set, day and bill; parts that come to nothing are left out. Only for
 * sets and days whose `allocation` is split.
 */
export const allocationShare = sqliteTable(
  'allocation_share',
  {
    month: integer('month').notNull(),
    dimensionId: integer('dimension_id').notNull(),
    setId: integer('set_id').notNull(),
    day: integer('day').notNull(),
    billId: integer('bill_id').notNull(),
    part: integer('part').notNull(),
    list: integer('list').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.month, table.dimensionId, table.setId, table.day, table.billId, table.part],
    }),
  ],
);
