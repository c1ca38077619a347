import { AppError } from '../../core/base/errors.js';
import { formatNanos, type Nanos } from '../../core/base/money.js';
import type { Month } from '../../core/base/time.js';
import { checkInvoice, type Invoice, type InvoiceKey, invoiceKeyText } from '../../core/invoices/invoice.js';
import type { Context } from '../context.js';

/** An invoice as people enter it: they need not know the vendor's account number. */
export type EnteredInvoice = Omit<Invoice, 'billingAccountId'> & { readonly billingAccountId: string | null };

/** What came of it. */
export interface InvoicesEntered {
  readonly invoices: readonly Invoice[];
  readonly changed: number;
  readonly staleMonths: readonly Month[];
}

/**
 * Takes invoices in. `isNew`: a number that is known already is refused, so that nobody enters one twice by hand.
 * @throws AppError `invalid` naming what does not fit, `conflict` for a duplicate; nothing is kept then.
 */
export async function enterInvoices(
  context: Context,
  input: { readonly invoices: readonly EnteredInvoice[]; readonly isNew: boolean },
): Promise<InvoicesEntered> {
  const { store, actor, clock } = context;
  const invoices: Invoice[] = [];
  for (const entered of input.invoices) invoices.push(checkInvoice(await completed(context, entered)));
  refuseTwice(invoices);
  await refuseStrangers(context, invoices);
  if (input.isNew) await refuseKnown(context, invoices);
  const { changed, staleMonths } = await store.putInvoices({ invoices, actor, atMs: clock() });
  return { invoices, changed, staleMonths };
}

/** The account is that of the source's charges of the period; promotional credits get the owner of the policy. */
async function completed(context: Context, entered: EnteredInvoice): Promise<Invoice> {
  const { credits } = context.company;
  const owner = credits?.promotional === 'owner' ? credits.owner : undefined;
  const lines = entered.lines.map((line) =>
    owner === undefined ||
    line.owner !== undefined ||
    line.kind !== 'credit' ||
    line.creditKind !== 'promotional'
      ? line
      : { ...line, owner },
  );
  return {
    ...entered,
    lines,
    billingAccountId: entered.billingAccountId ?? (await accountOf(context, entered)),
  };
}

async function accountOf({ store }: Context, entered: EnteredInvoice): Promise<string> {
  const { source, currency, billingPeriod, invoiceId } = entered;
  const known = await store.listInvoices(null);
  const same = known.find((each) => each.source === source && each.invoiceId === invoiceId);
  if (same !== undefined) return same.billingAccountId;
  const totals = await store.listInvoiceTotals(billingPeriod);
  const own = totals.filter((each) => each.source === source && each.currency === currency);
  const accounts = [...new Set(own.map(({ billingAccountId }) => billingAccountId))];
  if (accounts.length > 1)
    throw new AppError(
      'invalid',
      `${source} has charges of ${accounts.length} billing accounts in ${billingPeriod}: name one of ${accounts.slice(0, 5).join(', ')}.`,
    );
  return accounts[0] ?? known.find((each) => each.source === source)?.billingAccountId ?? source;
}

function refuseTwice(invoices: readonly Invoice[]): void {
  const seen = new Set<string>();
  for (const invoice of invoices) {
    const key = invoiceKeyText(invoice);
    if (seen.has(key)) throw new AppError('invalid', `Invoice ${invoice.invoiceId} stands twice.`);
    seen.add(key);
  }
}

/** A feed that names its invoices has all its usage on them: usage under another number would count twice. */
async function refuseStrangers({ store }: Context, invoices: readonly Invoice[]): Promise<void> {
  for (const invoice of invoices) {
    const { source, invoiceId, billingAccountId, billingPeriod, currency, corrects, lines } = invoice;
    if (corrects !== null || !lines.some(({ kind, amount }) => kind === 'usage' && amount !== 0n)) continue;
    const entered = new Set((await store.listInvoices(billingPeriod)).map((each) => each.invoiceId));
    const billed = (await store.listInvoiceTotals(billingPeriod)).filter(
      (each) =>
        each.source === source &&
        each.billingAccountId === billingAccountId &&
        each.currency === currency &&
        each.billed !== 0n,
    );
    const named = billed.flatMap((each) => each.invoiceId ?? []).filter((id) => !entered.has(id));
    const isKnown = named.includes(invoiceId) || entered.has(invoiceId);
    if (named.length === 0 || isKnown || billed.some((each) => each.invoiceId === null)) continue;
    throw new AppError(
      'invalid',
      `The charges of ${source} in ${billingPeriod} are billed on ${named.slice(0, 5).join(', ')} already; enter the invoice under that number.`,
    );
  }
}

async function refuseKnown({ store }: Context, invoices: readonly Invoice[]): Promise<void> {
  const known = await store.listInvoices(null);
  for (const { source, invoiceId } of invoices) {
    const twin = known.find((each) => each.source === source && each.invoiceId === invoiceId);
    if (twin !== undefined)
      throw new AppError(
        'conflict',
        `Invoice ${invoiceId} of ${source} is there already (${twin.billingPeriod}, ${formatNanos(twin.payable)} ${twin.currency}).`,
      );
  }
}

/** Books the residual of an invoice that somebody answers for, with the reason. @throws AppError `conflict` when it is another by now. */
export async function acceptResidual(
  { store, actor, clock }: Context,
  input: { readonly key: InvoiceKey; readonly residual: Nanos; readonly reason: string },
): Promise<void> {
  const reason = input.reason.trim();
  if (reason.length < 3)
    throw new AppError('invalid', 'Say in a few words why this difference is all right.');
  await store.acceptResidual({ ...input, reason, actor, atMs: clock() });
}
