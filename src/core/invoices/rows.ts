import { AppError, invalid } from '../base/errors.js';
import { formatNanos, type Nanos, parseNanos, sumNanos } from '../base/money.js';
import { addDays, addMonths, Day, firstDay, Month, type Month as MonthOf, monthOf } from '../base/time.js';
import { type ColumnMapping, CSV_FIELDS, type CsvField, type CsvSheet } from './csv.js';
import { checkInvoice, type Invoice, type InvoiceLine, type InvoiceLineKind } from './invoice.js';
import { type MONEY_FIELDS, moneyRows, titleOf } from './row-money.js';
import { wordsOf } from './total-words.js';
import { type CountedRow, findTotals } from './totals.js';

/** What a file does not say, and people do. */
export interface SheetFacts {
  readonly source: string;
  readonly invoiceIssuerName: string;
  /** Null: known from the source's charges. */
  readonly billingAccountId: string | null;
  /** The number, where the file has no column for it; null: made of source and period. */
  readonly invoiceId: string | null;
  /** The billing period, where the rows name no day; null: the month of each invoice's first day. */
  readonly period: MonthOf | null;
  /** The currency that a person has said, where neither a column nor its name says one. */
  readonly currency: string | null;
  /** The currency where nobody and nothing says one: the company's. */
  readonly usualCurrency: string;
  readonly issuedOn: Day;
}

/** The invoices of a file. */
export interface SheetReading {
  readonly invoices: readonly (Omit<Invoice, 'billingAccountId'> & {
    readonly billingAccountId: string | null;
  })[];
  /** Rows that were left out, and why. */
  readonly remarks: readonly string[];
}

interface ReadRow {
  readonly invoiceId: string | null;
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
}

/** Reads the rows by a mapping; all or none. @throws AppError `invalid` naming row and field. */
export function readInvoiceRows(sheet: CsvSheet, mapping: ColumnMapping, facts: SheetFacts): SheetReading {
  const positions = positionsOf(sheet, mapping);
  if (positions.amount === undefined) invalid('Say which column has the amount.');
  const rows = moneyRows({ sheet, mapping, positions }, facts).map(
    ({ rowNumber, cells, currency }): RowAt => {
      const cell = (field: CsvField) => cells[positions[field] ?? -1] ?? '';
      return { rowNumber, cell, mapping, currency, first: cells.find((text) => text !== '') ?? '' };
    },
  );
  const excluded = findTotals(rows.map(toCounted));
  const last = sheet.header.length - 1;
  const lastIsAmount = [positions.amount, positions.tax, positions.credit].includes(last);
  return {
    invoices: invoicesOf(rows.filter(({ rowNumber }) => !excluded.has(rowNumber)).map(readRow), facts),
    remarks: [
      ...[...excluded].map(([rowNumber, kind]) => `Row ${rowNumber} is a ${kind} and left out.`),
      ...(sheet.openRow === null || !lastIsAmount
        ? []
        : [`The file ends without a line break after row ${sheet.openRow}; check that it is whole.`]),
    ],
  };
}

function positionsOf(sheet: CsvSheet, { columns }: ColumnMapping): Partial<Record<CsvField, number>> {
  const positions: Partial<Record<CsvField, number>> = {};
  for (const field of CSV_FIELDS) {
    const column = columns[field];
    if (column === undefined) continue;
    const at = sheet.header.indexOf(column);
    if (at < 0) invalid(`The file has no column "${column.slice(0, 60)}" for ${field}.`);
    positions[field] = at;
  }
  return positions;
}

interface RowAt {
  readonly rowNumber: number;
  readonly cell: (field: CsvField) => string;
  readonly mapping: ColumnMapping;
  readonly currency: string;
  /** The first cell that holds anything. */
  readonly first: string;
}

/** Fields that tell lines from their total. */
const LINE_FIELDS = [
  'invoiceId',
  'date',
  'endDate',
  'kind',
  'quantity',
  'currency',
  'person',
  'project',
] as const;

function isSumWord(text: string): boolean {
  return wordsOf(text).sum === 'only';
}

/** The row as one that may sum up those above it. */
function toCounted(row: RowAt): CountedRow {
  const { cell, rowNumber } = row;
  const [amount, tax, credit] = [
    readAmount(row, 'amount'),
    readAmount(row, 'tax'),
    readAmount(row, 'credit'),
  ];
  const [invoiceId, credited] = [cell('invoiceId'), credit ?? 0n];
  return {
    rowNumber,
    invoiceId: isSumWord(invoiceId) ? '' : invoiceId,
    currency: cell('currency') === '' ? null : row.currency,
    amount,
    gross: (amount ?? 0n) + (tax ?? 0n) - (credited < 0n ? -credited : credited),
    text: cell('description') || cell('kind') || row.first,
    filled: new Set(LINE_FIELDS.filter((field) => cell(field) !== '' && !isSumWord(cell(field)))),
  };
}

function readRow(row: RowAt): ReadRow {
  const { cell, mapping, currency } = row;
  const amount = readAmount(row, 'amount');
  const [tax, credit] = [readAmount(row, 'tax'), readAmount(row, 'credit')];
  if (amount === null && tax === null && credit === null) refuse(row, 'amount', 'is empty');
  const description = cell('description') || `Row ${row.rowNumber}`;
  const common = { description: description.slice(0, 300), ...periodOf(row), ...whoOf(row) };
  const kind = kindOf(cell('kind') || description, amount ?? 0n);
  const lines: InvoiceLine[] = [];
  if (amount !== null)
    lines.push({ ...common, kind, amount, ...creditKindOf(kind), ...recoverableOf(kind, mapping) });
  if (tax !== null && tax !== 0n)
    lines.push({
      ...common,
      kind: 'tax',
      description: `Tax on ${common.description}`,
      amount: tax,
      ...recoverableOf('tax', mapping),
    });
  if (credit !== null && credit !== 0n)
    // Some vendors write what is taken off with its sign, some without.
    lines.push({
      ...common,
      kind: 'credit',
      description: `Credit for ${common.description}`,
      amount: credit > 0n ? -credit : credit,
      creditKind: 'promotional',
    });
  return { invoiceId: cell('invoiceId') || null, currency, lines };
}

function creditKindOf(kind: InvoiceLineKind): Pick<InvoiceLine, 'creditKind'> {
  return kind === 'credit'
    ? { creditKind: 'promotional' }
    : kind === 'purchase'
      ? { creditKind: 'prepaid' }
      : {};
}

function recoverableOf(
  kind: InvoiceLineKind,
  { isTaxRecoverable }: ColumnMapping,
): Pick<InvoiceLine, 'recoverable'> {
  return kind === 'tax' ? { recoverable: isTaxRecoverable } : {};
}

const WORDS: readonly (readonly [InvoiceLineKind, RegExp])[] = [
  ['tax', /\b(tax|vat|gst|hst)\b/i],
  ['rounding', /\brounding\b/i],
  ['discount', /\bdiscount\b/i],
  ['purchase', /\b(prepaid|top.?up|credit purchase|purchase of credits|credits? purchased)\b/i],
  ['seat', /\b(seats?|licen[cs]es?|per.user|user.months?|subscription)\b/i],
  ['fee', /\bfees?\b/i],
];

/** What a line is for, by the words of its kind or description; what is taken off is a credit. */
function kindOf(words: string, amount: Nanos): InvoiceLineKind {
  const found = WORDS.find(([, pattern]) => pattern.test(words))?.[0];
  if (found === 'tax' || found === 'rounding') return found;
  if (amount < 0n) return found === 'discount' ? 'discount' : 'credit';
  return found === 'discount' || found === undefined ? 'usage' : found;
}

function whoOf(row: RowAt): Pick<InvoiceLine, 'email' | 'subAccount' | 'quantity'> {
  const [person, project, quantity] = [row.cell('person'), row.cell('project'), row.cell('quantity')];
  if (person !== '' && !/^[^\s@]+@[^\s@]+$/.test(person)) refuse(row, 'person', 'is no e-mail address');
  return {
    ...(person === '' ? {} : { email: person.toLowerCase() }),
    ...(project === '' ? {} : { subAccount: project.slice(0, 200) }),
    ...(quantity === '' ? {} : { quantity: quantity.slice(0, 40) }),
  };
}

/** The days of a row: a month, one day, or from one day through another. */
function periodOf(row: RowAt): Pick<InvoiceLine, 'from' | 'to'> {
  const text = row.cell('date');
  const month = Month.safeParse(text);
  if (month.success) return { from: firstDay(month.data), to: firstDay(addMonths(month.data, 1)) };
  if (text === '') return {};
  const from = readDay(row, 'date');
  if (row.cell('endDate') === '') return { from, to: addDays(from, 1) };
  const end = readDay(row, 'endDate');
  if (end < from) refuse(row, 'endDate', `is before ${from}`);
  // Both ways of writing a month are met: through its last day, and up to the first of the next.
  const isHalfOpen = from.endsWith('-01') && end === firstDay(addMonths(monthOf(from), 1));
  return { from, to: isHalfOpen ? end : addDays(end, 1) };
}

function readDay(row: RowAt, field: CsvField): Day {
  const text = row.cell(field);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text)?.[1];
  const written = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(text);
  const [, first = '', separator, second = '', year] = written ?? [];
  const isDayFirst = separator === '.' || row.mapping.dayOrder === 'day-first';
  const [dayOfMonth, monthOfYear] = isDayFirst ? [first, second] : [second, first];
  const parsed = Day.safeParse(
    iso ?? `${year}-${monthOfYear.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`,
  );
  return parsed.success ? parsed.data : refuse(row, field, 'is no day; write it as 2026-10-31');
}

/** Null for an empty cell. */
function readAmount(row: RowAt, field: (typeof MONEY_FIELDS)[number]): Nanos | null {
  const text = row.cell(field);
  if (text === '') return null;
  try {
    return parseNanos(text);
  } catch (error) {
    if (error instanceof AppError) return refuse(row, field, 'is no amount');
    throw error;
  }
}

function refuse({ rowNumber, cell, mapping }: RowAt, field: CsvField, what: string): never {
  return invalid(`Row ${rowNumber}, ${titleOf(field, mapping)}: "${cell(field).slice(0, 60)}" ${what}.`);
}

/** Rows of one number and currency are one invoice; without a number, those of one month. */
function invoicesOf(rows: readonly ReadRow[], facts: SheetFacts): SheetReading['invoices'] {
  const groups = new Map<string, ReadRow[]>();
  const monthOfRow = ({ lines }: ReadRow) => facts.period ?? firstMonth(lines);
  for (const row of rows) {
    const number = row.invoiceId ?? facts.invoiceId;
    const key = JSON.stringify([number ?? monthOfRow(row), row.currency]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const lines = group.flatMap((row) => row.lines);
    const period =
      facts.period ??
      firstMonth(lines) ??
      invalid('The rows name no day: say which month the invoice is of.');
    const number = group[0]?.invoiceId ?? facts.invoiceId;
    const currency = group[0]?.currency ?? facts.usualCurrency;
    const { source, invoiceIssuerName, billingAccountId, issuedOn } = facts;
    const invoice = {
      source,
      invoiceIssuerName,
      billingAccountId,
      invoiceId: number ?? `${source}-${period}`,
      billingPeriod: period,
      issuedOn,
      currency,
      lines,
      payable: sumNanos(lines.map(({ amount }) => amount)),
      corrects: null,
    };
    checkInvoice({ ...invoice, billingAccountId: billingAccountId ?? source });
    return invoice;
  });
}

function firstMonth(lines: readonly InvoiceLine[]): MonthOf | null {
  const days = lines.flatMap(({ from }) => from ?? []).toSorted();
  return days[0] === undefined ? null : monthOf(days[0]);
}

/** The payable amounts by currency, for people. */
export function totalsInWords({ invoices }: Pick<SheetReading, 'invoices'>): string {
  const sums = new Map<string, Nanos>();
  for (const { currency, payable } of invoices) sums.set(currency, (sums.get(currency) ?? 0n) + payable);
  return [...sums].map(([currency, sum]) => `${formatNanos(sum)} ${currency}`).join(', ');
}
