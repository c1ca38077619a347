import { and, eq, gte, inArray, lt } from 'drizzle-orm';
import { type Month, monthOf, monthRange } from '../../../core/base/time.js';
import type { MeasureRow, MeasureTotals } from '../../../core/ledger/measure.js';
import type { MeasureStore } from '../../contract/ledger.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { incurredMonths, markMonthsStale } from '../base/stale.js';
import { measure } from '../schema/ledger.js';
import { sourceMeasure } from '../schema/sources.js';

type Batch = Parameters<MeasureStore['putMeasures']>[0];

/** The measure store on SQLite. */
export const measureMethods: Methods<MeasureStore> = {
  putMeasures: inTransaction(putMeasures),
  measureTotals,
};

function putMeasures(
  db: Database,
  { rows, actor, atMs }: Batch,
): Awaited<ReturnType<MeasureStore['putMeasures']>> {
  const changed = rows.filter((row) => putRow(db, row));
  const months = new Set(changed.map(({ date }) => monthOf(date)));
  const staleMonths = incurredMonths(db).filter((month) => months.has(month));
  const names = [...new Set(changed.map((row) => row.measure))].toSorted();
  const subject = `measures: ${names.join(', ')}`;
  markMonthsStale(db, staleMonths, subject);
  if (changed.length > 0) {
    const detail = { changed: changed.length, months: [...months].toSorted() };
    writeAudit(db, { actor, action: 'measures.import', subject, detail, atMs });
  }
  return { changed: changed.length, staleMonths };
}

/** Whether the figure is another one than the one that is there. */
function putRow(db: Database, row: MeasureRow): boolean {
  const { measure: name, label, date } = row;
  const key = and(eq(measure.measure, name), eq(measure.label, label), eq(measure.date, date));
  const amount = row.amount.toString();
  if (db.orm.select().from(measure).where(key).get()?.amount === amount) return false;
  db.orm
    .insert(measure)
    .values({ measure: name, label, date, amount })
    .onConflictDoUpdate({ target: [measure.measure, measure.label, measure.date], set: { amount } })
    .run();
  return true;
}

function measureTotals(db: Database, month: Month, measures: readonly string[]): MeasureTotals {
  const { from, to } = monthRange(month);
  const read = (table: typeof measure | typeof sourceMeasure) =>
    db.orm
      .select({ measure: table.measure, label: table.label, amount: table.amount })
      .from(table)
      .where(and(inArray(table.measure, [...measures]), gte(table.date, from), lt(table.date, to)))
      .all();
  const rows = [...read(measure), ...read(sourceMeasure)];
  const totals = new Map<string, Map<string, bigint>>();
  for (const { measure: name, label, amount } of rows) {
    const ofMeasure = totals.get(name) ?? new Map<string, bigint>();
    totals.set(name, ofMeasure);
    ofMeasure.set(label, (ofMeasure.get(label) ?? 0n) + BigInt(amount));
  }
  return totals;
}
