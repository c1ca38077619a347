import type { ViewOutput } from '@slack/bolt';
import { AppError } from '../../core/base/errors.js';
import { formatNanos, type Nanos, parseNanos, sumNanos } from '../../core/base/money.js';
import { Day, Month } from '../../core/base/time.js';
import type { InvoiceLine } from '../../core/invoices/invoice.js';
import type { EnteredInvoice } from '../../usecases/invoices/enter-invoice.js';
import { type InvoiceField, invoiceAction, invoiceBlock } from './entry-form.js';

/** What was filled in: an invoice, or the sentence under each field that is wrong. */
export type ReadEntry =
  | { readonly invoice: Omit<EnteredInvoice, 'invoiceIssuerName'>; readonly errors: null }
  | { readonly errors: Readonly<Record<string, string>> };

/** Reads the form; every wrong field is named at once. */
export function readInvoiceEntry(view: Pick<ViewOutput, 'state'>): ReadEntry {
  const form = createForm(view);
  const source = form.text('other') || form.text('source');
  if (source === '') form.refuse('other', 'Choose a vendor, or name one.');
  const invoiceId = form.required('number');
  const period = Month.safeParse(form.text('period'));
  if (!period.success) form.refuse('period', 'Write the month as 2026-10.');
  const issued = Day.safeParse(form.text('issued'));
  if (!issued.success) form.refuse('issued', 'Choose the day of issue.');
  const currency = form.text('currency').toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) form.refuse('currency', 'Write an ISO 4217 code such as USD.');
  const payable = form.amount('total');
  if (payable === null && form.text('total') === '') form.refuse('total', 'Say what is to be paid.');
  const lines = linesOf(form, payable ?? 0n);
  const corrects = form.text('corrects');
  if (corrects !== '' && corrects === invoiceId) form.refuse('corrects', 'An invoice cannot correct itself.');
  const errors = form.errors();
  if (Object.keys(errors).length > 0 || !period.success || !issued.success) return { errors };
  const invoice = {
    source,
    billingAccountId: null,
    invoiceId,
    billingPeriod: period.data,
    issuedOn: issued.data,
    currency,
    lines,
    payable: payable ?? 0n,
    corrects: corrects === '' ? null : corrects,
  };
  return { invoice, errors: null };
}

type Form = ReturnType<typeof createForm>;

/** The fields of the form as text, and the sentences under those that are wrong. */
function createForm({ state }: Pick<ViewOutput, 'state'>) {
  const errors: Record<string, string> = {};
  const text = (field: InvoiceField): string => {
    const value = state.values[invoiceBlock(field)]?.[invoiceAction(field)];
    const chosen =
      value?.selected_option?.value ?? value?.selected_date ?? value?.selected_options?.[0]?.value;
    return (value?.value ?? chosen ?? '').trim();
  };
  const refuse = (field: InvoiceField, sentence: string): void => {
    errors[invoiceBlock(field)] ??= sentence;
  };
  return {
    text,
    refuse,
    errors: () => errors,
    required(field: InvoiceField): string {
      const given = text(field);
      if (given === '') refuse(field, 'This is needed.');
      return given;
    },
    /** Null for an empty or a wrong field; the latter is refused. */
    amount(field: InvoiceField): Nanos | null {
      const given = text(field);
      if (given === '') return null;
      try {
        return parseNanos(given.replaceAll(/[ ,](?=\d{3}(\D|$))/g, ''));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refuse(field, 'Write an amount such as 1234.56.');
        return null;
      }
    },
  };
}

/** Usage is what the total holds beside tax, bought credits, and what was taken off. */
function linesOf(form: Form, payable: Nanos): readonly InvoiceLine[] {
  const isNote = form.text('corrects') !== '';
  const positive = (field: 'tax' | 'credits' | 'prepaid') => {
    const amount = form.amount(field) ?? 0n;
    if (amount < 0n && !isNote) form.refuse(field, 'Write it without a sign.');
    return amount;
  };
  const [tax, credits, prepaid] = [positive('tax'), positive('credits'), positive('prepaid')];
  const expires = Day.safeParse(form.text('expires'));
  if (expires.success && prepaid === 0n)
    form.refuse('expires', 'Say how much of the total bought credits are.');
  const lines: InvoiceLine[] = [];
  if (tax !== 0n)
    lines.push({
      kind: 'tax',
      description: 'Tax',
      amount: tax,
      recoverable: form.text('recoverable') !== '',
    });
  if (credits !== 0n) {
    const creditKind = form.text('creditKind') === 'prepaid' ? 'prepaid' : 'promotional';
    lines.push({
      kind: 'credit',
      description: `${creditKind === 'prepaid' ? 'Prepaid' : 'Promotional'} credits`,
      amount: -credits,
      creditKind,
    });
  }
  if (prepaid !== 0n)
    lines.push({
      kind: 'purchase',
      description: 'Prepaid credits',
      amount: prepaid,
      creditKind: 'prepaid',
      ...(expires.success ? { expiresOn: expires.data } : {}),
    });
  const usage = payable - sumNanos(lines.map(({ amount }) => amount));
  if (usage < 0n && !isNote && form.text('total') !== '')
    form.refuse('total', `Tax and bought credits are more than the total by ${formatNanos(-usage)}.`);
  if (usage !== 0n || lines.length === 0)
    lines.unshift({ kind: 'usage', description: 'Usage', amount: usage });
  return lines;
}
