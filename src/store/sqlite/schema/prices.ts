import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';
import type { ServiceTier, TokenType } from '../../../core/prices/price.js';

/** Imports of prices, one row each; never changed. */
export const priceSnapshot = sqliteTable('price_snapshot', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  source: text('source').notNull(),
  contentHash: text('content_hash').notNull(),
  importedAtMs: integer('imported_at_ms').notNull(),
  offered: integer('offered').notNull(),
  added: integer('added').notNull(),
});

/** Prices by day, append-only: of one key and first day the row with the highest id is in force. */
export const price = sqliteTable(
  'price',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    snapshotId: integer('snapshot_id').notNull(),
    priority: integer('priority').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    tokenType: text('token_type').$type<TokenType>().notNull(),
    contextTier: integer('context_tier').notNull(),
    serviceTier: text('service_tier').$type<ServiceTier>().notNull(),
    geo: text('geo').notNull(),
    speed: text('speed').notNull(),
    validFrom: text('valid_from').$type<Day>().notNull(),
    validTo: text('valid_to').$type<Day>(),
    /** The text of an integer. */
    nanosPerMillion: text('nanos_per_million').notNull(),
    source: text('source').notNull(),
  },
  (table) => [index('price_by_model').on(table.provider, table.model)],
);

/** Other names of models in the price list. */
export const modelAlias = sqliteTable(
  'model_alias',
  {
    provider: text('provider').notNull(),
    alias: text('alias').notNull(),
    model: text('model').notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.alias] })],
);
