import { createHash } from 'node:crypto';
import { asc, desc, eq } from 'drizzle-orm';
import { type Actor, describeActor } from '../../../core/base/actor.js';
import { canonicalJson, decodeJson, encodeJson } from '../../../core/base/json.js';
import type { AuditEntry } from '../../contract/notices.js';
import { audit } from '../schema/base.js';
import { type Database, readHeads } from './database.js';

/** What happened; `detail` has before and after where something changed. Bigints in it survive. */
export interface AuditEvent {
  readonly actor: Actor;
  readonly action: string;
  readonly subject: string;
  readonly detail: unknown;
  readonly atMs: number;
}

type AuditRow = typeof audit.$inferSelect;

function chainedHash(previous: string, row: Omit<AuditRow, 'hash'>): string {
  return createHash('sha256').update(previous).update('\n').update(canonicalJson(row)).digest('hex');
}

/** Appends one entry to the hash chain; call it inside the transaction of the change it records. */
export function writeAudit(db: Database, event: AuditEvent): void {
  const last = db.orm.select().from(audit).orderBy(desc(audit.id)).limit(1).get();
  const row = {
    id: (last?.id ?? 0) + 1,
    atMs: event.atMs,
    actor: describeActor(event.actor),
    action: event.action,
    subject: event.subject,
    detail: encodeJson(event.detail ?? null),
  };
  const hash = chainedHash(last?.hash ?? '', row);
  db.orm
    .insert(audit)
    .values({ ...row, hash })
    .run();
  db.newestHead = `${row.id} ${hash}`;
}

/** Entries, newest first. */
export function readAudit(db: Database, limit: number): readonly AuditEntry[] {
  return db.orm.select().from(audit).orderBy(desc(audit.id)).limit(limit).all().map(toEntry);
}

/** All entries of an action, oldest first. */
export function readAuditOf(db: Database, action: string): readonly AuditEntry[] {
  return db.orm
    .select()
    .from(audit)
    .where(eq(audit.action, action))
    .orderBy(asc(audit.id))
    .all()
    .map(toEntry);
}

function toEntry({ hash: _hash, detail, ...row }: AuditRow): AuditEntry {
  return { ...row, detail: decodeJson<unknown>(detail) };
}

/** The first entry that does not follow from those before it (changed, or one before it is gone); null when whole. */
export function findAuditBreak(db: Database): number | null {
  let previous = '';
  for (const { hash, ...row } of db.orm.select().from(audit).orderBy(asc(audit.id)).all()) {
    if (chainedHash(previous, row) !== hash) return row.id;
    previous = hash;
  }
  return null;
}

/** The newest entry and its hash, which vouches for all before it; null for an empty log. */
export function auditHead(db: Database): { readonly id: number; readonly hash: string } | null {
  const head = db.orm.select({ id: audit.id, hash: audit.hash }).from(audit).orderBy(desc(audit.id)).limit(1);
  return head.get() ?? null;
}

/** The first entry that the file beside the database names and the log does not have so; null when it has all. */
export function findCutEntry(db: Database): number | null {
  const heads = readHeads(db);
  if (heads.length === 0) return null;
  const hashes = new Map(
    db.orm
      .select({ id: audit.id, hash: audit.hash })
      .from(audit)
      .all()
      .map(({ id, hash }) => [id, hash]),
  );
  return heads.find(({ id, hash }) => hashes.get(id) !== hash)?.id ?? null;
}
