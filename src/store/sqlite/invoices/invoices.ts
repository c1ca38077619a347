import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import { compareText, formatNanos, sumNanos } from '../../../core/base/money.js';
import type { Month } from '../../../core/base/time.js';
import {
  checkInvoice,
  type Invoice,
  type InvoiceKey,
  invoiceKeyText,
} from '../../../core/invoices/invoice.js';
import { type InvoiceGroup, mainInvoice, settleGroup } from '../../../core/invoices/settle.js';
import type { InvoiceFigures, KnownCause } from '../../../core/invoices/tie-out.js';
import type { InvoiceStore } from '../../contract/invoices.js';
import type { InvoiceTotals } from '../../contract/ledger.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { fxMethods } from '../base/fx.js';
import { createWords } from '../ledger/words.js';
import { listInvoiceTotals, listTotalsOfInvoices } from '../spend/reports.js';
import { type GroupKey, readGroup, rebook } from './booking.js';
import { addVersion, readInvoices, readVersions } from './versions.js';

/** The invoice store on SQLite. */
export const invoiceMethods: Methods<InvoiceStore> = {
  putInvoices: inTransaction(putInvoices),
  listInvoices(db, billingPeriod) {
    const invoices = readInvoices(db, billingPeriod === null ? {} : { billingPeriod });
    return invoices.toSorted((a, b) => compareText(a.source, b.source));
  },
  listInvoiceVersions: readVersions,
  listInvoiceFigures: listFigures,
  acceptResidual: inTransaction(acceptResidual),
  findColumnMapping(db, vendor) {
    const body = db.handle
      .prepare<[string], string>('select body from invoice_mapping where vendor = ?')
      .pluck()
      .get(vendor);
    return body === undefined ? null : decodeJson(body);
  },
  putColumnMapping: inTransaction((db, { vendor, mapping, actor, atMs }) => {
    db.handle
      .prepare(
        `insert into invoice_mapping (vendor, body) values (?, ?)
         on conflict (vendor) do update set body = excluded.body`,
      )
      .run(vendor, encodeJson(mapping));
    writeAudit(db, {
      actor,
      action: 'invoice.mapping',
      subject: `vendor: ${vendor}`,
      detail: mapping,
      atMs,
    });
  }),
  ...fxMethods,
  putTieOutCauses: inTransaction((db, { source, billingPeriod, kind, causes }) => {
    db.handle
      .prepare('delete from tie_out_cause where source = ? and billing_period = ? and kind = ?')
      .run(source, billingPeriod, kind);
    const insert = db.handle.prepare(
      `insert into tie_out_cause (source, billing_period, kind, position, amount, sentence)
       values (?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, { amount, sentence }] of causes.entries())
      insert.run(source, billingPeriod, kind, position, amount.toString(), sentence);
  }),
  listTieOutCauses: (db, billingPeriod) =>
    db.handle
      .prepare<[string], CauseRow>(
        `select source, kind, amount, sentence from tie_out_cause where billing_period = ?
         order by source, kind, position`,
      )
      .all(billingPeriod)
      .map((row) => ({ ...row, amount: BigInt(row.amount) })),
};

type Batch = Parameters<InvoiceStore['putInvoices']>[0];
type Put = Awaited<ReturnType<InvoiceStore['putInvoices']>>;

function putInvoices(db: Database, { invoices, actor, atMs }: Batch): Put {
  const entered = { by: describeActor(actor), atMs };
  const changed = invoices.filter((invoice) => {
    const added = addVersion(db, checkInvoice(invoice), entered);
    if (added === null) return false;
    refuseMove(invoice, added.before);
    const subject = `invoice: ${invoice.source} ${invoice.invoiceId}`;
    const detail = { version: added.version, before: added.before, after: invoice };
    writeAudit(db, {
      actor,
      action: added.before === null ? 'invoice.enter' : 'invoice.change',
      subject,
      detail,
      atMs,
    });
    return true;
  });
  return { changed: changed.length, staleMonths: rebook(db, changed) };
}

/** What a version before was booked on would be left behind. */
function refuseMove(invoice: Invoice, before: Invoice | null): void {
  if (before === null) return;
  const { billingPeriod, currency } = before;
  if (billingPeriod === invoice.billingPeriod && currency === invoice.currency) return;
  throw new AppError(
    'invalid',
    `Invoice ${invoice.invoiceId} is of ${billingPeriod} in ${currency} already; for another period or currency enter a credit note and a new invoice.`,
  );
}

type Acceptance = Parameters<InvoiceStore['acceptResidual']>[0];

function acceptResidual(db: Database, step: Acceptance): { readonly staleMonths: readonly Month[] } {
  const { key, residual, reason, actor, atMs } = step;
  const invoice = readVersions(db, key).at(-1);
  if (invoice === undefined)
    throw new AppError('not-found', `There is no invoice ${key.invoiceId} of ${key.source}.`);
  const figures = listFigures(db, invoice.billingPeriod).find(
    (each) => invoiceKeyText(each.invoice) === invoiceKeyText(invoice),
  );
  const now = invoice.payable - (figures?.ledger ?? 0n);
  if (now !== residual || now === 0n)
    throw new AppError(
      'conflict',
      `Invoice ${invoice.invoiceId} differs by ${formatNanos(now)} ${invoice.currency} by now; look at it again.`,
    );
  db.handle
    .prepare(
      `insert into accepted_residual (source, billing_account_id, invoice_id, version, amount, reason, accepted_by, at_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      key.source,
      key.billingAccountId,
      key.invoiceId,
      invoice.version,
      residual.toString(),
      reason,
      describeActor(actor),
      atMs,
    );
  const subject = `invoice: ${key.source} ${key.invoiceId}`;
  writeAudit(db, { actor, action: 'invoice.accept-residual', subject, detail: { residual, reason }, atMs });
  return { staleMonths: rebook(db, [invoice]) };
}

/** What the ledger has of the invoices of a period, wherever it is posted. */
function listFigures(db: Database, billingPeriod: Month): readonly InvoiceFigures[] {
  const invoices = readInvoices(db, { billingPeriod });
  const groups = new Map(invoices.map((invoice) => [JSON.stringify(groupKey(invoice)), groupKey(invoice)]));
  const named = totalsByInvoice(db, invoices);
  const unnamed = listInvoiceTotals(db, createWords(db), billingPeriod).filter(
    ({ invoiceId }) => invoiceId === null,
  );
  const figures = [...groups.values()].flatMap((key) => {
    const { group } = readGroup(db, key);
    const main = mainInvoice(group.invoices);
    return settleGroup(group).map(({ invoice, costTypes }): InvoiceFigures => {
      const held = named.get(invoiceKeyText(invoice)) ?? [];
      const rest = invoice === main ? [...unnamed.filter((each) => isOf(each, key)), lateLines(group)] : [];
      return { invoice, costTypes, ...addUp([...held, ...rest]) };
    });
  });
  return figures.toSorted((a, b) => compareText(a.invoice.source, b.invoice.source));
}

type Held = Pick<InvoiceTotals, 'billed' | 'allocatedBilled' | 'unallocatedBilled'>;

function addUp(held: readonly Held[]): Pick<InvoiceFigures, 'ledger' | 'allocated' | 'unallocated'> {
  return {
    ledger: sumNanos(held.map(({ billed }) => billed)),
    allocated: sumNanos(held.map(({ allocatedBilled }) => allocatedBilled)),
    unallocated: sumNanos(held.map(({ unallocatedBilled }) => unallocatedBilled)),
  };
}

function groupKey({ source, billingAccountId, billingPeriod, currency }: Invoice): GroupKey {
  return { source, billingAccountId, billingPeriod, currency };
}

function isOf(totals: InvoiceTotals, { source, billingAccountId, currency }: GroupKey): boolean {
  return (
    totals.source === source && totals.billingAccountId === billingAccountId && totals.currency === currency
  );
}

/** What the vendor said after the lock counts as allocated: it is, in the month in which it is posted. */
function lateLines({ cells }: InvoiceGroup): Held {
  const billed = sumNanos(cells.filter(({ isLate }) => isLate).map((cell) => cell.billed));
  return { billed, allocatedBilled: billed, unallocatedBilled: 0n };
}

/** Billed cost under each invoice's number, in whatever period it stands. */
function totalsByInvoice(
  db: Database,
  keys: readonly InvoiceKey[],
): ReadonlyMap<string, readonly InvoiceTotals[]> {
  const numbers = keys.map(({ invoiceId }) => invoiceId);
  const totals = new Map<string, readonly InvoiceTotals[]>();
  for (const each of listTotalsOfInvoices(db, createWords(db), numbers)) {
    const { source, billingAccountId, invoiceId } = each;
    const key = invoiceKeyText({ source, billingAccountId, invoiceId: invoiceId ?? '' });
    totals.set(key, [...(totals.get(key) ?? []), each]);
  }
  return totals;
}

interface CauseRow {
  readonly source: string;
  readonly kind: KnownCause['kind'];
  readonly amount: string;
  readonly sentence: string;
}
