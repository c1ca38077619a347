import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';
import type { IdentifierKind, PersonKind } from '../../../core/people/data.js';
import type { ProvisionedResource } from '../../../core/people/provisioned.js';

/** People by lower-case e-mail; they are changed in place, the audit log keeps what was. */
export const person = sqliteTable('person', {
  email: text('email').primaryKey(),
  name: text('name').notNull(),
  kind: text('kind').$type<PersonKind>().notNull(),
  aliases: text('aliases', { mode: 'json' }).$type<readonly string[]>().notNull(),
  slackUserId: text('slack_user_id'),
});

/** Org units; changed in place, the audit log keeps what was. */
export const team = sqliteTable('team', {
  name: text('name').primaryKey(),
  parent: text('parent'),
  ownerEmail: text('owner_email'),
  channel: text('channel'),
});

/** Half-open days in which a person belongs to a team. Superseded rows stay: what we once believed is history. */
export const membership = sqliteTable(
  'membership',
  {
    id: integer('id').primaryKey(),
    email: text('email').notNull(),
    from: text('from_day').$type<Day>().notNull(),
    to: text('to_day').$type<Day>(),
    /** Null: a service account that stands where its manager stands. */
    team: text('team'),
    managerEmail: text('manager_email'),
    costCentre: text('cost_centre'),
    recordedAtMs: integer('recorded_at_ms').notNull(),
    supersededAtMs: integer('superseded_at_ms'),
  },
  (table) => [index('membership_in_force').on(table.email, table.from).where(sql`superseded_at_ms is null`)],
);

/** Dated owner of an identifier: exactly one of `person` and `team` is set. Superseded rows stay. */
export const identifierLink = sqliteTable(
  'identifier_link',
  {
    id: integer('id').primaryKey(),
    kind: text('kind').$type<IdentifierKind>().notNull(),
    value: text('value').notNull(),
    from: text('from_day').$type<Day>().notNull(),
    to: text('to_day').$type<Day>(),
    person: text('person'),
    team: text('team'),
    recordedAtMs: integer('recorded_at_ms').notNull(),
    supersededAtMs: integer('superseded_at_ms'),
  },
  (table) => [
    uniqueIndex('identifier_link_in_force')
      .on(table.kind, table.value, table.from)
      .where(sql`superseded_at_ms is null`),
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
