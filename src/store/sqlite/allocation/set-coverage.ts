import type { Nanos } from '../../../core/base/money.js';
import type { Month } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { exactSum, toMonthNumber } from '../base/numbers.js';

/** What the charges of one set on one bill come to in a month. Days count from 1970. */
export interface SetOnBill {
  readonly setId: number;
  readonly currency: string;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly effective: Nanos;
}

/** All charges of the month, by set and bill. */
export function readSetsOnBills(db: Database, month: Month): readonly SetOnBill[] {
  const rows = db.handle.prepare<[number], Omit<SetOnBill, 'effective'> & { readonly effective: string }>(
    `select g.*, b.currency from (
       select set_id as setId, bill_id, min(day) as firstDay, max(day) as lastDay, ${exactSum('effective')} as effective
       from fact where month = ? group by set_id, bill_id
     ) g join bill b on b.id = g.bill_id`,
  );
  return rows.all(toMonthNumber(month)).map((row) => ({ ...row, effective: BigInt(row.effective) }));
}

/** How the pieces of a dimension lie over the sets of a month. */
export interface Coverage {
  /** Effective cost that has an owner, by currency; without the other sets. */
  readonly owned: ReadonlyMap<string, Nanos>;
  /** Ids of sets that have no piece, several, or one that does not reach over all of their charges. */
  readonly others: readonly number[];
}

/** Finds the sets of which one piece covers every charge: whatever they cost, it is the owner's, to the nano. */
export function coverSets(
  db: Database,
  month: Month,
  dimensionId: number,
  sets: readonly SetOnBill[],
): Coverage {
  const pieces = readPieces(db, month, dimensionId);
  const owned = new Map<string, Nanos>();
  const others = new Set<number>();
  for (const { setId } of sets) if (pieces.get(setId)?.isOnly !== true) others.add(setId);
  for (const { setId, firstDay, lastDay } of sets) {
    const piece = pieces.get(setId);
    if (piece !== undefined && (firstDay < piece.from || lastDay >= piece.to)) others.add(setId);
  }
  for (const { setId, currency, effective } of sets) {
    const isOwned = !others.has(setId) && (pieces.get(setId)?.target ?? null) !== null;
    if (isOwned) owned.set(currency, (owned.get(currency) ?? 0n) + effective);
  }
  return { owned, others: [...others] };
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly target: number | null;
  readonly isOnly: boolean;
}

function readPieces(db: Database, month: Month, dimensionId: number): ReadonlyMap<number, Piece> {
  const rows = db.handle
    .prepare<[number, number], [number, number, number, number | null]>(
      'select set_id, from_day, to_day, target_id from allocation where month = ? and dimension_id = ?',
    )
    .raw()
    .all(toMonthNumber(month), dimensionId);
  const pieces = new Map<number, Piece>();
  for (const [setId, from, to, target] of rows)
    pieces.set(setId, { from, to, target, isOnly: !pieces.has(setId) });
  return pieces;
}
