import type { CsvRecord } from '../base/csv.js';
import { currenciesOf, currencyInName } from '../base/currencies.js';
import { invalid } from '../base/errors.js';
import { withAmounts } from '../base/table.js';
import type { ColumnMapping, CsvField, CsvSheet } from './csv.js';

/** Fields that hold money. */
export const MONEY_FIELDS = ['amount', 'tax', 'credit'] as const;

/** A sheet with what its columns mean. */
export interface MappedSheet {
  readonly sheet: CsvSheet;
  readonly mapping: ColumnMapping;
  readonly positions: Partial<Record<CsvField, number>>;
}

/** What is said of the currency beside the file: by a person, or by nobody. */
interface SaidCurrency {
  readonly currency: string | null;
  readonly usualCurrency: string;
}

/** A field as sentences name it: `amount (column Net)`. */
export function titleOf(field: CsvField, { columns }: ColumnMapping): string {
  const column = columns[field];
  return column === undefined || column === field ? field : `${field} (column ${column.slice(0, 60)})`;
}

/**
 * The rows with their amounts as plain decimals, and the currency of each: of its own column, of the name of a column of
 * amounts, of the signs beside its amounts, as said by a person, or the usual one. Two that differ are refused.
 * @throws AppError `invalid` naming row and field.
 */
export function moneyRows(
  { sheet, mapping, positions }: MappedSheet,
  said: SaidCurrency,
): readonly (CsvRecord & { readonly currency: string })[] {
  const inNames = currencyOfNames(mapping);
  const signs = new Map<number, readonly string[]>();
  const known = (row: CsvRecord) => currencyOfRow(row, { mapping, positions, inNames, said });
  const rows = withAmounts(
    sheet.rows,
    {
      name: null,
      columns: MONEY_FIELDS.flatMap((field) => {
        const index = positions[field];
        return index === undefined ? [] : [{ index, title: titleOf(field, mapping) }];
      }),
      currencyOf: known,
      hints: { mark: mapping.decimal ?? null, isPointByFormat: false },
    },
    ({ rowNumber }, { currencies }, place) => {
      const found = currencies ?? [];
      const both = (signs.get(rowNumber) ?? found).filter((code) => found.includes(code));
      if (both.length === 0)
        invalid(`${place}: the amounts of the row are in two currencies; write them in two rows.`);
      signs.set(rowNumber, both);
    },
  );
  return rows.map((row) => {
    const found = signs.get(row.rowNumber) ?? [];
    const usual = said.usualCurrency;
    const isUsual = found.length === 0 || found.includes(usual);
    const currency = known(row) ?? (isUsual ? usual : found[0]) ?? usual;
    if (known(row) === null && !isUsual && found.length > 1)
      invalid(
        `Row ${row.rowNumber}, ${titleOf('amount', mapping)}: the currency sign may mean ${found.slice(0, 3).join(', ')}; say which currency the file is in.`,
      );
    return { ...row, currency };
  });
}

/** @throws AppError `invalid` when the names of two columns of amounts say different currencies. */
function currencyOfNames({ columns }: ColumnMapping): string | null {
  const found = new Set(MONEY_FIELDS.flatMap((field) => currencyInName(columns[field]) ?? []));
  if (found.size > 1)
    invalid(
      `The columns of the amounts are in ${[...found].join(' and ')}; the amounts of one row have one currency.`,
    );
  return [...found][0] ?? null;
}

function currencyOfRow(
  row: CsvRecord,
  {
    mapping,
    positions,
    inNames,
    said,
  }: Omit<MappedSheet, 'sheet'> & { readonly inNames: string | null; readonly said: SaidCurrency },
): string | null {
  const text = row.cells[positions.currency ?? -1] ?? '';
  const place = `Row ${row.rowNumber}, ${titleOf('currency', mapping)}`;
  if (text === '') return inNames ?? said.currency;
  const found =
    currenciesOf(text) ?? invalid(`${place}: "${text.slice(0, 60)}" is no ISO 4217 currency such as USD.`);
  const likely = [inNames, said.currency, said.usualCurrency].find(
    (code) => code !== null && found.includes(code),
  );
  const currency = found.length === 1 ? found[0] : likely;
  if (currency === undefined || currency === null)
    return invalid(
      `${place}: "${text.slice(0, 60)}" may mean ${found.slice(0, 3).join(', ')}; write the code.`,
    );
  if (inNames !== null && inNames !== currency)
    invalid(
      `${place}: "${text.slice(0, 60)}" differs from ${inNames}, which the name of the amount's column says.`,
    );
  return currency;
}
