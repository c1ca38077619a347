import { and, asc, eq, gt } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { formatNanos, parseNanos } from '../../../core/base/money.js';
import { parseDay } from '../../../core/base/time.js';
import type { Backfill, Lease, PullRecord } from '../../../core/sources/feed.js';
import type { FeedStore } from '../../contract/sources.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { addedSource, backfill, feed, pausedSource, pullLease, pullRecord } from '../schema/sources.js';

/** How the sources are run, on SQLite. */
export const feedMethods: Methods<FeedStore> = {
  takeLease: inTransaction((db, { atMs, ...lease }) => takeLease(db, lease, atMs)),
  releaseLease(db, source, owner) {
    db.orm
      .delete(pullLease)
      .where(and(eq(pullLease.source, source), eq(pullLease.owner, owner)))
      .run();
  },
  listLeases: (db, atMs) =>
    db.orm
      .select()
      .from(pullLease)
      .where(gt(pullLease.expiresAtMs, atMs))
      .orderBy(asc(pullLease.source))
      .all(),
  putPullRecord(db, { costs, confidences, remarks, ...record }) {
    const values = {
      ...record,
      costs: costs.map(({ currency, cost }) => ({ currency, cost: formatNanos(cost) })),
      confidences: { ...confidences },
      remarks: [...remarks],
    };
    db.orm
      .insert(pullRecord)
      .values(values)
      .onConflictDoUpdate({ target: pullRecord.source, set: values })
      .run();
  },
  listPullRecords(db) {
    const rows = db.orm.select().from(pullRecord).orderBy(asc(pullRecord.source)).all();
    return rows.map(
      (row): PullRecord => ({
        ...row,
        silentSince: row.silentSince === null ? null : parseDay(row.silentSince),
        costs: row.costs.map(({ currency, cost }) => ({ currency, cost: parseNanos(cost) })),
      }),
    );
  },
  putBackfill(db, { from, to, ...rest }) {
    const values = { ...rest, fromDay: from, toDay: to };
    db.orm.insert(backfill).values(values).onConflictDoUpdate({ target: backfill.source, set: values }).run();
  },
  stepBackfill(db, { id, atMs, ...step }) {
    const [row] = db.orm
      .update(backfill)
      .set({ ...step, updatedAtMs: atMs })
      .where(and(eq(backfill.id, id), eq(backfill.state, 'running')))
      .returning()
      .all();
    return row === undefined ? null : toBackfill(row);
  },
  listBackfills(db) {
    const rows = db.orm.select().from(backfill).orderBy(asc(backfill.source)).all();
    return rows.map(toBackfill);
  },
  listAddedSources: (db) => db.orm.select().from(addedSource).orderBy(asc(addedSource.name)).all(),
  addSource: inTransaction((db, source, actor) => {
    const values = { ...source, options: { ...source.options } };
    const { changes } = db.orm.insert(addedSource).values(values).onConflictDoNothing().run();
    if (changes === 0)
      throw new AppError('conflict', `There is a source "${source.name}" already; choose another name.`);
    const { name, addedBy: _by, addedAtMs: atMs, ...detail } = source;
    writeAudit(db, { actor, action: 'source-added', subject: name, detail, atMs });
  }),
  forgetSource: inTransaction((db, source, actor, atMs) => {
    db.orm.delete(addedSource).where(eq(addedSource.name, source)).run();
    db.orm.delete(pausedSource).where(eq(pausedSource.source, source)).run();
    db.orm.delete(backfill).where(eq(backfill.source, source)).run();
    db.orm.delete(pullRecord).where(eq(pullRecord.source, source)).run();
    db.orm.delete(feed).where(eq(feed.source, source)).run();
    writeAudit(db, { actor, action: 'source-removed', subject: source, detail: null, atMs });
  }),
  listPausedSources: (db) => db.orm.select().from(pausedSource).orderBy(asc(pausedSource.source)).all(),
  setPaused: inTransaction((db, { source, paused, actor, atMs }) => {
    const values = { source, pausedBy: describeActor(actor), pausedAtMs: atMs };
    const { changes } = paused
      ? db.orm.insert(pausedSource).values(values).onConflictDoNothing().run()
      : db.orm.delete(pausedSource).where(eq(pausedSource.source, source)).run();
    const action = paused ? 'source-paused' : 'source-resumed';
    if (changes > 0) writeAudit(db, { actor, action, subject: source, detail: null, atMs });
  }),
};

function takeLease(db: Database, lease: Lease, atMs: number): Lease {
  const held = db.orm.select().from(pullLease).where(eq(pullLease.source, lease.source)).get();
  if (held !== undefined && held.owner !== lease.owner && held.expiresAtMs > atMs) return held;
  const taken = held?.owner === lease.owner ? { ...lease, takenAtMs: held.takenAtMs } : lease;
  db.orm.insert(pullLease).values(taken).onConflictDoUpdate({ target: pullLease.source, set: taken }).run();
  return taken;
}

/**
 * A pull that lost its lease (it slept longer than the lease runs) must not write over what a newer one brought. Call
 * it inside the writing transaction.
 * @throws AppError `conflict`.
 */
export function requireLease(db: Database, source: string, owner: string): void {
  const held = db.orm.select().from(pullLease).where(eq(pullLease.source, source)).get();
  if (held?.owner === owner) return;
  throw new AppError(
    'conflict',
    `Another pull of ${source} took over meanwhile; nothing of this one was stored.`,
  );
}

function toBackfill({ fromDay, toDay, nextDay, ...row }: typeof backfill.$inferSelect): Backfill {
  return { ...row, from: parseDay(fromDay), to: parseDay(toDay), nextDay: parseDay(nextDay) };
}
