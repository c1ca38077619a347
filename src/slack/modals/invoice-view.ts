import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { AppError } from '../../core/errors.js';
import type { InvoiceLine, StoredInvoice } from '../../core/invoice.js';
import { formatNanos, type Nanos, parseNanos, sumNanos } from '../../core/money.js';
import { Day, Month } from '../../core/time.js';
import type { EnteredInvoice } from '../../usecases/enter-invoice.js';
import { bold, bullets, context, plain, rich, section } from '../blocks.js';
import { packPayload } from '../payload.js';
import { authorName, displayName, formatMoney, formatMonth } from '../text.js';
import { input, textInput } from './inputs.js';
import { choiceOption } from './option-value.js';

/** The forms of invoices. */
export const INVOICE_VIEW = { entry: 'invoices.entry-form', accept: 'invoices.accept-form' } as const;

const FIELDS = [
  'source',
  'other',
  'number',
  'period',
  'issued',
  'currency',
  'total',
  'tax',
  'recoverable',
  'credits',
  'creditKind',
  'prepaid',
  'expires',
  'corrects',
] as const;
type Field = (typeof FIELDS)[number];

/** The block of a field, for errors under it. */
export function invoiceBlock(field: Field): string {
  return `invoice-${field}`;
}

function actionOf(field: Field): string {
  return `invoices.field-${field}`;
}

const MOST_SOURCES = 100;

function text(
  field: Field,
  label: string,
  spec: { hint?: string; value?: string; optional?: true; placeholder?: string; max?: number },
): InputBlock {
  const { hint, value = null, optional, placeholder, max = 60 } = spec;
  return input({
    block: invoiceBlock(field),
    label,
    optional: optional ?? false,
    ...(hint === undefined ? {} : { hint }),
    element: textInput(actionOf(field), {
      max,
      value,
      ...(placeholder === undefined ? {} : { placeholder }),
    }),
  });
}

/** One of the known sources, or any other vendor by name. */
function sourceFields(sources: readonly string[]): readonly InputBlock[] {
  if (sources.length === 0)
    return [
      text('other', 'Vendor', {
        hint: 'The name of its source; any name for a vendor without one.',
        max: 63,
      }),
    ];
  const options = sources
    .slice(0, MOST_SOURCES)
    .map((source) => choiceOption({ text: displayName(source, 75), value: source.slice(0, 75) }));
  return [
    input({
      block: invoiceBlock('source'),
      label: 'Vendor',
      optional: true,
      element: { type: 'static_select', action_id: actionOf('source'), options },
    }),
    text('other', 'Or another vendor', { optional: true, hint: 'One that has no feed.', max: 63 }),
  ];
}

function creditFields(): readonly InputBlock[] {
  const kinds = [
    { text: 'Promotional: lowers the cost', value: 'promotional' },
    { text: 'Prepaid: paid with credits bought before', value: 'prepaid' },
  ].map(choiceOption);
  const [promotional] = kinds;
  return [
    text('credits', 'Credits taken off', { optional: true, placeholder: '25.00' }),
    input({
      block: invoiceBlock('creditKind'),
      label: 'What kind of credits',
      element: {
        type: 'static_select',
        action_id: actionOf('creditKind'),
        options: kinds,
        ...(promotional === undefined ? {} : { initial_option: promotional }),
      },
    }),
    text('prepaid', 'Of the total, prepaid credits bought', {
      optional: true,
      hint: 'No cost yet: usage draws them down, what expires is one.',
    }),
    input({
      block: invoiceBlock('expires'),
      label: 'Bought credits expire on',
      optional: true,
      element: { type: 'datepicker', action_id: actionOf('expires') },
    }),
  ];
}

function taxFields(): readonly InputBlock[] {
  const recoverable = choiceOption({ text: 'We get it back from the tax office', value: 'recoverable' });
  return [
    text('tax', 'Of the total, tax', { optional: true, placeholder: '19.00' }),
    input({
      block: invoiceBlock('recoverable'),
      label: 'That tax',
      optional: true,
      hint: 'What you get back is nobody’s cost; any other tax follows the usage it taxes.',
      element: { type: 'checkboxes', action_id: actionOf('recoverable'), options: [recoverable] },
    }),
  ];
}

/** Enters one invoice by its totals. */
export function invoiceEntryView(
  month: Month,
  known: { readonly sources: readonly string[]; readonly currency: string },
): ModalView {
  return {
    type: 'modal',
    callback_id: INVOICE_VIEW.entry,
    private_metadata: packPayload({ month }),
    title: plain('Enter an invoice', 24),
    submit: plain('Enter', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...sourceFields(known.sources),
      text('number', 'Invoice number', { max: 100 }),
      text('period', 'Billing period', { value: month, placeholder: '2026-10', max: 7 }),
      input({
        block: invoiceBlock('issued'),
        label: 'Issued on',
        element: { type: 'datepicker', action_id: actionOf('issued') },
      }),
      text('currency', 'Currency', { value: known.currency, max: 3 }),
      text('total', 'Total to pay', {
        placeholder: '1234.56',
        hint: 'With tax, less credits: what the vendor asks for.',
      }),
      ...taxFields(),
      ...creditFields(),
      text('corrects', 'Corrects invoice', {
        optional: true,
        hint: 'Of a credit note: the number of the first invoice.',
        max: 100,
      }),
    ],
  };
}

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
  const text = (field: Field): string => {
    const value = state.values[invoiceBlock(field)]?.[actionOf(field)];
    const chosen =
      value?.selected_option?.value ?? value?.selected_date ?? value?.selected_options?.[0]?.value;
    return (value?.value ?? chosen ?? '').trim();
  };
  const refuse = (field: Field, sentence: string): void => {
    errors[invoiceBlock(field)] ??= sentence;
  };
  return {
    text,
    refuse,
    errors: () => errors,
    required(field: Field): string {
      const given = text(field);
      if (given === '') refuse(field, 'This is needed.');
      return given;
    },
    /** Null for an empty or a wrong field; the latter is refused. */
    amount(field: Field): Nanos | null {
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

const MOST_LINES = 40;

/** The lines of an invoice, its version and who entered it. */
export function invoiceLinesView(versions: readonly StoredInvoice[]): ModalView {
  const invoice = versions.at(-1);
  const shown = invoice?.lines.slice(0, MOST_LINES) ?? [];
  const more = (invoice?.lines.length ?? 0) - shown.length;
  return {
    type: 'modal',
    title: plain('Lines of an invoice', 24),
    close: plain('Close', 24),
    blocks:
      invoice === undefined
        ? [section('This invoice is not there any more.')]
        : [
            rich(
              [bold(`${displayName(invoice.source, 60)} ${displayName(invoice.invoiceId, 100)}`)],
              [
                `${formatMonth(invoice.billingPeriod)}: ${formatMoney(invoice.payable, invoice.currency)} to pay, issued on ${invoice.issuedOn}.`,
              ],
              ...(invoice.corrects === null ? [] : [[`Corrects ${displayName(invoice.corrects, 100)}.`]]),
            ),
            bullets(
              shown.map((line) => [bold(formatMoney(line.amount, invoice.currency)), ` ${lineWords(line)}`]),
            ),
            ...(more > 0 ? [context(`and ${more} more lines.`)] : []),
            context(
              ...versions
                .slice(-5)
                .map(
                  ({ version, payable, currency, enteredBy }) =>
                    `Version ${version}: ${formatMoney(payable, currency)}, ${authorName(enteredBy)}`,
                ),
            ),
          ],
  };
}

function lineWords({
  kind,
  description,
  email,
  subAccount,
  recoverable,
  creditKind,
  owner,
}: InvoiceLine): string {
  const about = [
    creditKind === undefined ? kind : `${creditKind} ${kind}`,
    ...(kind === 'tax' ? [recoverable === true ? 'recoverable' : 'not recoverable'] : []),
    email,
    subAccount,
    owner,
  ].filter((word) => word !== undefined);
  return `${displayName(description, 120)} (${displayName(about.join(', '), 200)})`;
}

const REASON = { block: 'invoice-reason', action: 'invoices.reason' } as const;

/** Asks why a difference is all right. `packed` is the payload of the button. */
export function acceptResidualView(packed: string, words: string): ModalView {
  return {
    type: 'modal',
    callback_id: INVOICE_VIEW.accept,
    private_metadata: packed,
    title: plain('Accept a residual', 24),
    submit: plain('Accept', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(words),
      input({
        block: REASON.block,
        label: 'Why it is all right',
        element: {
          type: 'plain_text_input',
          action_id: REASON.action,
          multiline: true,
          min_length: 3,
          max_length: 300,
        },
      }),
    ],
  };
}

/** The reason that was given. */
export function readAcceptReason({ state }: Pick<ViewOutput, 'state'>): string {
  return state.values[REASON.block]?.[REASON.action]?.value ?? '';
}
