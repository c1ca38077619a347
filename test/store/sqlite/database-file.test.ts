import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteHandle from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the database file', () => {
  it('is for its user alone, with its folder and the files beside it', async () => {
    const path = join(folder, 'data', 'apportion.db');
    const store = await openSqliteStore(path);
    expect(modeOf(join(folder, 'data'))).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(modeOf(file)).toBe(0o600);
    await store.close();
  });

  it('is refused with a sentence when a newer version has written it', async () => {
    const path = join(folder, 'apportion.db');
    await (await openSqliteStore(path)).close();
    const handle = new SqliteHandle(path);
    handle.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 99999999999999)");
    handle.close();
    await expect(openSqliteStore(path)).rejects.toThrow(
      `${path} was written by a newer version of Apportion; start that version`,
    );
  });

  it.each([
    [
      'is no database',
      (path: string) => writeFileSync(path, 'x'.repeat(10_000)),
      'this is no SQLite database',
    ],
    ['is a folder', (path: string) => mkdirSync(path), 'this is a folder; name a file'],
  ])('that %s is refused with a sentence that names it', async (_what, make, sentence) => {
    const path = join(folder, 'apportion.db');
    make(path);
    await expect(openSqliteStore(path)).rejects.toThrow(`${path}: ${sentence}`);
  });
});
