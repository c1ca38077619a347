import type { LateMoney, MonthSet, SetMoney } from '../../../core/allocation/allocation.js';
import { invalid } from '../../../core/base/errors.js';
import {
  type Day,
  type DayRange,
  fromEpochDay,
  type Month,
  monthRange,
  toEpochDay,
} from '../../../core/base/time.js';
import { ATTRIBUTES, type AttributeName } from '../../../core/ledger/charge.js';
import type { LedgerStore, SetDayCost } from '../../contract/ledger.js';
import type { Database, Methods } from '../base/database.js';
import {
  fromMonthNumber,
  readNanos,
  roughSum,
  type StoredNanos,
  storedSum,
  toMonthNumber,
} from '../base/numbers.js';
import { chargedMonths } from '../base/stale.js';
import { dimSet } from '../schema/ledger.js';
import { type Words, wordsOf } from './words.js';

type SetPart = Pick<
  LedgerStore,
  | 'listMonths'
  | 'chargedDays'
  | 'listSets'
  | 'listMonthSets'
  | 'listMonthMoney'
  | 'listLateMoney'
  | 'listSetDays'
  | 'suggestValues'
  | 'listTagKeys'
>;

/** The part of the ledger that knows which dimension sets have charges, and when. */
export const setMethods: Methods<SetPart> = {
  listMonths: chargedMonths,
  chargedDays(db) {
    // Two statements, since SQLite jumps to the end of an index for a lone min or max only.
    const first = db.handle.prepare<[], number | null>('select min(day) from set_day').pluck().get();
    const last = db.handle.prepare<[], number | null>('select max(day) from set_day').pluck().get();
    if (typeof first !== 'number' || typeof last !== 'number') return null;
    return { from: fromEpochDay(first), to: fromEpochDay(last + 1) };
  },
  listSets(db) {
    const ids = db.handle.prepare<[], number>('select id from dim_set order by id').pluck();
    return ids.all().map((setId) => ({ setId, set: wordsOf(db).set(setId) }));
  },
  listMonthSets: (db, month, setIds) => listMonthSets(db, wordsOf(db), month, setIds),
  listMonthMoney,
  listLateMoney: (db, month) => listLateMoney(db, wordsOf(db), month),
  listSetDays,
  suggestValues(db, attribute, contains, limit) {
    const values = attribute.startsWith('tag:')
      ? tagValues(db, attribute.slice('tag:'.length))
      : attributeValues(db, attribute);
    // Filtered here because SQLite folds the case of ASCII letters only.
    const wanted = contains.toLowerCase();
    return values.filter((value) => value.toLowerCase().includes(wanted)).slice(0, limit);
  },
  listTagKeys(db) {
    const names = db.handle.prepare<[], string>(
      'select v.value from dim_value v where v.id in (select name_id from tag) order by v.value',
    );
    return names.pluck().all();
  },
};

function listMonthSets(
  db: Database,
  words: Words,
  month: Month,
  setIds: ReadonlySet<number> | undefined,
): readonly MonthSet[] {
  // CROSS JOIN: a look-up for each set that is asked for, however many the month has.
  const few = 'json_each(?) j cross join set_month m on m.set_id = j.value';
  const rows = db.handle
    .prepare<(string | number)[], [number, number, number]>(
      `select m.set_id, min(m.first_day), max(m.last_day) from ${setIds === undefined ? 'set_month m' : few}
       where m.month = ? group by m.set_id order by m.set_id`,
    )
    .raw()
    .all(...(setIds === undefined ? [] : [JSON.stringify([...setIds])]), toMonthNumber(month));
  const days = new Map<number, Day>();
  const dayOf = (epochDay: number): Day => {
    const day = days.get(epochDay) ?? fromEpochDay(epochDay);
    days.set(epochDay, day);
    return day;
  };
  const priorDays = db.handle
    .prepare<[], [number, number]>('select id, prior_day from dim_set where prior_day is not null')
    .raw()
    .all();
  const prior = new Map(priorDays);
  return rows.map(([setId, first, last]) => {
    const set = { setId, set: words.set(setId), firstDay: dayOf(first), lastDay: dayOf(last) };
    const priorDay = prior.get(setId);
    return priorDay === undefined ? set : { ...set, priorDay: dayOf(priorDay) };
  });
}

// Dearest over all months and, for want of exchange rates, currencies: only the order of a menu hangs on it.
const SET_COST = `(select set_id, ${roughSum('effective')} as cost from set_month group by set_id)`;

function attributeValues(db: Database, attribute: string): readonly string[] {
  const name = ATTRIBUTES.find((known): known is AttributeName => known === attribute);
  if (name === undefined)
    return invalid(`"${attribute}" is not an attribute; known: ${ATTRIBUTES.join(', ')}.`);
  const column = dimSet[name].name;
  return db.handle
    .prepare<[], string>(
      `select v.value from ${SET_COST} c join dim_set s on s.id = c.set_id join dim_value v on v.id = s.${column}
       group by v.id order by sum(c.cost) desc, v.value`,
    )
    .pluck()
    .all();
}

function tagValues(db: Database, key: string): readonly string[] {
  return db.handle
    .prepare<[string], string>(
      `select v.value from ${SET_COST} c join dim_set s on s.id = c.set_id
       join tag t on t.tag_set_id = s.tag_set_id
         and t.name_id = (select id from dim_value where value = ?)
       join dim_value v on v.id = t.value_id group by v.id order by sum(c.cost) desc, v.value`,
    )
    .pluck()
    .all(key);
}

type Row = [bigint, bigint, bigint, string, StoredNanos, StoredNanos, StoredNanos];

const COSTS = ['f.effective', 'f.billed', 'f.list'].map(storedSum).join(', ');

/** The body of `LedgerStore.listMonthMoney`. */
function listMonthMoney(db: Database, month: Month): readonly SetMoney[] {
  const rows = db.handle
    .prepare<[number], Row>(
      `select f.set_id, f.day, f.bill_id, b.currency, ${COSTS}
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
      effectiveCost: readNanos(effectiveCost),
      billedCost: readNanos(billedCost),
      listCost: readNanos(listCost),
    };
  });
}

/** The body of `LedgerStore.listLateMoney`. */
function listLateMoney(db: Database, words: Words, month: Month): readonly LateMoney[] {
  const { from, to } = monthRange(month);
  // CROSS JOIN: by key from the few sets of prior-period lines to their charges in the few months that have any.
  const rows = db.handle
    .prepare<[number, number], [...Row, bigint]>(
      `select f.set_id, s.prior_day, f.bill_id, b.currency, ${COSTS}, f.month
       from dim_set s cross join (select distinct posted_month from prior_period_line) p
       cross join fact f on f.month = p.posted_month and f.set_id = s.id join bill b on b.id = f.bill_id
       where s.prior_day >= ? and s.prior_day < ? group by f.month, f.set_id, f.bill_id`,
    )
    .raw()
    .safeIntegers()
    .all(toEpochDay(from), toEpochDay(to));
  return rows.map(([id, day, billId, currency, effectiveCost, billedCost, listCost, posted]) => ({
    setId: Number(id),
    set: words.set(Number(id)),
    day: fromEpochDay(Number(day)),
    billId: Number(billId),
    currency,
    effectiveCost: readNanos(effectiveCost),
    billedCost: readNanos(billedCost),
    listCost: readNanos(listCost),
    postedMonth: fromMonthNumber(Number(posted)),
  }));
}

/** Above this many sets one scan of the roll-up takes less than a look-up for each set and month. */
const MANY_SETS = 1_000;

const ORDER = 'order by 1, 2, 3';

type SetDayRow = [bigint, bigint, string, StoredNanos];

/** The body of `LedgerStore.listSetDays`. */
function listSetDays(
  db: Database,
  range: DayRange,
  setIds: readonly number[] | undefined,
): readonly SetDayCost[] {
  const read = (sql: string, ...params: (number | string)[]) =>
    db.handle
      .prepare<(number | string)[], SetDayRow>(sql)
      .raw()
      .safeIntegers()
      .all(...params);
  const days = [toEpochDay(range.from), toEpochDay(range.to)];
  const few = setIds !== undefined && setIds.length <= MANY_SETS;
  const rows = few ? fewSets(db, read, setIds, days) : scan(read, setIds, days);
  return rows.map(([setId, day, currency, effectiveCost]) => {
    return {
      setId: Number(setId),
      day: fromEpochDay(Number(day)),
      currency,
      effectiveCost: readNanos(effectiveCost),
    };
  });
}

type Read = (sql: string, ...params: (number | string)[]) => readonly SetDayRow[];

function scan(
  read: Read,
  setIds: readonly number[] | undefined,
  days: readonly number[],
): readonly SetDayRow[] {
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
): readonly SetDayRow[] {
  const months = chargedMonths(db).map(toMonthNumber);
  return read(
    `select f.set_id, f.day, b.currency, ${storedSum('f.effective')}
     from json_each(?) s cross join json_each(?) m cross join fact f on f.month = m.value and f.set_id = s.value
     cross join bill b on b.id = f.bill_id where f.day >= ? and f.day < ? group by 1, 2, 3 ${ORDER}`,
    JSON.stringify(setIds),
    JSON.stringify(months),
    ...days,
  );
}
