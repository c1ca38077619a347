import { asc, eq } from 'drizzle-orm';
import type { AllocationPiece, ConservationProof } from '../../core/allocation/allocation.js';
import { AppError } from '../../core/errors.js';
import { decodeJson, encodeJson } from '../../core/json.js';
import { compareText } from '../../core/money.js';
import { fromEpochDay, type Month, monthRange, toEpochDay } from '../../core/time.js';
import type { LedgerStore } from '../ledger-store.js';
import { deleteOpenAdjustments } from './adjustments.js';
import { insertRows } from './bulk.js';
import { refuseClosed } from './closed-months.js';
import { proveMonth } from './conservation.js';
import type { Database } from './database.js';
import { createValueInterner } from './ledger-intern.js';
import { createPartsReader, deleteShares, insertShares } from './ledger-shares.js';
import type { Words } from './ledger-words.js';
import { toMonthNumber } from './numbers.js';
import { conservationProof, staleMonth } from './schema/ledger.js';

type AllocationPart = Pick<LedgerStore, 'replaceAllocations' | 'listAllocations' | 'listProofs'>;
type Run = Parameters<LedgerStore['replaceAllocations']>[0];

/** The part of the ledger that keeps who owns what, beside the charges, with the proof that nothing got lost. */
export function createAllocationPart(db: Database, words: Words): AllocationPart {
  return {
    async replaceAllocations(run) {
      return db.handle.transaction(() => replaceAllocations(db, run)).immediate();
    },
    async listAllocations(month) {
      return listAllocations(db, words, month);
    },
    async listProofs(month) {
      const { dimension } = conservationProof;
      const rows = db.orm.select().from(conservationProof).where(eq(conservationProof.month, month));
      return rows
        .orderBy(asc(dimension))
        .all()
        .map((row) => {
          const totals = decodeJson<ConservationProof['totals']>(row.totals);
          return { ...row, month, totals };
        });
    },
  };
}

function replaceAllocations(db: Database, run: Run): readonly ConservationProof[] {
  refuseClosed(db, run.month);
  const intern = createValueInterner(db);
  writePieces(db, run, intern);
  const proofs = prove(db, run, intern);
  storeProofs(db, run.month, proofs);
  // A run that has seen an older mark leaves the month stale, also when a newer run had cleared it meanwhile.
  const cleared = { clearedMark: run.mark };
  db.orm.update(staleMonth).set(cleared).where(eq(staleMonth.month, run.month)).run();
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
  for (const dimension of run.dimensions) intern(dimension);
  const internOrNull = (text: string | null) => (text === null ? null : intern(text));
  const columns = [
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
  const pieces = inOrder(run, intern);
  insertRows(db, { table: 'allocation', columns }, pieces, (piece, row) => {
    row.push(month, intern(piece.dimension), piece.setId, toEpochDay(piece.from), toEpochDay(piece.to));
    row.push(internOrNull(piece.ruleId), internOrNull(piece.target), internOrNull(piece.reason));
    row.push(piece.split === undefined ? 0 : 1);
  });
  insertShares(db, run.month, pieces, intern);
}

/** The pieces in primary-key order. @throws AppError `bug` on a piece that overlaps another or leaves its month. */
function inOrder(
  run: Pick<Run, 'month' | 'dimensions' | 'pieces'>,
  intern: (text: string) => number,
): readonly AllocationPiece[] {
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

function storeProofs(db: Database, month: Month, proofs: readonly ConservationProof[]): void {
  db.orm.delete(conservationProof).where(eq(conservationProof.month, month)).run();
  for (const proof of proofs) {
    const row = { ...proof, totals: encodeJson(proof.totals) };
    db.orm.insert(conservationProof).values(row).run();
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
