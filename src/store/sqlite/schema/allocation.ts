import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// Laid out as in `ledger.ts`; no foreign keys for the same reason.

/**
 * Who owns a set over half-open days of a month; text columns are ids in dim_value. Null target: Unallocated, or
 * divided between owners: then `allocation_share` says who got what.
 */
export const allocation = sqliteTable(
  'allocation',
  {
    month: integer('month').notNull(),
    dimensionId: integer('dimension_id').notNull(),
    setId: integer('set_id').notNull(),
    fromDay: integer('from_day').notNull(),
    toDay: integer('to_day').notNull(),
    ruleId: integer('rule_id'),
    targetId: integer('target_id'),
    reasonId: integer('reason_id'),
    isSplit: integer('is_split', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.dimensionId, table.setId, table.fromDay] })],
);

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

/**
 * Money that a change of rules or people moved between the owners of a closed month, posted in an open one: signed,
 * and zero in all for each dimension, set and currency. `target_id` 0 is Unallocated, then `reason_id` says why.
 */
export const allocationAdjustment = sqliteTable(
  'allocation_adjustment',
  {
    /** The month in which it is posted, on its first day. */
    month: integer('month').notNull(),
    day: integer('day').notNull(),
    originalMonth: integer('original_month').notNull(),
    dimensionId: integer('dimension_id').notNull(),
    setId: integer('set_id').notNull(),
    currency: text('currency').notNull(),
    targetId: integer('target_id').notNull(),
    reasonId: integer('reason_id'),
    list: integer('list').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.month,
        table.dimensionId,
        table.originalMonth,
        table.setId,
        table.currency,
        table.targetId,
      ],
    }),
  ],
);

/** The latest proof that a dimension of a month conserves its money; `totals` is JSON with boxed bigints. */
export const conservationProof = sqliteTable(
  'conservation_proof',
  {
    month: text('month').notNull(),
    dimension: text('dimension').notNull(),
    rulesetVersion: integer('ruleset_version').notNull(),
    provedAtMs: integer('proved_at_ms').notNull(),
    groups: integer('groups').notNull(),
    totals: text('totals').notNull(),
  },
  (table) => [primaryKey({ columns: [table.month, table.dimension] })],
);
