import { UNALLOCATED } from '../../../core/rules/target.js';
import type { SpendQuery } from '../../../core/spend/spend.js';
import { allocatedMoney } from '../allocation/allocated-money.js';
import { CONFIDENCE, type CrossedMoney, readCrossedMoney, type SetDay } from '../allocation/crossed-money.js';
import type { Database } from '../base/database.js';
import type { Words } from '../ledger/words.js';
import { type Cell, type SpendColumn, spendColumn } from './keys.js';

/** The ids of the dimensions among a query's keys; null for built-in keys. */
type Keys = ReadonlyMap<string, number | null>;

/** Rows of an answer, not yet added up, for the money that is divided in several of its keys. */
export function* crossedRows(
  db: Database,
  words: Words,
  query: SpendQuery,
  keys: Keys,
): Iterable<{ readonly currency: string; readonly values: readonly string[]; readonly cost: bigint }> {
  const dimensions = [...keys].flatMap(([name, id]) => (id === null ? [] : [{ id, name }]));
  const withConfidence = keys.has(CONFIDENCE);
  const labelsOf = createLabelReader(db, words, query, keys);
  for (const money of readCrossedMoney(db, words, { dimensions, range: query.range, withConfidence })) {
    const setLabels = labelsOf(money);
    if (setLabels === null || !isWanted(query, keys, money)) continue;
    const values = query.by.map((key) =>
      isOwned(keys, key) ? ownerOf(money, key) : (setLabels.get(key) ?? ''),
    );
    yield { currency: money.currency, values, cost: money.cost };
  }
}

/** Whether the parts of divided money differ in a key; otherwise its set and day say all. */
function isOwned(keys: Keys, key: string): boolean {
  return key === CONFIDENCE || (keys.get(key) ?? null) !== null;
}

function ownerOf({ owners }: CrossedMoney, key: string): string {
  return (Object.hasOwn(owners, key) ? owners[key] : null) ?? UNALLOCATED;
}

function isWanted({ where }: SpendQuery, keys: Keys, money: CrossedMoney): boolean {
  return where.every(({ key, values }) => !isOwned(keys, key) || values.includes(ownerOf(money, key)));
}

type LabelReader = (at: SetDay) => ReadonlyMap<string, string> | null;

/** The labels of a set and day under the query's other keys; null where a filter does not let them through. */
function createLabelReader(db: Database, words: Words, query: SpendQuery, keys: Keys): LabelReader {
  const money = allocatedMoney(db, 'set_day', [], query.range);
  const column = (key: string): SpendColumn => spendColumn(db, words, money, { key, dimensionId: null });
  const named = query.by.filter((key) => !isOwned(keys, key)).map((key) => ({ key, column: column(key) }));
  const filters = query.where.filter(({ key }) => !isOwned(keys, key));
  const conditions = filters.map(({ key, values }) => column(key).isOneOf(values));
  const expressions = ['1', ...named.flatMap(({ column: { expressions: own } }) => own)];
  const find = db.handle
    .prepare<Cell[], Cell[]>(
      `select ${expressions.join(', ')}
       from (select ? as month, ? as day, ? as set_id) d cross join dim_set s on s.id = d.set_id
       where ${['true', ...conditions.map(({ sql }) => sql)].join(' and ')}`,
    )
    .raw();
  const known = new Map<string, ReadonlyMap<string, string> | null>();
  return ({ month, day, setId }) => {
    const place = `${day}/${setId}`;
    const before = known.get(place);
    if (before !== undefined) return before;
    const row = find.get(month, day, setId, ...conditions.map(({ param }) => param));
    const labels = row === undefined ? null : readLabels(named, row.slice(1));
    known.set(place, labels);
    return labels;
  };
}

function readLabels(
  named: readonly { readonly key: string; readonly column: SpendColumn }[],
  cells: readonly Cell[],
): ReadonlyMap<string, string> {
  let position = 0;
  return new Map(
    named.map(({ key, column: { expressions, label } }) => {
      const own = cells.slice(position, position + expressions.length);
      position += expressions.length;
      return [key, label(own)];
    }),
  );
}
