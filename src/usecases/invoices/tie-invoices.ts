import { addDays, type Month, monthRange } from '../../core/base/time.js';
import { DEFAULT_MATERIALITY } from '../../core/close/checklist.js';
import { type KnownCause, type TieOut, tieOut } from '../../core/invoices/tie-out.js';
import type { InvoiceTotals } from '../../store/contract/ledger.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** The invoices of a billing period against the ledger. */
export interface PeriodTieOut {
  readonly period: Month;
  readonly tieOuts: readonly TieOut[];
  /** Charges of sources for which no invoice is known. */
  readonly notInvoiced: readonly InvoiceTotals[];
  /** What is known of the charges of those sources all the same: what gateways say otherwise. */
  readonly otherCauses: readonly (KnownCause & { readonly source: string })[];
}

/** Ties every invoice of a period out, and says which charges wait for theirs. */
export async function tieInvoices(
  context: Context,
  input: { readonly period: Month },
): Promise<PeriodTieOut> {
  const { store } = context;
  const { period } = input;
  const [figures, feeds, causes, totals, { settings }] = await Promise.all([
    store.listInvoiceFigures(period),
    store.listFeeds(),
    store.listTieOutCauses(period),
    store.listInvoiceTotals(period),
    readSettings(context),
  ]);
  const materiality = settings.materiality ?? DEFAULT_MATERIALITY;
  const lastDay = addDays(monthRange(period).to, -1);
  const tieOuts = figures.map((each) => {
    const { source } = each.invoice;
    const completeThrough = feeds.find((feed) => feed.source === source)?.completeThrough ?? null;
    const own = causes.filter((cause) => cause.source === source);
    return tieOut(each, { materiality, completeThrough, lastDay, causes: own });
  });
  const isInvoiced = (total: InvoiceTotals) =>
    tieOuts.some(
      ({ invoice }) =>
        invoice.source === total.source &&
        invoice.billingAccountId === total.billingAccountId &&
        invoice.currency === total.currency &&
        (total.invoiceId === null || total.invoiceId === invoice.invoiceId),
    );
  const isShown = (source: string) => tieOuts.some(({ invoice }) => invoice.source === source);
  return {
    period,
    tieOuts,
    notInvoiced: totals.filter((total) => !isInvoiced(total)),
    otherCauses: causes.filter(({ kind, source }) => kind === 'gateway-difference' && !isShown(source)),
  };
}
