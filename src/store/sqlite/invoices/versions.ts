import { decodeJson, encodeJson } from '../../../core/base/json.js';
import type { AcceptedResidual, Invoice, InvoiceKey, StoredInvoice } from '../../../core/invoices/invoice.js';
import { invoiceKeyText } from '../../../core/invoices/invoice.js';
import type { Database } from '../base/database.js';

interface VersionRow {
  readonly id: number;
  readonly version: number;
  readonly body: string;
  readonly enteredBy: string;
  readonly enteredAtMs: number;
}

const COLUMNS = 'id, version, body, entered_by as enteredBy, entered_at_ms as enteredAtMs';

/** Whose invoices to read; what is absent is not asked for. */
export type InvoiceFilter = Partial<
  Pick<Invoice, 'source' | 'billingAccountId' | 'billingPeriod' | 'currency'>
>;

/** The latest versions, in the order in which the invoices were first entered. */
export function readInvoices(db: Database, filter: InvoiceFilter): readonly StoredInvoice[] {
  const tests = [
    ['source', filter.source],
    ['billing_account_id', filter.billingAccountId],
    ['billing_period', filter.billingPeriod],
    ['currency', filter.currency],
  ] as const;
  const asked = tests.filter(([, value]) => value !== undefined);
  const where = asked.map(([column]) => `${column} = ?`).join(' and ') || 'true';
  const rows = db.handle
    .prepare<string[], VersionRow>(`select ${COLUMNS} from invoice_version where ${where} order by id`)
    .all(...asked.flatMap(([, value]) => value ?? []));
  const latest = new Map<string, StoredInvoice>();
  for (const row of rows) {
    const invoice = toInvoice(row);
    latest.set(invoiceKeyText(invoice), invoice);
  }
  return [...latest.values()].map((invoice) => ({ ...invoice, accepted: readAccepted(db, invoice) }));
}

/** Every version of one invoice, oldest first; the latest with what was accepted of it. */
export function readVersions(db: Database, key: InvoiceKey): readonly StoredInvoice[] {
  const rows = db.handle
    .prepare<[string, string, string], VersionRow>(
      `select ${COLUMNS} from invoice_version
       where source = ? and billing_account_id = ? and invoice_id = ? order by version`,
    )
    .all(key.source, key.billingAccountId, key.invoiceId);
  return rows.map(toInvoice).map((invoice) => ({ ...invoice, accepted: readAccepted(db, invoice) }));
}

function toInvoice({ version, body, enteredBy, enteredAtMs }: VersionRow): StoredInvoice {
  return { ...decodeJson<Invoice>(body), version, enteredBy, enteredAtMs, accepted: null };
}

interface AcceptedRow {
  readonly amount: string;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

/** All that was accepted of a version, with the last reason. */
function readAccepted(db: Database, invoice: StoredInvoice): AcceptedResidual | null {
  const rows = db.handle
    .prepare<(string | number)[], AcceptedRow>(
      `select amount, reason, accepted_by as "by", at_ms as atMs from accepted_residual
       where source = ? and billing_account_id = ? and invoice_id = ? and version = ? order by id`,
    )
    .all(invoice.source, invoice.billingAccountId, invoice.invoiceId, invoice.version);
  const last = rows.at(-1);
  if (last === undefined) return null;
  return { ...last, amount: rows.reduce((sum, { amount }) => sum + BigInt(amount), 0n) };
}

/** Adds a version; null when it says what the latest one says. */
export function addVersion(
  db: Database,
  invoice: Invoice,
  entered: { readonly by: string; readonly atMs: number },
): { readonly version: number; readonly before: StoredInvoice | null } | null {
  const before = readVersions(db, invoice).at(-1) ?? null;
  const body = encodeJson(invoice);
  if (before !== null) {
    const { version: _v, enteredBy: _b, enteredAtMs: _a, accepted: _r, ...plain } = before;
    if (encodeJson(plain) === body) return null;
  }
  const version = (before?.version ?? 0) + 1;
  const { source, billingAccountId, invoiceId, billingPeriod, currency } = invoice;
  db.handle
    .prepare(
      `insert into invoice_version (source, billing_account_id, invoice_id, version, billing_period, currency, body,
         entered_by, entered_at_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      source,
      billingAccountId,
      invoiceId,
      version,
      billingPeriod,
      currency,
      body,
      entered.by,
      entered.atMs,
    );
  return { version, before };
}
