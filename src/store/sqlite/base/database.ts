import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteHandle from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { z } from 'zod';
import { AppError, invalid } from '../../../core/base/errors.js';
import { MONEY_FUNCTIONS } from './numbers.js';

/** One open file, seen twice: the driver's own handle for bulk and exact sums, drizzle for everything else. */
export interface Database {
  readonly handle: SqliteHandle.Database;
  readonly orm: BetterSQLite3Database;
  /** The audit log's newest entry of the transaction under way, as a line for the file of heads. */
  newestHead: string | null;
}

// The package root is three folders up from here, in src as in dist.
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'drizzle');

/** The bytes of an empty database with today's schema; every database in memory but the first is a copy of it. */
let emptyDatabase: Buffer | null = null;

/**
 * Opens (and creates, with its folder, for this user alone) the database file and brings its schema up to date.
 * `:memory:` is a database that dies with its handle. Write-ahead logging lets a worker thread use the same file
 * meanwhile. @throws AppError `upstream` for a file that cannot be used, `invalid` for one that a newer
 * Apportion has written.
 */
export function openDatabase(path: string): Database {
  try {
    const isInMemory = path === ':memory:';
    if (!isInMemory) keepPrivate(path);
    const copied = isInMemory ? emptyDatabase : null;
    const db = open(new SqliteHandle(copied ?? path, { timeout: 10_000 }), copied === null ? path : null);
    if (isInMemory) emptyDatabase ??= db.handle.serialize();
    return db;
  } catch (error) {
    throw inWords(error, path);
  }
}

/** SQLite gives its -wal and -shm files the mode of the database file. */
function keepPrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/** Processes that start together on a new file get in each other's way: who was late tries again. */
const TRIES = 20;
const PAUSE_MS = 100;

/** `migrated`: the file to bring up to date; null: it is. */
function open(handle: SqliteHandle.Database, migrated: string | null): Database {
  const orm = drizzle(handle);
  for (const [name, work] of Object.entries(MONEY_FUNCTIONS))
    handle.function(name, { deterministic: true, safeIntegers: true }, work);
  for (let tries = 1; ; tries += 1) {
    try {
      handle.pragma('page_size = 8192'); // counts only before the first write
      handle.pragma('journal_mode = WAL');
      handle.pragma('synchronous = NORMAL');
      handle.pragma('foreign_keys = ON');
      handle.pragma('temp_store = MEMORY');
      handle.pragma('cache_size = -65536'); // KiB
      if (migrated !== null) {
        refuseNewer(handle, migrated);
        migrate(orm, { migrationsFolder: MIGRATIONS });
      }
      return { handle, orm, newestHead: null };
    } catch (error) {
      const isLate =
        error instanceof Error &&
        /SQLITE_BUSY|database is locked|already exists|duplicate column|UNIQUE/.test(
          `${codeOf(error)} ${error.message} ${String(error.cause)}`,
        );
      if (!isLate || tries === TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

const Journal = z.object({ entries: z.array(z.object({ when: z.number() })) });

function refuseNewer(handle: SqliteHandle.Database, path: string): void {
  const table = handle.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (table === undefined) return;
  const newest = handle
    .prepare<[], { at: number | null }>('select max(created_at) as at from __drizzle_migrations')
    .get();
  const text = readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8');
  const known = Math.max(...Journal.parse(JSON.parse(text)).entries.map(({ when }) => when));
  if ((newest?.at ?? 0) > known)
    invalid(
      `${path} was written by a newer version of Apportion; start that version, or restore a copy from before the update.`,
    );
}

/** What is wrong with the file, by SQLite's result code or the system's. */
const TROUBLE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full; nothing of this was stored. Make room and try again',
  ENOSPC: 'the disk is full; nothing of this was stored. Make room and try again',
  SQLITE_READONLY:
    'it may not be written; give the user of this process write access to the file and its folder',
  EROFS: 'it may not be written; give the user of this process write access to the file and its folder',
  EACCES: 'it may not be opened; give the user of this process access to the file and its folder',
  SQLITE_CANTOPEN: 'it cannot be opened; check that the file and its folder may be read and written',
  EISDIR: 'this is a folder; name a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  SQLITE_NOTADB: 'this is no SQLite database; name another file, or restore a copy',
  SQLITE_CORRUPT: 'the database is damaged; restore a copy of it',
  SQLITE_IOERR: 'the disk does not answer; check it, then try again',
};

/** The sentence for a person where the fault is of the file or the disk; any other error is itself. */
function inWords(error: unknown, path: string): unknown {
  const code = error instanceof Error ? codeOf(error) || codeOf(error.cause) : '';
  const trouble = TROUBLE[code] ?? TROUBLE[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? ''];
  return trouble === undefined ? error : new AppError('upstream', `${path}: ${trouble}.`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
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

function inSentence(db: Database, work: () => unknown): unknown {
  try {
    const result = work();
    keepHead(db);
    return result;
  } catch (error) {
    db.newestHead = null;
    throw inWords(error, db.handle.name);
  }
}

/** Where the heads of the audit log are kept; null for a database in memory. */
function headsFile({ handle }: Database): string | null {
  return handle.memory ? null : `${handle.name}.audit-heads`;
}

/** After the commit: a head of what was rolled back would look like an entry that was cut off. */
function keepHead(db: Database): void {
  const file = headsFile(db);
  if (db.newestHead !== null && file !== null) {
    try {
      appendFileSync(file, `${db.newestHead}\n`, { mode: 0o600 });
    } catch {
      // The change stands, and the next head vouches for this one too.
    }
  }
  db.newestHead = null;
}

/** The heads that were kept, `id hash` a line, oldest first. */
export function readHeads(db: Database): readonly { readonly id: number; readonly hash: string }[] {
  const file = headsFile(db);
  if (file === null || !existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, id, hash] = /^(\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
      return id === undefined || hash === undefined ? [] : [{ id: Number(id), hash }];
    });
}

/** The contract itself: every method async and bound to one open database. */
export function bindMethods<Contract>(db: Database, methods: Methods<Contract>): Contract {
  const unbound = Object.entries<(db: Database, ...rest: unknown[]) => unknown>(methods);
  const bound: object = Object.fromEntries(
    unbound.map(
      ([name, method]) =>
        [name, async (...rest: unknown[]) => inSentence(db, () => method(db, ...rest))] as const,
    ),
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
