import Papa from 'papaparse';
import { invalid } from '../../core/base/errors.js';

/** One row of a table: its cells by column name, trimmed; empty when the column or the cell is missing. */
export interface CsvRow {
  readonly cell: (column: string) => string;
  /** `usage.csv, row 7`, for sentences about it. */
  readonly place: string;
}

/**
 * A CSV text with a header, columns found by name: letter case, spaces and signs in names make no difference
 * (`Max Mode` is `maxmode`). Empty rows are left out. @throws AppError `invalid` for an open quote or when one of
 * `needed` is missing.
 */
export function readCsvTable(text: string, fileName: string, needed: readonly string[]): readonly CsvRow[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, '').trimEnd(), { delimiter: ',' });
  const broken = errors.find(({ code }) => code === 'MissingQuotes');
  if (broken !== undefined)
    return invalid(`${fileName}, row ${(broken.row ?? 0) + 1}: a quote is not closed; export it again.`);
  const [header = [], ...rows] = data;
  const columns = new Map(header.map((name, index) => [normaliseColumn(name), index]));
  const missing = needed.filter((name) => !columns.has(normaliseColumn(name)));
  if (missing.length > 0)
    return invalid(
      `${fileName} has no column ${missing.join(', ')}: it is not the export that this source reads.`,
    );
  return rows.flatMap((cells, index): CsvRow[] => {
    if (cells.every((cell) => cell.trim() === '')) return [];
    const cell = (column: string) => (cells[columns.get(normaliseColumn(column)) ?? -1] ?? '').trim();
    return [{ cell, place: `${fileName}, row ${index + 2}` }];
  });
}

function normaliseColumn(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
