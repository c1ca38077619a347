import Papa from 'papaparse';
import { invalid } from '../../core/errors.js';
import { type Day, parseDay } from '../../core/time.js';

/** One row of the "AI usage report", as the vendor's CSV has it; money as decimal text in dollars. */
export interface ReportRow {
  readonly day: Day;
  /** Null: usage that no user is named for. */
  readonly login: string | null;
  readonly product: string;
  readonly sku: string;
  readonly model: string | null;
  readonly quantity: number;
  readonly unit: string | null;
  readonly grossAmount: string;
  readonly netAmount: string;
  readonly organization: string | null;
  readonly costCentre: string | null;
}

const DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$/;
const NEEDED = ['date', 'sku', 'gross_amount', 'net_amount'] as const;

/**
 * Reads the CSV that an enterprise downloads by hand or by API. Columns are found by name: newer files have more.
 * @throws AppError `invalid` naming file, row and column.
 */
export function parseUsageReport(text: string, fileName: string): readonly ReportRow[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, '').trimEnd(), { delimiter: ',' });
  const [broken] = errors.filter(({ code }) => code === 'MissingQuotes');
  if (broken !== undefined)
    return invalid(`${fileName}, row ${(broken.row ?? 0) + 1}: a quote is not closed; export it again.`);
  const [header = [], ...rows] = data;
  const columns = new Map(header.map((name, index) => [name.trim().toLowerCase(), index]));
  const missing = NEEDED.filter((name) => !columns.has(name));
  if (missing.length > 0)
    return invalid(
      `${fileName} has no column ${missing.join(', ')}: it is no usage report of GitHub Copilot.`,
    );
  return rows.flatMap((cells, index) => {
    if (cells.every((cell) => cell.trim() === '')) return [];
    const cell = (name: string) => (cells[columns.get(name) ?? -1] ?? '').trim();
    return [toRow(cell, `${fileName}, row ${index + 2}`)];
  });
}

function toRow(cell: (name: string) => string, place: string): ReportRow {
  const orNull = (name: string) => (cell(name) === '' ? null : cell(name));
  return {
    day: toDay(cell('date'), place),
    login: orNull('username'),
    product: cell('product') === '' ? 'copilot' : cell('product'),
    sku: cell('sku'),
    model: orNull('model'),
    quantity: Number(amountOf(cell('quantity') === '' ? '0' : cell('quantity'), place, 'quantity')),
    unit: orNull('unit_type'),
    grossAmount: amountOf(cell('gross_amount'), place, 'gross_amount'),
    netAmount: amountOf(cell('net_amount'), place, 'net_amount'),
    organization: orNull('organization'),
    costCentre: orNull('cost_center_name'),
  };
}

function amountOf(text: string, place: string, column: string): string {
  const plain = text.replaceAll(/[$,\s]/g, '');
  return DECIMAL.test(plain) ? plain : invalid(`${place}, column ${column}: "${text}" is not an amount.`);
}

/** `2026-05-29`, with or without a time, or `5/29/26` after a visit to Excel. */
function toDay(text: string, place: string): Day {
  const iso = /^(\d{4}-\d{2}-\d{2})([T ].*)?$/.exec(text)?.[1];
  if (iso !== undefined) return parseDay(iso);
  const [, month = '', dayOfMonth = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text) ?? [];
  if (year === '') return invalid(`${place}, column date: "${text.slice(0, 40)}" is not a day.`);
  const full = year.length === 2 ? `20${year}` : year;
  return parseDay(`${full}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`);
}
