import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import type { Invoice, InvoiceLine } from '../../../src/core/invoices/invoice.js';
import { day, month } from './charges.js';

/** A line of an amount. */
export function lineOf(
  kind: InvoiceLine['kind'],
  amount: string,
  changes: Partial<InvoiceLine> = {},
): InvoiceLine {
  return { kind, description: `${kind} line`, amount: parseNanos(amount), ...changes };
}

/** October's invoice of source `anthropic`; what is payable is what its lines add up to. */
export function invoiceOf(lines: readonly InvoiceLine[], changes: Partial<Invoice> = {}): Invoice {
  return {
    source: 'anthropic',
    billingAccountId: 'org-1',
    invoiceId: 'INV-10',
    invoiceIssuerName: 'Anthropic',
    billingPeriod: month('2026-10'),
    issuedOn: day('2026-11-02'),
    currency: 'USD',
    lines,
    payable: sumNanos(lines.map(({ amount }) => amount)),
    corrects: null,
    ...changes,
  };
}
