import type { AllocationPiece } from '../../../core/allocation/allocation.js';
import { AppError } from '../../../core/base/errors.js';
import { compareText } from '../../../core/base/money.js';
import { type Day, type Month, monthRange, toEpochDay } from '../../../core/base/time.js';
import { insertRows } from '../base/bulk.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { insertShares } from './shares.js';

/** Pieces of a month in some dimensions. */
export interface MonthPieces {
  readonly month: Month;
  readonly dimensions: readonly string[];
  readonly pieces: readonly AllocationPiece[];
}

const COLUMNS = [
  'month',
  'dimension_id',
  'set_id',
  'from_day',
  'to_day',
  'rule_id',
  'target_id',
  'reason_id',
  'is_split',
];

/**
 * Adds pieces of a month, unproved, where there are none.
 * @throws AppError `bug` on a piece that overlaps another or leaves its month.
 */
export function insertPieces(db: Database, run: MonthPieces, intern: (text: string) => number): void {
  const month = toMonthNumber(run.month);
  for (const dimension of run.dimensions) intern(dimension);
  const internOrNull = (text: string | null) => (text === null ? null : intern(text));
  const pieces = inOrder(run, intern);
  const days = new Map<Day, number>();
  const epochDay = (day: Day): number => {
    const known = days.get(day) ?? toEpochDay(day);
    days.set(day, known);
    return known;
  };
  insertRows(db, { table: 'allocation', columns: COLUMNS }, pieces, (piece, row) => {
    row.push(month, intern(piece.dimension), piece.setId, epochDay(piece.from), epochDay(piece.to));
    row.push(internOrNull(piece.ruleId), internOrNull(piece.target), internOrNull(piece.reason));
    row.push(piece.split === undefined ? 0 : 1);
  });
  insertShares(db, run.month, pieces, intern);
}

/** The pieces in primary-key order. @throws AppError `bug` on a piece that overlaps another or leaves its month. */
function inOrder(run: MonthPieces, intern: (text: string) => number): readonly AllocationPiece[] {
  const { from, to } = monthRange(run.month);
  const pieces = run.pieces.toSorted(
    (a, b) => intern(a.dimension) - intern(b.dimension) || a.setId - b.setId || compareText(a.from, b.from),
  );
  let before: AllocationPiece | undefined;
  for (const piece of pieces) {
    if (!run.dimensions.includes(piece.dimension))
      refuse(piece, 'is of a dimension that the run does not name');
    if (piece.from >= piece.to || piece.from < from || piece.to > to) refuse(piece, `leaves ${run.month}`);
    const isNeighbour = before?.setId === piece.setId && before.dimension === piece.dimension;
    if (isNeighbour && before !== undefined && piece.from < before.to)
      refuse(piece, 'overlaps the one before it');
    before = piece;
  }
  return pieces;
}

function refuse(piece: AllocationPiece, trouble: string): never {
  const { dimension, setId, from, to } = piece;
  throw new AppError('bug', `The ${dimension} piece of set ${setId} over ${from} to ${to} ${trouble}.`);
}
