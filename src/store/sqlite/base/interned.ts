import { AppError } from '../../../core/base/errors.js';
import { decodeJson } from '../../../core/base/json.js';
import type { Bill, ChargeKind } from '../../../core/ledger/charge.js';
import { type Database, oncePerDatabase } from './database.js';

/** What each table interns. */
interface Interned {
  readonly charge_kind: ChargeKind;
  readonly bill: Bill;
}

/**
 * Reads interned kinds and bills back: they are stored as their own JSON and read once, as one object. Not for use
 * inside a writing transaction, whose ids may be rolled back. @throws AppError `bug` for an id that was never given out.
 */
function createInternedReader<T extends keyof Interned>(db: Database, table: T): (id: number) => Interned[T] {
  const find = db.handle.prepare<[number], string>(`select key from ${table} where id = ?`).pluck();
  const known = new Map<number, Interned[T]>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const key = find.get(id);
    if (key === undefined) throw new AppError('bug', `The ledger has no ${table} ${id}.`);
    const item = decodeJson<Interned[T]>(key);
    known.set(id, item);
    return item;
  };
}

/** The reader of charge kinds, and that of bills, which all reading methods of an open store share. */
export const kindsOf = oncePerDatabase((db) => createInternedReader(db, 'charge_kind'));
export const billsOf = oncePerDatabase((db) => createInternedReader(db, 'bill'));
