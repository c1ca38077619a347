import { decodeJson, encodeJson } from '../../../core/base/json.js';
import { compareText } from '../../../core/base/money.js';
import {
  addDays,
  type Day,
  type DayRange,
  fromEpochDay,
  type Month,
  monthOf,
  toEpochDay,
} from '../../../core/base/time.js';
import { type StoredUse, USE_KEY } from '../../../core/gateways/token-use.js';
import type { TokenFact } from '../../../core/gateways/vendor-use.js';
import type { MeasureRow } from '../../../core/ledger/measure.js';
import type { TokenRecordStore } from '../../contract/sources.js';
import { insertRows } from '../base/bulk.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { exactSum, toMonthNumber } from '../base/numbers.js';
import { incurredMonths, markMonthsStale } from '../base/stale.js';
import { type Words, wordsOf } from '../ledger/words.js';
import { createKindReader } from '../lineage/work.js';

type Batch = Parameters<TokenRecordStore['replaceWeights']>[0];

/** The token record store on SQLite. */
export const tokenRecordMethods: Methods<TokenRecordStore> = {
  replaceWeights: inTransaction(replaceWeights),
  listTokenUses(db, { from, to }, source) {
    const rows = db.handle
      .prepare<[string, string, string | null, string | null], UseRow>(
        `select source, day, tuple, figures from token_use
           where day >= ? and day < ? and (? is null or source = ?) order by source, day, tuple`,
      )
      .all(from, to, source ?? null, source ?? null);
    return rows.map(toUse);
  },
  listUseSpans(db) {
    return db.handle
      .prepare<[], { source: string; first: Day; last: Day }>(
        'select source, min(day) as first, max(day) as last from token_use group by source order by source',
      )
      .all();
  },
  listTokenFacts: (db, range, vendors) =>
    db.handle.transaction(() => listTokenFacts(db, wordsOf(db), range, vendors))(),
};

interface UseRow {
  readonly source: string;
  readonly day: Day;
  readonly tuple: string;
  readonly figures: string;
}

type Figures = Pick<
  StoredUse,
  'tellsCache' | 'tokens' | 'requests' | 'retries' | 'replays' | 'repeated' | 'ownCost' | 'rated'
>;
type Tuple = Pick<StoredUse, (typeof USE_KEY)[number]>;

function toRow(use: StoredUse): UseRow {
  const { source, day, tellsCache, tokens, requests, retries, replays, repeated, ownCost, rated } = use;
  const tuple = Object.fromEntries(USE_KEY.map((field) => [field, use[field]]));
  const figures: Figures = { tellsCache, tokens, requests, retries, replays, repeated, ownCost, rated };
  return { source, day, tuple: encodeJson(tuple), figures: encodeJson(figures) };
}

function toUse({ source, day, tuple, figures }: UseRow): StoredUse {
  return { source, day, ...decodeJson<Tuple>(tuple), ...decodeJson<Figures>(figures) };
}

function replaceWeights(
  db: Database,
  { source, range, uses, measures }: Batch,
): Awaited<ReturnType<TokenRecordStore['replaceWeights']>> {
  const days = new Set([
    ...replaceUses(db, source, range, uses.map(toRow)),
    ...replaceMeasures(db, source, range, measures),
  ]);
  const months = new Set([...days].map(monthOf));
  const staleMonths = incurredMonths(db).filter((month) => months.has(month));
  markMonthsStale(db, staleMonths, `New figures from ${source}`);
  return { changed: days.size > 0, staleMonths };
}

function useText({ tuple, figures }: UseRow): string {
  return `${tuple}\0${figures}`;
}

function measureText({ measure, label, amount }: MeasureRow): string {
  return `${measure}\0${label}\0${amount}`;
}

/** Writes what differs, a day at a time; answers the days that do. */
function replaceUses(
  db: Database,
  source: string,
  { from, to }: DayRange,
  rows: readonly UseRow[],
): readonly Day[] {
  const stored = db.handle
    .prepare<[string, string, string], UseRow>(
      'select source, day, tuple, figures from token_use where source = ? and day >= ? and day < ?',
    )
    .all(source, from, to);
  const changed = changedDays(stored, rows, ({ day }) => day, useText);
  const remove = db.handle.prepare('delete from token_use where source = ? and day = ?');
  for (const day of changed) remove.run(source, day);
  const columns = ['source', 'day', 'tuple', 'figures'];
  const fresh = rows
    .filter(({ day }) => changed.has(day))
    .toSorted((a, b) => compareText(a.day, b.day) || compareText(a.tuple, b.tuple));
  insertRows(db, { table: 'token_use', columns }, fresh, (row, into) =>
    into.push(row.source, row.day, row.tuple, row.figures),
  );
  return [...changed];
}

function replaceMeasures(
  db: Database,
  source: string,
  { from, to }: DayRange,
  rows: readonly MeasureRow[],
): readonly Day[] {
  const inside = rows.filter(({ date }) => from <= date && date < to);
  const stored = db.handle
    .prepare<[string, string, string], { measure: string; label: string; date: Day; amount: string }>(
      'select measure, label, date, amount from source_measure where source = ? and date >= ? and date < ?',
    )
    .all(source, from, to)
    .map((row): MeasureRow => ({ ...row, amount: BigInt(row.amount) }));
  const changed = changedDays(stored, inside, ({ date }) => date, measureText);
  const remove = db.handle.prepare('delete from source_measure where source = ? and date = ?');
  for (const day of changed) remove.run(source, day);
  const columns = ['source', 'measure', 'label', 'date', 'amount'];
  const fresh = inside.filter(({ date }) => changed.has(date));
  insertRows(db, { table: 'source_measure', columns }, fresh, (row, into) =>
    into.push(source, row.measure, row.label, row.date, row.amount.toString()),
  );
  return [...changed];
}

function changedDays<T>(
  before: readonly T[],
  after: readonly T[],
  dayOf: (row: T) => Day,
  textOf: (row: T) => string,
): ReadonlySet<Day> {
  const texts = (rows: readonly T[]) => {
    const byDay = new Map<Day, string[]>();
    for (const row of rows) {
      const own = byDay.get(dayOf(row)) ?? [];
      byDay.set(dayOf(row), own);
      own.push(textOf(row));
    }
    return new Map([...byDay].map(([day, own]) => [day, own.toSorted(compareText).join('\n')]));
  };
  const [old, fresh] = [texts(before), texts(after)];
  return new Set([...old.keys(), ...fresh.keys()].filter((day) => old.get(day) !== fresh.get(day)));
}

type FactRow = [day: number, set: number, kind: number, currency: string, cost: string, quantity: number];

/** The vendor's own charges only: what was booked for an invoice counts no tokens. Late charges count on their real day. */
function listTokenFacts(
  db: Database,
  words: Words,
  { from, to }: DayRange,
  vendors: readonly string[],
): readonly TokenFact[] {
  const ids = vendors.flatMap((vendor) => words.idOf(vendor) ?? []);
  if (ids.length === 0 || from >= to) return [];
  const kindOf = createKindReader(db);
  const months: readonly Month[] = [monthOf(from), monthOf(addDays(to, -1))];
  const days = [toEpochDay(from), toEpochDay(to)];
  const read = (day: string, from: string, params: readonly number[]) =>
    db.handle
      .prepare<(number | string)[], FactRow>(
        `select ${day}, f.set_id, f.kind_id, b.currency, ${exactSum('f.effective')}, sum(f.consumed_quantity)
         from ${from} cross join charge_kind k on k.id = f.kind_id cross join bill b on b.id = f.bill_id
         where f.consumed_quantity is not null and k.invoice_key is null
         and s.service_provider_name in (${ids.map(() => '?').join(', ')})
         group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
      )
      .raw()
      .all(...params, ...ids);
  const inTime = `fact f cross join dim_set s on s.id = f.set_id and s.prior_day is null
    and f.month between ? and ? and f.day >= ? and f.day < ?`;
  const late = `dim_set s cross join (select distinct posted_month from prior_period_line) p
    cross join fact f on f.month = p.posted_month and f.set_id = s.id and s.prior_day >= ? and s.prior_day < ?`;
  return [
    ...read('f.day', inTime, [...months.map(toMonthNumber), ...days]),
    ...read('s.prior_day', late, days),
  ].map(([day, set, kind, currency, cost, quantity]) => ({
    day: fromEpochDay(day),
    set: words.set(set),
    kind: kindOf(kind),
    currency,
    cost: BigInt(cost),
    quantity,
  }));
}
