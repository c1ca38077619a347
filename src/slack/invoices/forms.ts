import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { InvoiceLine, StoredInvoice } from '../../core/invoices/invoice.js';
import { bold, bullets, context, plain, rich, section } from '../kit/blocks.js';
import { formView, input } from '../kit/inputs.js';
import { authorName, displayName, formatMoney, formatMonth } from '../kit/text.js';

/** The forms of invoices. */
export const INVOICE_VIEW = { entry: 'invoices.entry-form', accept: 'invoices.accept-form' } as const;

const MOST_LINES = 40;

/** The lines of an invoice, its version and who entered it. */
export function invoiceLinesView(versions: readonly StoredInvoice[]): ModalView {
  const invoice = versions.at(-1);
  const shown = invoice?.lines.slice(0, MOST_LINES) ?? [];
  const more = (invoice?.lines.length ?? 0) - shown.length;
  return {
    type: 'modal',
    title: plain('Lines of an invoice', 24),
    close: plain('Close', 24),
    blocks:
      invoice === undefined
        ? [section('This invoice is not there any more.')]
        : [
            rich(
              [bold(`${displayName(invoice.source, 60)} ${displayName(invoice.invoiceId, 100)}`)],
              [
                `${formatMonth(invoice.billingPeriod)}: ${formatMoney(invoice.payable, invoice.currency)} to pay, issued on ${invoice.issuedOn}.`,
              ],
              ...(invoice.corrects === null ? [] : [[`Corrects ${displayName(invoice.corrects, 100)}.`]]),
            ),
            bullets(
              shown.map((line) => [bold(formatMoney(line.amount, invoice.currency)), ` ${lineWords(line)}`]),
            ),
            ...(more > 0 ? [context(`and ${more} more lines.`)] : []),
            context(
              ...versions
                .slice(-5)
                .map(
                  ({ version, payable, currency, enteredBy }) =>
                    `Version ${version}: ${formatMoney(payable, currency)}, ${authorName(enteredBy)}`,
                ),
            ),
          ],
  };
}

function lineWords({
  kind,
  description,
  email,
  subAccount,
  recoverable,
  creditKind,
  owner,
}: InvoiceLine): string {
  const about = [
    creditKind === undefined ? kind : `${creditKind} ${kind}`,
    ...(kind === 'tax' ? [recoverable === true ? 'recoverable' : 'not recoverable'] : []),
    email,
    subAccount,
    owner,
  ].filter((word) => word !== undefined);
  return `${displayName(description, 120)} (${displayName(about.join(', '), 200)})`;
}

const REASON = { block: 'invoice-reason', action: 'invoices.reason' } as const;

/** Asks why a difference is all right. `packed` is the payload of the button. */
export function acceptResidualView(packed: string, words: string): ModalView {
  return formView({
    id: INVOICE_VIEW.accept,
    metadata: packed,
    title: 'Accept a residual',
    submit: 'Accept',
    blocks: [
      section(words),
      input({
        block: REASON.block,
        label: 'Why it is all right',
        element: {
          type: 'plain_text_input',
          action_id: REASON.action,
          multiline: true,
          min_length: 3,
          max_length: 300,
        },
      }),
    ],
  });
}

/** The reason that was given. */
export function readAcceptReason({ state }: Pick<ViewOutput, 'state'>): string {
  return state.values[REASON.block]?.[REASON.action]?.value ?? '';
}
