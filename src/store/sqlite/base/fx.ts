import type { Actor } from '../../../core/base/actor.js';
import { AppError, invalid } from '../../../core/base/errors.js';
import { createFxLookUp, type FxOverride, type FxRate, parseRate } from '../../../core/base/fx.js';
import { type Month, parseDay, parseMonth } from '../../../core/base/time.js';
import type { InvoiceStore } from '../../contract/invoices.js';
import { writeAudit } from './audit.js';
import { closedThrough } from './closed-months.js';
import { type Database, inTransaction, type Methods } from './database.js';

type FxPart = Pick<InvoiceStore, 'putFxRates' | 'putFxOverride' | 'listFxRates'>;

/** Exchange rates on SQLite. */
export const fxMethods: Methods<FxPart> = {
  putFxRates: inTransaction((db, { rates, actor, atMs }) => putRates(db, rates, { actor, atMs })),
  putFxOverride: inTransaction((db, { override, actor, atMs }) => putOverride(db, override, { actor, atMs })),
  listFxRates: readFx,
};

interface RateRow {
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly source: string;
  readonly date: string;
}

const RATE_COLUMNS = `from_currency as "from", to_currency as "to", rate, source, date`;

/** All rates and overrides, by pair and month. */
export function readFx(db: Database): Awaited<ReturnType<InvoiceStore['listFxRates']>> {
  const rates = db.handle
    .prepare<[], RateRow & { month: string }>(
      `select month, ${RATE_COLUMNS} from fx_rate order by from_currency, to_currency, month`,
    )
    .all()
    .map((row): FxRate => ({ ...row, month: parseMonth(row.month), date: parseDay(row.date) }));
  const overrides = db.handle
    .prepare<[], RateRow & { fromMonth: string; toMonth: string | null }>(
      `select from_month as fromMonth, to_month as toMonth, ${RATE_COLUMNS} from fx_override
       order by from_currency, to_currency, from_month`,
    )
    .all()
    .map(
      (row): FxOverride => ({
        ...row,
        fromMonth: parseMonth(row.fromMonth),
        toMonth: row.toMonth === null ? null : parseMonth(row.toMonth),
        date: parseDay(row.date),
      }),
    );
  return { rates, overrides };
}

/** The rates in force in a month, one of each pair. */
export function ratesOf(db: Database, month: Month): readonly FxRate[] {
  const known = readFx(db);
  const rateOf = createFxLookUp(known);
  const pairs = new Map(
    [...known.rates, ...known.overrides].map(({ from, to }) => [`${from}/${to}`, { from, to }]),
  );
  return [...pairs.values()].flatMap(({ from, to }) => rateOf(from, to, month) ?? []);
}

interface By {
  readonly actor: Actor;
  readonly atMs: number;
}

function putRates(db: Database, rates: readonly FxRate[], by: By): { readonly added: number } {
  const find = db.handle.prepare<[string, string, string], RateRow>(
    `select ${RATE_COLUMNS} from fx_rate where from_currency = ? and to_currency = ? and month = ?`,
  );
  const insert = db.handle.prepare(
    'insert into fx_rate (month, from_currency, to_currency, rate, source, date) values (?, ?, ?, ?, ?, ?)',
  );
  let added = 0;
  for (const rate of rates) {
    checkPair(rate);
    const pair = `${rate.from}/${rate.to}`;
    const known = find.get(rate.from, rate.to, rate.month);
    if (known !== undefined) {
      if (sameRate(known, rate)) continue;
      throw new AppError(
        'conflict',
        `${rate.month} has the ${pair} rate ${known.rate} (${known.source}, ${known.date}) already; a month's rate never changes.`,
      );
    }
    refuseClosedMonth(db, rate.month, pair);
    insert.run(rate.month, rate.from, rate.to, rate.rate, rate.source, rate.date);
    writeAudit(db, { ...by, action: 'fx.set', subject: `fx: ${pair} ${rate.month}`, detail: rate });
    added += 1;
  }
  return { added };
}

function sameRate(a: Pick<RateRow, 'rate'>, b: Pick<RateRow, 'rate'>): boolean {
  const [left, right] = [parseRate(a.rate), parseRate(b.rate)];
  return left.numerator * right.denominator === right.numerator * left.denominator;
}

function putOverride(db: Database, override: FxOverride, by: By): void {
  checkPair(override);
  const { from, to, fromMonth, toMonth, rate, source, date } = override;
  const pair = `${from}/${to}`;
  if (toMonth !== null && toMonth <= fromMonth)
    invalid(`The ${pair} override ends with ${toMonth}, before it begins with ${fromMonth}.`);
  refuseClosedMonth(db, fromMonth, pair);
  const overlap = readFx(db).overrides.find(
    (each) =>
      each.from === from &&
      each.to === to &&
      (each.toMonth === null || fromMonth < each.toMonth) &&
      (toMonth === null || each.fromMonth < toMonth),
  );
  if (overlap !== undefined)
    throw new AppError(
      'conflict',
      `An override of ${pair} from ${overlap.fromMonth} (${overlap.rate}, ${overlap.source}) is valid in some of these months already.`,
    );
  db.handle
    .prepare(
      `insert into fx_override (from_currency, to_currency, from_month, to_month, rate, source, date)
       values (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(from, to, fromMonth, toMonth, rate, source, date);
  writeAudit(db, {
    ...by,
    action: 'fx.override',
    subject: `fx: ${pair} from ${fromMonth}`,
    detail: override,
  });
}

function checkPair({ from, to, rate, source }: Pick<FxRate, 'from' | 'to' | 'rate' | 'source'>): void {
  for (const currency of [from, to])
    if (!/^[A-Z]{3}$/.test(currency))
      invalid(`"${currency.slice(0, 10)}" is no ISO 4217 currency such as EUR.`);
  if (from === to) invalid(`${from} to ${to} needs no rate.`);
  if (source.trim() === '')
    invalid(`The ${from}/${to} rate names no source; say where it is from, ECB for example.`);
  parseRate(rate);
}

/** What was converted in a closed month never changes, and so neither do its rates. */
function refuseClosedMonth(db: Database, month: Month, pair: string): void {
  const closed = closedThrough(db);
  if (closed !== null && month <= closed)
    throw new AppError('conflict', `${month} is locked, and so are its rates; ${pair} stays as it was.`);
}
