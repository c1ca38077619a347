import { compareText, formatNanos, type Nanos, sumNanos } from '../base/money.js';
import { addDays, addMonths, type Day, firstDay, type Month } from '../base/time.js';
import type { SpendRow } from '../spend/spend.js';

/** What a journal needs to know of the books. */
export interface JournalAccounts {
  /** The account that each treatment is debited to, by name; absent: the treatment's own name. */
  readonly treatments?: Readonly<Record<string, string>>;
  /** The account that is credited with the whole. */
  readonly clearing: string;
}

/** One line of a journal: exactly one of debit and credit is not zero; a negative cost is a credit. */
export interface JournalLine {
  readonly date: Day;
  readonly account: string;
  readonly costCentre: string;
  readonly debit: Nanos;
  readonly credit: Nanos;
  readonly description: string;
}

/**
 * The journal of a month's allocations, by cost centre and treatment: what each is debited with, and one line that
 * credits clearing with the total, so that debits and credits are equal. `rows` have the values cost centre, treatment.
 */
export function journalOf(
  month: Month,
  rows: readonly SpendRow[],
  accounts: JournalAccounts,
): readonly JournalLine[] {
  const date = addDays(firstDay(addMonths(month, 1)), -1);
  const lines = rows
    .filter(({ cost }) => cost !== 0n)
    .toSorted((a, b) => compareText(a.values.join('\u0000'), b.values.join('\u0000')))
    .map(({ values, cost }): JournalLine => {
      const [costCentre = '', treatment = ''] = values;
      const account = accounts.treatments?.[treatment] ?? treatment;
      return { date, account, costCentre, ...sides(cost), description: `AI and cloud spend ${month}` };
    });
  const total = sumNanos(rows.map(({ cost }) => cost));
  const clearing = { date, account: accounts.clearing, costCentre: '', ...sides(-total) };
  return total === 0n ? lines : [...lines, { ...clearing, description: `Cleared: ${month}` }];
}

function sides(amount: Nanos): { readonly debit: Nanos; readonly credit: Nanos } {
  return amount >= 0n ? { debit: amount, credit: 0n } : { debit: 0n, credit: -amount };
}

/** The cells of a journal line, amounts as decimal strings, the side without an amount empty. */
export function journalCells(line: JournalLine): readonly string[] {
  const { date, account, costCentre, debit, credit, description } = line;
  return [date, account, costCentre, side(debit), side(credit), description];
}

function side(amount: Nanos): string {
  return amount === 0n ? '' : formatNanos(amount);
}
