import type { DecimalMark } from '../../../core/base/amounts.js';
import type { CsvRecord } from '../../../core/base/csv.js';
import { fitToHeader, withAmounts } from '../../../core/base/table.js';
import { type FocusBytes, forEachRow } from './client.js';
import { readHeader } from './columns.js';

/** Columns of a FOCUS file that hold figures. */
const NUMBER_COLUMNS = [
  'BilledCost',
  'EffectiveCost',
  'ListCost',
  'ContractedCost',
  'ConsumedQuantity',
  'PricingQuantity',
] as const;
export type NumberColumn = (typeof NUMBER_COLUMNS)[number];

/** Figures as FOCUS writes them: a decimal point, no thousands marks, perhaps an exponent, at most 10^15. */
const PLAIN = /^[-+]?(\d{1,15}(\.\d{0,40})?|\.\d{1,40})([eE](-\d{1,2}|\+?0{1,2}))?$/;

/** A file whose figures are not as FOCUS writes them: its columns are to be looked at as a whole. */
export class OtherFigures extends Error {}

/** The figure of a cell as a plain decimal. */
export type FigureOf = (rowNumber: number, id: NumberColumn, text: string) => string;

/** Of a file as FOCUS wants it. @throws OtherFigures for any other form. */
export const plainFigures: FigureOf = (_row, _id, text) => {
  if (PLAIN.test(text)) return text;
  throw new OtherFigures(text);
};

/**
 * The figures of a file that somebody has saved again: marks by column.
 * @throws AppError `invalid` naming row and column where they cannot be told, or where a cell names another currency.
 */
export async function examineFigures(file: FocusBytes, decimal: DecimalMark | null): Promise<FigureOf> {
  const rows: CsvRecord[] = [];
  let header: { readonly at: readonly number[]; readonly count: number } | null = null;
  const ids = [...NUMBER_COLUMNS, 'BillingCurrency'];
  const { delimiter } = await forEachRow(file, (cells, rowNumber) => {
    if (header === null) {
      const columns = readHeader(cells, file.fileName);
      header = { at: ids.map((id) => columns.indexOf(id)), count: columns.count };
      return;
    }
    const fitted = fitToHeader({ rowNumber, cells }, header.count, file.fileName);
    rows.push({ rowNumber, cells: header.at.map((index) => (fitted[index] ?? '').trim()) });
  });
  const read = withAmounts(rows, {
    name: file.fileName,
    columns: NUMBER_COLUMNS.map((id, index) => {
      return { index, title: `column ${id}`, isQuantity: id.endsWith('Quantity') };
    }),
    currencyOf: ({ cells }) => (cells.at(-1) ?? '').toUpperCase(),
    hints: { mark: decimal, isPointByFormat: delimiter !== ';' },
  });
  const byRow = new Map(read.map(({ rowNumber, cells }) => [rowNumber, cells]));
  return (rowNumber, id, text) => byRow.get(rowNumber)?.[NUMBER_COLUMNS.indexOf(id)] ?? text;
}
