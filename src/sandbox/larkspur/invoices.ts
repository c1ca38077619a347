import { type Nanos, parseNanos, roundedQuotient } from '../../core/base/money.js';
import { addDays, type Month, monthRange } from '../../core/base/time.js';
import type { Invoice } from '../../core/invoices/invoice.js';

/** A vendor that sends Larkspur an invoice each month. */
interface Issuer {
  readonly source: string;
  readonly name: string;
  /** How its invoices are numbered, before the month. */
  readonly prefix: string;
  /** Day of the next month on which it comes. */
  readonly day: number;
  /** What it asks for beyond what its API said, in dollars: a residual for finance to look at. */
  readonly beyond: string;
}

const ISSUERS: readonly Issuer[] = [
  { source: 'anthropic', name: 'Anthropic', prefix: 'ANT', day: 2, beyond: '0' },
  { source: 'openai', name: 'OpenAI', prefix: 'OAI', day: 3, beyond: '2.41' },
];
const CENT = parseNanos('0.01');

/** The invoices of a month, in whole cents, for what the feeds billed (by source): the sources that have none are left out. */
export function invoicesOf(month: Month, billed: ReadonlyMap<string, Nanos>): readonly Invoice[] {
  const { from, to } = monthRange(month);
  return ISSUERS.flatMap(({ source, name, prefix, day, beyond }): Invoice[] => {
    const ledger = billed.get(source) ?? 0n;
    if (ledger === 0n) return [];
    const payable = roundedQuotient(ledger + parseNanos(beyond), CENT) * CENT;
    return [
      {
        source,
        billingAccountId: '',
        invoiceId: `${prefix}-${month}-0417`,
        invoiceIssuerName: name,
        billingPeriod: month,
        issuedOn: addDays(to, day - 1),
        currency: 'USD',
        lines: [{ kind: 'usage', description: `API usage, ${month}`, amount: payable, from, to }],
        payable,
        corrects: null,
      },
    ];
  });
}
