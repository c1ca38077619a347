import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { rejectDraft } from '../../usecases/rules/approve-rules.js';
import { section, sentenceMessage } from '../kit/blocks.js';
import { formView, input, textInput } from '../kit/inputs.js';
import { type Asker, type Click, onClick, onForm } from '../kit/listener.js';
import { packPayload } from '../kit/payload.js';
import { logFailure, type Surface } from '../kit/request.js';
import { APPROVAL_IDS, ApprovalPayload } from './approval-message.js';

/** The form behind the reject button. */
const REJECT_VIEW_ID = 'approval.reject-form';
const REASON = { block: 'reason', action: 'approval.reason' } as const;

function rejectView(payload: { readonly draftId: string; readonly hash: string }): ModalView {
  return formView({
    id: REJECT_VIEW_ID,
    metadata: packPayload(payload),
    title: 'Reject the change',
    submit: 'Reject',
    blocks: [
      section('The rules stay as they are. Its author reads why on the card.'),
      input({
        block: REASON.block,
        label: 'Why',
        optional: true,
        element: textInput(REASON.action, { max: 500, value: null }),
      }),
    ],
  });
}

type Decision = Click<{ readonly draftId: string; readonly hash: string }>;

/** The buttons of the card that asks for a second person, and the form behind one of them. */
export function listenApproval(app: App, surface: Surface): void {
  const on = (id: string, doing: string, work: (decision: Decision) => Promise<void>): void =>
    onClick(app, surface, { id, doing, payload: ApprovalPayload }, (click) =>
      decide(surface, click, () => work(click)),
    );
  on(APPROVAL_IDS.approve, 'approving a rule change', async ({ context, payload, tell }) => {
    const { number } = await surface.run(context.actor, 'approve-rules', payload);
    await tell(sentenceMessage(`Approved: version ${number} of the rules is in force.`));
    // The commit stands whatever becomes of this: the stale months wait for the next run of the job.
    await surface.runJob('reallocate').catch((error: unknown) => {
      logFailure(surface.context.log, error, 'reallocating after an approval');
    });
  });
  on(APPROVAL_IDS.again, 'previewing a rule change again', async ({ context, payload }) => {
    await surface.run(context.actor, 'preview-again', { draftId: payload.draftId });
  });
  const opening = {
    id: APPROVAL_IDS.reject,
    doing: 'opening the form that asks why',
    payload: ApprovalPayload,
  };
  onClick(app, surface, opening, async ({ client, body, payload }) => {
    await client.views.open({ trigger_id: body.trigger_id, view: rejectView(payload) });
  });
  const sending = { id: REJECT_VIEW_ID, doing: 'rejecting a rule change', payload: ApprovalPayload };
  onForm(app, surface, sending, (sent) =>
    decide(surface, sent, async () => {
      const reason = sent.view.state.values[REASON.block]?.[REASON.action]?.value ?? null;
      await rejectDraft(sent.context, { draftId: sent.payload.draftId, reason });
    }),
  );
}

/** Decides about a draft; the outbox edits its card afterwards, whatever came of it. */
async function decide(surface: Surface, { client, user }: Asker, work: () => Promise<void>): Promise<void> {
  try {
    await surface.access.requireRuleEditor(client, user.id);
    await work();
  } finally {
    await surface.runJob('deliver').catch((error: unknown) => {
      logFailure(surface.context.log, error, 'delivering after a decision about a rule change');
    });
  }
}
