import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { rulesHistory, showVersion } from '../../usecases/rules/history.js';
import type { Message } from '../kit/blocks.js';
import { openFromClick } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import {
  HISTORY_IDS,
  HISTORY_PAGE,
  HistoryPayload,
  rulesHistoryMessage,
  VersionPayload,
  versionView,
} from './history-message.js';
import { previewView } from './preview-view.js';

/** The action ids that this file answers. */
export const HISTORY_ACTION_IDS: readonly string[] = Object.values(HISTORY_IDS);

/** A page of the history, newest versions first. */
export async function historyMessage(
  surface: Surface,
  user: { readonly id: string; readonly name: string },
  page: number,
): Promise<Message> {
  const context = contextOf(surface, user);
  const history = await rulesHistory(context, { page, size: HISTORY_PAGE });
  return rulesHistoryMessage(history, context.company.timeZone);
}

/** The buttons of `/rules history`: pages, what a version changed, and its undoing. */
export function listenRuleHistory(app: App, surface: Surface): void {
  for (const id of [HISTORY_IDS.newer, HISTORY_IDS.older]) {
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, body, client, respond }) => {
      await ack();
      await attempt(
        surface.context.log,
        'turning a page of the history',
        async () => {
          await surface.access.requireRuleEditor(client, body.user.id);
          const { page } = unpackPayload(HistoryPayload, action.value);
          await answer(respond, await historyMessage(surface, userOf(body.user), page), true);
        },
        (message) => answer(respond, message),
      );
    });
  }

  app.action<BlockAction<ButtonAction>>(HISTORY_IDS.diff, async ({ ack, action, ...args }) => {
    await ack();
    const context = contextOf(surface, userOf(args.body.user));
    await openFromClick(surface, args, async () =>
      versionView(await showVersion(context, unpackPayload(VersionPayload, action.value))),
    );
  });

  app.action<BlockAction<ButtonAction>>(HISTORY_IDS.undo, async ({ ack, action, ...args }) => {
    await ack();
    const { actor } = contextOf(surface, userOf(args.body.user));
    await openFromClick(surface, args, async () =>
      previewView(
        await surface.run(actor, 'preview-undo', unpackPayload(VersionPayload, action.value)),
        null,
      ),
    );
  });
}
