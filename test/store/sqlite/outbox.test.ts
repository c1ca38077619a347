import { describe, expect, it } from 'vitest';
import { findAuditBreak, writeAudit } from '../../../src/store/sqlite/base/audit.js';
import { bindMethods, type Database, openDatabase } from '../../../src/store/sqlite/base/database.js';
import { jobMethods } from '../../../src/store/sqlite/base/jobs.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { outboxStoreContract } from '../contract/outbox.js';
import { ANA } from '../contract/support.js';

outboxStoreContract(() => openSqliteStore(':memory:'));

describe('job runs in SQLite', () => {
  it('are kept to the newest fifty of each job', async () => {
    const db = openDatabase(':memory:');
    const store = bindMethods(db, jobMethods);
    const run = { finishedAtMs: 5, ok: true, sentence: null };
    await store.recordJobRun({ ...run, job: 'digest', scheduledForMs: 1 });
    for (let due = 1; due <= 120; due++)
      await store.recordJobRun({ ...run, job: 'reallocate', scheduledForMs: due * 300_000 });
    const rows = db.handle
      .prepare('select job, count(*) as runs, min(scheduled_for_ms) as oldest from job_run group by job')
      .all();
    expect(rows).toEqual([
      { job: 'digest', runs: 1, oldest: 1 },
      { job: 'reallocate', runs: 50, oldest: 71 * 300_000 },
    ]);
    expect(await store.lastJobRun('reallocate')).toMatchObject({ scheduledForMs: 120 * 300_000 });
  });
});

function auditedDatabase(): Database {
  const db = openDatabase(':memory:');
  for (const subject of ['one', 'two', 'three']) {
    writeAudit(db, { actor: ANA, action: 'test', subject, detail: { n: 1n }, atMs: 1 });
  }
  return db;
}

describe('the audit log in SQLite', () => {
  it('refuses to change or drop an entry', () => {
    const { handle } = auditedDatabase();
    expect(() => handle.exec("update audit set actor = 'me' where id = 2")).toThrow(/append-only/);
    expect(() => handle.exec('delete from audit where id = 2')).toThrow(/append-only/);
  });

  it.each([
    ["update audit set actor = 'me' where id = 2", 2],
    ['delete from audit where id = 2', 3],
  ])('shows where it was tampered with after all: %s', (statement, id) => {
    const db = auditedDatabase();
    expect(findAuditBreak(db)).toBeNull();
    db.handle.exec('drop trigger audit_no_update; drop trigger audit_no_delete');
    db.handle.exec(statement);
    expect(findAuditBreak(db)).toBe(id);
  });
});
