import type { App, BlockAction, ButtonAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { AppError, publicMessage } from '../../core/base/errors.js';
import { MOST_CSV_BYTES } from '../../core/invoices/csv.js';
import { type CsvRequest, examineCsv, previewCsv } from '../../usecases/invoices/import-invoice-csv.js';
import type { InvoiceTask } from '../../usecases/invoices/run-invoice-task.js';
import type { SlackContext } from '../kit/context.js';
import { downloadFromSlack } from '../kit/download.js';
import { openModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { CSV_VIEW, type CsvFileForm, csvFileView, readCsvFile } from './csv-form.js';
import { csvMappingView, csvPreviewView, readCsvMapping } from './csv-mapping-form.js';
import { INVOICE_IDS, PeriodPayload } from './message.js';

/** The forms that this file answers. */
export const CSV_VIEW_IDS: readonly string[] = Object.values(CSV_VIEW);

const NEED = { roles: ['finops', 'finance'], doing: 'import invoices' } as const;
const DraftPayload = z.object({ draft: z.string() });
const DRAFT_LIVES_MS = 30 * 60_000;
const MOST_DRAFTS = 20;

/** A file on its way through the forms: too long for a form's own memory, kept on our side for half an hour. */
interface Draft {
  readonly userId: string;
  readonly request: CsvRequest;
  readonly header: readonly string[];
  readonly untilMs: number;
}

type Finish = (
  surface: Surface,
  at: { client: WebClient; user: { id: string; name: string }; view: ViewOutput },
  taskOf: () => InvoiceTask,
) => Promise<void>;

/** The forms through which a CSV comes in: the file, what its columns mean, a preview. */
export function listenCsv(app: App, surface: Surface, finish: Finish): void {
  const drafts = createDrafts(surface.context.clock);
  listenFile(app, surface, drafts);
  listenMapping(app, surface, drafts);
  app.view(
    { callback_id: CSV_VIEW.preview, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      await ack({ response_action: 'update', view: reading() });
      const user = userOf(body.user);
      await finish(surface, { client, user, view }, () => {
        const { draft: id } = unpackPayload(DraftPayload, view.private_metadata);
        return { kind: 'import', request: drafts.take(id, user.id).request };
      });
    },
  );
}

type Drafts = ReturnType<typeof createDrafts>;

/** The button, and the form that asks for the file. */
function listenFile(app: App, surface: Surface, drafts: Drafts): void {
  app.action<BlockAction<ButtonAction>>(INVOICE_IDS.csv, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      surface.context.log,
      'opening the form of a CSV',
      async () => {
        const request = { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' };
        await openModal(
          surface,
          request,
          { title: 'Invoices', doing: 'opening the form of a CSV' },
          async () => {
            await surface.access.requireRole(client, body.user.id, NEED);
            return csvFileView(unpackPayload(PeriodPayload, action.value).month);
          },
        );
      },
      (message) => answer(respond, message),
    );
  });
  app.view({ callback_id: CSV_VIEW.file, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const read = readCsvFile(view);
    if (read.errors !== null) return ack({ response_action: 'errors', errors: read.errors });
    await ack({ response_action: 'update', view: reading() });
    const user = userOf(body.user);
    await showNext(surface, { client, user, view }, async (context) => {
      const text =
        read.form.file === null ? read.form.pasted : await fetchFile(surface, client, read.form.file);
      const request = requestOf(read.form, text);
      const examined = await examineCsv(context, request);
      const draft = drafts.put({ userId: user.id, request, header: examined.header });
      return csvMappingView(draft, examined);
    });
  });
}

/** The form that asks what the columns mean. */
function listenMapping(app: App, surface: Surface, drafts: Drafts): void {
  app.view(
    { callback_id: CSV_VIEW.mapping, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      await ack({ response_action: 'update', view: reading() });
      const user = userOf(body.user);
      await showNext(surface, { client, user, view }, async (context) => {
        const { draft: id } = unpackPayload(DraftPayload, view.private_metadata);
        const draft = drafts.find(id, user.id);
        const mapping = readCsvMapping(view, draft.header);
        drafts.put({ ...draft, request: { ...draft.request, mapping } }, id);
        try {
          return csvPreviewView(id, await previewCsv(context, { ...draft.request, mapping }));
        } catch (error) {
          // A wrong row or a missing column: the same form again, with the sentence above it.
          if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
          return csvMappingView(id, { header: draft.header, mapping }, error.message);
        }
      });
    },
  );
}

function reading(): ModalView {
  return statusView({ title: 'Invoices', sentence: 'Reading the file …' });
}

function requestOf({ vendor, number, period, currency }: CsvFileForm, text: string): CsvRequest {
  return { text, vendor, mapping: null, invoiceId: number, period, currency, billingAccountId: null };
}

async function fetchFile(
  surface: Surface,
  client: WebClient,
  file: { readonly url: string; readonly size: number },
): Promise<string> {
  if (file.size > MOST_CSV_BYTES)
    throw new AppError('invalid', 'The file is larger than 1 MB; import a bill of that size as FOCUS.');
  const download = surface.download ?? downloadFromSlack;
  return download({ url: file.url, token: client.token ?? '' }, MOST_CSV_BYTES);
}

/** Works the next form out after the ack, re-checking who may, and shows it or the reason why not. */
async function showNext(
  surface: Surface,
  at: { client: WebClient; user: { id: string; name: string }; view: ViewOutput },
  make: (context: SlackContext) => Promise<ModalView>,
): Promise<void> {
  const { client, user, view } = at;
  let next: ModalView;
  try {
    await surface.access.requireRole(client, user.id, NEED);
    next = await make(contextOf(surface, user));
  } catch (error) {
    logFailure(surface.context.log, error, 'reading an invoice CSV');
    next = statusView({ title: 'Invoices', sentence: publicMessage(error) });
  }
  await attempt(
    surface.context.log,
    'showing the next form of a CSV',
    () => updateModal(surface, { client, viewId: view.id }, next),
    async (message) => {
      await client.chat.postMessage({ channel: user.id, text: message.text, blocks: [...message.blocks] });
    },
  );
}

/** Files that wait for the next form; the oldest makes room. */
function createDrafts(clock: () => number) {
  const drafts = new Map<string, Draft>();
  let last = 0;
  return {
    put(draft: Omit<Draft, 'untilMs'>, known?: string): string {
      const id = known ?? `csv-${++last}`;
      drafts.delete(id);
      for (const [old, { untilMs }] of drafts)
        if (untilMs < clock() || drafts.size >= MOST_DRAFTS) drafts.delete(old);
      drafts.set(id, { ...draft, untilMs: clock() + DRAFT_LIVES_MS });
      return id;
    },
    find(id: string, userId: string): Draft {
      const draft = drafts.get(id);
      if (draft === undefined || draft.userId !== userId || draft.untilMs < clock())
        throw new AppError('not-found', 'The file is not held any more; please import it again.');
      return draft;
    },
    /** The same, for the last time. */
    take(id: string, userId: string): Draft {
      const draft = this.find(id, userId);
      drafts.delete(id);
      return draft;
    },
  };
}
