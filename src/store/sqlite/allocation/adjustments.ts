import { netDifferences, type OwnerDifference } from '../../../core/allocation/adjust.js';
import { AppError } from '../../../core/base/errors.js';
import {
  addMonths,
  type DayRange,
  firstDay,
  type Month,
  monthsIn,
  toEpochDay,
} from '../../../core/base/time.js';
import type { Adjustment, MonthStore } from '../../contract/close.js';
import { insertRows } from '../base/bulk.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { bindNanos, fromMonthNumber, readNanos, type StoredNanos, toMonthNumber } from '../base/numbers.js';
import { settleMonth } from '../base/stale.js';
import { createValueInterner } from '../ledger/intern.js';
import type { Words } from '../ledger/words.js';
import { type AllocatedMoney, daysCondition } from './allocated-money.js';

type Run = Parameters<MonthStore['replaceAdjustments']>[0];

const COLUMNS = [
  'month',
  'day',
  'original_month',
  'dimension_id',
  'set_id',
  'currency',
  'target_id',
  'reason_id',
  'list',
  'effective',
  'billed',
];

/** The body of `MonthStore.replaceAdjustments`; runs inside the caller's transaction. */
export function replaceAdjustments(db: Database, words: Words, run: Run): void {
  const { month, differences } = run;
  const closed = closedThrough(db);
  if (closed === null || month > closed)
    throw new AppError('conflict', `${month} is not locked any more: it is re-allocated itself.`);
  const posted = listAdjustments(db, words, month);
  const fixed = posted.filter((each) => each.postedMonth <= closed);
  const wanted = netDifferences([
    ...differences.map((difference) => ({ difference, sign: 1n }) as const),
    ...fixed.map((difference) => ({ difference, sign: -1n }) as const),
  ]);
  refuseUnbalanced(month, wanted);
  deleteOpenAdjustments(db, month);
  const intern = createValueInterner(db);
  const posting = addMonths(closed, 1);
  const reason = intern(`changed after ${month} was locked`);
  insertRows(db, { table: 'allocation_adjustment', columns: COLUMNS }, wanted, (each, row) => {
    row.push(toMonthNumber(posting), toEpochDay(firstDay(posting)), toMonthNumber(month));
    row.push(intern(each.dimension), each.setId, each.currency);
    row.push(each.target === null ? 0 : intern(each.target), each.target === null ? reason : null);
    row.push(bindNanos(each.listCost), bindNanos(each.effectiveCost), bindNanos(each.billedCost));
  });
  settleMonth(db, run);
}

/** Takes the adjustments of a month away that stand in open months: it was unlocked, or they are worked out again. */
export function deleteOpenAdjustments(db: Database, originalMonth: Month): void {
  const closed = closedThrough(db);
  db.handle
    .prepare('delete from allocation_adjustment where original_month = ? and month > ?')
    .run(toMonthNumber(originalMonth), closed === null ? 0 : toMonthNumber(closed));
}

/** What is posted for a month, wherever it stands. */
export function listAdjustments(db: Database, words: Words, originalMonth: Month): readonly Adjustment[] {
  const rows = db.handle
    .prepare<[number], [bigint, bigint, bigint, string, bigint, StoredNanos, StoredNanos, StoredNanos]>(
      `select month, dimension_id, set_id, currency, target_id, list, effective, billed
       from allocation_adjustment where original_month = ? order by 1, 2, 3, 4, 5`,
    )
    .raw()
    .safeIntegers();
  return rows
    .all(toMonthNumber(originalMonth))
    .map(([posted, dimension, setId, currency, target, listCost, effectiveCost, billedCost]) => ({
      postedMonth: fromMonthNumber(Number(posted)),
      dimension: words.text(Number(dimension)),
      setId: Number(setId),
      currency,
      target: target === 0n ? null : words.text(Number(target)),
      listCost: readNanos(listCost),
      effectiveCost: readNanos(effectiveCost),
      billedCost: readNanos(billedCost),
    }));
}

/** A move takes from one owner what it gives to another: anything else would make or lose money. */
function refuseUnbalanced(month: Month, wanted: readonly OwnerDifference[]): void {
  const sums = new Map<string, bigint>();
  for (const { dimension, setId, currency, ...costs } of wanted) {
    for (const cost of ['listCost', 'effectiveCost', 'billedCost'] as const) {
      const key = `${dimension} of set ${setId} in ${currency} (${cost})`;
      sums.set(key, (sums.get(key) ?? 0n) + costs[cost]);
    }
  }
  for (const [key, sum] of sums)
    if (sum !== 0n) throw new AppError('bug', `Adjustments of ${month} do not add up to zero: ${key}.`);
}

/** The months for which something is posted in a month or later. */
export function adjustedMonths(db: Database, posted: Month): readonly Month[] {
  const rows = db.handle
    .prepare<[number], number>('select distinct original_month from allocation_adjustment where month >= ?')
    .pluck();
  return rows.all(toMonthNumber(posted)).map(fromMonthNumber);
}

/** Whether anything is posted over the range in one of the dimensions. */
export function hasAdjustments(db: Database, dimensionIds: readonly number[], range: DayRange): boolean {
  const months = monthsIn(range).map(toMonthNumber);
  const found = db.handle.prepare(
    `select 1 from allocation_adjustment where month between ${months[0] ?? 0} and ${months.at(-1) ?? 0}
     and dimension_id in (${dimensionIds.join(', ')}) limit 1`,
  );
  return dimensionIds.length > 0 && found.get() !== undefined;
}

/**
 * The adjustments of some dimensions as money beside `allocatedMoney`. A move in one dimension says nothing of the
 * others: there it counts as Unallocated, and as nothing in all, since it is zero for each set. As it belongs to
 * no bill, it counts as billed where the confidence is asked for.
 */
export function adjustedMoney(dimensionIds: readonly number[], range: DayRange): AllocatedMoney {
  const branches = dimensionIds.map((id) => {
    const owners = dimensionIds.map((each) =>
      each === id
        ? `nullif(j.target_id, 0) as owner${each}, j.reason_id as reason${each}`
        : `null as owner${each}, null as reason${each}`,
    );
    return `select j.month, j.day, j.set_id, j.currency, j.effective, j.billed, null as bill_id,
        'billed' as confidence, ${owners.join(', ')}
      from allocation_adjustment j where j.dimension_id = ${id} and ${daysCondition('j', range)}`;
  });
  return {
    from: `(${branches.join('\nunion all\n')}) d`,
    effective: 'd.effective',
    billed: 'd.billed',
    owner: (id) => `d.owner${id}`,
    reason: (id) => `d.reason${id}`,
    isCovered: () => '1',
    isDivided: false,
  };
}
