import type { Database } from './database.js';

type Bound = string | number | bigint | null;

// 50 rows a statement: twice the speed of single rows; 250 brings nothing more.
const ROWS_PER_STATEMENT = 50;

/**
 * Inserts many rows through the driver's handle; `bind` appends one item's values in the order of `into.columns`.
 * Hand the items over in primary-key order: random order is four times slower.
 */
export function insertRows<T>(
  db: Database,
  into: { readonly table: string; readonly columns: readonly string[] },
  items: readonly T[],
  bind: (item: T, row: Bound[]) => void,
): void {
  const { table, columns } = into;
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  const prepare = (rows: number) =>
    db.handle.prepare<[Bound[]]>(
      `insert into ${table} (${columns.join(', ')}) values ${Array.from({ length: rows }, () => tuple).join(', ')}`,
    );
  const full = prepare(ROWS_PER_STATEMENT);
  for (let start = 0; start < items.length; start += ROWS_PER_STATEMENT) {
    const batch = items.slice(start, start + ROWS_PER_STATEMENT);
    const row: Bound[] = [];
    for (const item of batch) bind(item, row);
    (batch.length === ROWS_PER_STATEMENT ? full : prepare(batch.length)).run(row);
  }
}
