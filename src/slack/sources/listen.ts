import type { App, ViewOutput } from '@slack/bolt';
import { AppError } from '../../core/base/errors.js';
import { acceptPull } from '../../usecases/sources/accept-pull.js';
import { cancelBackfill } from '../../usecases/sources/backfill.js';
import { listSources } from '../../usecases/sources/list-sources.js';
import { pauseSource } from '../../usecases/sources/manage-sources.js';
import type { SourceTask } from '../../usecases/sources/run-source-task.js';
import { type Message, sentenceMessage } from '../kit/blocks.js';
import type { NewSource } from '../kit/context.js';
import { type Asker, onChange, onClick, onForm, type Read } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
import { addSourceView, backfillView, readBackfillForm, readSourceForm, SOURCE_FORM_IDS } from './forms.js';
import { ACCEPT_HELD_ID, SourcePayload } from './held-message.js';
import { remarksMessage, SOURCE_IDS, sourcesMessage } from './message.js';

/** `/apportion sources`: FinOps see buttons and money, everybody else how far the bills have come. */
export async function sourcesAnswer(surface: Surface, { client, user }: Asker): Promise<Message> {
  const { timeZone } = surface.context.company;
  const manages = await surface.access.mayEditRules(client, user.id);
  return sourcesMessage(await listSources(contextOf(surface, user)), { manages, timeZone });
}

async function requireFinops(surface: Surface, { client, user }: Asker): Promise<void> {
  await surface.access.requireRole(client, user.id, { roles: ['finops'], doing: 'manage sources' });
}

/** In the worker. */
async function runTask(surface: Surface, { user }: Asker, task: SourceTask): Promise<string> {
  const context = contextOf(surface, user);
  return surface.run(context.actor, 'sources', task);
}

async function accept(surface: Surface, asker: Asker, source: string): Promise<string> {
  await acceptPull(contextOf(surface, asker.user), { source });
  return `${source} is accepted. ${await runTask(surface, asker, { do: 'pull', source })}`;
}

/** What a button does, and the sentence that says so. */
const ACTS: Readonly<Record<string, (surface: Surface, asker: Asker, source: string) => Promise<string>>> = {
  [SOURCE_IDS.pull]: (surface, asker, source) => runTask(surface, asker, { do: 'pull', source }),
  [SOURCE_IDS.accept]: accept,
  [SOURCE_IDS.remove]: (surface, asker, source) => runTask(surface, asker, { do: 'remove', source }),
  [SOURCE_IDS.retryBackfill]: (surface, asker, source) =>
    runTask(surface, asker, { do: 'retry-backfill', source }),
  [SOURCE_IDS.cancelBackfill]: async (surface, { user }, source) => {
    await cancelBackfill(contextOf(surface, user), source);
    return `The backfill of ${source} is cancelled; what it brought stays.`;
  },
  [SOURCE_IDS.pause]: async (surface, { user }, source) => {
    await pauseSource(contextOf(surface, user), source, true);
    return `${source} is paused: the timetable leaves it alone.`;
  },
  [SOURCE_IDS.resume]: async (surface, { user }, source) => {
    await pauseSource(contextOf(surface, user), source, false);
    return `${source} is pulled again from the next full hour on.`;
  },
};

const on = (id: string) => ({ id, doing: `a button of the sources (${id})`, payload: SourcePayload });

/** The buttons of the list of sources and the forms behind them. */
export function listenSources(app: App, surface: Surface): void {
  for (const [id, act] of Object.entries(ACTS)) {
    onClick(app, surface, on(id), async (click) => {
      await requireFinops(surface, click);
      const sentence = await act(surface, click, click.payload.source);
      // FinOps's own message (a backfill's, an overlap's) is edited at once.
      await surface.runJob('deliver');
      await click.tell(await sourcesAnswer(surface, click), true);
      await click.tell(sentenceMessage(sentence));
    });
  }
  // The button in FinOps's own message, which stays and is edited by delivery.
  onClick(app, surface, on(ACCEPT_HELD_ID), async (click) => {
    await requireFinops(surface, click);
    const sentence = await accept(surface, click, click.payload.source);
    await surface.runJob('deliver');
    await click.tell(sentenceMessage(sentence));
  });
  onClick(app, surface, on(SOURCE_IDS.remarks), async (click) => {
    await requireFinops(surface, click);
    const { source } = click.payload;
    const status = (await listSources(surface.context)).find((each) => each.source === source);
    if (status === undefined) throw new AppError('not-found', `There is no source "${source}" any more.`);
    await click.tell(remarksMessage(status));
  });
  listenAdd(app, surface);
  listenBackfill(app, surface);
}

function listenBackfill(app: App, surface: Surface): void {
  const title = 'Backfill';
  const opening = { id: SOURCE_IDS.backfill, doing: 'opening the backfill form', payload: SourcePayload };
  onClick(app, surface, opening, async (click) => {
    await click.open(title, async () => {
      await requireFinops(surface, click);
      return backfillView(click.payload.source);
    });
  });
  const working = { title, sentence: 'Starting …' };
  const starting = { id: SOURCE_FORM_IDS.backfill, doing: 'starting a backfill', working };
  onForm(app, surface, starting, async (sent) => {
    await requireFinops(surface, sent);
    const said = await runTask(surface, sent, { do: 'backfill', ...readBackfillForm(sent.view) });
    await surface.runJob('deliver');
    return said;
  });
}

/** The form for a kind, by default the first. */
function formFor({ context }: Surface, kind: string | undefined) {
  const catalog = context.sources;
  const found = catalog?.kinds.find((each) => each.kind === kind) ?? catalog?.kinds[0];
  if (catalog === undefined || found === undefined)
    throw new AppError('invalid', 'Sources cannot be added here.');
  return addSourceView(catalog, found);
}

function listenAdd(app: App, surface: Surface): void {
  const title = 'Add a source';
  onClick(app, surface, { id: SOURCE_IDS.add, doing: 'opening the form for a source' }, async (click) => {
    await click.open(title, async () => {
      await requireFinops(surface, click);
      return formFor(surface, undefined);
    });
  });
  const choosing = { id: SOURCE_FORM_IDS.kind, title, doing: 'drawing the form for a source again' };
  onChange(app, surface, choosing, async ({ value }) => formFor(surface, value));
  const adding = {
    id: SOURCE_FORM_IDS.add,
    doing: 'adding a source',
    read: readNewSource,
    working: { title, sentence: 'Asking the vendor …' },
  };
  onForm(app, surface, adding, async (sent) => {
    await requireFinops(surface, sent);
    return runTask(surface, sent, { do: 'add', entry: sent.form });
  });
}

function readNewSource(view: ViewOutput): Read<NewSource> {
  const form = readSourceForm(view);
  return form.ok ? { ok: true, form: form.source } : form;
}
