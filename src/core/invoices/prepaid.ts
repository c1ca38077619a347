import { compareText, type Nanos, sumNanos } from '../base/money.js';
import { addDays, type Day, monthOf, monthRange } from '../base/time.js';
import type { Invoice, InvoiceKey } from './invoice.js';

/** Invoices that write expired value off are ours: their number begins so. */
const EXPIRED = 'expired ';

/** Value that was bought before it is used, and what is left of it. */
export interface PrepaidGrant {
  readonly invoice: InvoiceKey & Pick<Invoice, 'invoiceIssuerName' | 'currency'>;
  readonly boughtOn: Day;
  /** First day on which it is worth nothing; null: never. */
  readonly expiresOn: Day | null;
  readonly bought: Nanos;
  readonly drawn: Nanos;
  /** What was left on the day it expired: an expense of that day's month. */
  readonly expired: Nanos;
  readonly left: Nanos;
}

/** Money that usage has cost, or an invoice has taken from the prepaid value, on a day. */
export interface PrepaidDraw {
  readonly day: Day;
  readonly amount: Nanos;
}

/** The prepaid account of one source in one currency. */
export interface PrepaidAccount {
  readonly grants: readonly PrepaidGrant[];
  readonly balance: Nanos;
  /** Draws that no value was left for: the vendor lent it, or a purchase is not entered. */
  readonly uncovered: Nanos;
}

/** Whether an invoice is one of ours that writes expired value off. */
export function isExpiry({ invoiceId }: Pick<Invoice, 'invoiceId'>): boolean {
  return invoiceId.startsWith(EXPIRED);
}

/** Draws that invoices name: prepaid credits, on the last day of their billing period. */
export function drawsOnInvoices(invoices: readonly Invoice[]): readonly PrepaidDraw[] {
  return invoices
    .filter((invoice) => !isExpiry(invoice))
    .flatMap(({ lines, billingPeriod }) =>
      lines
        .filter(({ kind, creditKind }) => kind === 'credit' && creditKind === 'prepaid')
        .map(({ amount }) => ({ day: addDays(monthRange(billingPeriod).to, -1), amount: -amount })),
    );
}

/** Prepaid purchases, by the day of purchase. */
export function grantsOf(
  invoices: readonly Invoice[],
): readonly Omit<PrepaidGrant, 'drawn' | 'expired' | 'left'>[] {
  return invoices
    .flatMap((invoice) =>
      invoice.lines
        .filter(({ kind, creditKind }) => kind === 'purchase' && creditKind === 'prepaid')
        .map((line) => ({
          invoice,
          boughtOn: line.from ?? invoice.issuedOn,
          expiresOn: line.expiresOn ?? null,
          bought: line.amount,
        })),
    )
    .toSorted((a, b) => compareText(a.boughtOn, b.boughtOn));
}

/**
 * Draws usage down, what expires first goes first, and says what had expired by the end of `through`. A draw takes
 * no value that was bought after its day or had expired by it.
 */
export function prepaidAccount(
  grants: ReturnType<typeof grantsOf>,
  draws: readonly PrepaidDraw[],
  through: Day,
): PrepaidAccount {
  const states = grants.map((grant) => ({ ...grant, drawn: 0n, expired: 0n, left: grant.bought }));
  const order = states.toSorted((a, b) => compareText(a.expiresOn ?? '9999', b.expiresOn ?? '9999'));
  let uncovered = 0n;
  for (const { day, amount } of draws.toSorted((a, b) => compareText(a.day, b.day))) {
    if (day > through) continue;
    let rest = amount;
    for (const grant of order) {
      if (grant.boughtOn > day || (grant.expiresOn !== null && grant.expiresOn <= day)) continue;
      const taken = rest < grant.left ? rest : grant.left;
      grant.left -= taken;
      grant.drawn += taken;
      rest -= taken;
    }
    uncovered += rest;
  }
  for (const grant of states) {
    if (grant.expiresOn === null || grant.expiresOn > through) continue;
    grant.expired = grant.left;
    grant.left = 0n;
  }
  return { grants: states, balance: sumNanos(states.map(({ left }) => left)), uncovered };
}

/**
 * The invoice over nothing that writes an expired grant off: an expense of the owner, paid with the prepaid value.
 * Null while nothing has expired; over nothing at all when usage that was reported late has used it up after all.
 */
export function expiryInvoice(grant: PrepaidGrant, owner: string): Invoice | null {
  const { invoice, expiresOn, expired } = grant;
  if (expiresOn === null) return null;
  const description = `Prepaid credits of ${invoice.invoiceId} expired on ${expiresOn}`;
  return {
    source: invoice.source,
    billingAccountId: invoice.billingAccountId,
    invoiceId: `${EXPIRED}${expiresOn} ${invoice.invoiceId}`,
    invoiceIssuerName: invoice.invoiceIssuerName,
    billingPeriod: monthOf(expiresOn),
    issuedOn: expiresOn,
    currency: invoice.currency,
    lines: [
      { kind: 'fee', description, amount: expired, owner },
      { kind: 'credit', description, amount: -expired, creditKind: 'prepaid', owner },
    ],
    payable: 0n,
    corrects: null,
  };
}
