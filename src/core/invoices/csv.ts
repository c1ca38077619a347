import { z } from 'zod';
import { DECIMAL_MARKS } from '../base/amounts.js';
import { type CsvRecord, parseCsv } from '../base/csv.js';
import { currencyInName } from '../base/currencies.js';
import { invalid } from '../base/errors.js';
import { fitToHeader } from '../base/table.js';
import { MOST_INVOICE_LINES } from './invoice.js';

/** What a column of an invoice CSV can mean. */
export const CSV_FIELDS = [
  'invoiceId',
  'date',
  'endDate',
  'description',
  'kind',
  'quantity',
  'amount',
  'currency',
  'tax',
  'credit',
  'person',
  'project',
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** How a vendor's CSV is read: remembered per vendor. Columns are named by their header. */
export const ColumnMapping = z.strictObject({
  columns: z.partialRecord(z.enum(CSV_FIELDS), z.string().min(1).max(200)),
  /** Of days such as 03/11/2026; ISO days need none. */
  dayOrder: z.enum(['day-first', 'month-first']),
  /** Whether tax in the file is one that the company gets back. */
  isTaxRecoverable: z.boolean(),
  /** The decimal mark, where the amounts of a file do not tell it. */
  decimal: z.enum(DECIMAL_MARKS).optional(),
});
export type ColumnMapping = z.infer<typeof ColumnMapping>;

/** Files of people are bounded: a larger one is a bill, for which there is FOCUS. */
export const MOST_CSV_BYTES = 1_048_576;

/** A CSV with its header found. `rows` are the records below it that are not blank, with their row in the file. */
export interface CsvSheet {
  readonly header: readonly string[];
  readonly rows: readonly CsvRecord[];
  /** The number of the last row when no line break follows it: the file may have been cut off there. */
  readonly openRow: number | null;
}

const NAMES: Readonly<Record<CsvField, readonly string[]>> = {
  invoiceId: ['invoice id', 'invoice number', 'invoice no', 'invoice', 'bill number', 'document number'],
  date: [
    'period start',
    'start date',
    'service date',
    'usage date',
    'billing period',
    'date',
    'period',
    'month',
    'from',
  ],
  endDate: ['period end', 'end date', 'service end', 'to', 'until'],
  description: ['line description', 'description', 'line item', 'item', 'product', 'service', 'details'],
  kind: ['kind', 'charge type', 'line type', 'charge category', 'type', 'category'],
  quantity: ['quantity', 'qty', 'units', 'seats', 'count'],
  amount: [
    'amount',
    'net amount',
    'line total',
    'cost',
    'charge',
    'subtotal',
    'price',
    'total',
    'total amount',
  ],
  currency: ['currency', 'billing currency', 'currency code'],
  tax: ['tax', 'vat', 'gst', 'tax amount', 'vat amount', 'sales tax'],
  credit: ['credit', 'credits', 'credit amount', 'discount'],
  person: ['member email', 'user email', 'e mail', 'email', 'seat email', 'person', 'user', 'member'],
  project: ['project', 'project name', 'workspace', 'workspace name', 'team', 'department'],
};

/** A column's name for comparing: lower case, words only, without the currency that some vendors put at the end. */
function plainName(name: string): string {
  const isCurrencyLast = currencyInName(name) !== null && /\p{L}[)\]]?$/u.test(name.trim());
  return (isCurrencyLast ? name.trim().replace(/[^\p{L}]\p{L}{3}[)\]]?$/u, '') : name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * Reads the text and finds the header: the first of twenty rows that names an amount and something else we know, or
 * else the first row.
 * @throws AppError `invalid` naming the row.
 */
export function readSheet(text: string): CsvSheet {
  if (new TextEncoder().encode(text).length > MOST_CSV_BYTES)
    invalid('The file is larger than 1 MB; import a bill of that size as FOCUS.');
  const { records, isEnded } = parseCsv(text);
  const filled = records
    .map(({ rowNumber, cells }) => ({ rowNumber, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const known = filled.slice(0, 20).find(({ cells }) => {
    const { columns } = guessMapping(cells);
    return columns.amount !== undefined && Object.keys(columns).length > 1;
  });
  const header = known ?? filled[0] ?? invalid('The file is empty.');
  const rows = filled.filter(({ rowNumber }) => rowNumber > header.rowNumber);
  if (rows.length === 0) invalid('The file has a header and nothing below it.');
  if (rows.length > MOST_INVOICE_LINES)
    invalid(
      `The file has ${rows.length} rows; ${MOST_INVOICE_LINES} are the most. Import a larger bill as FOCUS.`,
    );
  const twice = header.cells.find((name, index) => name !== '' && header.cells.indexOf(name) !== index);
  if (twice !== undefined)
    invalid(`Row ${header.rowNumber}: column "${twice.slice(0, 60)}" stands twice; rename one.`);
  return {
    header: header.cells,
    rows: rows.map((row) => ({ ...row, cells: fitToHeader(row, header.cells.length, null) })),
    openRow: isEnded ? null : (rows.at(-1)?.rowNumber ?? null),
  };
}

/** What the columns of a header seem to mean. */
function guessMapping(header: readonly string[]): ColumnMapping {
  const taken = new Set<string>();
  const columns: Partial<Record<CsvField, string>> = {};
  for (const field of CSV_FIELDS) {
    const found = NAMES[field]
      .flatMap((name) => header.filter((column) => plainName(column) === name))
      .find((column) => !taken.has(column));
    if (found === undefined) continue;
    taken.add(found);
    columns[field] = found;
  }
  return { columns, dayOrder: 'month-first', isTaxRecoverable: false };
}

/** The mapping that was remembered, as far as the file has its columns, over what the header seems to mean. */
export function mappingFor(header: readonly string[], remembered: ColumnMapping | null): ColumnMapping {
  if (remembered === null) return guessMapping(header);
  const fits = Object.values(remembered.columns).every((column) => header.includes(column));
  return fits ? remembered : { ...remembered, columns: guessMapping(header).columns };
}
