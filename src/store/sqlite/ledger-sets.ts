import { ATTRIBUTES, type AttributeName } from '../../core/charge.js';
import { invalid } from '../../core/errors.js';
import { fromEpochDay, toEpochDay } from '../../core/time.js';
import type { LedgerStore, SetDayCost } from '../ledger-store.js';
import type { Database } from './database.js';
import { listMonthMoney } from './ledger-money.js';
import type { Words } from './ledger-words.js';
import { toMonthNumber } from './numbers.js';
import { dimSet } from './schema/ledger.js';
import { chargedMonths } from './stale.js';

type SetPart = Pick<
  LedgerStore,
  | 'listMonths'
  | 'chargedDays'
  | 'listMonthSets'
  | 'listMonthMoney'
  | 'listSetDays'
  | 'suggestValues'
  | 'listTagKeys'
>;

/** The part of the ledger that knows which dimension sets have charges, and when. */
export function createSetPart(db: Database, words: Words): SetPart {
  return {
    async listMonths() {
      return chargedMonths(db);
    },
    async chargedDays() {
      // Two statements, since SQLite jumps to the end of an index for a lone min or max only.
      const first = db.handle.prepare<[], number | null>('select min(day) from set_day').pluck().get();
      const last = db.handle.prepare<[], number | null>('select max(day) from set_day').pluck().get();
      if (typeof first !== 'number' || typeof last !== 'number') return null;
      return { from: fromEpochDay(first), to: fromEpochDay(last + 1) };
    },
    async listMonthSets(month) {
      const rows = db.handle.prepare<[number], { setId: number; first: number; last: number }>(
        `select set_id as setId, min(first_day) as first, max(last_day) as last from set_month
         where month = ? group by set_id order by set_id`,
      );
      return rows.all(toMonthNumber(month)).map(({ setId, first, last }) => {
        return { setId, set: words.set(setId), firstDay: fromEpochDay(first), lastDay: fromEpochDay(last) };
      });
    },
    async listMonthMoney(month) {
      return listMonthMoney(db, month);
    },
    async listSetDays(range, setIds) {
      return listSetDays(db, toEpochDay(range.from), toEpochDay(range.to), setIds);
    },
    async suggestValues(attribute, contains, limit) {
      const values = attribute.startsWith('tag:')
        ? tagValues(db, attribute.slice('tag:'.length))
        : attributeValues(db, attribute);
      // Filtered here because SQLite folds the case of ASCII letters only.
      const wanted = contains.toLowerCase();
      return values.filter((value) => value.toLowerCase().includes(wanted)).slice(0, limit);
    },
    async listTagKeys() {
      const names = db.handle.prepare<[], string>(
        'select v.value from dim_value v where v.id in (select name_id from tag) order by v.value',
      );
      return names.pluck().all();
    },
  };
}

function listSetDays(
  db: Database,
  from: number,
  to: number,
  setIds: readonly number[] | undefined,
): readonly SetDayCost[] {
  const chosen = setIds === undefined ? '' : 'and set_id in (select value from json_each(?))';
  const rows = db.handle
    .prepare<(number | string)[], [bigint, bigint, string, bigint]>(
      `select set_id, day, currency, effective from set_day where day >= ? and day < ? ${chosen}
       order by set_id, day, currency`,
    )
    .raw()
    .safeIntegers()
    .all(from, to, ...(setIds === undefined ? [] : [JSON.stringify(setIds)]));
  return rows.map(([setId, day, currency, effectiveCost]) => {
    return { setId: Number(setId), day: fromEpochDay(Number(day)), currency, effectiveCost };
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
