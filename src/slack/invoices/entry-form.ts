import type { InputBlock, ModalView } from '@slack/types';
import type { Month } from '../../core/base/time.js';
import { formView, input, select, textInput } from '../kit/inputs.js';
import { choiceOption } from '../kit/option-value.js';
import { packPayload } from '../kit/payload.js';
import { displayName } from '../kit/text.js';
import { INVOICE_VIEW } from './forms.js';

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
/** A field of the form. */
export type InvoiceField = (typeof FIELDS)[number];

/** The block of a field, for errors under it. */
export function invoiceBlock(field: InvoiceField): string {
  return `invoice-${field}`;
}

/** The action of a field. */
export function invoiceAction(field: InvoiceField): string {
  return `invoices.field-${field}`;
}

const MOST_SOURCES = 100;

function text(
  field: InvoiceField,
  label: string,
  spec: { hint?: string; value?: string; optional?: true; placeholder?: string; max?: number },
): InputBlock {
  const { hint, value = null, optional, placeholder, max = 60 } = spec;
  return input({
    block: invoiceBlock(field),
    label,
    optional: optional ?? false,
    ...(hint === undefined ? {} : { hint }),
    element: textInput(invoiceAction(field), {
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
      element: select(invoiceAction('source'), options),
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
      element: select(invoiceAction('creditKind'), kinds, promotional),
    }),
    text('prepaid', 'Of the total, prepaid credits bought', {
      optional: true,
      hint: 'No cost yet: usage draws them down, what expires is one.',
    }),
    input({
      block: invoiceBlock('expires'),
      label: 'Bought credits expire on',
      optional: true,
      element: { type: 'datepicker', action_id: invoiceAction('expires') },
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
      element: { type: 'checkboxes', action_id: invoiceAction('recoverable'), options: [recoverable] },
    }),
  ];
}

/** Enters one invoice by its totals. */
export function invoiceEntryView(
  month: Month,
  known: { readonly sources: readonly string[]; readonly currency: string },
): ModalView {
  return formView({
    id: INVOICE_VIEW.entry,
    metadata: packPayload({ month }),
    title: 'Enter an invoice',
    submit: 'Enter',
    blocks: [
      ...sourceFields(known.sources),
      text('number', 'Invoice number', { max: 100 }),
      text('period', 'Billing period', { value: month, placeholder: '2026-10', max: 7 }),
      input({
        block: invoiceBlock('issued'),
        label: 'Issued on',
        element: { type: 'datepicker', action_id: invoiceAction('issued') },
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
  });
}
