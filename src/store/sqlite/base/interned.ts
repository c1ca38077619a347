import { AppError } from '../../../core/base/errors.js';
import { decodeJson } from '../../../core/base/json.js';
import type { Bill, ChargeKind } from '../../../core/ledger/charge.js';
import type { Database } from './database.js';

/** What each table interns. */
interface Interned {
  readonly charge_kind: ChargeKind;
  readonly bill: Bill;
}

/**
 * Reads interned kinds and bills back: they are stored as their own JSON, which tells all. Each is read once, as one
 * object. @throws AppError `bug` for an id that was never given out.
 */
export function createInternedReader<T extends keyof Interned>(
  db: Database,
  table: T,
): (id: number) => Interned[T] {
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
