import { asc, eq, gt, sql } from 'drizzle-orm';
import {
  fromEpochDay,
  type Month,
  monthOf,
  monthRange,
  parseMonth,
  toEpochDay,
} from '../../../core/base/time.js';
import type { LedgerStore } from '../../contract/ledger.js';
import { staleMonth } from '../schema/base.js';
import { type Database, inTransaction, type Methods } from './database.js';
import { fromMonthNumber } from './numbers.js';

/** Stale months on SQLite. */
export const staleMethods: Methods<Pick<LedgerStore, 'listStaleMonths' | 'markStale'>> = {
  listStaleMonths(db) {
    const { mark, clearedMark, month } = staleMonth;
    const rows = db.orm.select().from(staleMonth).where(gt(mark, clearedMark)).orderBy(asc(month)).all();
    return rows.map(({ clearedMark: _cleared, ...row }) => ({ ...row, month: parseMonth(row.month) }));
  },
  markStale: inTransaction(markMonthsStale),
};

/**
 * Marks months as stale: their allocations no longer follow from what we know. Runs inside the caller's
 * transaction if there is one, so that the change and its mark stand or fall together.
 */
export function markMonthsStale(db: Database, months: readonly Month[], reason: string): void {
  addMark(db, months, reason, { settledVersion: null });
}

/** Marks months as stale because there is another edition of the rules; everything else is as it was. */
export function markRulesChanged(db: Database, months: readonly Month[], version: number): void {
  addMark(db, months, `rules: version ${version}`, {});
}

function addMark(
  db: Database,
  months: readonly Month[],
  reason: string,
  change: { readonly settledVersion?: null },
): void {
  for (const month of new Set([...months, ...postedMonths(db, months)])) {
    db.orm
      .insert(staleMonth)
      .values({ month, mark: 1, clearedMark: 0, reasons: [reason] })
      .onConflictDoUpdate({
        target: staleMonth.month,
        set: { ...change, mark: sql`${staleMonth.mark} + 1`, reasons: mergedReasons(db, month, reason) },
      })
      .run();
  }
}

/**
 * Notes that a month was worked out by an edition of the rules, from what was known at a mark. A run that has seen
 * an older mark leaves the month stale, also when a newer run had cleared it meanwhile.
 */
export function settleMonth(
  db: Database,
  run: { readonly month: Month; readonly mark: number; readonly rulesetVersion: number },
): void {
  const settledVersion = sql`case when ${staleMonth.mark} = ${run.mark} then ${run.rulesetVersion} end`;
  db.orm
    .update(staleMonth)
    .set({ clearedMark: run.mark, settledVersion })
    .where(eq(staleMonth.month, run.month))
    .run();
}

/** Where money of some months stands that came after they were locked: it is allocated as of its real day. */
function postedMonths(db: Database, months: readonly Month[]): readonly Month[] {
  const find = db.handle
    .prepare<[number, number], number>(
      'select distinct posted_month from prior_period_line where day >= ? and day < ?',
    )
    .pluck();
  return months.flatMap((month) => {
    const { from, to } = monthRange(month);
    return find.all(toEpochDay(from), toEpochDay(to)).map(fromMonthNumber);
  });
}

/** Months that hold charges, or of which charges are posted in later ones, ascending. */
export function incurredMonths(db: Database): readonly Month[] {
  const days = db.handle.prepare<[], number>('select distinct day from prior_period_line').pluck().all();
  const late = days.map((day) => monthOf(fromEpochDay(day)));
  return [...new Set([...chargedMonths(db), ...late])].toSorted();
}

/** A month that is not stale starts a new list; one that is gets the reason once. */
function mergedReasons(db: Database, month: Month, reason: string): string[] {
  const standing = db.orm
    .select()
    .from(staleMonth)
    .where(sql`${staleMonth.month} = ${month} and ${gt(staleMonth.mark, staleMonth.clearedMark)}`)
    .get();
  return [...new Set([...(standing?.reasons ?? []), reason])];
}

/** Months that have charges, ascending. */
export function chargedMonths(db: Database): readonly Month[] {
  const next = db.handle
    .prepare<[number], number | null>('select min(month) from fact where month > ?')
    .pluck();
  const months: Month[] = [];
  // A hop from month to month through the primary key; `select distinct` would read every fact.
  for (let month = next.get(0); typeof month === 'number'; month = next.get(month)) {
    months.push(fromMonthNumber(month));
  }
  return months;
}
