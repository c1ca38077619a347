import { type AmountHints, type DecimalMark, type ReadAmount, readAmountColumns } from './amounts.js';
import { type CsvRecord, parseCsv, placeOfRow } from './csv.js';
import { invalid } from './errors.js';

/** A CSV file by name, for sentences, and its text. */
export interface CsvFile {
  readonly name: string;
  readonly text: string;
  /** The decimal mark of its amounts, where a person has said it. */
  readonly decimal?: DecimalMark | null;
}

/** A header and the rows below it that are not blank, each with as many cells as the header, trimmed. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly CsvRecord[];
  readonly delimiter: string;
  /** The number of the last row when no line break follows it: the file may have been cut off there. */
  readonly openRow: number | null;
}

/** Reads a table whose first filled row is its header. @throws AppError `invalid` naming file and row. */
export function readRows({ name, text }: Pick<CsvFile, 'name' | 'text'>): Table {
  const { records, isEnded, delimiter } = parseCsv(text, name);
  const [header, ...rows] = records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (header === undefined) return invalid(`${name} is empty.`);
  return {
    header: header.cells.map((cell) => cell.trim()),
    rows: rows.map((row) => ({
      rowNumber: row.rowNumber,
      cells: fitToHeader(row, header.cells.length, name).map((cell) => cell.trim()),
    })),
    delimiter,
    openRow: isEnded ? null : (records.at(-1)?.rowNumber ?? null),
  };
}

/** The cells of a row, as many as the header has. @throws AppError `invalid`: a row of another length has slipped. */
export function fitToHeader(
  { rowNumber, cells }: CsvRecord,
  width: number,
  name: string | null,
): readonly string[] {
  if (cells.length === width) return cells;
  return invalid(
    `${placeOfRow(name, rowNumber)}: ${cells.length} cells under a header of ${width}; a comma inside a cell needs quotes around it, and a row may have been cut off.`,
  );
}

/** Refuses a file of a machine that ends within its last row: its last figure may lack digits. @throws AppError `invalid`. */
export function refuseOpenRow({ openRow }: Pick<Table, 'openRow'>, name: string): void {
  if (openRow !== null)
    invalid(
      `${placeOfRow(name, openRow)}: the file ends within this row, without a line break; it was cut off: export or download it again.`,
    );
}

/** Columns of amounts, by where they stand, and the words for them. */
export interface AmountColumns {
  readonly name: string | null;
  readonly columns: readonly {
    readonly index: number;
    readonly title: string;
    readonly isQuantity?: boolean;
  }[];
  /** The currency of a row, by its other cells: an amount that names another is refused. Null: none is known. */
  readonly currencyOf: (row: CsvRecord) => string | null;
  readonly hints: AmountHints;
}

/**
 * The rows with the cells of these columns as plain decimals; cells that are no amounts stay as they are. `currencies`
 * gets what a cell says of its currency where the row says nothing.
 * @throws AppError `invalid` as `readAmountColumns`, and where a cell names another currency than its row.
 */
export function withAmounts(
  rows: readonly CsvRecord[],
  { name, columns, currencyOf, hints }: AmountColumns,
  onCurrency: (row: CsvRecord, amount: ReadAmount, place: string) => void = () => undefined,
): readonly CsvRecord[] {
  const placeOf = (row: CsvRecord | undefined, title: string) =>
    `${placeOfRow(name, row?.rowNumber ?? 0)}, ${title}`;
  const read = readAmountColumns(
    columns.map(({ index, title, isQuantity = false }) => ({
      isQuantity,
      cells: rows.map(({ cells }) => cells[index] ?? ''),
      place: (at) => placeOf(rows[at], title),
    })),
    hints,
  );
  return rows.map((row, at) => {
    const cells = [...row.cells];
    const currency = currencyOf(row);
    columns.forEach(({ index, title }, column) => {
      const amount = read[column]?.[at] ?? null;
      if (amount === null) return;
      const place = placeOf(row, title);
      const { currencies } = amount;
      if (currencies !== null && currency !== null && !currencies.includes(currency))
        invalid(
          `${place}: "${row.cells[index]?.slice(0, 40)}" is in ${currencies[0]}, but the currency of the row is ${currency}.`,
        );
      if (currencies !== null && currency === null) onCurrency(row, amount, place);
      cells[index] = amount.decimal;
    });
    return { rowNumber: row.rowNumber, cells };
  });
}
