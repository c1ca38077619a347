import { decodeJson } from '../../../core/base/json.js';
import { addMonths, fromEpochDay, type Month, monthOf } from '../../../core/base/time.js';
import { bookInvoices } from '../../../core/invoices/book.js';
import type { Invoice, StoredInvoice } from '../../../core/invoices/invoice.js';
import {
  costTypeOfCharge,
  type FeedCell,
  type InvoiceGroup,
  mainInvoice,
} from '../../../core/invoices/settle.js';
import type { Bill, Charge, ReplaceScope } from '../../../core/ledger/charge.js';
import type { ChargeBatch } from '../../contract/ledger.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { exactSum, exactText, toMonthNumber } from '../base/numbers.js';
import { chargedMonths, markMonthsStale } from '../base/stale.js';
import {
  FROM_VENDOR,
  factScope,
  inKeyOrder,
  OF_SOURCE,
  readFacts,
  replaceFacts,
  toFacts,
} from '../ledger/facts.js';
import { createInterner, type Interner } from '../ledger/intern.js';
import { putFacts, rollUp } from '../ledger/put.js';
import { createWords } from '../ledger/words.js';
import { readInvoices } from './versions.js';

/** Invoices that are booked together: of one source, account, billing period and currency. */
export type GroupKey = Pick<Invoice, 'source' | 'billingAccountId' | 'billingPeriod' | 'currency'>;

/** The groups of a source's invoices that a pull may touch. */
export function groupsTouched(db: Database, source: string, scope: ReplaceScope): readonly GroupKey[] {
  const groups = new Map<string, GroupKey>();
  for (const invoice of readInvoices(db, { source })) {
    if (!mayTouch(scope, invoice)) continue;
    const { billingAccountId, billingPeriod, currency } = invoice;
    groups.set(JSON.stringify([billingAccountId, billingPeriod, currency]), {
      source,
      billingAccountId,
      billingPeriod,
      currency,
    });
  }
  return [...groups.values()];
}

/** A bill may contain days of the months around its own. */
function mayTouch(scope: ReplaceScope, { billingAccountId, billingPeriod }: Invoice): boolean {
  if (scope.kind === 'billing-periods')
    return scope.periods.some(
      (key) => key.billingAccountId === billingAccountId && key.billingPeriod === billingPeriod,
    );
  return (
    addMonths(monthOf(scope.from), -1) <= billingPeriod && billingPeriod <= addMonths(monthOf(scope.to), 1)
  );
}

/** Gives charges that name no invoice the one that their period is billed on, where it is known. */
export function stampCharges(db: Database, batch: ChargeBatch): readonly Charge[] {
  const invoices = readInvoices(db, { source: batch.source });
  if (invoices.length === 0) return batch.charges;
  const stamped = new Map<Bill, Bill>();
  const stamp = (bill: Bill): Bill => {
    const known = stamped.get(bill);
    if (known !== undefined) return known;
    const period = monthOf(bill.billingPeriodStart);
    const ofBill = invoices.filter(
      ({ billingAccountId, billingPeriod, currency }) =>
        billingAccountId === bill.billingAccountId &&
        billingPeriod === period &&
        currency === bill.billingCurrency,
    );
    const invoiceId = bill.invoiceId ?? mainInvoice(ofBill)?.invoiceId ?? null;
    const after = invoiceId === bill.invoiceId ? bill : { ...bill, invoiceId };
    stamped.set(bill, after);
    return after;
  };
  return batch.charges.map((charge) => {
    const bill = stamp(charge.bill);
    return bill === charge.bill ? charge : { ...charge, bill };
  });
}

/** Brings the ledger in line with the invoices of these groups; returns the months that changed. */
export function rebook(db: Database, keys: readonly GroupKey[]): readonly Month[] {
  const bySource = new Map<string, GroupKey[]>();
  for (const key of keys) bySource.set(key.source, [...(bySource.get(key.source) ?? []), key]);
  const changed = [...bySource].flatMap(([source, groups]) => {
    const intern = createInterner(db, source);
    const stamped = groups.flatMap((group) => stampLedger(db, intern, group));
    const months = [...new Set([...stamped, ...bookSource(db, { source, intern, groups })])].toSorted();
    for (const month of months) rollUp(db, source, month);
    markMonthsStale(db, months, `Invoices of ${source}`);
    return months;
  });
  return [...new Set(changed)].toSorted();
}

/** The same for charges that are there already; closed months keep theirs. Returns the months that it changed. */
function stampLedger(db: Database, intern: Interner, key: GroupKey): readonly Month[] {
  const invoiceId = mainInvoice(readInvoices(db, key))?.invoiceId;
  if (invoiceId === undefined) return [];
  const bills = new Map(
    db.handle
      .prepare<[string, string, string], { id: number; key: string }>(
        `select id, key from bill
         where billing_account_id = ? and billing_period = ? and currency = ? and invoice_id is null`,
      )
      .all(key.billingAccountId, key.billingPeriod, key.currency)
      .map(({ id, key: text }) => [id, intern.bill({ ...decodeJson<Bill>(text), invoiceId })]),
  );
  const closed = closedThrough(db);
  const scope = factScope(key.source, scopeOf(key));
  return chargedMonths(db).filter((month) => {
    if (closed !== null && month <= closed) return false;
    const facts = readFacts(db, month, scope);
    if (!facts.some(({ billId }) => bills.has(billId))) return false;
    const after = facts.map((fact) => ({ ...fact, billId: bills.get(fact.billId) ?? fact.billId }));
    replaceFacts(db, month, scope, inKeyOrder(after));
    return true;
  });
}

function scopeOf({ billingAccountId, billingPeriod }: GroupKey): ReplaceScope {
  return { kind: 'billing-periods', periods: [{ billingAccountId, billingPeriod }] };
}

/**
 * Works out again the charges that invoices add to a source: those of each account and period at once, whatever their
 * currencies. Returns the months that changed.
 */
export function bookSource(
  db: Database,
  { source, intern, groups }: { source: string; intern: Interner; groups: readonly GroupKey[] },
): readonly Month[] {
  const periods = new Map<string, readonly GroupKey[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.billingAccountId, group.billingPeriod]);
    periods.set(key, [...(periods.get(key) ?? []), group]);
  }
  const changed = [...periods.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const charges = ofAllCurrencies(db, first).flatMap((key) => {
      const { group, bill } = readGroup(db, key);
      return bookInvoices(group, bill);
    });
    const scope = scopeOf(first);
    const facts = toFacts(charges, scope, { ...intern, kind: intern.bookedKind });
    const { open, posted } = putFacts(db, { source, scope, intern, facts, origin: 'invoices' });
    return [...open, ...posted];
  });
  return [...new Set(changed)].toSorted();
}

/** The scope that is replaced knows no currency: the invoices of the others are booked with it. */
function ofAllCurrencies(db: Database, key: GroupKey): readonly GroupKey[] {
  const { source, billingAccountId, billingPeriod } = key;
  const invoices = readInvoices(db, { source, billingAccountId, billingPeriod });
  return [...new Set(invoices.map(({ currency }) => currency))].map((currency) => ({ ...key, currency }));
}

/** The invoices of a group beside what the feed says of it now, and what its charges are billed on. */
export function readGroup(db: Database, key: GroupKey): { group: InvoiceGroup; bill: Bill | null } {
  const invoices: readonly StoredInvoice[] = readInvoices(db, key);
  const facts = factRows(db, key);
  const rows = [
    ...facts.map((row) => ({ ...row, isLate: false })),
    ...lineRows(db, key).map((row) => ({ ...row, isLate: true })),
  ];
  const words = createWords(db);
  const cells = rows.map((row): FeedCell => {
    const set = words.set(row.setId);
    return {
      set,
      day: fromEpochDay(row.day),
      costType: costTypeOfCharge(set.attributes.chargeCategory, row.frequency),
      invoiceId: row.invoiceId,
      isEstimate: row.isEstimate === 1,
      isLate: row.isLate,
      billed: BigInt(row.billed),
      effective: BigInt(row.effective),
    };
  });
  const billId = facts.map((row) => row.billId).toSorted((a, b) => a - b)[0];
  return { group: { invoices, cells }, bill: billId === undefined ? null : readBill(db, billId) };
}

interface CellRow {
  readonly setId: number;
  readonly day: number;
  readonly frequency: string | null;
  readonly invoiceId: string | null;
  readonly isEstimate: number;
  readonly billId: number;
  readonly billed: string;
  readonly effective: string;
}

const CELL = `k.key ->> '$.chargeFrequency' as frequency, k.confidence in ('rated', 'estimated') as isEstimate`;

function factRows(db: Database, key: GroupKey): readonly CellRow[] {
  const months = chargedMonths(db).filter((month) => month <= addMonths(key.billingPeriod, 1));
  return db.handle
    .prepare<string[], CellRow>(
      `select f.set_id as setId, f.day, ${CELL}, b.invoice_id as invoiceId, min(b.id) as billId,
              ${exactSum('f.billed')} as billed, ${exactSum('f.effective')} as effective
       from fact f cross join bill b on b.id = f.bill_id cross join charge_kind k on k.id = f.kind_id
       where f.month in (select value from json_each(?)) and ${OF_SOURCE} and ${FROM_VENDOR}
         and b.billing_account_id = ? and b.billing_period = ? and b.currency = ?
       group by f.set_id, f.day, frequency, isEstimate, b.invoice_id`,
    )
    .all(
      JSON.stringify(months.map(toMonthNumber)),
      key.source,
      key.billingAccountId,
      key.billingPeriod,
      key.currency,
    );
}

/** What the vendor said of the period after its month was locked: it stands in other months, but is of this bill. */
function lineRows(db: Database, key: GroupKey): readonly CellRow[] {
  return db.handle
    .prepare<string[], CellRow>(
      `select l.set_id as setId, l.day, ${CELL}, null as invoiceId, b.id as billId,
              ${exactText('l.billed')} as billed, ${exactText('l.effective')} as effective
       from prior_period_line l join charge_kind k on k.id = l.kind_id join bill b on b.id = l.posted_bill_id
       where l.${OF_SOURCE} and k.invoice_key is null
         and l.billing_account_id = ? and l.billing_period = ? and b.currency = ?
       order by l.set_id, l.day, l.kind_id, b.id`,
    )
    .all(key.source, key.billingAccountId, key.billingPeriod, key.currency);
}

/** Names and period as the feed gives them. */
function readBill(db: Database, id: number): Bill {
  return decodeJson<Bill>(
    db.handle.prepare<[number], string>('select key from bill where id = ?').pluck().get(id) ?? 'null',
  );
}
