import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { MonthStage } from '../../../core/close/month.js';

// Months as in `fact`: year * 100 + month. Triggers refuse any write to the bulk rows of a closed month.

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

/**
 * What the ledger holds of closed months and what the vendor says of them now, as lines posted in an open month:
 * the key says what the difference is of, `posted_bill_id` on which bill it stands. The facts of prior-period
 * lines follow from this table.
 */
export const priorPeriodLine = sqliteTable(
  'prior_period_line',
  {
    postedMonth: integer('posted_month').notNull(),
    setId: integer('set_id').notNull(),
    kindId: integer('kind_id').notNull(),
    /** The day the charge is really of. */
    day: integer('day').notNull(),
    /** The billing account and period that the vendor's row is found under. */
    billingAccountId: text('billing_account_id').notNull(),
    billingPeriod: text('billing_period').notNull(),
    postedBillId: integer('posted_bill_id').notNull(),
    consumedQuantity: real('consumed_quantity'),
    pricingQuantity: real('pricing_quantity'),
    list: integer('list').notNull(),
    contracted: integer('contracted').notNull(),
    effective: integer('effective').notNull(),
    billed: integer('billed').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.postedMonth,
        table.setId,
        table.kindId,
        table.day,
        table.billingAccountId,
        table.billingPeriod,
        table.postedBillId,
      ],
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
