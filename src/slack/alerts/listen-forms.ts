import type { App, ViewOutput } from '@slack/bolt';
import { assertNever, invalid } from '../../core/base/errors.js';
import { utcDay } from '../../core/base/time.js';
import { acknowledgeAlert } from '../../usecases/alerts/acknowledge-alert.js';
import { assignCase, commentOnCase, expectSpend, muteKey } from '../../usecases/alerts/act-on-case.js';
import { onForm, type Read, type Sent } from '../kit/listener.js';
import type { Surface } from '../kit/request.js';
import { ALERT_VIEW, type AlertForm, readAlertForm } from './forms.js';
import { CasePayload } from './message.js';

type FormKind = keyof typeof ALERT_VIEW;

async function act(
  surface: Surface,
  kind: FormKind,
  { client, user, context, payload: { caseId }, form, view }: Sent<{ readonly caseId: number }, AlertForm>,
): Promise<void> {
  const viewer = await surface.access.viewerOf(client, user.id);
  const { comment, until, limit, userId } = form;
  // Slack may send a form twice, with the same view.
  const by = { caseId, viewer, once: view.id };
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

/** The forms of alert cases, once they are sent. */
export function listenAlertForms(app: App, surface: Surface): void {
  const read = (view: ViewOutput): Read<AlertForm> => {
    const { form, errors } = readAlertForm(view.state.values, utcDay(surface.context.clock()));
    return Object.keys(errors).length === 0 ? { ok: true, form } : { ok: false, errors };
  };
  for (const kind of ['acknowledge', 'expected', 'mute', 'assign', 'comment'] as const) {
    const on = { id: ALERT_VIEW[kind], doing: 'acting on an alert', payload: CasePayload, read };
    onForm(app, surface, on, async (sent) => {
      await act(surface, kind, sent);
      await surface.runJob('deliver');
    });
  }
}
