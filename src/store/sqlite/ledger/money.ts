import type { SetMoney } from '../../../core/allocation/allocation.js';
import { type Day, fromEpochDay, type Month } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';

type Row = [bigint, bigint, bigint, string, bigint, bigint, bigint];

/** The body of `LedgerStore.listMonthMoney`. */
export function listMonthMoney(db: Database, month: Month): readonly SetMoney[] {
  const rows = db.handle
    .prepare<[number], Row>(
      `select f.set_id, f.day, f.bill_id, b.currency, sum(f.effective), sum(f.billed), sum(f.list)
       from fact f join bill b on b.id = f.bill_id where f.month = ? group by f.set_id, f.day, f.bill_id`,
    )
    .raw()
    .safeIntegers()
    .all(toMonthNumber(month));
  const days = new Map<bigint, Day>();
  return rows.map(([setId, epochDay, billId, currency, effectiveCost, billedCost, listCost]) => {
    const day = days.get(epochDay) ?? fromEpochDay(Number(epochDay));
    days.set(epochDay, day);
    return {
      setId: Number(setId),
      day,
      billId: Number(billId),
      currency,
      effectiveCost,
      billedCost,
      listCost,
    };
  });
}
