import { type Month, utcDay } from '../../core/base/time.js';
import { type ColumnMapping, mappingFor, readSheet } from '../../core/invoices/csv.js';
import { readInvoiceRows, type SheetFacts, type SheetReading } from '../../core/invoices/rows.js';
import type { Context } from '../context.js';
import { enterInvoices, type InvoicesEntered } from './enter-invoice.js';

/** What is said of a file beside its text. */
export interface CsvRequest {
  readonly text: string;
  /** The source that the invoices are of. */
  readonly vendor: string;
  /** Null: the remembered one, or what the header seems to mean. */
  readonly mapping: ColumnMapping | null;
  readonly invoiceId: string | null;
  readonly period: Month | null;
  readonly currency: string | null;
  readonly billingAccountId: string | null;
}

/** A file as it would be read. */
export interface CsvPreview extends SheetReading {
  readonly header: readonly string[];
  readonly mapping: ColumnMapping;
}

/** Finds out what the columns of a file mean, without reading its rows. */
export async function examineCsv(
  { store }: Context,
  { text, vendor, mapping }: Pick<CsvRequest, 'text' | 'vendor' | 'mapping'>,
): Promise<Pick<CsvPreview, 'header' | 'mapping'>> {
  const { header } = readSheet(text);
  const chosen = mapping ?? mappingFor(header, await store.findColumnMapping(vendor));
  return { header: header.filter((name) => name !== ''), mapping: chosen };
}

/** Reads the whole file and keeps nothing. @throws AppError `invalid` naming row and field. */
export async function previewCsv(context: Context, request: CsvRequest): Promise<CsvPreview> {
  const examined = await examineCsv(context, request);
  const facts: SheetFacts = {
    source: request.vendor,
    invoiceIssuerName: await issuerOf(context, request.vendor),
    billingAccountId: request.billingAccountId,
    invoiceId: request.invoiceId,
    period: request.period,
    currency: request.currency,
    usualCurrency: context.company.currency,
    issuedOn: utcDay(context.clock()),
  };
  const reading = readInvoiceRows(readSheet(request.text), examined.mapping, facts);
  return { ...examined, ...reading };
}

/** As the vendor's charges or earlier invoices name it; else the source's own name. */
export async function issuerOf({ store }: Context, source: string): Promise<string> {
  const before = (await store.listInvoices(null)).find((invoice) => invoice.source === source);
  if (before !== undefined) return before.invoiceIssuerName;
  const set = (await store.listSets()).find(({ set: { attributes } }) => attributes.source === source);
  return set?.set.attributes.invoiceIssuerName ?? source;
}

/** Imports the file and remembers how it was read; the same file again changes nothing. */
export async function importCsv(
  context: Context,
  request: CsvRequest,
): Promise<InvoicesEntered & { readonly remarks: readonly string[] }> {
  const { invoices, mapping, remarks } = await previewCsv(context, request);
  const issued = await withKnownDates(context, invoices);
  const entered = await enterInvoices(context, { invoices: issued, isNew: false });
  const { store, actor, clock } = context;
  const remembered = await store.findColumnMapping(request.vendor);
  if (JSON.stringify(remembered) !== JSON.stringify(mapping))
    await store.putColumnMapping({ vendor: request.vendor, mapping, actor, atMs: clock() });
  return { ...entered, remarks };
}

/** A file names no day of issue: the one that an invoice was entered with stays, so that importing again changes nothing. */
async function withKnownDates(
  { store }: Context,
  invoices: CsvPreview['invoices'],
): Promise<CsvPreview['invoices']> {
  const known = await store.listInvoices(null);
  return invoices.map((invoice) => {
    const before = known.find(
      (each) => each.source === invoice.source && each.invoiceId === invoice.invoiceId,
    );
    return before === undefined ? invoice : { ...invoice, issuedOn: before.issuedOn };
  });
}
