import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteHandle from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';

/** One open file, seen twice: the driver's own handle for bulk and exact sums, drizzle for everything else. */
export interface Database {
  readonly handle: SqliteHandle.Database;
  readonly orm: BetterSQLite3Database;
}

// The package root is three folders up from here, in src as in dist.
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'drizzle');

/**
 * Opens (and creates, with its folder) the database file and brings its schema up to date. `:memory:` is a
 * database that dies with its handle. Write-ahead logging lets a worker thread use the same file meanwhile.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const handle = new SqliteHandle(path, { timeout: 10_000 });
  handle.pragma('page_size = 8192'); // counts only before the first write
  handle.pragma('journal_mode = WAL');
  handle.pragma('synchronous = NORMAL');
  handle.pragma('foreign_keys = ON');
  handle.pragma('temp_store = MEMORY');
  handle.pragma('cache_size = -65536'); // KiB
  const orm = drizzle(handle);
  migrate(orm, { migrationsFolder: MIGRATIONS });
  return { handle, orm };
}
