import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ClaimState } from '../../../core/claims/claim.js';

/** Claims; `body` is JSON in which bigints survive. At most one per identifier is unfinished. */
export const claim = sqliteTable(
  'claim',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    state: text('state').$type<ClaimState>().notNull(),
    revision: integer('revision').notNull(),
    body: text('body').notNull(),
    openedAtMs: integer('opened_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('claim_unfinished')
      .on(table.kind, table.value)
      .where(sql`state in ('open', 'asked', 'escalated')`),
    index('claim_updated').on(table.updatedAtMs),
  ],
);
