import { compareBigint, compareText, type Nanos } from '../../../core/base/money.js';
import { type DayRange, fromEpochDay } from '../../../core/base/time.js';
import type { InvoiceTotals, LedgerStore, UnallocatedLine } from '../../contract/ledger.js';
import { adjustedMoney, hasAdjustments } from '../allocation/adjustments.js';
import { type AllocatedMoney, allocatedMoney, daysCondition } from '../allocation/allocated-money.js';
import { writePieces } from '../allocation/allocations.js';
import { type Database, type Methods } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import { createValueInterner } from '../ledger/intern.js';
import { createWords, type Words, wordsOf } from '../ledger/words.js';
import { querySpendConverted } from './converted.js';
import { dimensionIdOf } from './keys.js';
import { readIdentityLabels } from './labels.js';

type ReportPart = Pick<
  LedgerStore,
  'querySpend' | 'querySpendAsIf' | 'listOwners' | 'listUnallocated' | 'listInvoiceTotals'
>;
type UnallocatedQuery = Parameters<LedgerStore['listUnallocated']>[0];

const NEVER_ALLOCATED = 'Not allocated yet';

/** The part of the ledger that adds up: exact sums of effective and billed cost. */
export const reportMethods: Methods<ReportPart> = {
  querySpend: (db, query) => querySpendConverted(db, wordsOf(db), query),
  querySpendAsIf(db, query, months) {
    return asIf(db, () => {
      // Closed months are allocated again too, so that what was posted for them since would count twice.
      db.handle.exec(`update month_state set stage = 'open'; delete from allocation_adjustment`);
      const intern = createValueInterner(db);
      for (const month of months) writePieces(db, month, intern);
      return querySpendConverted(db, createWords(db), query);
    });
  },
  listOwners(db, dimension, range, currency) {
    const words = wordsOf(db);
    const id = dimensionIdOf(db, words, dimension) ?? 0;
    const costs = new Map<number, Nanos>();
    for (const money of reportedMoney(db, id, range)) {
      const rows = db.handle.prepare<[string], { owner: number; cost: string }>(
        `select ${money.owner(id)} as owner, ${exactSum(money.effective)} as cost from ${money.from}
           where ${daysCondition('d', range)} and d.currency = ? and ${money.owner(id)} is not null group by 1`,
      );
      for (const { owner, cost } of rows.iterate(currency))
        costs.set(owner, (costs.get(owner) ?? 0n) + BigInt(cost));
    }
    return [...costs]
      .map(([owner, cost]) => ({ owner: words.text(owner), cost }))
      .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.owner, b.owner));
  },
  listUnallocated: (db, query) => listUnallocated(db, wordsOf(db), query),
  listInvoiceTotals: (db, billingPeriod) => listInvoiceTotals(db, wordsOf(db), billingPeriod),
};

/** Does something in a transaction, takes its answer and undoes it: nothing of it is ever seen or kept. */
function asIf<T>(db: Database, work: () => T): T {
  db.handle.exec('begin immediate');
  try {
    // Only in here: a closed month may be looked at under other allocations too, though it keeps its own.
    db.handle.exec("update month_state set stage = 'soft-closed' where stage = 'locked'");
    return work();
  } finally {
    db.handle.exec('rollback');
  }
}

/** The money of a dimension: what is allocated, then what later changes moved in closed months. */
function reportedMoney(db: Database, id: number, range: DayRange): readonly AllocatedMoney[] {
  const money = allocatedMoney(db, 'set_day', [id], range);
  return hasAdjustments(db, [id], range) ? [money, adjustedMoney([id], range)] : [money];
}

interface UnallocatedRow {
  readonly reason: number | null;
  readonly source: number;
  readonly currency: string;
  readonly keyName: number | null;
  readonly keyId: number | null;
  readonly other: number | null;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly cost: string;
}

function listUnallocated(db: Database, words: Words, query: UnallocatedQuery): readonly UnallocatedLine[] {
  const id = dimensionIdOf(db, words, query.dimension) ?? 0;
  const lines = new Map<string, UnallocatedLine>();
  for (const money of reportedMoney(db, id, query.range))
    addUnallocated(lines, { db, words, query, id }, money);
  return [...lines.values()]
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.identity, b.identity))
    .slice(0, query.limit);
}

function addUnallocated(
  lines: Map<string, UnallocatedLine>,
  { db, words, query, id }: { db: Database; words: Words; query: UnallocatedQuery; id: number },
  money: AllocatedMoney,
): void {
  const rows = db.handle.prepare<[], UnallocatedRow>(
    `select ${money.reason(id)} as reason, s.source, d.currency, s.api_key_name as keyName, s.api_key_id as keyId,
            coalesce(s.email, s.principal_id, s.sub_account_name, s.sub_account_id, s.service_name) as other,
            min(d.day) as firstDay, max(d.day) as lastDay, ${exactSum(money.effective)} as cost
     from ${money.from} cross join dim_set s on s.id = d.set_id
     where ${daysCondition('d', query.range)} and ${money.owner(id)} is null group by 1, 2, 3, 4, 5, 6`,
  );
  const keys = readIdentityLabels(db, words, 'api_key');
  for (const row of rows.iterate()) {
    const line: UnallocatedLine = {
      reason: row.reason === null ? NEVER_ALLOCATED : words.text(row.reason),
      source: words.text(row.source),
      identity: keys.label(row.keyName ?? 0, row.keyId ?? 0) ?? textOr(words, row.other, 'unknown'),
      currency: row.currency,
      cost: BigInt(row.cost),
      firstDay: fromEpochDay(row.firstDay),
      lastDay: fromEpochDay(row.lastDay),
    };
    const key = JSON.stringify([line.reason, line.source, line.identity, line.currency]);
    lines.set(key, joined(lines.get(key), line));
  }
}

/** Several keys without a name of their own may belong to one identity. */
function joined(before: UnallocatedLine | undefined, line: UnallocatedLine): UnallocatedLine {
  if (before === undefined) return line;
  return {
    ...line,
    cost: before.cost + line.cost,
    firstDay: before.firstDay < line.firstDay ? before.firstDay : line.firstDay,
    lastDay: before.lastDay > line.lastDay ? before.lastDay : line.lastDay,
  };
}

function textOr(words: Words, id: number | null, otherwise: string): string {
  return id === null ? otherwise : words.text(id);
}

interface InvoiceRow {
  readonly source: number;
  readonly issuer: string;
  readonly account: string;
  readonly invoice: string | null;
  readonly currency: string;
  readonly billed: string;
  readonly effective: string;
  readonly allocated: string;
}

/** The body of `LedgerStore.listInvoiceTotals`. */
export function listInvoiceTotals(
  db: Database,
  words: Words,
  billingPeriod: string,
): readonly InvoiceTotals[] {
  return totalsOfBills(db, words, { sql: 'billing_period = ?', param: billingPeriod });
}

/** The same for some invoices by number, in whatever periods they stand. */
export function listTotalsOfInvoices(
  db: Database,
  words: Words,
  invoiceIds: readonly string[],
): readonly InvoiceTotals[] {
  const sql = 'invoice_id in (select value from json_each(?))';
  return totalsOfBills(db, words, { sql, param: JSON.stringify(invoiceIds) });
}

function totalsOfBills(
  db: Database,
  words: Words,
  bills: { readonly sql: string; readonly param: string },
): readonly InvoiceTotals[] {
  const id = dimensionIdOf(db, words, 'team') ?? 0;
  const money = allocatedMoney(db, 'fact', [id], null);
  const allocated = `case when ${money.owner(id)} is null then 0 else ${money.billed} end`;
  const rows = db.handle.prepare<[string], InvoiceRow>(
    `select s.source, b.invoice_issuer_name as issuer, b.billing_account_id as account, b.invoice_id as invoice,
            b.currency, ${exactSum(money.billed)} as billed, ${exactSum(money.effective)} as effective,
            ${exactSum(allocated)} as allocated
     from ${money.from} cross join dim_set s on s.id = d.set_id cross join bill b on b.id = d.bill_id
     where d.bill_id in (select id from bill where ${bills.sql}) group by 1, 2, 3, 4, 5`,
  );
  return rows
    .all(bills.param)
    .map((row): InvoiceTotals => {
      const billed: Nanos = BigInt(row.billed);
      return {
        source: words.text(row.source),
        invoiceIssuerName: row.issuer,
        billingAccountId: row.account,
        invoiceId: row.invoice,
        currency: row.currency,
        billed,
        effective: BigInt(row.effective),
        allocatedBilled: BigInt(row.allocated),
        unallocatedBilled: billed - BigInt(row.allocated),
      };
    })
    .toSorted((a, b) => compareText(a.source, b.source) || compareBigint(b.billed, a.billed));
}
