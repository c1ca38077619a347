import type { App } from '@slack/bolt';
import { rulesHistory, showVersion } from '../../usecases/rules/history.js';
import type { Message } from '../kit/blocks.js';
import { onClick } from '../kit/listener.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { openRuleForm } from './forms.js';
import {
  HISTORY_IDS,
  HISTORY_PAGE,
  HistoryPayload,
  rulesHistoryMessage,
  VersionPayload,
  versionView,
} from './history-message.js';
import { previewView } from './preview-view.js';

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
  for (const id of [HISTORY_IDS.newer, HISTORY_IDS.older])
    onClick(
      app,
      surface,
      { id, doing: 'turning a page of the history' },
      async ({ client, user, value, tell }) => {
        await surface.access.requireRuleEditor(client, user.id);
        const { page } = unpackPayload(HistoryPayload, value);
        await tell(await historyMessage(surface, user, page), true);
      },
    );
  const doing = 'opening a rule form';
  onClick(app, surface, { id: HISTORY_IDS.diff, doing }, async (click) => {
    await openRuleForm(surface, click, async () =>
      versionView(await showVersion(click.context, unpackPayload(VersionPayload, click.value))),
    );
  });
  onClick(app, surface, { id: HISTORY_IDS.undo, doing }, async (click) => {
    await openRuleForm(surface, click, async () => {
      const edition = unpackPayload(VersionPayload, click.value);
      return previewView(await surface.run(click.context.actor, 'preview-undo', edition), null);
    });
  });
}
