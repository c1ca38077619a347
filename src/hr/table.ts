import Papa from 'papaparse';
import type { z } from 'zod';
import { invalid } from '../core/base/errors.js';

/** A CSV file by name, for sentences, and its text. */
export interface CsvFile {
  readonly name: string;
  readonly text: string;
}

/** One parsed row; `rowNumber` counts records as a spreadsheet does, the header being 1. */
export interface TableRow<T> {
  readonly rowNumber: number;
  readonly value: T;
}

/**
 * Reads a CSV table by the names in its header, in any order; a column the file lacks reads as empty cells.
 * @throws AppError `invalid` naming file, row and column.
 */
export function readTable<T>(
  file: CsvFile,
  schema: z.ZodType<T>,
  columns: { readonly required: readonly string[]; readonly optional: readonly string[] },
): { readonly rows: readonly TableRow<T>[]; readonly remarks: readonly string[] } {
  const { data, errors } = Papa.parse<string[]>(file.text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const broken = errors[0];
  if (broken !== undefined) invalid(`${file.name}, row ${(broken.row ?? 0) + 1}: a quote is not closed.`);
  const header = (data[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const missing = columns.required.filter((name) => !header.includes(name));
  if (missing.length > 0) invalid(`${file.name}, row 1: the header lacks ${missing.join(', ')}.`);
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) invalid(`${file.name}, row 1: column ${twice} stands twice; remove one.`);

  const known = [...columns.required, ...columns.optional];
  const rows: TableRow<T>[] = [];
  data.forEach((cells, index) => {
    const rowNumber = index + 1;
    if (index === 0 || cells.every((cell) => cell.trim() === '')) return;
    if (cells.length !== header.length) {
      invalid(
        `${file.name}, row ${rowNumber}: ${cells.length} cells under a header of ${header.length}; a comma inside a cell needs quotes around it.`,
      );
    }
    const record = Object.fromEntries(known.map((name) => [name, cells[header.indexOf(name)] ?? '']));
    const parsed = schema.safeParse(record);
    if (parsed.success) rows.push({ rowNumber, value: parsed.data });
    else refuse(`${file.name}, row ${rowNumber}`, parsed.error, record);
  });
  const unused = header.filter((name) => name !== '' && !known.includes(name));
  return { rows, remarks: unused.map((name) => `${file.name}: column ${name} is not used.`) };
}

function refuse(place: string, error: z.ZodError, record: Readonly<Record<string, string>>): never {
  const issue = error.issues[0];
  const column = String(issue?.path[0] ?? '');
  return invalid(`${place}, column ${column}: "${record[column] ?? ''}" ${issue?.message ?? 'is wrong'}.`);
}
