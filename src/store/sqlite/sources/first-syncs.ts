import { eq } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import type { OutOfBounds } from '../../../core/prices/check.js';
import type { FirstSync, FirstSyncStore } from '../../contract/sources.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { firstSync } from '../schema/sources.js';

/** The guard of first pulls on SQLite. */
export const firstSyncMethods: Methods<FirstSyncStore> = {
  holdFirstSync(db, { source, held, atMs }) {
    const values = { held: encodeJson(held), heldAtMs: atMs };
    db.orm
      .insert(firstSync)
      .values({ source, ...values })
      .onConflictDoUpdate({ target: firstSync.source, set: values })
      .run();
  },
  acceptFirstSync: inTransaction(accept),
  findFirstSync: find,
};

function find(db: Database, source: string): FirstSync | null {
  const row = db.orm.select().from(firstSync).where(eq(firstSync.source, source)).get();
  return row === undefined ? null : { ...row, held: decodeJson<readonly OutOfBounds[]>(row.held) };
}

function accept(
  db: Database,
  { source, actor, atMs }: Parameters<FirstSyncStore['acceptFirstSync']>[0],
): FirstSync {
  const before = find(db, source);
  if (before === null)
    throw new AppError('not-found', `No first pull of "${source}" is waiting to be accepted.`);
  if (before.acceptedAtMs !== null) return before;
  const acceptance = { acceptedAtMs: atMs, acceptedBy: describeActor(actor) };
  db.orm.update(firstSync).set(acceptance).where(eq(firstSync.source, source)).run();
  const detail = { held: before.held };
  writeAudit(db, { actor, action: 'source.accept-first-sync', subject: `source: ${source}`, detail, atMs });
  return { ...before, ...acceptance };
}
