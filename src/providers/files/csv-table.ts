import { invalid } from '../../core/base/errors.js';
import { type CsvFile, readRows, refuseOpenRow, withAmounts } from '../../core/base/table.js';

/** One row of a table: its cells by column name, trimmed; empty when the column or the cell is missing. */
export interface CsvRow {
  readonly cell: (column: string) => string;
  /** `usage.csv, row 7`, for sentences about it. */
  readonly place: string;
}

/** Columns of an export: those without which it is another file, and those that hold amounts. */
export interface ExportColumns {
  readonly needed: readonly string[];
  /** Amounts in US dollars, and quantities: their cells come as plain decimals. */
  readonly amounts: readonly string[];
}

/**
 * A vendor's export with a header, columns found by name: letter case, spaces and signs in names make no difference
 * (`Max Mode` is `maxmode`). Empty rows are left out.
 * @throws AppError `invalid` naming file, row and column, for a file that is cut off too.
 */
export function readCsvTable(file: CsvFile, { needed, amounts }: ExportColumns): readonly CsvRow[] {
  const table = readRows(file);
  const columns = new Map(table.header.map((name, index) => [normaliseColumn(name), index]));
  const missing = needed.filter((name) => !columns.has(normaliseColumn(name)));
  if (missing.length > 0)
    return invalid(
      `${file.name} has no column ${missing.join(', ')}: it is not the export that this source reads.`,
    );
  refuseOpenRow(table, file.name);
  const found = amounts.flatMap((name) => {
    const index = columns.get(normaliseColumn(name));
    return index === undefined ? [] : [{ index, title: `column ${name}` }];
  });
  const rows = withAmounts(table.rows, {
    name: file.name,
    columns: found,
    currencyOf: () => 'USD',
    hints: { mark: file.decimal ?? null, isPointByFormat: table.delimiter !== ';' },
  });
  return rows.map(({ rowNumber, cells }): CsvRow => {
    const cell = (column: string) => cells[columns.get(normaliseColumn(column)) ?? -1] ?? '';
    return { cell, place: `${file.name}, row ${rowNumber}` };
  });
}

function normaliseColumn(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
