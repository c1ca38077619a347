import { eq } from 'drizzle-orm';
import type { AllocationPiece, ConservationProof } from '../../../core/allocation/allocation.js';
import { AppError } from '../../../core/base/errors.js';
import { fromEpochDay, type Month } from '../../../core/base/time.js';
import type { LedgerStore } from '../../contract/ledger.js';
import { refuseClosed } from '../base/closed-months.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { settleMonth } from '../base/stale.js';
import { createValueInterner } from '../ledger/intern.js';
import { type Words, wordsOf } from '../ledger/words.js';
import { staleMonth } from '../schema/base.js';
import { deleteOpenAdjustments } from './adjustments.js';
import { proveMonth } from './conservation.js';
import { insertPieces } from './pieces.js';
import { listProofs, storeProofs } from './proofs.js';
import { reviseAllocations } from './revise.js';
import { createPartsReader, deleteShares } from './shares.js';

type AllocationPart = Pick<
  LedgerStore,
  'replaceAllocations' | 'reviseAllocations' | 'listAllocations' | 'listProofs'
>;
type Run = Parameters<LedgerStore['replaceAllocations']>[0];

/** The part of the ledger that keeps who owns what, beside the charges, with the proof that nothing got lost. */
export const allocationMethods: Methods<AllocationPart> = {
  replaceAllocations: inTransaction(replaceAllocations),
  reviseAllocations: inTransaction(reviseAllocations),
  listAllocations: (db, month) => listAllocations(db, wordsOf(db), month),
  listProofs,
};

function replaceAllocations(db: Database, run: Run): readonly ConservationProof[] {
  refuseClosed(db, run.month);
  const intern = createValueInterner(db);
  writePieces(db, run, intern);
  const proofs = prove(db, run, intern);
  storeProofs(db, run.month, proofs);
  settleMonth(db, run);
  return proofs;
}

/**
 * Puts pieces in place of those of a month, unproved. Runs inside the caller's transaction.
 * @throws AppError `bug` on a piece that overlaps another or leaves its month.
 */
export function writePieces(
  db: Database,
  run: Pick<Run, 'month' | 'dimensions' | 'pieces'>,
  intern: (text: string) => number,
): void {
  const month = toMonthNumber(run.month);
  db.handle.prepare('delete from allocation where month = ?').run(month);
  deleteShares(db, run.month);
  deleteOpenAdjustments(db, run.month);
  insertPieces(db, run, intern);
}

function prove(db: Database, run: Run, intern: (text: string) => number): readonly ConservationProof[] {
  try {
    return proveMonth(db, run.month, run.dimensions, intern).map((proof) => ({
      month: run.month,
      rulesetVersion: run.rulesetVersion,
      provedAtMs: run.atMs,
      ...proof,
    }));
  } catch (error) {
    const standing = db.orm.select().from(staleMonth).where(eq(staleMonth.month, run.month)).get();
    if (!(error instanceof AppError) || standing === undefined || standing.mark === run.mark) throw error;
    throw new AppError(
      'conflict',
      `The charges of ${run.month} changed while they were being allocated; the month stays stale for the next run.`,
      { cause: error },
    );
  }
}

interface PieceRow {
  readonly dimension: number;
  readonly setId: number;
  readonly from: number;
  readonly to: number;
  readonly rule: number | null;
  readonly target: number | null;
  readonly reason: number | null;
  readonly isSplit: number;
}

function listAllocations(db: Database, words: Words, month: Month): readonly AllocationPiece[] {
  const textOrNull = (id: number | null) => (id === null ? null : words.text(id));
  const rows = db.handle.prepare<[number], PieceRow>(
    `select dimension_id as dimension, set_id as setId, from_day as "from", to_day as "to", rule_id as rule,
            target_id as target, reason_id as reason, is_split as isSplit
     from allocation where month = ? order by dimension_id, set_id, from_day`,
  );
  const partsOf = createPartsReader(db, words, month);
  return rows.all(toMonthNumber(month)).map((row): AllocationPiece => {
    const piece = {
      dimension: words.text(row.dimension),
      setId: row.setId,
      from: fromEpochDay(row.from),
      to: fromEpochDay(row.to),
      ruleId: textOrNull(row.rule),
      target: textOrNull(row.target),
      reason: textOrNull(row.reason),
    };
    return row.isSplit === 0 ? piece : { ...piece, split: partsOf(piece.dimension, row.setId, row) };
  });
}
