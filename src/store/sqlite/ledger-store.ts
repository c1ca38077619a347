import { asc, gt } from 'drizzle-orm';
import { parseMonth } from '../../core/base/time.js';
import type { LedgerStore } from '../contract/ledger.js';
import { createAllocationPart } from './allocation/allocations.js';
import type { Database } from './base/database.js';
import { markMonthsStale } from './base/stale.js';
import { createSetPart } from './ledger/sets.js';
import { createWords } from './ledger/words.js';
import { staleMonth } from './schema/base.js';
import { listSetAside } from './sources/overlap-report.js';
import { createFeedPart } from './sources/pull-record.js';
import { replaceCharges } from './sources/replace.js';
import { createReportPart } from './spend/reports.js';

/** The ledger in a SQLite file; see `schema/ledger.ts` for its layout. */
export function createLedgerStore(db: Database): LedgerStore {
  const words = createWords(db);
  return {
    async replaceCharges(batch) {
      return replaceCharges(db, batch);
    },
    async listStaleMonths() {
      const { mark, clearedMark, month } = staleMonth;
      const rows = db.orm.select().from(staleMonth).where(gt(mark, clearedMark)).orderBy(asc(month)).all();
      return rows.map(({ clearedMark: _cleared, ...row }) => ({ ...row, month: parseMonth(row.month) }));
    },
    async markStale(months, reason) {
      db.handle.transaction(() => markMonthsStale(db, months, reason)).immediate();
    },
    async listSetAside() {
      return listSetAside(db);
    },
    ...createFeedPart(db),
    ...createSetPart(db, words),
    ...createAllocationPart(db, words),
    ...createReportPart(db, words),
  };
}
