import { invalid } from '../../../core/base/errors.js';
import type { CsvFile } from '../../../core/base/table.js';
import { Day } from '../../../core/base/time.js';
import { type CsvRow, readCsvTable } from '../../files/csv-table.js';
import { DECIMAL } from '../../parts/amounts.js';

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

/**
 * Reads the CSV that an enterprise downloads by hand or by API. Columns are found by name: newer files have more.
 * @throws AppError `invalid` naming file, row and column.
 */
export function parseUsageReport(file: CsvFile): readonly ReportRow[] {
  const needed = ['date', 'sku', 'gross_amount', 'net_amount'];
  const amounts = ['quantity', 'gross_amount', 'net_amount'];
  return readCsvTable(file, { needed, amounts }).map(toRow);
}

function toRow(row: CsvRow): ReportRow {
  const { cell } = row;
  const orNull = (column: string) => (cell(column) === '' ? null : cell(column));
  return {
    day: toDay(row),
    login: orNull('username'),
    product: orNull('product') ?? 'copilot',
    sku: cell('sku'),
    model: orNull('model'),
    quantity: Number(amountOf(row, 'quantity')),
    unit: orNull('unit_type'),
    grossAmount: amountOf(row, 'gross_amount'),
    netAmount: amountOf(row, 'net_amount'),
    organization: orNull('organization'),
    costCentre: orNull('cost_center_name'),
  };
}

function amountOf({ cell, place }: CsvRow, column: string): string {
  const text = cell(column);
  if (text === '' && column === 'quantity') return '0';
  return DECIMAL.test(text)
    ? text
    : invalid(`${place}, column ${column}: "${text.slice(0, 40)}" is not an amount.`);
}

/** `2026-05-29`, with or without a time, or `5/29/26` after a visit to Excel. */
function toDay({ cell, place }: CsvRow): Day {
  const text = cell('date');
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text)?.[1];
  const [, month = '', dayOfMonth = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text) ?? [];
  const full = year.length === 2 ? `20${year}` : year;
  const day = Day.safeParse(iso ?? `${full}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`);
  return day.success
    ? day.data
    : invalid(`${place}, column date: "${text.slice(0, 40)}" is no day such as 2026-05-29 or 5/29/26.`);
}
