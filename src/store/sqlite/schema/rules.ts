import { sql } from 'drizzle-orm';
import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Pool } from '../../../core/rules/rule.js';
import type { DraftState } from '../../contract/rules.js';

/**
 * Editions of the ruleset, append-only. `dimensions` is the JSON list of dimension ids in working order, `shared`
 * the JSON of their shared costs by dimension.
 */
export const rulesetVersion = sqliteTable('ruleset_version', {
  number: integer('number').primaryKey(),
  hash: text('hash').notNull(),
  author: text('author').notNull(),
  approver: text('approver'),
  note: text('note'),
  recordedAtMs: integer('recorded_at_ms').notNull(),
  dimensions: text('dimensions', { mode: 'json' }).$type<readonly string[]>().notNull(),
  shared: text('shared', { mode: 'json' }).$type<Readonly<Record<string, readonly Pool[]>>>().notNull(),
});

/**
 * One wording of a rule and the editions in which it is in force: from `fromVersion` up to, not including, `toVersion`
 * (null: still in force). An edit closes one row and adds one, however many rules there are.
 */
export const rule = sqliteTable(
  'rule',
  {
    id: integer('id').primaryKey(),
    dimension: text('dimension').notNull(),
    ruleId: text('rule_id').notNull(),
    /** Sparse order of precedence within the dimension: a new rule fits between two others. */
    rank: integer('rank').notNull(),
    /** The rule as JSON, as it was committed. */
    body: text('body').notNull(),
    fromVersion: integer('from_version').notNull(),
    toVersion: integer('to_version'),
  },
  (table) => [
    uniqueIndex('rule_in_force').on(table.dimension, table.ruleId).where(sql`to_version is null`),
    index('rule_by_version').on(table.fromVersion, table.toVersion),
  ],
);

/** Previewed changes. `content` is the gzipped draft: a whole ruleset of thousands of rules, and its diff. */
export const ruleDraft = sqliteTable('rule_draft', {
  id: text('id').primaryKey(),
  content: blob('content', { mode: 'buffer' }).notNull(),
  state: text('state').$type<DraftState>().notNull(),
  committedVersion: integer('committed_version'),
  createdAtMs: integer('created_at_ms').notNull().default(0),
});
