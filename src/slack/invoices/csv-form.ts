import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { Month } from '../../core/base/time.js';
import { formView, input, textInput } from '../kit/inputs.js';
import { packPayload } from '../kit/payload.js';

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

function optional(field: FileField, label: string, hint: string, max: number): InputBlock {
  const element = textInput(actionOf(FILE[field]), { max, value: null });
  return input({ block: FILE[field], label, hint, optional: true, element });
}

/** Asks for the file and what it does not say. */
export function csvFileView(month: Month): ModalView {
  return formView({
    id: CSV_VIEW.file,
    metadata: packPayload({ month }),
    title: 'Import an invoice CSV',
    submit: 'Next',
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
      optional('number', 'Invoice number', 'Where no column has it.', 100),
      optional('period', 'Billing period', `Where the rows name no day: ${month}`, 7),
      optional('currency', 'Currency', 'Where the file does not say: USD', 3),
    ],
  });
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
