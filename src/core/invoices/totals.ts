import { invalid } from '../base/errors.js';
import { formatNanos, NANOS_PER_UNIT, type Nanos, sumNanos } from '../base/money.js';
import { wordsOf } from './total-words.js';

/** A row of an invoice file as far as it matters for finding totals. */
export interface CountedRow {
  readonly rowNumber: number;
  /** Empty where the row does not say it. */
  readonly invoiceId: string;
  /** Null where the row does not say it itself. */
  readonly currency: string | null;
  readonly amount: Nanos | null;
  /** Amount with tax, less credits, of the columns that have them. */
  readonly gross: Nanos;
  readonly text: string;
  /** Fields that the row fills, beside its amounts and its text. */
  readonly filled: ReadonlySet<string>;
}

/** Rows that are no lines of an invoice, with the reason. */
export type Excluded = ReadonlyMap<number, 'total' | 'payment'>;

/**
 * The rows that sum up others: totals, subtotals, balances, payments. Arithmetic decides: the amount is the sum of the
 * lines above (since the last such row, or all of the invoice), or pays it. Words in some forty languages, or cells that
 * all lines fill and the row does not, only tell a total from a line that happens to cost as much.
 * @throws AppError `invalid` when the last row may be either, and for a row named Total that is no sum.
 */
export function findTotals(rows: readonly CountedRow[]): Excluded {
  const excluded = new Map<number, 'total' | 'payment'>();
  for (const [at, row] of rows.entries()) {
    const kind = judge(row, { above: rows.slice(0, at), below: rows.slice(at + 1), excluded });
    if (kind === null) continue;
    excluded.set(row.rowNumber, kind);
    // What is paid in front of the lines is the balance of an earlier invoice.
    for (const { rowNumber, text } of kind === 'payment' ? rows.slice(0, at) : [])
      if (!excluded.has(rowNumber) && wordsOf(text).sum === 'only') excluded.set(rowNumber, 'payment');
  }
  return excluded;
}

interface Surroundings {
  readonly above: readonly CountedRow[];
  readonly below: readonly CountedRow[];
  readonly excluded: Excluded;
}

function judge(row: CountedRow, around: Surroundings): 'total' | 'payment' | null {
  if (row.amount === null) return null;
  const group = around.above.filter((other) => isSameBill(row, other));
  const lines = group.filter(({ rowNumber }) => !around.excluded.has(rowNumber));
  if (lines.length === 0) return null;
  const said = wordsOf(row.text);
  const sums = sumsOf(group, around.excluded);
  const allowance = said.sum === 'only' ? (BigInt(lines.length) + 1n) * HALF_CENT : HALF_CENT / 10n;
  const isSum = sums.some((sum) => distance(sum, row.amount ?? 0n) <= allowance);
  const isCancelling = sums.some((sum) => sum !== 0n && distance(-sum, row.amount ?? 0n) <= allowance);
  if (said.payment !== 'none' && (isSum || isCancelling)) return 'payment';
  if (said.payment === 'only' && isConfirmedBelow(row, around, sums)) return 'payment';
  if (said.sum === 'only') return isSum ? 'total' : refuseTotal(row, sums[0] ?? 0n);
  if (!isSum || row.amount === 0n) return null;
  const isSparse = lines.every(({ filled }) => [...filled].some((field) => !row.filled.has(field)));
  if (isSparse || (said.sum === 'among-others' && lines.length > 1)) return 'total';
  if (lines.length === 1) return null;
  if (isConfirmedBelow(row, around, sums)) return 'total';
  const isLast = !around.below.some((other) => isSameBill(row, other));
  return isLast ? ask(row, lines) : null;
}

const HALF_CENT = NANOS_PER_UNIT / 200n;

function distance(a: Nanos, b: Nanos): Nanos {
  return a > b ? a - b : b - a;
}

function isSameBill(row: CountedRow, other: CountedRow): boolean {
  const isSameNumber = row.invoiceId === '' || other.invoiceId === '' || row.invoiceId === other.invoiceId;
  return (
    isSameNumber && (row.currency === null || other.currency === null || row.currency === other.currency)
  );
}

/** What a total below these rows may be: all lines, those since the last total, with tax, after payments. */
function sumsOf(group: readonly CountedRow[], excluded: Excluded): readonly Nanos[] {
  const isLine = ({ rowNumber }: CountedRow) => !excluded.has(rowNumber);
  const lastTotal = group.findLastIndex(({ rowNumber }) => excluded.get(rowNumber) === 'total');
  const [all, since] = [group.filter(isLine), group.slice(lastTotal + 1).filter(isLine)];
  const paid = sumNanos(
    group.flatMap(({ rowNumber, amount }) => (excluded.get(rowNumber) === 'payment' ? [amount ?? 0n] : [])),
  );
  const sums = [all, ...(since.length === 0 || since.length === all.length ? [] : [since])].flatMap(
    (lines) => [sumNanos(lines.map(({ amount }) => amount ?? 0n)), sumNanos(lines.map(({ gross }) => gross))],
  );
  return paid === 0n ? sums : [...sums, ...sums.flatMap((sum) => [sum + paid, sum - paid])];
}

/** Whether a row below that says it is a sum adds up only if this row is no line. */
function isConfirmedBelow(row: CountedRow, { below }: Surroundings, sums: readonly Nanos[]): boolean {
  const lines: Nanos[] = [];
  for (const other of below) {
    if (!isSameBill(row, other) || other.amount === null) continue;
    const rest = sumNanos(lines);
    const amount = row.amount ?? 0n;
    if (wordsOf(other.text).sum !== 'none' || lines.length > 0) {
      const isPayment = wordsOf(row.text).payment !== 'none';
      const wanted = sums.flatMap((sum) =>
        isPayment ? [sum + rest + amount, sum + rest - amount] : [sum + rest],
      );
      if (wanted.includes(other.amount)) return true;
    }
    lines.push(other.amount);
  }
  return false;
}

function refuseTotal({ rowNumber, text, amount }: CountedRow, sum: Nanos): never {
  return invalid(
    `Row ${rowNumber}: "${text.slice(0, 60)}" says ${formatNanos(amount ?? 0n)}, but the rows above it add up to ${formatNanos(sum)}. The file lacks rows or has too many; if the row is a line, write what it is for.`,
  );
}

function ask({ rowNumber, amount }: CountedRow, lines: readonly CountedRow[]): never {
  return invalid(
    `Row ${rowNumber}: ${formatNanos(amount ?? 0n)} is the sum of the ${lines.length} lines above it. If it is a total, remove the row; if it is a line, move it above them.`,
  );
}
