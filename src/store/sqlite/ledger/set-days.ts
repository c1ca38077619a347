import { type DayRange, fromEpochDay, toEpochDay } from '../../../core/base/time.js';
import type { SetDayCost } from '../../contract/ledger.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { chargedMonths } from '../base/stale.js';

/** Above this many sets one scan of the roll-up takes less than a look-up for each set and month. */
const MANY_SETS = 1_000;

const ORDER = 'order by 1, 2, 3';

type Row = [bigint, bigint, string, bigint];

/** The body of `LedgerStore.listSetDays`. */
export function listSetDays(
  db: Database,
  range: DayRange,
  setIds: readonly number[] | undefined,
): readonly SetDayCost[] {
  const read = (sql: string, ...params: (number | string)[]) =>
    db.handle
      .prepare<(number | string)[], Row>(sql)
      .raw()
      .safeIntegers()
      .all(...params);
  const days = [toEpochDay(range.from), toEpochDay(range.to)];
  const few = setIds !== undefined && setIds.length <= MANY_SETS;
  const rows = few ? fewSets(db, read, setIds, days) : scan(read, setIds, days);
  return rows.map(([setId, day, currency, effectiveCost]) => {
    return { setId: Number(setId), day: fromEpochDay(Number(day)), currency, effectiveCost };
  });
}

type Read = (sql: string, ...params: (number | string)[]) => readonly Row[];

function scan(read: Read, setIds: readonly number[] | undefined, days: readonly number[]): readonly Row[] {
  const columns = 'select set_id, day, currency, effective from set_day where day >= ? and day < ?';
  if (setIds === undefined) return read(`${columns} ${ORDER}`, ...days);
  const chosen = 'and set_id in (select value from json_each(?))';
  return read(`${columns} ${chosen} ${ORDER}`, ...days, JSON.stringify(setIds));
}

/** The facts lie by month and set, the roll-up by day: of few sets the facts are found faster. */
function fewSets(
  db: Database,
  read: Read,
  setIds: readonly number[],
  days: readonly number[],
): readonly Row[] {
  const months = chargedMonths(db).map(toMonthNumber);
  return read(
    `select f.set_id, f.day, b.currency, sum(f.effective)
     from json_each(?) s cross join json_each(?) m cross join fact f on f.month = m.value and f.set_id = s.value
     cross join bill b on b.id = f.bill_id where f.day >= ? and f.day < ? group by 1, 2, 3 ${ORDER}`,
    JSON.stringify(setIds),
    JSON.stringify(months),
    ...days,
  );
}
