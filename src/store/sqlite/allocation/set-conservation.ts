import { AppError } from '../../../core/base/errors.js';
import { formatNanos, type Nanos } from '../../../core/base/money.js';
import { fromEpochDay, type Month } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { exactSum, toMonthNumber } from '../base/numbers.js';
import { pieceAlias, pieceJoin } from './allocated-money.js';

/** Some sets of a month. */
interface Sets {
  readonly month: Month;
  readonly setIds: readonly number[];
}

// CROSS JOIN: from the sets to their charges, which lie together.
const CHARGES = `json_each(?) s cross join fact d on d.month = ? and d.set_id = s.value
  cross join bill b on b.id = d.bill_id`;

/** Effective cost of some sets that has an owner in a dimension that does not divide money, by currency. */
export function ownedBySets(
  db: Database,
  { month, setIds }: Sets,
  dimensionId: number,
): readonly { readonly currency: string; readonly cost: Nanos }[] {
  const rows = db.handle.prepare<[string, number], { currency: string; cost: string }>(
    `select b.currency, ${exactSum('d.effective')} as cost from ${CHARGES} ${pieceJoin(dimensionId, 'd')}
     where ${pieceAlias(dimensionId)}.target_id is not null group by b.currency`,
  );
  return rows
    .all(JSON.stringify(setIds), toMonthNumber(month))
    .map(({ currency, cost }) => ({ currency, cost: BigInt(cost) }));
}

interface Group {
  readonly billId: number;
  readonly day: number;
  readonly charges: number;
  readonly covered: number;
  readonly effective: string;
  readonly billed: string;
}

/**
 * `proveConservation` for some sets in a dimension that does not divide money: each of their charges has exactly
 * one piece, and on each bill and day the charges joined to the pieces add up to the charges alone.
 * @throws AppError `bug` naming the first bill and day where that does not hold.
 */
export function proveSets(
  db: Database,
  sets: Sets,
  dimension: { readonly name: string; readonly id: number },
): void {
  const alone = readGroups(db, sets, { join: '', covered: 'count(*)' });
  const joined = readGroups(db, sets, {
    join: pieceJoin(dimension.id, 'd'),
    covered: `sum(${pieceAlias(dimension.id)}.set_id is not null)`,
  });
  for (const [index, ledger] of alone.entries()) {
    const allocated = joined[index];
    if (allocated !== undefined && isSame(ledger, allocated)) continue;
    throw new AppError(
      'bug',
      `Dimension ${dimension.name} does not conserve bill ${ledger.billId} on ${fromEpochDay(ledger.day)}: of ${ledger.charges} charges of ${formatNanos(BigInt(ledger.effective))} ${allocated?.covered ?? 0} have a piece.`,
    );
  }
}

function readGroups(
  db: Database,
  { month, setIds }: Sets,
  how: { readonly join: string; readonly covered: string },
): readonly Group[] {
  const rows = db.handle.prepare<[string, number], Group>(
    `select d.bill_id as billId, d.day, count(*) as charges, ${how.covered} as covered,
            ${exactSum('d.effective')} as effective, ${exactSum('d.billed')} as billed
     from ${CHARGES} ${how.join} group by d.bill_id, d.day order by d.bill_id, d.day`,
  );
  return rows.all(JSON.stringify(setIds), toMonthNumber(month));
}

function isSame(a: Group, b: Group): boolean {
  return (
    a.billId === b.billId &&
    a.day === b.day &&
    a.charges === b.charges &&
    a.covered === b.covered &&
    a.effective === b.effective &&
    a.billed === b.billed
  );
}
