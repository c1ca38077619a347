import { and, asc, count, eq, isNull, type SQL } from 'drizzle-orm';
import { AppError } from '../../../core/base/errors.js';
import type { ProvisionedQuery, ProvisionedResource } from '../../../core/people/provisioned.js';
import type { ProvisioningStore } from '../../contract/people.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { provisioned } from '../schema/people.js';

/** What identity providers pushed, on SQLite. */
export const provisioningMethods: Methods<ProvisioningStore> = {
  findProvisioned(db, kind, id) {
    const where = and(eq(provisioned.kind, kind), eq(provisioned.id, id), isNull(provisioned.deletedAtMs));
    const row = db.orm.select().from(provisioned).where(where).get();
    return row === undefined ? null : toResource(row);
  },
  listProvisioned(db, query) {
    const where = matching(query);
    const all = db.orm.select({ total: count() }).from(provisioned).where(where).get();
    const resources = db.orm
      .select()
      .from(provisioned)
      .where(where)
      .orderBy(asc(provisioned.createdAtMs), asc(provisioned.id))
      .limit(query.limit)
      .offset(query.offset)
      .all();
    return { total: all?.total ?? 0, resources: resources.map(toResource) };
  },
  putProvisioned: inTransaction(put),
};

function toResource({ manager: _manager, ...row }: typeof provisioned.$inferSelect): ProvisionedResource {
  return row;
}

function matching({ kind, name, externalId, personEmail, manager }: ProvisionedQuery): SQL | undefined {
  return and(
    eq(provisioned.kind, kind),
    isNull(provisioned.deletedAtMs),
    name === undefined ? undefined : eq(provisioned.name, name),
    personEmail === undefined ? undefined : eq(provisioned.personEmail, personEmail),
    manager === undefined ? undefined : eq(provisioned.manager, manager),
    externalId === undefined ? undefined : eq(provisioned.externalId, externalId),
  );
}

function put(db: Database, resource: ProvisionedResource): void {
  const held = db.orm.select().from(provisioned).where(eq(provisioned.id, resource.id)).get();
  if ((held?.revision ?? 0) !== resource.revision - 1) {
    throw new AppError('conflict', 'This resource has changed meanwhile; read it again.');
  }
  if (resource.kind === 'user' && resource.deletedAtMs === null) refuseTakenName(db, resource);
  const { id, ...rest } = resource;
  const columns = { ...rest, manager: 'manager' in rest.facts ? rest.facts.manager : null };
  const target = provisioned.id;
  db.orm
    .insert(provisioned)
    .values({ id, ...columns })
    .onConflictDoUpdate({ target, set: columns })
    .run();
}

function refuseTakenName(db: Database, { id, name }: ProvisionedResource): void {
  const where = and(
    eq(provisioned.kind, 'user'),
    eq(provisioned.name, name),
    isNull(provisioned.deletedAtMs),
  );
  const holder = db.orm.select({ id: provisioned.id }).from(provisioned).where(where).get();
  if (holder !== undefined && holder.id !== id)
    throw new AppError('conflict', `There is a user called ${name} already.`);
}
