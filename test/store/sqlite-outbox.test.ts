import { describe, expect, it } from 'vitest';
import { findAuditBreak, writeAudit } from '../../src/store/sqlite/audit.js';
import { type Database, openDatabase } from '../../src/store/sqlite/database.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { outboxStoreContract } from './contract/outbox.js';
import { ANA } from './contract/support.js';

outboxStoreContract(() => openSqliteStore(':memory:'));

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
