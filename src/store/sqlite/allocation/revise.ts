import { eq } from 'drizzle-orm';
import type { ConservationProof } from '../../../core/allocation/allocation.js';
import { AppError } from '../../../core/base/errors.js';
import type { Nanos } from '../../../core/base/money.js';
import type { LedgerStore } from '../../contract/ledger.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { settleMonth } from '../base/stale.js';
import { createValueInterner } from '../ledger/intern.js';
import { staleMonth } from '../schema/base.js';
import { insertPieces } from './pieces.js';
import { listProofs, storeProofs } from './proofs.js';
import { ownedBySets, proveSets } from './set-conservation.js';

type Run = Parameters<LedgerStore['reviseAllocations']>[0];

/**
 * The body of `LedgerStore.reviseAllocations`; runs inside the caller's transaction. As the charges have not changed
 * since the month was proved, and the pieces of other sets are left alone, it conserves if the revised sets do.
 */
export function reviseAllocations(db: Database, run: Run): readonly ConservationProof[] | null {
  const standing = db.orm.select().from(staleMonth).where(eq(staleMonth.month, run.month)).get();
  if (standing?.mark !== run.mark || standing.settledVersion !== run.basedOn) return null;
  const proofs = isClosed(db, run) ? [] : revise(db, run);
  settleMonth(db, run);
  return proofs;
}

function isClosed(db: Database, { month, pieces, setIds }: Run): boolean {
  const closed = closedThrough(db);
  if (closed === null || month > closed) return false;
  if (pieces.length + setIds.length === 0) return true;
  throw new AppError('conflict', `${month} is locked; what changes now is posted in a month that is open.`);
}

function revise(db: Database, run: Run): readonly ConservationProof[] {
  const intern = createValueInterner(db);
  const { month, rulesetVersion } = run;
  const before = owned(db, run, intern);
  const remove = db.handle.prepare<[number, number, string]>(
    `delete from allocation where month = ? and dimension_id = ?
     and set_id in (select value from json_each(?))`,
  );
  for (const dimension of run.dimensions)
    remove.run(toMonthNumber(month), intern(dimension), JSON.stringify(run.setIds));
  insertPieces(db, run, intern);
  for (const dimension of run.dimensions) proveSets(db, run, { name: dimension, id: intern(dimension) });
  const after = owned(db, run, intern);
  const proofs = listProofs(db, month).map((proof) => ({
    ...proof,
    rulesetVersion,
    totals: proof.totals.map((total) => {
      const key = `${proof.dimension} ${total.currency}`;
      const more = (after.get(key) ?? 0n) - (before.get(key) ?? 0n);
      return { ...total, allocated: total.allocated + more, unallocated: total.unallocated - more };
    }),
  }));
  storeProofs(db, month, proofs);
  return proofs;
}

/** Effective cost of the revised sets that has an owner, by dimension and currency. */
function owned(db: Database, run: Run, intern: (text: string) => number): ReadonlyMap<string, Nanos> {
  const sums = new Map<string, Nanos>();
  for (const dimension of run.dimensions)
    for (const { currency, cost } of ownedBySets(db, run, intern(dimension)))
      sums.set(`${dimension} ${currency}`, cost);
  return sums;
}
