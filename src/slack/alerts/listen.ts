import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { AppError, assertNever, invalid } from '../../core/base/errors.js';
import { utcDay } from '../../core/base/time.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import { acknowledgeAlert } from '../../usecases/alerts/acknowledge-alert.js';
import {
  assignCase,
  commentOnCase,
  expectSpend,
  liftSilence,
  mirrorReply,
  muteKey,
  requireActor,
} from '../../usecases/alerts/act-on-case.js';
import { listAlerts } from '../../usecases/alerts/list-alerts.js';
import { showAlert } from '../../usecases/alerts/show-alert.js';
import { claimEvent } from '../../usecases/notices/outbox.js';
import type { Message } from '../kit/blocks.js';
import { type Asker, onClick, onForm, type Read, type Sent } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { displayName } from '../kit/text.js';
import { editorForRule } from '../rules/forms.js';
import {
  ALERT_VIEW,
  type AlertForm,
  acknowledgeView,
  assignView,
  commentView,
  expectedView,
  muteView,
  readAlertForm,
} from './forms.js';
import { alertListMessage, LIFT_ID, SilencePayload } from './list-message.js';
import {
  ACKNOWLEDGE_ID,
  alertExplainedMessage,
  CasePayload,
  EXPLAIN_ID,
  MORE_ID,
  type MoreChoice,
  readMore,
} from './message.js';

interface Clicked extends Asker {
  readonly caseId: number;
}

/** The form that a choice asks for, for those who may send it. */
async function formFor(surface: Surface, what: MoreChoice, clicked: Clicked): Promise<ModalView> {
  const { client, user, caseId } = clicked;
  const context = contextOf(surface, user);
  const viewer = await surface.access.viewerOf(client, user.id);
  const today = utcDay(context.clock());
  switch (what) {
    case 'expected':
      return expectedView((await requireActor(context, { caseId, viewer })).figures, today);
    case 'mute':
      return muteView((await requireActor(context, { caseId, viewer })).figures, today);
    case 'assign':
      return assignView((await requireActor(context, { caseId, viewer })).figures);
    case 'comment':
      return commentView((await showAlert(context, { caseId, viewer })).figures);
    case 'rule':
      return ruleView(surface, clicked);
    default:
      return assertNever(what);
  }
}

/** The rule that allocated most of the money: its editor for those who may, else its words. */
async function ruleView(surface: Surface, { client, user, caseId }: Clicked): Promise<ModalView> {
  const context = contextOf(surface, user);
  const viewer = await surface.access.viewerOf(client, user.id);
  const { figures } = await showAlert(context, { caseId, viewer });
  const input = { figure: figureOfAlert(figures) };
  const lineage = await surface.run(context.actor, 'explain-number', input);
  const rules = lineage.bills.flatMap((bill) => bill.rules);
  const [most] = rules.toSorted((a, b) => (b.cost > a.cost ? 1 : -1));
  if (most === undefined) return invalid('There are no charges behind this alert any more.');
  if (most.rule === null) {
    const why = displayName(most.reason ?? 'no rule matches', 300);
    return statusView({ title: 'No rule', sentence: `No rule has allocated this money: ${why}.` });
  }
  const { id, name, sentence } = most.rule;
  if (await surface.access.mayEditRules(client, user.id))
    return editorForRule(context, { dimension: figures.dimension, ruleId: id });
  return statusView({
    title: 'The rule',
    sentence: `${displayName(name, 150)}: ${displayName(sentence, 1_500)} Only FinOps may change it.`,
  });
}

/** What can be done with a case, on its message, in a list and on App Home. */
export function listenAlerts(app: App, surface: Surface): void {
  listenAlertForms(app, surface);
  listenAlertList(app, surface);
  onClick(app, surface, { id: MORE_ID, doing: 'opening a form of an alert' }, async (click) => {
    const read = readMore(click.value ?? '');
    if (read === null)
      throw new AppError('invalid', 'This button is from an older message; please ask again.');
    const clicked = { client: click.client, user: click.user, caseId: read.caseId };
    await click.open('Alert', () => formFor(surface, read.what, clicked));
  });
  const acknowledging = { id: ACKNOWLEDGE_ID, doing: 'opening the acknowledge form', payload: CasePayload };
  onClick(app, surface, acknowledging, async ({ client, user, context, payload: { caseId }, open }) => {
    await open('Acknowledge', async () => {
      await requireActor(context, { caseId, viewer: await surface.access.viewerOf(client, user.id) });
      return acknowledgeView(caseId);
    });
  });
  const explaining = { id: EXPLAIN_ID, doing: 'explaining an alert', payload: CasePayload };
  onClick(app, surface, explaining, async ({ client, user, context, payload: { caseId }, tell }) => {
    const viewer = await surface.access.viewerOf(client, user.id);
    const found = await showAlert(context, { caseId, viewer });
    await tell(alertExplainedMessage(found.figures));
    await surface.runJob('deliver');
  });
}

/** Of a reply; what is longer is cut in the audit log. */
const MOST_TEXT = 3_000;

/** What is open and what is muted, of what the person may see. */
export async function alertsAnswer(surface: Surface, ask: Asker): Promise<Message> {
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  return alertListMessage(await listAlerts(contextOf(surface, ask.user), { viewer }));
}

/** The list of alerts, and what people write in the threads of alerts. */
function listenAlertList(app: App, surface: Surface): void {
  const lifting = { id: LIFT_ID, doing: 'ending a booking or a mute', payload: SilencePayload };
  onClick(app, surface, lifting, async ({ client, user, context, payload: { silenceId }, tell }) => {
    const viewer = await surface.access.viewerOf(client, user.id);
    await liftSilence(context, { silenceId, viewer });
    await tell(await alertsAnswer(surface, { client, user }), true);
    await surface.runJob('deliver');
  });

  app.event('message', async ({ event, body, client }) => {
    if (event.channel_type !== 'channel' && event.channel_type !== 'group') return;
    if (event.subtype !== undefined && event.subtype !== 'thread_broadcast') return;
    if (!('thread_ts' in event) || event.thread_ts === undefined) return;
    if (('bot_id' in event && event.bot_id !== undefined) || event.user === undefined) return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    const name = (await surface.people.emailOf(client, event.user)) ?? event.user;
    const text = (event.text ?? '').slice(0, MOST_TEXT);
    const reply = { channelId: event.channel, threadTs: event.thread_ts, text };
    await mirrorReply(contextOf(surface, { id: event.user, name }), reply);
  });
}

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
function listenAlertForms(app: App, surface: Surface): void {
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
