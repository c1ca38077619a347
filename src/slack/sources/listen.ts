import type { App, BlockAction, ButtonAction, RespondFn, StaticSelectAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { AppError, publicMessage } from '../../core/base/errors.js';
import { acceptFirstSync } from '../../usecases/sources/accept-first-sync.js';
import { cancelBackfill } from '../../usecases/sources/backfill.js';
import { listSources } from '../../usecases/sources/list-sources.js';
import { pauseSource } from '../../usecases/sources/manage-sources.js';
import type { SourceTask } from '../../usecases/sources/run-source-task.js';
import type { Message } from '../kit/blocks.js';
import { openModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { addSourceView, backfillView, readBackfillForm, readSourceForm, SOURCE_FORM_IDS } from './forms.js';
import { remarksMessage, SOURCE_IDS, SourcePayload, sourcesMessage } from './message.js';

/** The action ids that this file answers. */
export const SOURCE_ACTION_IDS: readonly string[] = [...Object.values(SOURCE_IDS), SOURCE_FORM_IDS.kind];
/** The forms that this file answers. */
export const SOURCE_VIEW_IDS: readonly string[] = [SOURCE_FORM_IDS.add, SOURCE_FORM_IDS.backfill];

interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

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

/** What a button does, and the sentence that says so. */
const ACTS: Readonly<Record<string, (surface: Surface, asker: Asker, source: string) => Promise<string>>> = {
  [SOURCE_IDS.pull]: (surface, asker, source) => runTask(surface, asker, { do: 'pull', source }),
  [SOURCE_IDS.acceptFirst]: async (surface, asker, source) => {
    await acceptFirstSync(contextOf(surface, asker.user), { source });
    return `${source} is accepted. ${await runTask(surface, asker, { do: 'pull', source })}`;
  },
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

/** The buttons of the list of sources and the forms behind them. */
export function listenSources(app: App, surface: Surface): void {
  for (const [id, act] of Object.entries(ACTS)) {
    onClick(app, surface, id, async (asker, source, respond) => {
      await requireFinops(surface, asker);
      const sentence = await act(surface, asker, source);
      // FinOps's own message (a backfill's, an overlap's) is edited at once.
      await surface.runJob('deliver');
      await answer(respond, await sourcesAnswer(surface, asker), true);
      await answer(respond, sentenceMessage(sentence));
    });
  }
  onClick(app, surface, SOURCE_IDS.remarks, async (asker, source, respond) => {
    await requireFinops(surface, asker);
    const status = (await listSources(surface.context)).find((each) => each.source === source);
    if (status === undefined) throw new AppError('not-found', `There is no source "${source}" any more.`);
    await answer(respond, remarksMessage(status));
  });
  listenAdd(app, surface);
  listenBackfill(app, surface);
}

function onClick(
  app: App,
  surface: Surface,
  id: string,
  work: (asker: Asker, source: string, respond: RespondFn) => Promise<void>,
): void {
  app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      surface.context.log,
      `a button of the sources (${id})`,
      async () => {
        const { source } = unpackPayload(SourcePayload, action.value);
        await work({ client, user: userOf(body.user) }, source, respond);
      },
      (message) => answer(respond, message),
    );
  });
}

function listenBackfill(app: App, surface: Surface): void {
  app.action<BlockAction<ButtonAction>>(
    SOURCE_IDS.backfill,
    async ({ ack, action, body, client, respond }) => {
      await ack();
      const about = { title: 'Backfill', doing: 'opening the backfill form' };
      const request = { client, triggerId: body.trigger_id, isInModal: false };
      await attempt(
        surface.context.log,
        about.doing,
        async () => {
          const { source } = unpackPayload(SourcePayload, action.value);
          await openModal(surface, request, about, async () => {
            await requireFinops(surface, { client, user: userOf(body.user) });
            return backfillView(source);
          });
        },
        (message) => answer(respond, message),
      );
    },
  );
  app.view(
    { callback_id: SOURCE_FORM_IDS.backfill, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const title = 'Backfill';
      await ack({ response_action: 'update', view: statusView({ title, sentence: 'Starting …' }) });
      const asker = { client, user: userOf(body.user) };
      const sentence = await inOneSentence(surface, 'starting a backfill', async () => {
        await requireFinops(surface, asker);
        const said = await runTask(surface, asker, { do: 'backfill', ...readBackfillForm(view) });
        await surface.runJob('deliver');
        return said;
      });
      await updateModal(surface, { client, viewId: view.id }, statusView({ title, sentence }));
    },
  );
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
  app.action<BlockAction<ButtonAction>>(SOURCE_IDS.add, async ({ ack, body, client, respond }) => {
    await ack();
    const about = { title: 'Add a source', doing: 'opening the form for a source' };
    const request = { client, triggerId: body.trigger_id, isInModal: false };
    await attempt(
      surface.context.log,
      about.doing,
      async () => {
        await openModal(surface, request, about, async () => {
          await requireFinops(surface, { client, user: userOf(body.user) });
          return formFor(surface, undefined);
        });
      },
      (message) => answer(respond, message),
    );
  });
  app.action<BlockAction<StaticSelectAction>>(SOURCE_FORM_IDS.kind, async ({ ack, action, body, client }) => {
    await ack();
    const viewId = body.view?.id;
    if (viewId === undefined) return;
    await inOneSentence(surface, 'drawing the form for a source anew', async () => {
      const view = formFor(surface, action.selected_option.value);
      await updateModal(surface, { client, viewId }, view);
      return '';
    });
  });
  app.view(
    { callback_id: SOURCE_FORM_IDS.add, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const form = readSourceForm(view);
      if (!form.ok) {
        await ack({ response_action: 'errors', errors: form.errors });
        return;
      }
      const title = 'Add a source';
      await ack({ response_action: 'update', view: statusView({ title, sentence: 'Asking the vendor …' }) });
      const asker = { client, user: userOf(body.user) };
      const sentence = await inOneSentence(surface, 'adding a source', async () => {
        await requireFinops(surface, asker);
        return runTask(surface, asker, { do: 'add', entry: form.source });
      });
      await updateModal(surface, { client, viewId: view.id }, statusView({ title, sentence }));
    },
  );
}

/** The work's sentence, or that of its refusal. */
async function inOneSentence(surface: Surface, doing: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    logFailure(surface.context.log, error, doing);
    return publicMessage(error);
  }
}
