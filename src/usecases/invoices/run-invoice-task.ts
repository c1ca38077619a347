import { totalsInWords } from '../../core/invoices/rows.js';
import type { Context } from '../context.js';
import { acceptResidual, type EnteredInvoice, enterInvoices } from './enter-invoice.js';
import { type CsvRequest, importCsv, issuerOf } from './import-invoice-csv.js';

/** What a person does with invoices; it rewrites charges of a month, so it is done in the worker. */
export type InvoiceTask =
  | { readonly kind: 'enter'; readonly invoice: Omit<EnteredInvoice, 'invoiceIssuerName'> }
  | { readonly kind: 'import'; readonly request: CsvRequest }
  | { readonly kind: 'accept'; readonly input: Parameters<typeof acceptResidual>[1] };

/** Does it, and answers a sentence for the person. @throws AppError as the use cases do. */
export async function runInvoiceTask(context: Context, task: InvoiceTask): Promise<string> {
  if (task.kind === 'enter') {
    const { source, invoiceId, billingPeriod } = task.invoice;
    const invoice = { ...task.invoice, invoiceIssuerName: await issuerOf(context, source) };
    await enterInvoices(context, { invoices: [invoice], isNew: true });
    return `Invoice ${invoiceId} of ${source} is entered. /apportion invoices ${billingPeriod} shows how it ties.`;
  }
  if (task.kind === 'accept') {
    await acceptResidual(context, task.input);
    return `The residual of ${task.input.key.invoiceId} is accepted and booked by the usage of the month.`;
  }
  const result = await importCsv(context, task.request);
  const all = `${result.invoices.length} ${result.invoices.length === 1 ? 'invoice' : 'invoices'} over ${totalsInWords(result)}`;
  return result.changed === 0
    ? `${all}: all known already, nothing changed.`
    : `${all}; ${result.changed} new or changed. /apportion invoices shows how they tie.`;
}
