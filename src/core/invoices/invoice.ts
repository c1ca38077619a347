import { invalid } from '../base/errors.js';
import { formatNanos, type Nanos, sumNanos } from '../base/money.js';
import { type Day, type Month, monthRange } from '../base/time.js';

/** What a line of an invoice is for. Credits and discounts are negative, but on a credit note that takes one back. */
export type InvoiceLineKind =
  | 'usage'
  | 'seat'
  | 'purchase'
  | 'credit'
  | 'discount'
  | 'tax'
  | 'fee'
  | 'rounding';

/**
 * Of a purchase: `prepaid` buys value that usage draws down later. Of a credit: `prepaid` pays with such value (the
 * expense stays with the usage), `promotional` is a gift that lowers the cost.
 */
type CreditKind = 'prepaid' | 'promotional';

/** One line of an invoice, in its currency. */
export interface InvoiceLine {
  readonly kind: InvoiceLineKind;
  readonly description: string;
  readonly amount: Nanos;
  /** Of a tax: whether the company gets it back; then it is nobody's cost. Absent: it is not recoverable. */
  readonly recoverable?: boolean;
  readonly creditKind?: CreditKind;
  /** What the line is for, half-open days; absent: the billing period. */
  readonly from?: Day;
  readonly to?: Day;
  /** Of a purchase of prepaid value: the first day on which it is worth nothing. */
  readonly expiresOn?: Day;
  /** How much of what, as the vendor wrote it; for people. */
  readonly quantity?: string;
  /** Whose seat or usage it is, where the invoice says so. */
  readonly email?: string;
  /** Project, workspace or product, where the invoice says so. */
  readonly subAccount?: string;
  /** A named owner; absent: the line follows the usage of the period. Rules see it as the tag OWNER_TAG. */
  readonly owner?: string;
}

/** The tag under which a charge made from an invoice names the owner that was given for it. */
export const OWNER_TAG = 'invoice-owner';

/** Who bears what has no user: a named owner, whom rules find under OWNER_TAG. */
export interface CreditPolicy {
  /** Bears prepaid value that expires, and promotional credits where they do not follow the usage. */
  readonly owner: string;
  readonly promotional: 'follow-usage' | 'owner';
}

/** The lasting name of an invoice: versions of one share it. */
export interface InvoiceKey {
  /** The source whose charges it bills. */
  readonly source: string;
  /** FOCUS BillingAccountId: that of the source's charges. */
  readonly billingAccountId: string;
  readonly invoiceId: string;
}

/** An invoice as the vendor issued it. A correction (credit note) is an invoice of its own that names the first. */
export interface Invoice extends InvoiceKey {
  readonly invoiceIssuerName: string;
  /** The month of FOCUS BillingPeriodStart. */
  readonly billingPeriod: Month;
  readonly issuedOn: Day;
  /** ISO 4217. */
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  /** What is to be paid: exactly the sum of the lines. */
  readonly payable: Nanos;
  /** The invoiceId that this one corrects; null for an ordinary invoice. */
  readonly corrects: string | null;
}

/** Lines of one invoice at most. */
export const MOST_INVOICE_LINES = 5_000;

/** Of a number, a source or an account. */
const MOST_LETTERS = 200;

/** The key as one text, for maps. */
export function invoiceKeyText({ source, billingAccountId, invoiceId }: InvoiceKey): string {
  return JSON.stringify([source, billingAccountId, invoiceId]);
}

/**
 * Gives the invoice back when it holds together.
 * @throws AppError `invalid` with one sentence that names the invoice and what does not fit.
 */
export function checkInvoice(invoice: Invoice): Invoice {
  const { invoiceId, lines, payable, currency } = invoice;
  const name = `Invoice ${invoiceId.slice(0, 60)}`;
  if (invoiceId.trim() === '') invalid('The invoice has no number.');
  for (const text of [invoiceId, invoice.source, invoice.billingAccountId])
    if (text.length > MOST_LETTERS)
      invalid(`${name}: "${text.slice(0, 40)}…" is longer than ${MOST_LETTERS} letters.`);
  if (invoice.source.trim() === '' || invoice.billingAccountId.trim() === '')
    invalid(`${name} names no source or no billing account.`);
  if (!/^[A-Z]{3}$/.test(currency)) invalid(`${name}: "${currency.slice(0, 10)}" is no ISO 4217 currency.`);
  if (lines.length === 0) invalid(`${name} has no lines.`);
  if (lines.length > MOST_INVOICE_LINES)
    invalid(`${name} has ${lines.length} lines; ${MOST_INVOICE_LINES} are the most.`);
  if (invoice.corrects === invoiceId) invalid(`${name} cannot correct itself.`);
  for (const [index, line] of lines.entries()) checkLine(invoice, line, `${name}, line ${index + 1}`);
  const sum = sumNanos(lines.map(({ amount }) => amount));
  if (sum !== payable)
    invalid(
      `${name}: its lines add up to ${formatNanos(sum)} ${currency}, but ${formatNanos(payable)} is payable; the difference is ${formatNanos(payable - sum)}.`,
    );
  return invoice;
}

function checkLine(invoice: Invoice, line: InvoiceLine, place: string): void {
  const { kind, amount, creditKind } = line;
  const isNote = invoice.corrects !== null;
  if ((kind === 'credit' || kind === 'discount') && amount > 0n && !isNote)
    invalid(`${place}: a ${kind} is taken off, so its amount is negative; ${formatNanos(amount)} is not.`);
  if (kind === 'purchase' && amount < 0n && !isNote)
    invalid(`${place}: a purchase of ${formatNanos(amount)} is less than nothing; use a credit note.`);
  if (creditKind !== undefined && kind !== 'credit' && kind !== 'purchase')
    invalid(`${place}: only a purchase or a credit is ${creditKind}.`);
  if (line.recoverable === true && kind !== 'tax') invalid(`${place}: only a tax is recoverable.`);
  if (line.expiresOn !== undefined && (kind !== 'purchase' || creditKind !== 'prepaid'))
    invalid(`${place}: only prepaid value expires.`);
  const { from, to } = linePeriod(invoice, line);
  if (from >= to) invalid(`${place}: its period ends on ${to}, before it begins on ${from}.`);
}

/** The days a line is for: its own, or the billing period. */
export function linePeriod(
  { billingPeriod }: Pick<Invoice, 'billingPeriod'>,
  { from, to }: Pick<InvoiceLine, 'from' | 'to'>,
): { readonly from: Day; readonly to: Day } {
  const period = monthRange(billingPeriod);
  return { from: from ?? period.from, to: to ?? period.to };
}

/** An invoice as it is kept: each change is a new version, none is ever lost. */
export interface StoredInvoice extends Invoice {
  readonly version: number;
  /** Who entered this version, as in the audit log. */
  readonly enteredBy: string;
  readonly enteredAtMs: number;
  /** A residual that somebody accepted, which is booked since; null while none is. */
  readonly accepted: AcceptedResidual | null;
}

/** A difference between an invoice and the ledger that somebody answers for. */
export interface AcceptedResidual {
  readonly amount: Nanos;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}
