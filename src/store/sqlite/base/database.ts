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

/** The bytes of an empty database with today's schema; every database in memory but the first is a copy of it. */
let emptyDatabase: Buffer | null = null;

/**
 * Opens (and creates, with its folder) the database file and brings its schema up to date. `:memory:` is a
 * database that dies with its handle. Write-ahead logging lets a worker thread use the same file meanwhile.
 */
export function openDatabase(path: string): Database {
  const isInMemory = path === ':memory:';
  if (!isInMemory) mkdirSync(dirname(path), { recursive: true });
  const copied = isInMemory ? emptyDatabase : null;
  const handle = new SqliteHandle(copied ?? path, { timeout: 10_000 });
  handle.pragma('page_size = 8192'); // counts only before the first write
  handle.pragma('journal_mode = WAL');
  handle.pragma('synchronous = NORMAL');
  handle.pragma('foreign_keys = ON');
  handle.pragma('temp_store = MEMORY');
  handle.pragma('cache_size = -65536'); // KiB
  const orm = drizzle(handle);
  if (copied === null) migrate(orm, { migrationsFolder: MIGRATIONS });
  if (isInMemory) emptyDatabase ??= handle.serialize();
  return { handle, orm };
}

/** The methods of a contract as they are written here: synchronous, the database first. */
export type Methods<Contract> = {
  readonly [Name in keyof Contract]: Contract[Name] extends (...rest: infer Rest) => Promise<infer Result>
    ? (db: Database, ...rest: Rest) => Result
    : never;
};

/** Makes a writing method one transaction; it takes the write lock before its first statement. */
export function inTransaction<Rest extends unknown[], Result>(
  work: (db: Database, ...rest: Rest) => Result,
): (db: Database, ...rest: Rest) => Result {
  return (db, ...rest) => db.handle.transaction(() => work(db, ...rest)).immediate();
}

/** The contract itself: every method async and bound to one open database. */
export function bindMethods<Contract>(db: Database, methods: Methods<Contract>): Contract {
  const unbound = Object.entries<(db: Database, ...rest: unknown[]) => unknown>(methods);
  const bound: object = Object.fromEntries(
    unbound.map(([name, method]) => [name, async (...rest: unknown[]) => method(db, ...rest)] as const),
  );
  // `Methods` has every method of the contract, which the compiler cannot see through `Object.entries`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return bound as Contract;
}

/** Makes a thing once per open database, for example a reader with a memory. */
export function oncePerDatabase<T>(make: (db: Database) => T): (db: Database) => T {
  const made = new WeakMap<Database, { readonly it: T }>();
  return (db) => {
    const known = made.get(db) ?? { it: make(db) };
    made.set(db, known);
    return known.it;
  };
}
