import type { MonthSet } from '../../../core/allocation/allocation.js';
import { invalid } from '../../../core/base/errors.js';
import { type Day, fromEpochDay, type Month } from '../../../core/base/time.js';
import { ATTRIBUTES, type AttributeName } from '../../../core/ledger/charge.js';
import type { LedgerStore } from '../../contract/ledger.js';
import { type Database, type Methods } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { chargedMonths } from '../base/stale.js';
import { dimSet } from '../schema/ledger.js';
import { listMonthMoney } from './money.js';
import { listSetDays } from './set-days.js';
import { type Words, wordsOf } from './words.js';

type SetPart = Pick<
  LedgerStore,
  | 'listMonths'
  | 'chargedDays'
  | 'listSets'
  | 'listMonthSets'
  | 'listMonthMoney'
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
  return rows.map(([setId, first, last]) => {
    return { setId, set: words.set(setId), firstDay: dayOf(first), lastDay: dayOf(last) };
  });
}

// Dearest over all months and, for want of exchange rates, currencies: only the order of a menu hangs on it.
const SET_COST = '(select set_id, sum(effective) as cost from set_month group by set_id)';

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
