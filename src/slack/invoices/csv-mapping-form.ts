import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { DECIMAL_MARKS } from '../../core/base/amounts.js';
import { type ColumnMapping, CSV_FIELDS, type CsvField } from '../../core/invoices/csv.js';
import { totalsInWords } from '../../core/invoices/rows.js';
import type { CsvPreview } from '../../usecases/invoices/import-invoice-csv.js';
import { bold, bullets, context, rich, section } from '../kit/blocks.js';
import { formView, input, select } from '../kit/inputs.js';
import { choiceOption } from '../kit/option-value.js';
import { packPayload } from '../kit/payload.js';
import { count, displayName, formatMoney, formatMonth } from '../kit/text.js';
import { CSV_VIEW } from './csv-form.js';

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

function fieldAction(field: CsvField): string {
  return `invoices.${fieldBlock(field)}`;
}

/** The fields of the form, in its order. */
const MAPPED: readonly CsvField[] = [
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
];
const ORDER = { block: 'csv-day-order', action: 'invoices.csv-day-order' } as const;
const DECIMAL = { block: 'csv-decimal', action: 'invoices.csv-decimal' } as const;
const RECOVERABLE = { block: 'csv-recoverable', action: 'invoices.csv-recoverable' } as const;

/** Asks what each column means, as guessed or remembered. `draft` names the text that waits on our side. */
export function csvMappingView(
  draft: string,
  { header, mapping }: Pick<CsvPreview, 'header' | 'mapping'>,
  trouble: string | null = null,
): ModalView {
  return formView({
    id: CSV_VIEW.mapping,
    metadata: packPayload({ draft }),
    title: 'What the columns mean',
    submit: 'Preview',
    blocks: [
      section(trouble ?? 'Guessed from the header, or as you read this vendor before. It is remembered.'),
      ...columnSelects(header, mapping),
      orderSelect(mapping),
      decimalSelect(mapping),
      recoverableBox(mapping),
    ],
  });
}

function columnSelects(header: readonly string[], mapping: ColumnMapping): readonly InputBlock[] {
  const columns = header.slice(0, MOST_COLUMNS);
  const none = choiceOption({ text: 'no column', value: NONE });
  // Columns go by their place: a header may be longer than an option's value.
  const options = columns.map((name, index) =>
    choiceOption({ text: displayName(name, 75), value: String(index) }),
  );
  return MAPPED.map((field) =>
    input({
      block: fieldBlock(field),
      label: WORDS[field],
      element: select(
        fieldAction(field),
        [none, ...options],
        options[columns.indexOf(mapping.columns[field] ?? '')] ?? none,
      ),
    }),
  );
}

function orderSelect({ dayOrder }: ColumnMapping): InputBlock {
  const orders = [
    choiceOption({ text: 'month first: 10/31/2026', value: 'month-first' }),
    choiceOption({ text: 'day first: 31/10/2026', value: 'day-first' }),
  ];
  const order = orders.find(({ value }) => value === dayOrder) ?? orders[0];
  return input({
    block: ORDER.block,
    label: 'Days with slashes',
    element: select(ORDER.action, orders, order),
  });
}

function decimalSelect({ decimal }: ColumnMapping): InputBlock {
  const marks = [
    choiceOption({ text: 'as the amounts tell', value: NONE }),
    choiceOption({ text: 'a point: 1,234.56', value: 'point' }),
    choiceOption({ text: 'a comma: 1.234,56', value: 'comma' }),
  ];
  const mark = marks.find(({ value }) => value === (decimal ?? NONE));
  return input({
    block: DECIMAL.block,
    label: 'Decimal mark',
    element: select(DECIMAL.action, marks, mark),
  });
}

function recoverableBox({ isTaxRecoverable }: ColumnMapping): InputBlock {
  const recoverable = choiceOption({ text: 'We get the tax back', value: 'recoverable' });
  return input({
    block: RECOVERABLE.block,
    label: 'Tax',
    optional: true,
    element: {
      type: 'checkboxes',
      action_id: RECOVERABLE.action,
      options: [recoverable],
      ...(isTaxRecoverable ? { initial_options: [recoverable] } : {}),
    },
  });
}

/** Reads the mapping back, by the header that the form was made of. */
export function readCsvMapping(view: Pick<ViewOutput, 'state'>, header: readonly string[]): ColumnMapping {
  const columns: Partial<Record<CsvField, string>> = {};
  for (const field of CSV_FIELDS) {
    const chosen = view.state.values[fieldBlock(field)]?.[fieldAction(field)]?.selected_option?.value;
    const column = chosen === undefined || chosen === NONE ? undefined : header[Number(chosen)];
    if (column !== undefined) columns[field] = column;
  }
  const order = view.state.values[ORDER.block]?.[ORDER.action]?.selected_option?.value;
  const mark = view.state.values[DECIMAL.block]?.[DECIMAL.action]?.selected_option?.value;
  const decimal = DECIMAL_MARKS.find((each) => each === mark);
  const recoverable = view.state.values[RECOVERABLE.block]?.[RECOVERABLE.action]?.selected_options ?? [];
  return {
    columns,
    dayOrder: order === 'day-first' ? 'day-first' : 'month-first',
    isTaxRecoverable: recoverable.length > 0,
    ...(decimal !== undefined && { decimal }),
  };
}

const MOST_SHOWN = 10;

/** What would be imported: totals and the first lines. Nothing is kept before the button. */
export function csvPreviewView(draft: string, preview: CsvPreview): ModalView {
  const { invoices, remarks } = preview;
  const lines = invoices.flatMap(({ lines: all, currency }) => all.map((line) => ({ line, currency })));
  const shown = lines.slice(0, MOST_SHOWN);
  return formView({
    id: CSV_VIEW.preview,
    metadata: packPayload({ draft }),
    title: 'Preview',
    submit: 'Import',
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
  });
}
