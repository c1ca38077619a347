import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { type ColumnMapping, CSV_FIELDS, type CsvField } from '../../core/invoice-csv.js';
import { totalsInWords } from '../../core/invoice-rows.js';
import { Month } from '../../core/time.js';
import type { CsvPreview } from '../../usecases/import-invoice-csv.js';
import { bold, bullets, context, plain, rich, section } from '../blocks.js';
import { packPayload } from '../payload.js';
import { count, displayName, formatMoney, formatMonth } from '../text.js';
import { input, textInput } from './inputs.js';
import { choiceOption } from './option-value.js';

/** The forms of a CSV, in their order. */
export const CSV_VIEW = {
  file: 'invoices.csv-file',
  mapping: 'invoices.csv-mapping',
  preview: 'invoices.csv-preview',
} as const;

const FILE = {
  vendor: 'csv-vendor',
  paste: 'csv-paste',
  file: 'csv-file',
  number: 'csv-number',
  period: 'csv-period',
  currency: 'csv-currency',
} as const;
type FileField = keyof typeof FILE;

function actionOf(block: string): string {
  return `invoices.${block}`;
}

/** Slack takes no more in one field; a longer file is uploaded. */
const MOST_PASTED = 3_000;

/** Asks for the file and what it does not say. */
export function csvFileView(month: Month): ModalView {
  const optional = (field: FileField, label: string, hint: string, max: number): InputBlock =>
    input({
      block: FILE[field],
      label,
      hint,
      optional: true,
      element: textInput(actionOf(FILE[field]), { max, value: null }),
    });
  return {
    type: 'modal',
    callback_id: CSV_VIEW.file,
    private_metadata: packPayload({ month }),
    title: plain('Import an invoice CSV', 24),
    submit: plain('Next', 24),
    close: plain('Cancel', 24),
    blocks: [
      input({
        block: FILE.vendor,
        label: 'Vendor',
        hint: 'The name of its source; any name for a vendor without one.',
        element: textInput(actionOf(FILE.vendor), { max: 63, value: null }),
      }),
      input({
        block: FILE.paste,
        label: 'The CSV, pasted with its header row',
        optional: true,
        element: {
          type: 'plain_text_input',
          action_id: actionOf(FILE.paste),
          multiline: true,
          max_length: MOST_PASTED,
        },
      }),
      input({
        block: FILE.file,
        label: 'Or the file, up to 1 MB and 5,000 rows',
        optional: true,
        element: {
          type: 'file_input',
          action_id: actionOf(FILE.file),
          filetypes: ['csv', 'text'],
          max_files: 1,
        },
      }),
      optional('number', 'Invoice number', 'Where no column holds it.', 100),
      optional('period', 'Billing period', `Where the rows name no day: ${month}`, 7),
      optional('currency', 'Currency', 'Where the file does not say: USD', 3),
    ],
  };
}

/** What the first form holds; `fileUrl` is Slack's, for the bot alone. */
export interface CsvFileForm {
  readonly vendor: string;
  readonly pasted: string;
  readonly file: { readonly url: string; readonly size: number } | null;
  readonly number: string | null;
  readonly period: Month | null;
  readonly currency: string | null;
}

/** Reads the first form, or the sentence under each field that is wrong. */
export function readCsvFile(
  view: Pick<ViewOutput, 'state'>,
):
  | { readonly form: CsvFileForm; readonly errors: null }
  | { readonly errors: Readonly<Record<string, string>> } {
  const state = (field: FileField) => view.state.values[FILE[field]]?.[actionOf(FILE[field])];
  const text = (field: FileField) => (state(field)?.value ?? '').trim();
  const errors: Record<string, string> = {};
  const upload = state('file')?.files?.[0];
  const url = upload?.url_private_download ?? upload?.url_private;
  const file = url === undefined ? null : { url, size: upload?.size ?? 0 };
  if (text('vendor') === '') errors[FILE.vendor] = 'This is needed.';
  if (text('paste') === '' && file === null) errors[FILE.paste] = 'Paste the CSV, or upload it below.';
  if (text('paste') !== '' && file !== null) errors[FILE.paste] = 'Paste the CSV or upload it, not both.';
  const period = Month.safeParse(text('period'));
  if (text('period') !== '' && !period.success) errors[FILE.period] = 'Write the month as 2026-10.';
  const currency = text('currency').toUpperCase();
  if (currency !== '' && !/^[A-Z]{3}$/.test(currency))
    errors[FILE.currency] = 'Write an ISO 4217 code such as USD.';
  if (Object.keys(errors).length > 0) return { errors };
  return {
    form: {
      vendor: text('vendor'),
      pasted: text('paste'),
      file,
      number: text('number') || null,
      period: period.success ? period.data : null,
      currency: currency || null,
    },
    errors: null,
  };
}

const WORDS: Readonly<Record<CsvField, string>> = {
  amount: 'Amount',
  description: 'Description',
  date: 'Day, month or first day',
  endDate: 'Last day',
  invoiceId: 'Invoice number',
  kind: 'What kind of line',
  quantity: 'Quantity',
  currency: 'Currency',
  tax: 'Tax',
  credit: 'Credit taken off',
  person: 'Person (e-mail)',
  project: 'Project or workspace',
};
const NONE = 'none';
/** A select takes 100 options; one is "no column". */
const MOST_COLUMNS = 99;

/** The block of a mapped field, for errors under it. */
function fieldBlock(field: CsvField): string {
  return `csv-map-${field}`;
}

/** Asks what each column means, as guessed or remembered. `draft` names the text that waits on our side. */
export function csvMappingView(
  draft: string,
  { header, mapping }: Pick<CsvPreview, 'header' | 'mapping'>,
  trouble: string | null = null,
): ModalView {
  const columns = header.slice(0, MOST_COLUMNS);
  const none = choiceOption({ text: 'no column', value: NONE });
  // Columns go by their place: a header may be longer than an option's value.
  const options = columns.map((name, index) =>
    choiceOption({ text: displayName(name, 75), value: String(index) }),
  );
  const select = (field: CsvField): InputBlock => {
    const at = columns.indexOf(mapping.columns[field] ?? '');
    return input({
      block: fieldBlock(field),
      label: WORDS[field],
      element: {
        type: 'static_select',
        action_id: actionOf(fieldBlock(field)),
        options: [none, ...options],
        initial_option: options[at] ?? none,
      },
    });
  };
  const orders = [
    choiceOption({ text: 'month first: 10/31/2026', value: 'month-first' }),
    choiceOption({ text: 'day first: 31/10/2026', value: 'day-first' }),
  ];
  const recoverable = choiceOption({ text: 'We get the tax back', value: 'recoverable' });
  const order = orders.find(({ value }) => value === mapping.dayOrder) ?? orders[0];
  return {
    type: 'modal',
    callback_id: CSV_VIEW.mapping,
    private_metadata: packPayload({ draft }),
    title: plain('What the columns mean', 24),
    submit: plain('Preview', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(trouble ?? 'Guessed from the header, or as you read this vendor before. It is remembered.'),
      ...(
        [
          'amount',
          'description',
          'date',
          'endDate',
          'invoiceId',
          'currency',
          'tax',
          'credit',
          'person',
          'project',
          'kind',
          'quantity',
        ] as const
      ).map(select),
      input({
        block: 'csv-day-order',
        label: 'Days with slashes',
        element: {
          type: 'static_select',
          action_id: 'invoices.csv-day-order',
          options: orders,
          ...(order === undefined ? {} : { initial_option: order }),
        },
      }),
      input({
        block: 'csv-recoverable',
        label: 'Tax',
        optional: true,
        element: {
          type: 'checkboxes',
          action_id: 'invoices.csv-recoverable',
          options: [recoverable],
          ...(mapping.isTaxRecoverable ? { initial_options: [recoverable] } : {}),
        },
      }),
    ],
  };
}

/** Reads the mapping back, by the header that the form was made of. */
export function readCsvMapping(view: Pick<ViewOutput, 'state'>, header: readonly string[]): ColumnMapping {
  const columns: Partial<Record<CsvField, string>> = {};
  for (const field of CSV_FIELDS) {
    const chosen =
      view.state.values[fieldBlock(field)]?.[actionOf(fieldBlock(field))]?.selected_option?.value;
    const column = chosen === undefined || chosen === NONE ? undefined : header[Number(chosen)];
    if (column !== undefined) columns[field] = column;
  }
  const order = view.state.values['csv-day-order']?.['invoices.csv-day-order']?.selected_option?.value;
  const recoverable =
    view.state.values['csv-recoverable']?.['invoices.csv-recoverable']?.selected_options ?? [];
  return {
    columns,
    dayOrder: order === 'day-first' ? 'day-first' : 'month-first',
    isTaxRecoverable: recoverable.length > 0,
  };
}

const MOST_SHOWN = 10;

/** What would be imported: totals and the first lines. Nothing is kept before the button. */
export function csvPreviewView(draft: string, preview: CsvPreview): ModalView {
  const { invoices, remarks } = preview;
  const lines = invoices.flatMap(({ lines: all, currency }) => all.map((line) => ({ line, currency })));
  const shown = lines.slice(0, MOST_SHOWN);
  return {
    type: 'modal',
    callback_id: CSV_VIEW.preview,
    private_metadata: packPayload({ draft }),
    title: plain('Preview', 24),
    submit: plain('Import', 24),
    close: plain('Cancel', 24),
    blocks: [
      rich([
        bold(
          `${count(invoices.length, 'invoice')}, ${count(lines.length, 'line')}, ${totalsInWords(preview)}`,
        ),
      ]),
      bullets(
        invoices
          .slice(0, MOST_SHOWN)
          .map(({ invoiceId, billingPeriod, payable, currency }) => [
            bold(displayName(invoiceId, 80)),
            ` ${formatMonth(billingPeriod)}: ${formatMoney(payable, currency)}`,
          ]),
      ),
      section('The first lines:'),
      bullets(
        shown.map(({ line, currency }) => [
          bold(formatMoney(line.amount, currency)),
          ` ${displayName([line.kind, line.description, line.from, line.email, line.subAccount].filter((part) => part !== undefined).join(' · '), 200)}`,
        ]),
      ),
      context(
        ...(lines.length > shown.length ? [`and ${lines.length - shown.length} more lines.`] : []),
        ...remarks.slice(0, 5).map((remark) => displayName(remark, 200)),
        'Nothing is kept before you press Import. The same file again changes nothing.',
      ),
    ],
  };
}
