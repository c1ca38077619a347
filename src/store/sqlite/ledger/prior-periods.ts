import { decodeJson } from '../../../core/base/json.js';
import {
  addMonths,
  firstDay,
  fromEpochDay,
  type Month,
  monthOf,
  monthRange,
  toEpochDay,
} from '../../../core/base/time.js';
import type { Bill, ChargeKind, Costs, ReplaceScope } from '../../../core/ledger/charge.js';
import { insertRows } from '../base/bulk.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { bindNanos, fromMonthNumber, readNanos, toMonthNumber } from '../base/numbers.js';
import { markMonthsStale } from '../base/stale.js';
import {
  type Fact,
  type FactOrigin,
  type FactScope,
  inKeyOrder,
  OF_SOURCE,
  readFacts,
  replaceFacts,
} from './facts.js';
import type { Interner } from './intern.js';

/** A pull as far as it touches closed months. */
export interface PriorPull {
  readonly source: string;
  readonly scope: ReplaceScope;
  readonly factScope: FactScope;
  /** Whose charges these are: lines of the vendor's and of invoices' stand beside each other. */
  readonly origin: FactOrigin;
  readonly intern: Interner;
  /** What the vendor says now of each closed month that differs from what the ledger holds. */
  readonly restated: ReadonlyMap<Month, readonly Fact[]>;
}

/** A row of prior_period_line. */
interface Line extends Costs {
  readonly postedMonth: number;
  readonly setId: number;
  readonly kindId: number;
  readonly day: number;
  readonly account: string;
  readonly period: string;
  readonly postedBillId: number;
  readonly consumedQuantity: number | null;
  readonly pricingQuantity: number | null;
}

/**
 * Brings the prior-period lines of a pull up to date: vendor - ledger - lines that stand in closed months by now,
 * per set, kind, day and billing period. Lines in open months are worked out again, so pulling twice posts once,
 * and a month that was unlocked takes its lines back. Returns the open months whose facts changed.
 */
export function postPriorPeriods(db: Database, pull: PriorPull): readonly Month[] {
  const closed = closedThrough(db);
  const held = readLines(db, linesInScope(pull));
  const isFixed = (line: Line) => closed !== null && line.postedMonth <= toMonthNumber(closed);
  const open = held.filter((line) => !isFixed(line));
  const wanted = closed === null ? [] : linesWanted(db, pull, { closed, fixed: held.filter(isFixed) });
  if (sameLines(open, wanted)) return [];
  const remove = db.handle.prepare(
    `delete from prior_period_line where posted_month = ? and set_id = ? and kind_id = ? and day = ?
     and billing_account_id = ? and billing_period = ? and posted_bill_id = ?`,
  );
  for (const line of open) remove.run(...keyOf(line));
  insertRows(db, { table: 'prior_period_line', columns: LINE_COLUMNS }, wanted, (line, row) => {
    row.push(...keyOf(line), line.consumedQuantity, line.pricingQuantity);
    row.push(bindNanos(line.listCost), bindNanos(line.contractedCost));
    row.push(bindNanos(line.effectiveCost), bindNanos(line.billedCost));
  });
  const months = [...new Set([...open, ...wanted].map((line) => line.postedMonth))].toSorted((a, b) => a - b);
  for (const month of months) rewritePostedFacts(db, pull, month);
  const real = new Set([...open, ...wanted].map(({ day }) => monthOf(fromEpochDay(day))));
  // What its owners spent weighs in the splits of the real month too.
  markMonthsStale(db, [...real].toSorted(), `Prior-period lines from ${pull.source}`);
  return months.map(fromMonthNumber);
}

/** Vendor - ledger - fixed, as lines of the first open month; nothing where no money differs. */
function linesWanted(
  db: Database,
  pull: PriorPull,
  { closed, fixed }: { closed: Month; fixed: readonly Line[] },
): readonly Line[] {
  const posting = addMonths(closed, 1);
  const bills = createBillReader(db, pull, { closed, posting });
  const sums = new Map<string, Line>();
  const add = (line: Line, sign: 1 | -1) => {
    const key = JSON.stringify(keyOf(line));
    sums.set(key, plus(sums.get(key), line, sign));
  };
  const toLine = ({ billId, ...fact }: Fact): Line => ({
    ...fact,
    ...bills.period(billId),
    postedMonth: toMonthNumber(posting),
    postedBillId: bills.posted(billId),
  });
  for (const [month, facts] of pull.restated) {
    for (const fact of facts) add(toLine(fact), 1);
    for (const fact of readFacts(db, month, pull.factScope)) add(toLine(fact), -1);
  }
  for (const line of fixed) {
    const now = { postedMonth: toMonthNumber(posting), postedBillId: bills.posted(line.postedBillId) };
    add({ ...line, ...now }, -1);
  }
  return [...sums.values()].filter(hasMoney).toSorted(compareLines);
}

/**
 * Which bill a line stands on: the vendor's own when its billing period is still open, else that period's
 * successor at the same account and issuer, for which no invoice is issued yet: closed bills stay as they were.
 */
function createBillReader(
  db: Database,
  { intern, origin }: PriorPull,
  { closed, posting }: { closed: Month; posting: Month },
) {
  const find = db.handle.prepare<[number], string>('select key from bill where id = ?').pluck();
  const bills = new Map<number, { bill: Bill; posted: number }>();
  const successors = new Map<string, number>();
  const { from, to } = monthRange(posting);
  const successor = (bill: Bill): number => {
    // What we book for an invoice stays under its number; a vendor's late line will be on another one.
    const invoiceId = origin === 'invoices' ? bill.invoiceId : null;
    const open: Bill = { ...bill, billingPeriodStart: from, billingPeriodEnd: to, invoiceId };
    // One bill for all names that an account has had.
    const key = JSON.stringify([
      bill.billingAccountId,
      bill.invoiceIssuerName,
      bill.billingCurrency,
      invoiceId,
    ]);
    const id = successors.get(key) ?? intern.bill(open);
    successors.set(key, id);
    return id;
  };
  const read = (id: number) => {
    const known = bills.get(id);
    if (known !== undefined) return known;
    const bill = decodeJson<Bill>(find.get(id) ?? 'null');
    const posted = monthOf(bill.billingPeriodStart) > closed ? id : successor(bill);
    bills.set(id, { bill, posted });
    return { bill, posted };
  };
  return {
    posted: (id: number) => read(id).posted,
    period(id: number) {
      const { billingAccountId, billingPeriodStart } = read(id).bill;
      return { account: billingAccountId, period: monthOf(billingPeriodStart) };
    },
  };
}

/** Puts the facts of a source's lines in an open month in the place of those that stood there. */
function rewritePostedFacts(db: Database, { source, intern }: PriorPull, postedMonth: number): void {
  const findKind = db.handle.prepare<[number], string>('select key from charge_kind where id = ?').pluck();
  const month = fromMonthNumber(postedMonth);
  const postedDay = toEpochDay(firstDay(month));
  const lines = readLines(db, { sql: `${OF_SOURCE} and posted_month = ?`, params: [source, postedMonth] });
  const facts = lines.map(({ setId, kindId, day, postedBillId, ...line }): Fact => {
    const kind = decodeJson<ChargeKind>(findKind.get(kindId) ?? 'null');
    const ours = { setId: intern.priorSet(setId, day), kindId: intern.priorKind(kind, day) };
    return { ...line, ...ours, billId: postedBillId, day: postedDay };
  });
  const ours = 'kind_id in (select id from charge_kind where prior_day is not null)';
  replaceFacts(db, month, { sql: `${OF_SOURCE} and ${ours}`, params: [source] }, inKeyOrder(facts));
}

function linesInScope({ source, scope, origin }: PriorPull): FactScope {
  const own = `${OF_SOURCE} and kind_id in (select id from charge_kind where invoice_key is ${origin === 'vendor' ? 'null' : 'not null'})`;
  if (scope.kind === 'charge-days') {
    const params = [source, toEpochDay(scope.from), toEpochDay(scope.to)];
    return { sql: `${own} and day >= ? and day < ?`, params };
  }
  const periods = scope.periods.map((key) => [key.billingAccountId, key.billingPeriod]);
  const inPeriods =
    '(billing_account_id, billing_period) in (select value ->> 0, value ->> 1 from json_each(?))';
  return { sql: `${own} and ${inPeriods}`, params: [source, JSON.stringify(periods)] };
}

const LINE_COLUMNS = [
  'posted_month',
  'set_id',
  'kind_id',
  'day',
  'billing_account_id',
  'billing_period',
  'posted_bill_id',
  'consumed_quantity',
  'pricing_quantity',
  'list',
  'contracted',
  'effective',
  'billed',
];

function readLines(db: Database, scope: FactScope): readonly Line[] {
  const rows = db.handle
    .prepare<(string | number)[], (bigint | number | string | null)[]>(
      `select ${LINE_COLUMNS.join(', ')} from prior_period_line where ${scope.sql}`,
    )
    .raw()
    .safeIntegers();
  const lines = rows.all(...scope.params).map(
    (row): Line => ({
      postedMonth: Number(row[0]),
      setId: Number(row[1]),
      kindId: Number(row[2]),
      day: Number(row[3]),
      account: String(row[4]),
      period: String(row[5]),
      postedBillId: Number(row[6]),
      consumedQuantity: row[7] === null ? null : Number(row[7]),
      pricingQuantity: row[8] === null ? null : Number(row[8]),
      listCost: readNanos(row[9]),
      contractedCost: readNanos(row[10]),
      effectiveCost: readNanos(row[11]),
      billedCost: readNanos(row[12]),
    }),
  );
  return lines.toSorted(compareLines);
}

type LineKey = [number, number, number, number, string, string, number];

function keyOf(line: Line): LineKey {
  const { postedMonth, setId, kindId, day, account, period, postedBillId } = line;
  return [postedMonth, setId, kindId, day, account, period, postedBillId];
}

function compareLines(a: Line, b: Line): number {
  const [left, right] = [JSON.stringify(keyOf(a)), JSON.stringify(keyOf(b))];
  return left < right ? -1 : left > right ? 1 : 0;
}

function hasMoney(line: Line): boolean {
  return [line.listCost, line.contractedCost, line.effectiveCost, line.billedCost].some(
    (cost) => cost !== 0n,
  );
}

function sameLines(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, i) => sameLine(line, b[i]));
}

function sameLine(a: Line, b: Line | undefined): boolean {
  return (
    b !== undefined &&
    compareLines(a, b) === 0 &&
    a.effectiveCost === b.effectiveCost &&
    a.billedCost === b.billedCost &&
    a.listCost === b.listCost &&
    a.contractedCost === b.contractedCost &&
    a.consumedQuantity === b.consumedQuantity &&
    a.pricingQuantity === b.pricingQuantity
  );
}

/** `sum` plus or minus a line of the same key. */
function plus(sum: Line | undefined, line: Line, sign: 1 | -1): Line {
  const factor = BigInt(sign);
  return {
    ...line,
    consumedQuantity: plusQuantity(sum?.consumedQuantity ?? null, line.consumedQuantity, sign),
    pricingQuantity: plusQuantity(sum?.pricingQuantity ?? null, line.pricingQuantity, sign),
    listCost: (sum?.listCost ?? 0n) + factor * line.listCost,
    contractedCost: (sum?.contractedCost ?? 0n) + factor * line.contractedCost,
    effectiveCost: (sum?.effectiveCost ?? 0n) + factor * line.effectiveCost,
    billedCost: (sum?.billedCost ?? 0n) + factor * line.billedCost,
  };
}

function plusQuantity(sum: number | null, more: number | null, sign: 1 | -1): number | null {
  return more === null ? sum : (sum ?? 0) + sign * more;
}
