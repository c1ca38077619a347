import type { App, BlockAction, ButtonAction, RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { rejectDraft } from '../../usecases/rules/approve-rules.js';
import { plain, section } from '../kit/blocks.js';
import { input, textInput } from '../kit/inputs.js';
import { packPayload, unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { APPROVAL_IDS, ApprovalPayload } from './approval-message.js';

/** The action ids that this file answers. */
export const APPROVAL_ACTION_IDS: readonly string[] = Object.values(APPROVAL_IDS);
/** The form behind the reject button. */
export const REJECT_VIEW_ID = 'approval.reject-form';
const REASON = { block: 'reason', action: 'approval.reason' } as const;

function rejectView(payload: { readonly draftId: string; readonly hash: string }): ModalView {
  return {
    type: 'modal',
    callback_id: REJECT_VIEW_ID,
    private_metadata: packPayload(payload),
    title: plain('Reject the change', 24),
    submit: plain('Reject', 24),
    close: plain('Cancel', 24),
    blocks: [
      section('The rules stay as they are. Its author reads why on the card.'),
      input({
        block: REASON.block,
        label: 'Why',
        optional: true,
        element: textInput(REASON.action, { max: 500, value: null }),
      }),
    ],
  };
}

interface Click {
  readonly client: WebClient;
  readonly body: BlockAction;
  readonly action: ButtonAction;
  readonly respond: RespondFn;
}

/** Acts on the draft of a card; the outbox edits the card afterwards, whatever came of it. */
async function onCard(
  surface: Surface,
  { client, body, action, respond }: Click,
  spec: {
    readonly doing: string;
    readonly work: (click: {
      readonly context: ReturnType<typeof contextOf>;
      readonly draftId: string;
      readonly hash: string;
    }) => Promise<void>;
  },
): Promise<void> {
  const { log } = surface.context;
  const user = userOf(body.user);
  await attempt(
    log,
    spec.doing,
    async () => {
      const payload = unpackPayload(ApprovalPayload, action.value);
      await surface.access.requireRuleEditor(client, user.id);
      await spec.work({ ...payload, context: contextOf(surface, user) });
    },
    (message) => answer(respond, message),
  );
  await deliver(surface);
}

async function deliver(surface: Surface): Promise<void> {
  await surface.runJob('deliver').catch((error: unknown) => {
    logFailure(surface.context.log, error, 'delivering after a decision about a rule change');
  });
}

/** The buttons of the card that asks for a second person, and the form behind one of them. */
export function listenApproval(app: App, surface: Surface): void {
  const { log } = surface.context;
  listenRejection(app, surface);

  app.action<BlockAction<ButtonAction>>(APPROVAL_IDS.approve, async ({ ack, respond, ...args }) => {
    await ack();
    await onCard(
      surface,
      { ...args, respond },
      {
        doing: 'approving a rule change',
        work: async ({ context, draftId, hash }) => {
          const { number } = await surface.run(context.actor, 'approve-rules', { draftId, hash });
          await answer(respond, sentenceMessage(`Approved: version ${number} of the rules holds.`));
          // The commit stands whatever becomes of this: the stale months wait for the next run of the job.
          await surface.runJob('reallocate').catch((error: unknown) => {
            logFailure(log, error, 'reallocating after an approval');
          });
        },
      },
    );
  });

  app.action<BlockAction<ButtonAction>>(APPROVAL_IDS.again, async ({ ack, ...args }) => {
    await ack();
    await onCard(surface, args, {
      doing: 'previewing a rule change again',
      async work({ context, draftId }) {
        await surface.run(context.actor, 'preview-again', { draftId });
      },
    });
  });
}

function listenRejection(app: App, surface: Surface): void {
  const { log } = surface.context;

  app.action<BlockAction<ButtonAction>>(
    APPROVAL_IDS.reject,
    async ({ ack, action, body, client, respond }) => {
      await ack();
      await attempt(
        log,
        'opening the form that asks why',
        async () => {
          const payload = unpackPayload(ApprovalPayload, action.value);
          await client.views.open({ trigger_id: body.trigger_id, view: rejectView(payload) });
        },
        (message) => answer(respond, message),
      );
    },
  );

  app.view({ callback_id: REJECT_VIEW_ID, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    await ack();
    const user = userOf(body.user);
    await attempt(
      log,
      'rejecting a rule change',
      async () => {
        await surface.access.requireRuleEditor(client, user.id);
        const { draftId } = unpackPayload(ApprovalPayload, view.private_metadata);
        const reason = view.state.values[REASON.block]?.[REASON.action]?.value ?? null;
        await rejectDraft(contextOf(surface, user), { draftId, reason });
      },
      ({ text, blocks }) => client.chat.postMessage({ channel: user.id, text, blocks: [...blocks] }),
    );
    await deliver(surface);
  });
}
