import { gt, sql } from 'drizzle-orm';
import type { Month } from '../../core/time.js';
import type { Database } from './database.js';
import { fromMonthNumber } from './numbers.js';
import { staleMonth } from './schema/ledger.js';

/**
 * Marks months as stale: their allocations no longer follow from what we know. Runs inside the caller's
 * transaction if there is one, so that the change and its mark stand or fall together.
 */
export function markMonthsStale(db: Database, months: readonly Month[], reason: string): void {
  for (const month of months) {
    db.orm
      .insert(staleMonth)
      .values({ month, mark: 1, clearedMark: 0, reasons: [reason] })
      .onConflictDoUpdate({
        target: staleMonth.month,
        set: { mark: sql`${staleMonth.mark} + 1`, reasons: mergedReasons(db, month, reason) },
      })
      .run();
  }
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

/** Months that hold charges, ascending. */
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
