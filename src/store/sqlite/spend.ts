import { compareBigint, compareText } from '../../core/money.js';
import type { SpendAnswer, SpendQuery, SpendRow } from '../../core/spend.js';
import { type DayRange, monthsIn, toEpochDay } from '../../core/time.js';
import { allocatedMoney } from './allocated-money.js';
import type { Database } from './database.js';
import type { Words } from './ledger-words.js';
import { exactSum, toMonthNumber } from './numbers.js';
import { type Cell, dimensionIdOf, type SpendColumn, spendColumn } from './spend-keys.js';

/**
 * The body of `LedgerStore.querySpend`: one statement groups the money of all currencies by the ids behind the
 * keys; labels come afterwards, since several ids may share one.
 */
export function querySpend(db: Database, words: Words, query: SpendQuery): SpendAnswer {
  const { sql, params, columns } = compile(db, words, query);
  const totals = new Map<string, bigint>([[query.currency, 0n]]);
  const rows = new Map<string, SpendRow>();
  for (const [currency, cost, ...cells] of db.handle
    .prepare<Cell[], Cell[]>(sql)
    .raw()
    .iterate(...params)) {
    const amount = BigInt(cost ?? 0);
    totals.set(String(currency), (totals.get(String(currency)) ?? 0n) + amount);
    if (currency !== query.currency) continue;
    const values = readLabels(columns, cells);
    const key = JSON.stringify(values);
    rows.set(key, { values, cost: (rows.get(key)?.cost ?? 0n) + amount });
  }
  const { [query.currency]: total = 0n, ...others } = Object.fromEntries(totals);
  return {
    currency: query.currency,
    total,
    rows: [...rows.values()].toSorted(dearestFirst),
    otherCurrencies: Object.entries(others)
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => ({ currency, total: sum }))
      .toSorted((a, b) => compareText(a.currency, b.currency)),
  };
}

function compile(db: Database, words: Words, query: SpendQuery) {
  const keys = [...new Set([...query.by, ...query.where.map(({ key }) => key)])];
  const ids = new Map(keys.map((key) => [key, dimensionIdOf(db, words, key)]));
  const dimensionIds = [...new Set(ids.values())].filter((id) => id !== null);
  const base = keys.includes('confidence') ? 'fact' : 'set_day';
  const money = allocatedMoney(base, dimensionIds);
  const column = (key: string) => spendColumn(db, words, money, { key, dimensionId: ids.get(key) ?? null });
  const columns = query.by.map(column);
  const conditions = query.where.map(({ key, values }) => column(key).isOneOf(values));
  const range = rangeCondition(query.range);
  const groups = ['d.currency', ...columns.flatMap(({ expressions }) => expressions)];
  const sql = `select d.currency, ${[exactSum(money.effective), ...groups.slice(1)].join(', ')}
    from ${money.from} cross join dim_set s on s.id = d.set_id
    where ${[range.sql, ...conditions.map((condition) => condition.sql)].join(' and ')}
    group by ${groups.join(', ')}`;
  return { sql, params: [...range.params, ...conditions.map(({ param }) => param)], columns };
}

/** Half-open days on money `d`, with their months, by which the facts are clustered. */
export function rangeCondition(range: DayRange): {
  readonly sql: string;
  readonly params: readonly number[];
} {
  const months = monthsIn(range).map(toMonthNumber);
  return {
    sql: 'd.day >= ? and d.day < ? and d.month between ? and ?',
    params: [toEpochDay(range.from), toEpochDay(range.to), months[0] ?? 0, months.at(-1) ?? 0],
  };
}

function readLabels(columns: readonly SpendColumn[], cells: readonly Cell[]): readonly string[] {
  let position = 0;
  return columns.map(({ expressions, label }) => {
    const own = cells.slice(position, position + expressions.length);
    position += expressions.length;
    return label(own);
  });
}

function dearestFirst(a: SpendRow, b: SpendRow): number {
  return compareBigint(b.cost, a.cost) || compareText(a.values.join('\n'), b.values.join('\n'));
}
