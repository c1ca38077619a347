import { and, asc, eq, gt } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { formatNanos, parseNanos } from '../../../core/base/money.js';
import { parseDay } from '../../../core/base/time.js';
import type { Backfill, Lease, PullRecord } from '../../../core/sources/feed.js';
import type { FeedStore } from '../../contract/feed.js';
import { writeAudit } from '../base/audit.js';
import type { Database } from '../base/database.js';
import { addedSource, backfill, feed, pausedSource, pullLease, pullRecord } from '../schema/sources.js';

/** How the sources are run, on SQLite. */
export function createFeedStore(db: Database): FeedStore {
  return { ...createLeases(db), ...createRecords(db), ...createSources(db) };
}

function createLeases(db: Database): Pick<FeedStore, 'takeLease' | 'releaseLease' | 'listLeases'> {
  return {
    async takeLease({ atMs, ...lease }) {
      return db.handle.transaction(() => takeLease(db, lease, atMs)).immediate();
    },
    async releaseLease(source, owner) {
      db.orm
        .delete(pullLease)
        .where(and(eq(pullLease.source, source), eq(pullLease.owner, owner)))
        .run();
    },
    async listLeases(atMs) {
      return db.orm
        .select()
        .from(pullLease)
        .where(gt(pullLease.expiresAtMs, atMs))
        .orderBy(asc(pullLease.source))
        .all();
    },
  };
}

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

function createRecords(
  db: Database,
): Pick<FeedStore, 'putPullRecord' | 'listPullRecords' | 'putBackfill' | 'listBackfills' | 'stepBackfill'> {
  return {
    async putPullRecord({ costs, confidences, remarks, ...record }) {
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
    async listPullRecords() {
      const rows = db.orm.select().from(pullRecord).orderBy(asc(pullRecord.source)).all();
      return rows.map(
        (row): PullRecord => ({
          ...row,
          silentSince: row.silentSince === null ? null : parseDay(row.silentSince),
          costs: row.costs.map(({ currency, cost }) => ({ currency, cost: parseNanos(cost) })),
        }),
      );
    },
    async putBackfill({ from, to, ...rest }) {
      const values = { ...rest, fromDay: from, toDay: to };
      db.orm
        .insert(backfill)
        .values(values)
        .onConflictDoUpdate({ target: backfill.source, set: values })
        .run();
    },
    async stepBackfill({ id, atMs, ...step }) {
      const [row] = db.orm
        .update(backfill)
        .set({ ...step, updatedAtMs: atMs })
        .where(and(eq(backfill.id, id), eq(backfill.state, 'running')))
        .returning()
        .all();
      return row === undefined ? null : toBackfill(row);
    },
    async listBackfills() {
      const rows = db.orm.select().from(backfill).orderBy(asc(backfill.source)).all();
      return rows.map(toBackfill);
    },
  };
}

function toBackfill({ fromDay, toDay, nextDay, ...row }: typeof backfill.$inferSelect): Backfill {
  return { ...row, from: parseDay(fromDay), to: parseDay(toDay), nextDay: parseDay(nextDay) };
}

function createSources(
  db: Database,
): Pick<FeedStore, 'listAddedSources' | 'addSource' | 'forgetSource' | 'listPausedSources' | 'setPaused'> {
  const inOne = <T>(work: () => T): T => db.handle.transaction(work).immediate();
  return {
    async listAddedSources() {
      return db.orm.select().from(addedSource).orderBy(asc(addedSource.name)).all();
    },
    async addSource(source, actor) {
      inOne(() => {
        const values = { ...source, options: { ...source.options } };
        const { changes } = db.orm.insert(addedSource).values(values).onConflictDoNothing().run();
        if (changes === 0)
          throw new AppError('conflict', `There is a source "${source.name}" already; choose another name.`);
        const { name, addedBy: _by, addedAtMs: atMs, ...detail } = source;
        writeAudit(db, { actor, action: 'source-added', subject: name, detail, atMs });
      });
    },
    async forgetSource(source, actor, atMs) {
      inOne(() => {
        db.orm.delete(addedSource).where(eq(addedSource.name, source)).run();
        db.orm.delete(pausedSource).where(eq(pausedSource.source, source)).run();
        db.orm.delete(backfill).where(eq(backfill.source, source)).run();
        db.orm.delete(pullRecord).where(eq(pullRecord.source, source)).run();
        db.orm.delete(feed).where(eq(feed.source, source)).run();
        writeAudit(db, { actor, action: 'source-removed', subject: source, detail: null, atMs });
      });
    },
    async listPausedSources() {
      return db.orm.select().from(pausedSource).orderBy(asc(pausedSource.source)).all();
    },
    async setPaused({ source, paused, actor, atMs }) {
      inOne(() => {
        const values = { source, pausedBy: describeActor(actor), pausedAtMs: atMs };
        const { changes } = paused
          ? db.orm.insert(pausedSource).values(values).onConflictDoNothing().run()
          : db.orm.delete(pausedSource).where(eq(pausedSource.source, source)).run();
        const action = paused ? 'source-paused' : 'source-resumed';
        if (changes > 0) writeAudit(db, { actor, action, subject: source, detail: null, atMs });
      });
    },
  };
}
