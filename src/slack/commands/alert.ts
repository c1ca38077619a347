import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { acknowledgeAlert } from '../../usecases/acknowledge-alert.js';
import { showAlert } from '../../usecases/show-alert.js';
import { type Message, plain, rich } from '../blocks.js';
import { ACKNOWLEDGE_ID, alertExplainedMessage, CasePayload, EXPLAIN_ID } from '../messages/alert.js';
import { packPayload, unpackPayload } from '../payload.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../request.js';

export const ALERT_ACTION_IDS: readonly string[] = [ACKNOWLEDGE_ID, EXPLAIN_ID];
export const ACKNOWLEDGE_VIEW_ID = 'alert.acknowledge-form';
const COMMENT = { block: 'comment', action: 'comment' } as const;

/** The small form behind Acknowledge: a comment, if there is one to make. */
function acknowledgeView(caseId: number): ModalView {
  return {
    type: 'modal',
    callback_id: ACKNOWLEDGE_VIEW_ID,
    private_metadata: packPayload({ caseId }),
    title: plain('Acknowledge', 24),
    submit: plain('Acknowledge', 24),
    close: plain('Cancel', 24),
    blocks: [
      rich([
        'The alert says from now on that you have seen it. It stays open until spend is back to normal.',
      ]),
      {
        type: 'input',
        block_id: COMMENT.block,
        optional: true,
        label: plain('Comment for the thread', 200),
        element: {
          type: 'plain_text_input',
          action_id: COMMENT.action,
          multiline: true,
          max_length: 1_000,
          placeholder: plain('What it is, and what you will do about it', 150),
        },
      },
    ],
  };
}

/** Tells one person in a direct message: the way back when a form is closed already. */
async function tellDirectly(client: WebClient, userId: string, message: Message): Promise<void> {
  await client.chat.postMessage({ channel: userId, text: message.text, blocks: [...message.blocks] });
}

/** Acknowledge and Explain, on alert messages and on App Home. */
export function listenAlerts(app: App, surface: Surface): void {
  const { log } = surface.context;

  app.action<BlockAction<ButtonAction>>(ACKNOWLEDGE_ID, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      log,
      'opening the acknowledge form',
      async () => {
        const { caseId } = unpackPayload(CasePayload, action.value);
        await client.views.open({ trigger_id: body.trigger_id, view: acknowledgeView(caseId) });
      },
      (message) =>
        respond === undefined ? tellDirectly(client, body.user.id, message) : answer(respond, message),
    );
  });

  app.view(
    { callback_id: ACKNOWLEDGE_VIEW_ID, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      await ack();
      await attempt(
        log,
        'acknowledging an alert',
        async () => {
          const { caseId } = unpackPayload(CasePayload, view.private_metadata);
          const typed = view.state.values[COMMENT.block]?.[COMMENT.action]?.value?.trim() ?? '';
          const comment = typed === '' ? null : typed;
          await acknowledgeAlert(contextOf(surface, userOf(body.user)), { caseId, comment });
          await surface.runJob('deliver');
        },
        (message) => tellDirectly(client, body.user.id, message),
      );
    },
  );

  app.action<BlockAction<ButtonAction>>(EXPLAIN_ID, async ({ ack, action, body, client, respond }) => {
    await ack();
    const tell = (message: Message) =>
      respond === undefined ? tellDirectly(client, body.user.id, message) : answer(respond, message);
    await attempt(
      log,
      'explaining an alert',
      async () => {
        const { caseId } = unpackPayload(CasePayload, action.value);
        const found = await showAlert(contextOf(surface, userOf(body.user)), { caseId });
        await tell(alertExplainedMessage(found.figures));
        await surface.runJob('deliver');
      },
      tell,
    );
  });
}
