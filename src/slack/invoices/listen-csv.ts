import type { App, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import { MOST_CSV_BYTES } from '../../core/invoices/csv.js';
import { type CsvRequest, examineCsv, previewCsv } from '../../usecases/invoices/import-invoice-csv.js';
import type { InvoiceTask } from '../../usecases/invoices/run-invoice-task.js';
import { downloadFromSlack } from '../kit/download.js';
import { onClick, onForm, type Read, type Request } from '../kit/listener.js';
import { unpackPayload } from '../kit/payload.js';
import type { Surface } from '../kit/request.js';
import { CSV_VIEW, type CsvFileForm, csvFileView, readCsvFile } from './csv-form.js';
import { csvMappingView, csvPreviewView, readCsvMapping } from './csv-mapping-form.js';
import { INVOICE_IDS, PeriodPayload } from './message.js';

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

/** Runs the import; checks again who may. */
type Run = (sent: Request, taskOf: () => InvoiceTask) => Promise<string>;

const READING = { title: 'Invoices', sentence: 'Reading the file …' };

/** The forms through which a CSV comes in: the file, what its columns mean, a preview. */
export function listenCsv(app: App, surface: Surface, run: Run): void {
  const drafts = createDrafts(surface.context.clock);
  listenFile(app, surface, drafts);
  listenMapping(app, surface, drafts);
  const preview = { id: CSV_VIEW.preview, doing: 'taking an invoice in', working: READING };
  onForm(app, surface, preview, (sent) =>
    run(sent, () => {
      const { draft: id } = unpackPayload(DraftPayload, sent.view.private_metadata);
      return { kind: 'import', request: drafts.take(id, sent.user.id).request };
    }),
  );
}

type Drafts = ReturnType<typeof createDrafts>;

/** The button, and the form that asks for the file. */
function listenFile(app: App, surface: Surface, drafts: Drafts): void {
  const opening = { id: INVOICE_IDS.csv, doing: 'opening the form of a CSV' };
  onClick(app, surface, opening, async ({ client, user, value, open }) => {
    await open('Invoices', async () => {
      await surface.access.requireRole(client, user.id, NEED);
      return csvFileView(unpackPayload(PeriodPayload, value).month);
    });
  });
  const sending = { id: CSV_VIEW.file, doing: 'reading an invoice CSV', read: readFile, working: READING };
  onForm(app, surface, sending, async ({ client, user, context, form }) => {
    await surface.access.requireRole(client, user.id, NEED);
    const text = form.file === null ? `${form.pasted}\n` : await fetchFile(surface, client, form.file);
    const request = requestOf(form, text);
    const examined = await examineCsv(context, request);
    return csvMappingView(drafts.put({ userId: user.id, request, header: examined.header }), examined);
  });
}

function readFile(view: ViewOutput): Read<CsvFileForm> {
  const read = readCsvFile(view);
  return read.errors === null ? { ok: true, form: read.form } : { ok: false, errors: read.errors };
}

/** The form that asks what the columns mean. */
function listenMapping(app: App, surface: Surface, drafts: Drafts): void {
  const on = { id: CSV_VIEW.mapping, doing: 'reading an invoice CSV', working: READING };
  onForm(app, surface, on, async ({ client, user, context, view }) => {
    await surface.access.requireRole(client, user.id, NEED);
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
