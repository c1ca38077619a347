import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { z } from 'zod';
import { formatNanos } from '../../core/base/money.js';
import { parseMonth } from '../../core/base/time.js';
import { monthInvoiced } from '../../usecases/close/check-month.js';
import { invoiceVersions, isKnownInvoice, sourcesOfInvoices } from '../../usecases/invoices/look-up.js';
import type { InvoiceTask } from '../../usecases/invoices/run-invoice-task.js';
import { tieInvoices } from '../../usecases/invoices/tie-invoices.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { Message } from '../kit/blocks.js';
import { type Asker, onClick, onForm, type Read, type Request } from '../kit/listener.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { displayName } from '../kit/text.js';
import { invoiceBlock, invoiceEntryView } from './entry-form.js';
import { acceptResidualView, INVOICE_VIEW, invoiceLinesView, readAcceptReason } from './forms.js';
import { listenCsv } from './listen-csv.js';
import { INVOICE_IDS, InvoicePayload, LINES_IDS, PeriodPayload, tieOutMessage } from './message.js';
import { readInvoiceEntry } from './read-entry.js';

const TITLE = 'Invoices';
const TAKING = 'taking an invoice in';
const SEES = { roles: ['finops', 'finance', 'leader'], doing: 'see invoices' } as const;
/** Who enters invoices and answers for residuals. */
const ENTERS = { roles: ['finops', 'finance'], doing: 'enter invoices and accept residuals' } as const;

type NewInvoice = Extract<InvoiceTask, { kind: 'enter' }>['invoice'];

/** `/apportion invoices [month]`: without a month the last whole one. */
export async function invoicesAnswer(surface: Surface, asker: Asker, month: string | null): Promise<Message> {
  await surface.access.requireRole(asker.client, asker.user.id, SEES);
  const viewer = await surface.access.viewerOf(asker.client, asker.user.id);
  const context = contextOf(surface, asker.user);
  const period = month === null ? monthInvoiced(context) : parseMonth(month);
  const mayEdit = ENTERS.roles.some((role) => viewer.roles.includes(role));
  return tieOutMessage(await tieInvoices(context, { period }), { mayEdit });
}

/** The tie-out's buttons and forms, and the import of CSVs. */
export function listenInvoices(app: App, surface: Surface): void {
  const show = { id: INVOICE_IDS.show, doing: 'showing invoices', payload: PeriodPayload };
  onClick(app, surface, show, async (click) => {
    await click.tell(await invoicesAnswer(surface, click, click.payload.month));
  });
  listenButtons(app, surface);
  const entry = {
    id: INVOICE_VIEW.entry,
    doing: TAKING,
    read: (view: ViewOutput) => readNewInvoice(surface, view),
    working: { title: TITLE, sentence: 'Entering it …' },
  };
  onForm(app, surface, entry, (sent) =>
    runTask(surface, sent, () => ({ kind: 'enter', invoice: sent.form })),
  );
  const accept = {
    id: INVOICE_VIEW.accept,
    doing: TAKING,
    working: { title: TITLE, sentence: 'Booking it …' },
  };
  onForm(app, surface, accept, (sent) =>
    runTask(surface, sent, () => {
      const { source, account, number, residual } = unpackPayload(InvoicePayload, sent.view.private_metadata);
      const key = { source, billingAccountId: account, invoiceId: number };
      const input = { key, residual: BigInt(residual), reason: readAcceptReason(sent.view) };
      return { kind: 'accept', input };
    }),
  );
  listenCsv(app, surface, (sent, taskOf) => runTask(surface, sent, taskOf));
}

/** An invoice whose number is free. */
async function readNewInvoice(surface: Surface, view: ViewOutput): Promise<Read<NewInvoice>> {
  const read = readInvoiceEntry(view);
  if (read.errors !== null) return { ok: false, errors: read.errors };
  if (!(await isKnownInvoice(surface.context, read.invoice))) return { ok: true, form: read.invoice };
  // Without its figures: who sends the form is only asked for after the ack.
  const sentence = 'This number is there already; see it under /apportion invoices.';
  return { ok: false, errors: { [invoiceBlock('number')]: sentence } };
}

/** How a button opens a form. */
interface Opening<T> {
  readonly ids: readonly string[];
  readonly payload: z.ZodType<T>;
  readonly need: Parameters<Surface['access']['requireRole']>[2];
  readonly make: (payload: T, packed: string) => Promise<ModalView>;
}

function listenOpening<T>(app: App, surface: Surface, { ids, payload, need, make }: Opening<T>): void {
  for (const id of ids)
    onClick(app, surface, { id, doing: 'opening an invoice form' }, async ({ client, user, value, open }) => {
      await open(TITLE, async () => {
        await surface.access.requireRole(client, user.id, need);
        return make(unpackPayload(payload, value), value ?? '');
      });
    });
}

/** Buttons that open a form; who may is asked again behind each. */
function listenButtons(app: App, surface: Surface): void {
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.enter],
    payload: PeriodPayload,
    need: ENTERS,
    async make({ month }) {
      const { settings } = await readSettings(surface.context);
      const sources = await sourcesOfInvoices(surface.context);
      return invoiceEntryView(month, { sources, currency: settings.currency });
    },
  });
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.lines, ...LINES_IDS],
    payload: InvoicePayload,
    need: SEES,
    async make({ source, account, number }) {
      const key = { source, billingAccountId: account, invoiceId: number };
      return invoiceLinesView(await invoiceVersions(surface.context, key));
    },
  });
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.accept],
    payload: InvoicePayload,
    need: ENTERS,
    make: async ({ number, residual }, packed) =>
      acceptResidualView(
        packed,
        `${formatNanos(BigInt(residual))} of invoice ${displayName(number, 60)} are not explained by the ledger. Accepting books them in the month, by the usage, under your name.`,
      ),
  });
}

/** Does the work of a form, checking again who may; returns what came of it. */
async function runTask(surface: Surface, sent: Request, taskOf: () => InvoiceTask): Promise<string> {
  const { client, user, context } = sent;
  await surface.access.requireRole(client, user.id, ENTERS);
  const sentence = await surface.run(context.actor, 'invoices', taskOf());
  await surface.runJob('reallocate');
  return sentence;
}
