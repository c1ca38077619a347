import { formatNanos } from '../../core/base/money.js';
import type { Month } from '../../core/base/time.js';
import type { TieOut } from '../../core/invoices/tie-out.js';
import type { InvoiceTotals } from '../../store/contract/ledger.js';
import type { Context } from '../context.js';
import { tieInvoices } from '../invoices/tie-invoices.js';

/** One invoice of one source; money as decimal strings. Billed cost, but for `effective`. */
interface ReconciledInvoice {
  readonly source: string;
  readonly invoiceIssuerName: string;
  readonly billingAccountId: string;
  /** Null while the invoice is not issued. */
  readonly invoiceId: string | null;
  readonly currency: string;
  /** What the invoice asks for; null while none is known. */
  readonly invoiceTotal: string | null;
  /** The same as `ledger`: the name of before. */
  readonly billed: string;
  readonly ledger: string;
  readonly effective: string | null;
  readonly allocated: string;
  readonly unallocated: string;
  /** invoiceTotal - ledger; without an invoice ledger - allocated - unallocated: "0" once all is allocated. */
  readonly residual: string;
  readonly reason: string;
  /** What is known of differences, with their cause: a gateway that says otherwise. */
  readonly knownCauses: readonly ReasonText[];
  /** What an invoice adds to it; null while none is known. */
  readonly tieOut: ReconciledTieOut | null;
}

/** A reason or cause; the amount is a decimal string. */
interface ReasonText {
  readonly kind: string;
  readonly amount: string;
  readonly sentence: string;
}

/** The parts of an invoice and of its difference. */
interface ReconciledTieOut {
  readonly version: number;
  readonly tax: string;
  readonly recoverableTax: string;
  readonly credits: string;
  readonly purchases: string;
  /** The vendor's own charges, and what the invoice brought them up by. */
  readonly feed: string;
  readonly trueUp: string;
  readonly tolerance: string;
  readonly tied: boolean;
  readonly reasons: readonly ReasonText[];
  readonly causes: readonly ReasonText[];
  readonly accepted: { readonly amount: string; readonly reason: string; readonly by: string } | null;
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
  context: Context,
  input: { readonly period: Month },
): Promise<Reconciliation> {
  const { store } = context;
  const { period } = input;
  const { tieOuts, notInvoiced, otherCauses } = await tieInvoices(context, { period });
  const isStale = (await store.listStaleMonths()).length > 0;
  const totals = await store.listInvoiceTotals(period);
  const proofs = await store.listProofs(period);
  return {
    period,
    invoices: [
      ...tieOuts.map((tieOut) => reconcileTieOut(tieOut, effectiveOf(tieOut, totals))),
      ...notInvoiced.map((each) => ({
        ...reconcileTotals(each, isStale),
        knownCauses: otherCauses.filter(({ source }) => source === each.source).map(reasonText),
      })),
    ],
    proofs: proofs.map(({ dimension, month, rulesetVersion, provedAtMs, groups, totals: sums }) => ({
      dimension,
      month,
      rulesetVersion,
      provedAt: new Date(provedAtMs).toISOString(),
      groups,
      conserved: true,
      totals: sums.map(({ currency, ledger, allocated, unallocated }) => ({
        currency,
        ledger: formatNanos(ledger),
        allocated: formatNanos(allocated),
        unallocated: formatNanos(unallocated),
      })),
    })),
  };
}

/** Effective cost under the invoice in its own period; null when all of it is posted elsewhere. */
function effectiveOf({ invoice }: TieOut, totals: readonly InvoiceTotals[]): string | null {
  const own = totals.find(
    (each) =>
      each.source === invoice.source &&
      each.billingAccountId === invoice.billingAccountId &&
      each.invoiceId === invoice.invoiceId,
  );
  return own === undefined ? null : formatNanos(own.effective);
}

function reasonText({ kind, amount, sentence }: TieOut['reasons'][number]): ReasonText {
  return { kind, amount: formatNanos(amount), sentence };
}

function reconcileTieOut(tieOut: TieOut, effective: string | null): ReconciledInvoice {
  const { invoice, reasons, causes } = tieOut;
  const { source, invoiceIssuerName, billingAccountId, invoiceId, currency, accepted, version } = invoice;
  const ledger = formatNanos(tieOut.ledger);
  return {
    source,
    invoiceIssuerName,
    billingAccountId,
    invoiceId,
    currency,
    invoiceTotal: formatNanos(tieOut.payable),
    billed: ledger,
    ledger,
    effective,
    allocated: formatNanos(tieOut.allocated),
    unallocated: formatNanos(tieOut.unallocated),
    residual: formatNanos(tieOut.residual),
    reason:
      tieOut.residual === 0n
        ? 'Every nano is accounted for.'
        : reasons.map(({ sentence }) => sentence).join(' '),
    knownCauses: causes.map(reasonText),
    tieOut: {
      version,
      tax: formatNanos(tieOut.tax),
      recoverableTax: formatNanos(tieOut.recoverableTax),
      credits: formatNanos(tieOut.credits),
      purchases: formatNanos(tieOut.purchases),
      feed: formatNanos(tieOut.feed),
      trueUp: formatNanos(tieOut.trueUp),
      tolerance: formatNanos(tieOut.tolerance),
      tied: tieOut.isTied,
      reasons: reasons.map(reasonText),
      causes: causes.map(reasonText),
      accepted:
        accepted === null
          ? null
          : { amount: formatNanos(accepted.amount), reason: accepted.reason, by: accepted.by },
    },
  };
}

function reconcileTotals(totals: InvoiceTotals, isStale: boolean): Omit<ReconciledInvoice, 'knownCauses'> {
  const { billed, effective, allocatedBilled, unallocatedBilled, ...invoice } = totals;
  const residual = billed - allocatedBilled - unallocatedBilled;
  const ledger = formatNanos(billed);
  return {
    ...invoice,
    invoiceTotal: null,
    billed: ledger,
    ledger,
    effective: formatNanos(effective),
    allocated: formatNanos(allocatedBilled),
    unallocated: formatNanos(unallocatedBilled),
    residual: formatNanos(residual),
    reason: reasonOf(residual !== 0n, invoice.invoiceId === null, isStale),
    tieOut: null,
  };
}

function reasonOf(differs: boolean, unissued: boolean, isStale: boolean): string {
  if (differs && isStale) return 'Some months are not re-allocated yet; run reallocate.';
  if (differs) return 'Allocations do not add up to the ledger; this is a bug, please report it.';
  return unissued
    ? 'Every nano is accounted for; the vendor has not issued the invoice yet.'
    : 'Every nano is accounted for.';
}
