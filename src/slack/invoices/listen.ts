import type { App, BlockAction, ButtonAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import { publicMessage } from '../../core/base/errors.js';
import { formatNanos } from '../../core/base/money.js';
import { parseMonth } from '../../core/base/time.js';
import { monthInvoiced } from '../../usecases/close/check-month.js';
import { invoiceVersions, isKnownInvoice, sourcesOfInvoices } from '../../usecases/invoices/look-up.js';
import type { InvoiceTask } from '../../usecases/invoices/run-invoice-task.js';
import { tieInvoices } from '../../usecases/invoices/tie-invoices.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { Message } from '../kit/blocks.js';
import { openModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { displayName } from '../kit/text.js';
import { invoiceBlock, invoiceEntryView } from './entry-form.js';
import { acceptResidualView, INVOICE_VIEW, invoiceLinesView, readAcceptReason } from './forms.js';
import { CSV_VIEW_IDS, listenCsv } from './listen-csv.js';
import { INVOICE_IDS, InvoicePayload, LINES_IDS, PeriodPayload, tieOutMessage } from './message.js';
import { readInvoiceEntry } from './read-entry.js';

/** The action ids that this file answers. */
export const INVOICE_ACTION_IDS: readonly string[] = [...Object.values(INVOICE_IDS), ...LINES_IDS];
/** The forms that this file and that of the CSV answer. */
export const INVOICE_VIEW_IDS: readonly string[] = [...Object.values(INVOICE_VIEW), ...CSV_VIEW_IDS];

const SEES = { roles: ['finops', 'finance', 'leader'], doing: 'see invoices' } as const;
/** Who enters invoices and answers for residuals. */
const ENTERS = { roles: ['finops', 'finance'], doing: 'enter invoices and accept residuals' } as const;

interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

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
  const { log } = surface.context;
  app.action<BlockAction<ButtonAction>>(INVOICE_IDS.show, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      log,
      'showing invoices',
      async () => {
        const { month } = unpackPayload(PeriodPayload, action.value);
        await answer(respond, await invoicesAnswer(surface, { client, user: userOf(body.user) }, month));
      },
      (message) => answer(respond, message),
    );
  });
  listenForms(app, surface);
  app.view(
    { callback_id: INVOICE_VIEW.entry, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const read = readInvoiceEntry(view);
      if (read.errors !== null) return ack({ response_action: 'errors', errors: read.errors });
      const context = contextOf(surface, userOf(body.user));
      if (await isKnownInvoice(context, read.invoice)) {
        // Without its figures: who sends the form is only asked for after the ack.
        const sentence = 'This number is there already; see it under /apportion invoices.';
        return ack({ response_action: 'errors', errors: { [invoiceBlock('number')]: sentence } });
      }
      await ack({ response_action: 'update', view: workingOn('Entering it …') });
      await finishForm(surface, { client, user: userOf(body.user), view }, () => {
        return { kind: 'enter', invoice: read.invoice };
      });
    },
  );
  app.view(
    { callback_id: INVOICE_VIEW.accept, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      await ack({ response_action: 'update', view: workingOn('Booking it …') });
      await finishForm(surface, { client, user: userOf(body.user), view }, () => {
        const { source, account, number, residual } = unpackPayload(InvoicePayload, view.private_metadata);
        const key = { source, billingAccountId: account, invoiceId: number };
        const input = { key, residual: BigInt(residual), reason: readAcceptReason(view) };
        return { kind: 'accept', input };
      });
    },
  );
  listenCsv(app, surface, finishForm);
}

/** How a button opens a form. */
interface Opening<T> {
  readonly ids: readonly string[];
  readonly schema: z.ZodType<T>;
  readonly need: Parameters<Surface['access']['requireRole']>[2];
  readonly make: (payload: T, packed: string) => Promise<ModalView>;
}

function listenOpening<T>(app: App, surface: Surface, { ids, schema, need, make }: Opening<T>): void {
  const words = { title: 'Invoices', doing: 'opening an invoice form' };
  for (const id of ids)
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, body, client, respond }) => {
      await ack();
      await attempt(
        surface.context.log,
        words.doing,
        async () => {
          const request = { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' };
          await openModal(surface, request, words, async () => {
            await surface.access.requireRole(client, body.user.id, need);
            return make(unpackPayload(schema, action.value), action.value ?? '');
          });
        },
        (message) => answer(respond, message),
      );
    });
}

/** Buttons that open a form; who may is asked again behind each. */
function listenForms(app: App, surface: Surface): void {
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.enter],
    schema: PeriodPayload,
    need: ENTERS,
    async make({ month }) {
      const { settings } = await readSettings(surface.context);
      return invoiceEntryView(month, {
        sources: await sourcesOfInvoices(surface.context),
        currency: settings.currency,
      });
    },
  });
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.lines, ...LINES_IDS],
    schema: InvoicePayload,
    need: SEES,
    async make({ source, account, number }) {
      const key = { source, billingAccountId: account, invoiceId: number };
      return invoiceLinesView(await invoiceVersions(surface.context, key));
    },
  });
  listenOpening(app, surface, {
    ids: [INVOICE_IDS.accept],
    schema: InvoicePayload,
    need: ENTERS,
    make: async ({ number, residual }, packed) =>
      acceptResidualView(
        packed,
        `${formatNanos(BigInt(residual))} of invoice ${displayName(number, 60)} are not explained by the ledger. Accepting books them in the month, by the usage, under your name.`,
      ),
  });
}

function workingOn(sentence: string): ModalView {
  return statusView({ title: 'Invoices', sentence });
}

/** Does the work of a form after its ack, re-checking who may, and says in the form what came of it. */
async function finishForm(
  surface: Surface,
  at: Asker & { readonly view: ViewOutput },
  taskOf: () => InvoiceTask,
): Promise<void> {
  const { client, user, view } = at;
  let sentence: string;
  try {
    await surface.access.requireRole(client, user.id, ENTERS);
    const context = contextOf(surface, user);
    sentence = await surface.run(context.actor, 'invoices', taskOf());
    await surface.runJob('reallocate');
  } catch (error) {
    logFailure(surface.context.log, error, 'taking an invoice in');
    sentence = publicMessage(error);
  }
  await attempt(
    surface.context.log,
    'telling what became of an invoice',
    () => updateModal(surface, { client, viewId: view.id }, workingOn(sentence)),
    async () => {
      const { text, blocks } = sentenceMessage(sentence);
      await client.chat.postMessage({ channel: user.id, text, blocks: [...blocks] });
    },
  );
}
