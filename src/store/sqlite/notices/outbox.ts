import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { AppError } from '../../../core/base/errors.js';
import { canonicalJson, decodeJson, encodeJson } from '../../../core/base/json.js';
import type { Audience, Notice, NoticeBody } from '../../../core/notices/notice.js';
import type { OutboxEntry, OutboxStore } from '../../contract/notices.js';
import {
  auditHead,
  findAuditBreak,
  findCutEntry,
  readAudit,
  readAuditOf,
  writeAudit,
} from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { jobMethods } from '../base/jobs.js';
import { notice } from '../schema/notices.js';

type NoticeRow = typeof notice.$inferSelect;

/** Notices, job runs and the audit log on SQLite. */
export const outboxMethods: Methods<OutboxStore> = {
  ...jobMethods,
  appendAudit: inTransaction(writeAudit),
  listAudit: readAudit,
  listAuditOf: readAuditOf,
  findAuditBreak,
  auditHead,
  findCutEntry,
  putNotices: inTransaction((db, notices, atMs) => {
    const outcomes = notices.map((each) => putNotice(db, each, atMs));
    return {
      added: outcomes.filter((outcome) => outcome === 'added').length,
      revised: outcomes.filter((outcome) => outcome === 'revised').length,
    };
  }),
  findNotice(db, key) {
    const row = findRow(db, key);
    return row === undefined ? null : toEntry(row);
  },
  claimNotices: inTransaction(claim),
  releaseNotices: release,
  listInterrupted(db) {
    const sending = db.orm.select().from(notice).where(eq(notice.state, 'sending'));
    return sending.orderBy(asc(notice.id)).all().map(toEntry);
  },
  markSent(db, key, { revision, channelId, ts, atMs }) {
    const sent = { state: 'sent' as const, sentRevision: revision, channelId, ts, sentAtMs: atMs };
    update(db, key, { ...sent, attempts: 0, lastProblem: null });
  },
  markUnsent: inTransaction(markUnsent),
};

/** Puts one notice; within the caller's transaction. */
export function putNotice(db: Database, each: Notice, atMs: number): 'added' | 'revised' | 'same' {
  const held = findRow(db, each.key);
  if (held === undefined) {
    const { key, parentKey } = each;
    const fresh = { state: 'pending' as const, revision: 1, sentRevision: 0, attempts: 0 };
    const content = { audience: encodeJson(each.audience), body: encodeJson(each.body) };
    db.orm
      .insert(notice)
      .values({ key, parentKey, ...content, ...fresh, nextAttemptMs: atMs, createdAtMs: atMs })
      .run();
    return 'added';
  }
  if (canonicalJson(decodeJson(held.body)) === canonicalJson(each.body)) return 'same';
  // A new body is a new chance, also for an entry that was given up; one that is being sent is left to finish.
  const state = held.state === 'failed' ? idleState(held) : held.state;
  update(db, each.key, {
    body: encodeJson(each.body),
    revision: held.revision + 1,
    state,
    attempts: 0,
    nextAttemptMs: atMs,
  });
  return 'revised';
}

/** Where an entry waits when nobody is sending it: an edit waits as `sent`, a first post as `pending`. */
function idleState(row: NoticeRow): 'sent' | 'pending' {
  return row.ts === null ? 'pending' : 'sent';
}

function claim(db: Database, nowMs: number, limit: number): readonly OutboxEntry[] {
  const parent = alias(notice, 'parent');
  const waiting = or(
    eq(notice.state, 'pending'),
    and(eq(notice.state, 'sent'), gt(notice.revision, notice.sentRevision)),
  );
  const rows = db.orm
    .select({ row: notice })
    .from(notice)
    .leftJoin(parent, eq(notice.parentKey, parent.key))
    .where(and(waiting, lte(notice.nextAttemptMs, nowMs), or(isNull(notice.parentKey), isNotNull(parent.ts))))
    .orderBy(asc(notice.createdAtMs), asc(notice.id))
    .limit(limit)
    .all()
    .map(({ row }) => row);
  const ids = rows.map((row) => row.id);
  db.orm.update(notice).set({ state: 'sending' }).where(inArray(notice.id, ids)).run();
  return rows.map((row) => toEntry({ ...row, state: 'sending' }));
}

function release(db: Database, keys: readonly string[]): void {
  db.orm
    .update(notice)
    .set({ state: sql`case when ${notice.ts} is null then 'pending' else 'sent' end` })
    .where(and(inArray(notice.key, [...keys]), eq(notice.state, 'sending')))
    .run();
}

function markUnsent(
  db: Database,
  key: string,
  problem: { sentence: string; retryAtMs: number | null },
): void {
  const row = requireRow(db, key);
  update(db, key, {
    state: problem.retryAtMs === null ? 'failed' : idleState(row),
    attempts: row.attempts + 1,
    nextAttemptMs: problem.retryAtMs ?? row.nextAttemptMs,
    lastProblem: problem.sentence,
  });
}

function update(db: Database, key: string, columns: Partial<NoticeRow>): void {
  const { changes } = db.orm.update(notice).set(columns).where(eq(notice.key, key)).run();
  if (changes === 0) throw unknownNotice(key);
}

function findRow(db: Database, key: string): NoticeRow | undefined {
  return db.orm.select().from(notice).where(eq(notice.key, key)).get();
}

function requireRow(db: Database, key: string): NoticeRow {
  const row = findRow(db, key);
  if (row === undefined) throw unknownNotice(key);
  return row;
}

function unknownNotice(key: string): AppError {
  return new AppError('not-found', `There is no notice "${key}".`);
}

function toEntry(row: NoticeRow): OutboxEntry {
  const { key, parentKey, audience, body, ...delivery } = row;
  const { id: _id, lastProblem: _problem, sentAtMs: _sentAtMs, ...entry } = delivery;
  const told = { audience: decodeJson<Audience>(audience), body: decodeJson<NoticeBody>(body) };
  return { notice: { key, parentKey, ...told }, ...entry };
}
