import { formatNanos } from '../core/money.js';
import type { Month } from '../core/time.js';
import type { InvoiceTotals } from '../store/ledger-store.js';
import type { Context } from './context.js';

/** One invoice of one source; money as decimal strings. Billed cost, but for `effective`. */
interface ReconciledInvoice {
  readonly source: string;
  readonly invoiceIssuerName: string;
  readonly billingAccountId: string;
  /** Null while the invoice is not issued. */
  readonly invoiceId: string | null;
  readonly currency: string;
  readonly billed: string;
  readonly effective: string;
  readonly allocated: string;
  readonly unallocated: string;
  /** billed - allocated - unallocated: "0" once every month is allocated. */
  readonly residual: string;
  readonly reason: string;
}

/** What `reconcile` answers for a billing period. */
export interface Reconciliation {
  readonly period: Month;
  readonly invoices: readonly ReconciledInvoice[];
  /** One per dimension: that its allocations add up to the ledger in every invoice, day and currency. */
  readonly proofs: readonly {
    readonly dimension: string;
    readonly month: Month;
    readonly rulesetVersion: number;
    readonly provedAt: string;
    readonly groups: number;
    readonly conserved: true;
    readonly totals: readonly {
      readonly currency: string;
      readonly ledger: string;
      readonly allocated: string;
      readonly unallocated: string;
    }[];
  }[];
}

/** Invoices of a billing period against ledger and allocations, with the stored proofs of conservation. */
export async function reconcile(
  { store }: Context,
  input: { readonly period: Month },
): Promise<Reconciliation> {
  const { period } = input;
  const invoices = await store.listInvoiceTotals(period);
  const stale = new Set((await store.listStaleMonths()).map(({ month }) => month));
  const proofs = await store.listProofs(period);
  return {
    period,
    invoices: invoices.map((totals) => reconcileInvoice(totals, stale.size > 0)),
    proofs: proofs.map(({ dimension, month, rulesetVersion, provedAtMs, groups, totals }) => ({
      dimension,
      month,
      rulesetVersion,
      provedAt: new Date(provedAtMs).toISOString(),
      groups,
      conserved: true,
      totals: totals.map(({ currency, ledger, allocated, unallocated }) => ({
        currency,
        ledger: formatNanos(ledger),
        allocated: formatNanos(allocated),
        unallocated: formatNanos(unallocated),
      })),
    })),
  };
}

function reconcileInvoice(totals: InvoiceTotals, isStale: boolean): ReconciledInvoice {
  const { billed, effective, allocatedBilled, unallocatedBilled, ...invoice } = totals;
  const residual = billed - allocatedBilled - unallocatedBilled;
  return {
    ...invoice,
    billed: formatNanos(billed),
    effective: formatNanos(effective),
    allocated: formatNanos(allocatedBilled),
    unallocated: formatNanos(unallocatedBilled),
    residual: formatNanos(residual),
    reason: reasonOf(residual !== 0n, invoice.invoiceId === null, isStale),
  };
}

function reasonOf(differs: boolean, unissued: boolean, isStale: boolean): string {
  if (differs && isStale) return 'Some months are not re-allocated yet; run reallocate.';
  if (differs) return 'Allocations do not add up to the ledger; this is a bug, please report it.';
  return unissued
    ? 'Every nano is accounted for; the vendor has not issued the invoice yet.'
    : 'Every nano is accounted for.';
}
