import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ClaimState } from '../../../core/claims/claim.js';
import type { ProvisionedResource } from '../../../core/people/provisioned.js';

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

/** Users and groups as an identity provider pushed them; deleted ones stay. */
export const provisioned = sqliteTable(
  'provisioned',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<ProvisionedResource['kind']>().notNull(),
    name: text('name').notNull(),
    externalId: text('external_id'),
    personEmail: text('person_email'),
    /** A user's manager, as the provider names them. */
    manager: text('manager'),
    facts: text('facts', { mode: 'json' }).$type<ProvisionedResource['facts']>().notNull(),
    document: text('document', { mode: 'json' }).$type<ProvisionedResource['document']>().notNull(),
    revision: integer('revision').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    modifiedAtMs: integer('modified_at_ms').notNull(),
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    uniqueIndex('provisioned_user_name').on(table.name).where(sql`kind = 'user' and deleted_at_ms is null`),
    index('provisioned_by_name').on(table.kind, table.name),
    index('provisioned_by_manager').on(table.manager),
    index('provisioned_by_person').on(table.personEmail),
    index('provisioned_by_external_id').on(table.kind, table.externalId),
  ],
);
