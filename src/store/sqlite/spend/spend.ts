import { compareBigint, compareText } from '../../../core/base/money.js';
import type { SpendAnswer, SpendQuery, SpendRow } from '../../../core/spend/spend.js';
import { adjustedMoney, hasAdjustments } from '../allocation/adjustments.js';
import { type AllocatedMoney, allocatedMoney, daysCondition } from '../allocation/allocated-money.js';
import type { Database } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import { crossedRows } from './crossed-rows.js';
import { type Cell, dimensionIdOf, type SpendColumn, spendColumn } from './keys.js';

/**
 * The body of `LedgerStore.querySpend`: one statement groups the money of all currencies by the ids behind the
 * keys; labels come afterwards, since several ids may share one. What is divided in several ways at once is added
 * row by row, then what later changes moved in closed months.
 */
export function querySpend(db: Database, words: Words, query: SpendQuery): SpendAnswer {
  const keys = readKeys(db, words, query);
  const sums = new Sums(query.currency);
  const dimensionIds = [...new Set(keys.values())].filter((id) => id !== null);
  const base = keys.has('confidence') ? 'fact' : 'set_day';
  const money = allocatedMoney(db, base, dimensionIds, query.range);
  addRows(db, words, query, { keys, money, sums });
  if (money.isDivided)
    for (const { currency, values, cost } of crossedRows(db, words, query, keys))
      sums.add(currency, values, cost);
  if (hasAdjustments(db, dimensionIds, query.range))
    addRows(db, words, query, { keys, money: adjustedMoney(dimensionIds, query.range), sums });
  return sums.answer();
}

/** Adds up costs by currency, and in the currency that was asked for by labels. */
class Sums {
  readonly #currency: string;
  readonly #totals: Map<string, bigint>;
  readonly #rows = new Map<string, SpendRow>();

  constructor(currency: string) {
    this.#currency = currency;
    this.#totals = new Map([[currency, 0n]]);
  }

  add(currency: string, values: readonly string[], cost: bigint): void {
    this.#totals.set(currency, (this.#totals.get(currency) ?? 0n) + cost);
    if (currency !== this.#currency) return;
    const key = JSON.stringify(values);
    this.#rows.set(key, { values, cost: (this.#rows.get(key)?.cost ?? 0n) + cost });
  }

  answer(): SpendAnswer {
    const others = [...this.#totals].filter(([currency, sum]) => currency !== this.#currency && sum !== 0n);
    return {
      currency: this.#currency,
      total: this.#totals.get(this.#currency) ?? 0n,
      rows: [...this.#rows.values()].toSorted(dearestFirst),
      otherCurrencies: others
        .map(([currency, total]) => ({ currency, total }))
        .toSorted((a, b) => compareText(a.currency, b.currency)),
    };
  }
}

/** The keys of a query, each once, with the ids of those that are dimensions. */
function readKeys(db: Database, words: Words, query: SpendQuery): Keys {
  const keys = new Set([...query.by, ...query.where.map(({ key }) => key)]);
  return new Map([...keys].map((key) => [key, dimensionIdOf(db, words, key)]));
}

type Keys = ReadonlyMap<string, number | null>;

/** Adds the rows that the query finds in some money. */
function addRows(
  db: Database,
  words: Words,
  query: SpendQuery,
  { keys, money, sums }: { keys: Keys; money: AllocatedMoney; sums: Sums },
): void {
  const column = (key: string) => spendColumn(db, words, money, { key, dimensionId: keys.get(key) ?? null });
  const columns = query.by.map(column);
  const conditions = query.where.map(({ key, values }) => column(key).isOneOf(values));
  const groups = ['d.currency', ...columns.flatMap(({ expressions }) => expressions)];
  const tests = [daysCondition('d', query.range), ...conditions.map((condition) => condition.sql)];
  if (money.isDivided && keys.has('confidence')) tests.push('d.confidence is not null');
  const sql = `select d.currency, ${[exactSum(money.effective), ...groups.slice(1)].join(', ')}
    from ${money.from} cross join dim_set s on s.id = d.set_id
    where ${tests.join(' and ')}
    group by ${groups.join(', ')}`;
  const rows = db.handle.prepare<Cell[], Cell[]>(sql).raw();
  for (const [currency, cost, ...cells] of rows.iterate(...conditions.map(({ param }) => param)))
    sums.add(String(currency), readLabels(columns, cells), BigInt(cost ?? 0));
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
