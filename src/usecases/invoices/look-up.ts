import type { InvoiceKey, StoredInvoice } from '../../core/invoices/invoice.js';
import type { Context } from '../context.js';

/** Whether a source has an invoice of that number already, in any billing period. */
export async function isKnownInvoice(
  { store }: Context,
  { source, invoiceId }: Pick<InvoiceKey, 'source' | 'invoiceId'>,
): Promise<boolean> {
  const invoices = await store.listInvoices(null);
  return invoices.some((known) => known.source === source && known.invoiceId === invoiceId);
}

/** Every version of an invoice, oldest first; empty when there is none. */
export function invoiceVersions({ store }: Context, key: InvoiceKey): Promise<readonly StoredInvoice[]> {
  return store.listInvoiceVersions(key);
}

/** The sources that have charges or invoices, by name: those of which an invoice may be entered. */
export async function sourcesOfInvoices({ store }: Context): Promise<readonly string[]> {
  const [feeds, invoices] = await Promise.all([store.listFeeds(), store.listInvoices(null)]);
  return [...new Set([...feeds, ...invoices].map(({ source }) => source))].toSorted();
}
