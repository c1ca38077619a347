import type { KnownBlock, TableBlock } from '@slack/types';
import { z } from 'zod';
import { formatNanos } from '../../core/base/money.js';
import { Month } from '../../core/base/time.js';
import type { TieOut, TieOutReason } from '../../core/invoices/tie-out.js';
import type { PeriodTieOut } from '../../usecases/invoices/tie-invoices.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  header,
  type Message,
  type RichLine,
  rich,
  table,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, count, displayName, formatMoney, formatMonth, literalMrkdwn } from '../kit/text.js';

/** The buttons of the tie-out. */
export const INVOICE_IDS = {
  show: 'invoices.show',
  enter: 'invoices.enter',
  csv: 'invoices.csv',
  lines: 'invoices.lines',
  accept: 'invoices.accept',
} as const;

/** What the buttons for a period carry. */
export const PeriodPayload = z.object({ month: Month });
/** What the buttons of one invoice carry; the residual is what the person saw, in nanos. */
export const InvoicePayload = z.object({
  month: Month,
  source: z.string(),
  account: z.string(),
  number: z.string(),
  residual: z.string().regex(/^-?\d+$/),
});

const MOST_INVOICES = 20;
const MOST_DETAILED = 5;
const MOST_REASONS = 6;

/** Ids of the buttons in the row of invoices that tie. */
export const LINES_IDS: readonly string[] = Array.from(
  { length: MOST_DETAILED },
  (_, at) => `invoices.lines-${at}`,
);

/** Every invoice of a period: what it asks for, what the ledger holds, who bears it, and what is left. */
export function tieOutMessage(report: PeriodTieOut, { mayEdit }: { readonly mayEdit: boolean }): Message {
  const { period, tieOuts } = report;
  const open = tieOuts.filter(({ isTied }) => !isTied);
  const title = `Invoices of ${formatMonth(period)}`;
  const state =
    tieOuts.length === 0
      ? 'No invoice is entered yet.'
      : open.length === 0
        ? `${count(tieOuts.length, 'invoice')}, all tied to the ledger.`
        : `${open.length} of ${count(tieOuts.length, 'invoice')} not tied.`;
  // What differs comes first, then what a true-up or a known cause makes worth a look.
  const detailed = tieOuts
    .filter(
      (each) =>
        each.residual !== 0n ||
        each.trueUp !== 0n ||
        each.causes.length > 0 ||
        each.invoice.accepted !== null,
    )
    .toSorted((a, b) => Number(a.isTied) - Number(b.isTied))
    .slice(0, MOST_DETAILED);
  const rest = tieOuts.filter((each) => !detailed.includes(each)).slice(0, MOST_DETAILED);
  return withinLimits({
    text: literalMrkdwn(`${title}: ${state}`),
    blocks: [
      header(title),
      rich([bold(state), waiting(report)]),
      ...otherCauses(report),
      ...(tieOuts.length === 0 ? [] : [tieOutTable(tieOuts)]),
      ...detailed.flatMap((each) => details(period, each, mayEdit)),
      ...(rest.length === 0 ? [] : [actions(...rest.map((each, index) => linesButton(period, each, index)))]),
      ...(mayEdit ? [entryButtons(period)] : []),
      context('Billed cost, as the vendor asks for it. Residual is payable less ledger; it is never hidden.'),
    ],
  });
}

/** What gateways say otherwise of charges whose invoice is not entered. */
function otherCauses({ otherCauses: causes }: PeriodTieOut): readonly KnownBlock[] {
  if (causes.length === 0) return [];
  return [
    bullets(
      causes
        .slice(0, MOST_REASONS)
        .map((cause) => [
          bold(`${displayName(cause.source, 40)}: ${reasonWord(cause)}`),
          ` ${signed(cause.amount, 'USD')}: ${displayName(cause.sentence, 400)}`,
        ]),
    ),
  ];
}

function waiting({ notInvoiced }: PeriodTieOut): string {
  const charged = notInvoiced.filter(({ billed }) => billed !== 0n);
  if (charged.length === 0) return '';
  const named = charged.slice(0, 5).map(({ source, billed, currency }) => {
    return `${displayName(source, 60)} (${formatMoney(billed, currency)})`;
  });
  const more = charged.length - named.length;
  return ` Charges whose invoice is not entered: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function moneyOf(each: TieOut, amount: bigint): string {
  return formatMoney(amount, each.invoice.currency);
}

function tieOutTable(tieOuts: readonly TieOut[]): TableBlock {
  const shown = tieOuts.slice(0, MOST_INVOICES);
  const more = tieOuts.length - shown.length;
  return table(
    [
      { title: 'Invoice' },
      ...['Payable', 'Residual', 'Ledger', 'Allocated', 'Unallocated', 'Tax', 'Credits'].map((title) => {
        return { title, align: 'right' } as const;
      }),
    ],
    [
      ...shown.map((each) => [
        `${each.isTied ? '✓' : '✗'} ${displayName(each.invoice.source, 40)} ${displayName(each.invoice.invoiceId, 40)}`,
        moneyOf(each, each.payable),
        moneyOf(each, each.residual),
        moneyOf(each, each.ledger),
        moneyOf(each, each.allocated),
        moneyOf(each, each.unallocated),
        moneyOf(each, each.tax),
        moneyOf(each, each.credits),
      ]),
      ...(more > 0 ? [[`and ${more} more`, '', '', '', '', '', '', '']] : []),
    ],
  );
}

/** Reasons, causes and what was booked, the likeliest to matter first. */
function detailLines(tieOut: TieOut): readonly RichLine[] {
  const { invoice, trueUp, causes, reasons } = tieOut;
  const { currency, accepted } = invoice;
  const money = (amount: bigint) => signed(amount, currency);
  const lines: RichLine[] = reasons.map((reason) => [
    bold(reasonWord(reason)),
    ` ${money(reason.amount)}: ${displayName(reason.sentence, 400)}`,
  ]);
  if (trueUp !== 0n)
    lines.push([
      bold('True-up'),
      ` ${money(trueUp)}: the feed is an estimate of ${formatMoney(tieOut.feed, currency)}; the difference is booked by the usage it is of.`,
    ]);
  for (const cause of causes)
    lines.push([
      bold(cause.kind === 'gateway-difference' ? reasonWord(cause) : `${reasonWord(cause)} explains`),
      ` ${money(cause.amount)}: ${displayName(cause.sentence, 400)}`,
    ]);
  if (tieOut.recoverableTax !== 0n)
    lines.push([
      bold('Recoverable tax'),
      ` ${money(tieOut.recoverableTax)}: nobody’s cost, so it stays unallocated.`,
    ]);
  if (accepted !== null)
    lines.push([
      bold('Accepted'),
      ` ${money(accepted.amount)} by ${authorName(accepted.by)}: “${displayName(accepted.reason, 300)}”`,
    ]);
  return lines.slice(0, MOST_REASONS);
}

/** What one invoice's difference is made of. */
function details(period: Month, tieOut: TieOut, mayEdit: boolean): readonly KnownBlock[] {
  const { invoice, residual, isTied, tolerance } = tieOut;
  const { currency } = invoice;
  const money = (amount: bigint) => signed(amount, currency);
  const name = `${displayName(invoice.source, 40)} ${displayName(invoice.invoiceId, 40)}`;
  const word =
    residual === 0n
      ? ' ties to the last digit.'
      : isTied
        ? ` differs by ${money(residual)}, within the tolerance of ${formatMoney(tolerance, currency)}.`
        : ` differs by ${money(residual)}; ${formatMoney(tolerance, currency)} would be tolerated.`;
  const lines = detailLines(tieOut);
  const isOpen = mayEdit && residual !== 0n;
  return [
    rich([bold(`${isTied ? '✓' : '✗'} ${name}`), word]),
    ...(lines.length === 0 ? [] : [bullets(lines)]),
    actions(
      linesButton(period, tieOut, null),
      ...(isOpen
        ? [
            button({
              id: INVOICE_IDS.accept,
              label: 'Accept residual …',
              value: payloadOf(period, tieOut),
              spoken: `Accept the residual of ${name}`,
            }),
          ]
        : []),
    ),
  ];
}

/** `position` tells the buttons of one row apart; null: it stands alone under its invoice. */
function linesButton(period: Month, tieOut: TieOut, position: number | null) {
  const name = `${displayName(tieOut.invoice.source, 24)} ${displayName(tieOut.invoice.invoiceId, 30)}`;
  return button({
    id: position === null ? INVOICE_IDS.lines : (LINES_IDS[position] ?? INVOICE_IDS.lines),
    label: position === null ? 'See lines' : `Lines of ${name}`,
    value: payloadOf(period, tieOut),
    spoken: `Lines of ${name}`,
  });
}

function payloadOf(month: Month, { invoice, residual }: TieOut): string {
  return packPayload({
    month,
    source: invoice.source,
    account: invoice.billingAccountId,
    number: invoice.invoiceId,
    residual: residual.toString(),
  });
}

function entryButtons(period: Month): KnownBlock {
  const value = packPayload({ month: period });
  return actions(
    button({ id: INVOICE_IDS.enter, label: 'Enter an invoice …', value }),
    button({ id: INVOICE_IDS.csv, label: 'Import a CSV …', value }),
  );
}

const REASON_WORDS: Readonly<Record<TieOutReason['kind'], string>> = {
  timing: 'Timing',
  rounding: 'Rounding',
  tax: 'Tax',
  credit: 'Credits',
  'unpriced-usage': 'Usage without a price',
  'gateway-difference': 'Gateway difference',
  unknown: 'Unknown',
};

function reasonWord({ kind }: TieOutReason): string {
  return REASON_WORDS[kind];
}

/** With its sign, and to the last digit: a residual of a millicent is one. */
function signed(amount: bigint, currency: string): string {
  const isWholeCents = amount % 10_000_000n === 0n;
  const text = isWholeCents
    ? formatMoney(amount, currency)
    : `${formatNanos(amount)} ${displayName(currency, 12)}`;
  return amount > 0n ? `+${text}` : text;
}
