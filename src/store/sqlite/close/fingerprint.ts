import { createHash } from 'node:crypto';
import type { Month } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';

/** The tables whose rows make up a month; each has a column `month`. */
const MONTH_TABLES = [
  'fact',
  'set_day',
  'set_month',
  'allocation',
  'split_part',
  'allocation_share',
  'allocation_adjustment',
] as const;

/**
 * SHA-256 over every stored row of the month, table by table in primary-key order. Ids stand for their texts:
 * what they point to is only ever added, never changed.
 */
export function monthFingerprint(db: Database, month: Month): string {
  const hash = createHash('sha256');
  for (const table of MONTH_TABLES) {
    const rows = db.handle
      .prepare<[number], (bigint | number | string | null)[]>(
        `select * from ${table} where month = ? order by ${primaryKey(db, table).join(', ')}`,
      )
      .raw()
      .safeIntegers();
    hash.update(`${table}\n`);
    for (const row of rows.iterate(toMonthNumber(month))) hash.update(`${row.map(cellText).join('|')}\n`);
  }
  return hash.digest('hex');
}

function primaryKey(db: Database, table: string): readonly string[] {
  return db.handle
    .prepare<[string], string>('select name from pragma_table_info(?) where pk > 0 order by pk')
    .pluck()
    .all(table);
}

/** Bigints and floats never look alike where it counts: a column is always the one or the other. */
function cellText(cell: bigint | number | string | null): string {
  return cell === null ? '-' : typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
}
