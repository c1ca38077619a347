import { AppError } from '../../../core/base/errors.js';
import { absolute, formatNanos, LARGEST_AMOUNT } from '../../../core/base/money.js';
import { type Day, type Month, monthOf, toEpochDay } from '../../../core/base/time.js';
import type { Charge, Costs, ReplaceScope } from '../../../core/ledger/charge.js';
import { insertRows } from '../base/bulk.js';
import type { Database } from '../base/database.js';
import { bindNanos, readNanos, toMonthNumber } from '../base/numbers.js';
import type { Interner } from './intern.js';

/** A charge as it is stored, but for its month; money in nanos, `day` in days since 1970. */
export interface Fact extends Costs {
  readonly setId: number;
  readonly kindId: number;
  readonly billId: number;
  readonly day: number;
  readonly consumedQuantity: number | null;
  readonly pricingQuantity: number | null;
}

/** The columns of `fact`; after the month in the order of `factValues`. */
export const FACT_COLUMNS: readonly string[] = [
  'month',
  'set_id',
  'kind_id',
  'bill_id',
  'day',
  'consumed_quantity',
  'pricing_quantity',
  'list',
  'contracted',
  'effective',
  'billed',
];

/**
 * Charges as facts of each month, in primary-key order, equal keys merged into one.
 * @throws AppError `bug` on a charge outside the scope: a second pull of the scope would not replace it; `invalid`
 * on one whose cost no bill comes to.
 */
export function toFacts(
  charges: readonly Charge[],
  scope: ReplaceScope,
  intern: Interner,
): ReadonlyMap<Month, readonly Fact[]> {
  const inScope = scopeTest(scope);
  const days = new Map<Day, { epochDay: number; facts: Fact[] }>();
  const months = new Map<Month, Fact[]>();
  for (const charge of charges) {
    if (!inScope(charge)) refuseOutside(charge);
    refuseAbsurd(charge);
    let day = days.get(charge.chargeDay);
    if (day === undefined) {
      const month = monthOf(charge.chargeDay);
      const facts = months.get(month) ?? [];
      months.set(month, facts);
      day = { epochDay: toEpochDay(charge.chargeDay), facts };
      days.set(charge.chargeDay, day);
    }
    day.facts.push(toFact(charge, day.epochDay, intern));
  }
  return new Map([...months].map(([month, facts]) => [month, inKeyOrder(facts)]));
}

function toFact(charge: Charge, day: number, intern: Interner): Fact {
  return {
    setId: intern.set(charge.set),
    kindId: intern.kind(charge.kind),
    billId: intern.bill(charge.bill),
    day,
    consumedQuantity: charge.consumedQuantity,
    pricingQuantity: charge.pricingQuantity,
    listCost: charge.listCost,
    contractedCost: charge.contractedCost,
    effectiveCost: charge.effectiveCost,
    billedCost: charge.billedCost,
  };
}

function scopeTest(scope: ReplaceScope): (charge: Charge) => boolean {
  if (scope.kind === 'charge-days') {
    return ({ chargeDay }) => scope.from <= chargeDay && chargeDay < scope.to;
  }
  const periods = new Set(
    scope.periods.map((key) => JSON.stringify([key.billingAccountId, key.billingPeriod])),
  );
  return ({ bill }) => periods.has(JSON.stringify([bill.billingAccountId, monthOf(bill.billingPeriodStart)]));
}

function refuseOutside({ chargeDay, bill }: Charge): never {
  throw new AppError(
    'bug',
    `A charge of ${chargeDay} (account ${bill.billingAccountId}, billed from ${bill.billingPeriodStart}) is outside the scope that its batch replaces.`,
  );
}

const COSTS = ['billedCost', 'effectiveCost', 'listCost', 'contractedCost'] as const;

function refuseAbsurd(charge: Charge): void {
  const cost = COSTS.find((each) => absolute(charge[each]) > LARGEST_AMOUNT);
  if (cost === undefined) return;
  const { set, chargeDay, bill } = charge;
  const { source = '', serviceName = 'a charge' } = set.attributes;
  throw new AppError(
    'invalid',
    `${source}: ${cost} of ${serviceName} on ${chargeDay} is ${formatNanos(charge[cost]).slice(0, 40)} ${bill.billingCurrency}, beyond 10^15, more than any bill comes to; nothing of this import is kept.`,
  );
}

function byKey(a: Fact, b: Fact): number {
  return a.setId - b.setId || a.kindId - b.kindId || a.billId - b.billId || a.day - b.day;
}

/** Facts in primary-key order, equal keys merged into one. */
export function inKeyOrder(facts: readonly Fact[]): readonly Fact[] {
  return merged(facts.toSorted(byKey));
}

function merged(sorted: readonly Fact[]): readonly Fact[] {
  const facts: Fact[] = [];
  for (const fact of sorted) {
    const last = facts.at(-1);
    if (last !== undefined && byKey(last, fact) === 0) facts[facts.length - 1] = sum(last, fact);
    else facts.push(fact);
  }
  return facts;
}

function sum(a: Fact, b: Fact): Fact {
  return {
    ...a,
    consumedQuantity: sumQuantity(a.consumedQuantity, b.consumedQuantity),
    pricingQuantity: sumQuantity(a.pricingQuantity, b.pricingQuantity),
    listCost: a.listCost + b.listCost,
    contractedCost: a.contractedCost + b.contractedCost,
    effectiveCost: a.effectiveCost + b.effectiveCost,
    billedCost: a.billedCost + b.billedCost,
  };
}

function sumQuantity(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}

/** What a batch replaces, as a condition on `fact` for one month. */
export interface FactScope {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** A condition on tables with a set_id; its one parameter is the source's name. */
export const OF_SOURCE =
  'set_id in (select id from dim_set where source = (select id from dim_value where value = ?))';

/** Lines that we have posted for closed months or made from invoices are not the vendor's: no pull replaces them. */
export const FROM_VENDOR =
  'kind_id not in (select id from charge_kind where prior_day is not null or invoice_key is not null)';
/** Charges that we made from invoices. */
const FROM_INVOICES =
  'kind_id in (select id from charge_kind where invoice_key is not null and prior_day is null)';

/** Who made the charges of a scope: the vendor, or we from invoices. */
export type FactOrigin = 'vendor' | 'invoices';

/** The facts of (source, scope) in SQL. Read after interning, when the bills of the batch have their ids. */
export function factScope(source: string, scope: ReplaceScope, origin: FactOrigin = 'vendor'): FactScope {
  const own = origin === 'vendor' ? FROM_VENDOR : FROM_INVOICES;
  if (scope.kind === 'charge-days') {
    const params = [source, toEpochDay(scope.from), toEpochDay(scope.to)];
    return { sql: `${OF_SOURCE} and ${own} and day >= ? and day < ?`, params };
  }
  const periods = scope.periods.map((key) => [key.billingAccountId, key.billingPeriod]);
  const bills = `select id from bill where (billing_account_id, billing_period)
    in (select value ->> 0, value ->> 1 from json_each(?))`;
  return {
    sql: `${OF_SOURCE} and ${own} and bill_id in (${bills})`,
    params: [source, JSON.stringify(periods)],
  };
}

/** Whether the month's part of the scope has exactly these facts, quantities included. */
export function holdsExactly(db: Database, month: Month, scope: FactScope, facts: readonly Fact[]): boolean {
  const stored = db.handle
    .prepare<(string | number)[], StoredCell[]>(
      `select ${FACT_COLUMNS.slice(1).join(', ')} from fact where month = ? and ${scope.sql}
       order by set_id, kind_id, bill_id, day`,
    )
    .raw()
    .safeIntegers();
  let position = 0;
  for (const row of stored.iterate(toMonthNumber(month), ...scope.params)) {
    const fact = facts[position++];
    if (fact === undefined || !isSame(row, fact)) return false;
  }
  return position === facts.length;
}

/** The facts that the month's part of the scope has, in primary-key order. */
export function readFacts(db: Database, month: Month, scope: FactScope): readonly Fact[] {
  const rows = db.handle
    .prepare<(string | number)[], StoredCell[]>(
      `select ${FACT_COLUMNS.slice(1).join(', ')} from fact where month = ? and ${scope.sql}
       order by set_id, kind_id, bill_id, day`,
    )
    .raw()
    .safeIntegers();
  return rows.all(toMonthNumber(month), ...scope.params).map((row) => ({
    setId: Number(row[0]),
    kindId: Number(row[1]),
    billId: Number(row[2]),
    day: Number(row[3]),
    consumedQuantity: quantity(row[4]),
    pricingQuantity: quantity(row[5]),
    listCost: readNanos(row[6]),
    contractedCost: readNanos(row[7]),
    effectiveCost: readNanos(row[8]),
    billedCost: readNanos(row[9]),
  }));
}

/** A column of a fact: quantities are floats, money may be text (`readNanos`). */
type StoredCell = bigint | number | string | null;

function quantity(cell: StoredCell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

function isSame(row: readonly StoredCell[], fact: Fact): boolean {
  return (
    readNanos(row[9]) === fact.billedCost &&
    readNanos(row[8]) === fact.effectiveCost &&
    Number(row[0]) === fact.setId &&
    Number(row[1]) === fact.kindId &&
    Number(row[2]) === fact.billId &&
    Number(row[3]) === fact.day &&
    row[4] === fact.consumedQuantity &&
    row[5] === fact.pricingQuantity &&
    readNanos(row[6]) === fact.listCost &&
    readNanos(row[7]) === fact.contractedCost
  );
}

/** Puts the facts in the place of what the month's part of the scope has. */
export function replaceFacts(db: Database, month: Month, scope: FactScope, facts: readonly Fact[]): void {
  db.handle
    .prepare(`delete from fact where month = ? and ${scope.sql}`)
    .run(toMonthNumber(month), ...scope.params);
  insertFacts(db, 'fact', month, facts);
}

/** Writes facts of a month, in primary-key order, among those that count or those that are set aside. */
export function insertFacts(
  db: Database,
  table: 'fact' | 'aside_fact',
  month: Month,
  facts: readonly Fact[],
): void {
  const monthNumber = toMonthNumber(month);
  insertRows(db, { table, columns: FACT_COLUMNS }, facts, (fact, row) => {
    row.push(monthNumber, fact.setId, fact.kindId, fact.billId, fact.day);
    row.push(fact.consumedQuantity, fact.pricingQuantity);
    row.push(bindNanos(fact.listCost), bindNanos(fact.contractedCost));
    row.push(bindNanos(fact.effectiveCost), bindNanos(fact.billedCost));
  });
}
