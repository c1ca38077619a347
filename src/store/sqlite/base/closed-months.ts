import { AppError } from '../../../core/base/errors.js';
import { type Month } from '../../../core/base/time.js';
import type { Database } from './database.js';
import { fromMonthNumber } from './numbers.js';

/** The last locked month; null when none is. That month and all before it are closed: nobody writes them. */
export function closedThrough(db: Database): Month | null {
  const last = db.handle
    .prepare<[], number | null>("select max(month) from month_state where stage = 'locked'")
    .pluck()
    .get();
  return typeof last === 'number' ? fromMonthNumber(last) : null;
}

/** @throws AppError `conflict` when the month is closed. */
export function refuseClosed(db: Database, month: Month): void {
  const last = closedThrough(db);
  if (last === null || month > last) return;
  throw new AppError('conflict', `${month} is locked; what changes now is posted in a month that is open.`);
}
