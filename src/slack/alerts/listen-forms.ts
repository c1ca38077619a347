import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { assertNever, invalid } from '../../core/base/errors.js';
import { utcDay } from '../../core/base/time.js';
import { acknowledgeAlert } from '../../usecases/alerts/acknowledge-alert.js';
import { assignCase, commentOnCase, expectSpend, muteKey } from '../../usecases/alerts/act-on-case.js';
import type { Message } from '../kit/blocks.js';
import { unpackPayload } from '../kit/payload.js';
import { attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { ALERT_VIEW, type AlertForm, readAlertForm } from './forms.js';
import { CasePayload } from './message.js';

export const ALERT_VIEW_IDS: readonly string[] = Object.values(ALERT_VIEW);

type FormKind = keyof typeof ALERT_VIEW;

/** Tells one person in a direct message: the way back when a form is closed already. */
export async function tellDirectly(client: WebClient, userId: string, message: Message): Promise<void> {
  await client.chat.postMessage({ channel: userId, text: message.text, blocks: [...message.blocks] });
}

interface Submitted {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
  readonly caseId: number;
  /** Slack may send a form twice, with the same view. */
  readonly once: string;
  readonly form: AlertForm;
}

async function act(surface: Surface, kind: FormKind, submitted: Submitted): Promise<void> {
  const { client, user, caseId, once, form } = submitted;
  const context = contextOf(surface, user);
  const viewer = await surface.access.viewerOf(client, user.id);
  const { comment, until, limit, userId } = form;
  const by = { caseId, viewer, once };
  switch (kind) {
    case 'acknowledge':
      await acknowledgeAlert(context, { caseId, viewer, comment });
      return;
    case 'expected':
      if (until === null || limit === null) return invalid('Say until when, and how much a day.');
      return expectSpend(context, { ...by, until, limit, comment });
    case 'mute':
      if (until === null) return invalid('Say until when.');
      return muteKey(context, { ...by, until, comment });
    case 'assign': {
      if (userId === null) return invalid('Choose somebody.');
      const email = await surface.people.emailOf(client, userId);
      return assignCase(context, { ...by, to: { userId, email }, comment });
    }
    case 'comment':
      return commentOnCase(context, { ...by, text: comment ?? '' });
    default:
      return assertNever(kind);
  }
}

function kindOf(callbackId: string): FormKind | null {
  const kinds: readonly FormKind[] = ['acknowledge', 'expected', 'mute', 'assign', 'comment'];
  return kinds.find((kind) => ALERT_VIEW[kind] === callbackId) ?? null;
}

/** The forms of alert cases, once they are sent. */
export function listenAlertForms(app: App, surface: Surface): void {
  const { log, clock } = surface.context;
  for (const id of ALERT_VIEW_IDS)
    app.view({ callback_id: id, type: 'view_submission' }, async ({ ack, body, view, client }) => {
      const { form, errors } = readAlertForm(view.state.values, utcDay(clock()));
      if (Object.keys(errors).length > 0) {
        await ack({ response_action: 'errors', errors: { ...errors } });
        return;
      }
      await ack();
      await attempt(
        log,
        'acting on an alert',
        async () => {
          const kind = kindOf(view.callback_id);
          const { caseId } = unpackPayload(CasePayload, view.private_metadata);
          if (kind === null) return;
          const user = userOf(body.user);
          await act(surface, kind, { client, user, caseId, once: view.id, form });
          await surface.runJob('deliver');
        },
        (message) => tellDirectly(client, body.user.id, message),
      );
    });
}
