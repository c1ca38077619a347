import type { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import { type CsvFile, readRows, type Table, withAmounts } from '../core/base/table.js';

/** One parsed row; `rowNumber` counts records as a spreadsheet does, the header being 1. */
export interface TableRow<T> {
  readonly rowNumber: number;
  readonly value: T;
}

/** The columns of a table by the names in its header, in any order. */
export interface TableColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Columns whose cells come as plain decimals. */
  readonly amounts?: {
    readonly names: readonly string[];
    /** A code such as USD, the column that names it, or null for figures that are no money. */
    readonly currency: string | { readonly column: string } | null;
    /** The vendor's format writes a decimal point. */
    readonly isPointByFormat?: boolean;
  };
}

/**
 * Reads a CSV table; a column the file lacks reads as empty cells.
 * @throws AppError `invalid` naming file, row and column.
 */
export function readTable<T>(
  file: CsvFile,
  schema: z.ZodType<T>,
  columns: TableColumns,
): {
  readonly rows: readonly TableRow<T>[];
  readonly remarks: readonly string[];
  readonly openRow: number | null;
} {
  const table = readRows(file);
  const header = table.header.map((cell) => cell.toLowerCase());
  const missing = columns.required.filter((name) => !header.includes(name));
  if (missing.length > 0) invalid(`${file.name}, row 1: the header lacks ${missing.join(', ')}.`);
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined) invalid(`${file.name}, row 1: column ${twice} stands twice; remove one.`);

  const known = [...columns.required, ...columns.optional];
  const rows = decimalRows(file, { ...table, header }, columns).map(({ rowNumber, cells }) => {
    const record = Object.fromEntries(known.map((name) => [name, cells[header.indexOf(name)] ?? '']));
    const parsed = schema.safeParse(record);
    return parsed.success
      ? { rowNumber, value: parsed.data }
      : refuse(`${file.name}, row ${rowNumber}`, parsed.error, record);
  });
  const unused = header.filter((name) => name !== '' && !known.includes(name));
  const { openRow } = table;
  const lastIsAmount = columns.amounts?.names.includes(header.at(-1) ?? '') === true;
  return {
    rows,
    openRow,
    remarks: [
      ...unused.map((name) => `${file.name}: column ${name} is not used.`),
      ...(openRow === null || !lastIsAmount || rows.length === 0
        ? []
        : [
            `${file.name}, row ${openRow}: the file ends without a line break after this row; check that its last figure is whole.`,
          ]),
    ],
  };
}

function decimalRows(file: CsvFile, table: Table, { amounts }: TableColumns): Table['rows'] {
  if (amounts === undefined) return table.rows;
  const { currency } = amounts;
  const at = (name: string) => table.header.indexOf(name);
  const columns = amounts.names.map((name) => ({ index: at(name), title: `column ${name}` }));
  return withAmounts(
    table.rows,
    {
      name: file.name,
      columns: columns.filter(({ index }) => index >= 0),
      currencyOf: ({ cells }) =>
        currency === null || typeof currency === 'string'
          ? currency
          : (cells[at(currency.column)] ?? '').toUpperCase() || null,
      hints: {
        mark: file.decimal ?? null,
        isPointByFormat: amounts.isPointByFormat === true && table.delimiter !== ';',
      },
    },
    (_row, _amount, place) =>
      invalid(
        currency === null
          ? `${place}: a currency stands beside the figure; write the figure alone.`
          : `${place}: a currency stands beside the amount; write it in the column currency.`,
      ),
  );
}

function refuse(place: string, error: z.ZodError, record: Readonly<Record<string, string>>): never {
  const issue = error.issues[0];
  const column = String(issue?.path[0] ?? '');
  return invalid(`${place}, column ${column}: "${record[column] ?? ''}" ${issue?.message ?? 'is wrong'}.`);
}
