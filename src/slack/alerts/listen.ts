import type { App, BlockAction, ButtonAction, OverflowAction, RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, assertNever, invalid } from '../../core/base/errors.js';
import { utcDay } from '../../core/base/time.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import { requireActor } from '../../usecases/alerts/act-on-case.js';
import { showAlert } from '../../usecases/alerts/show-alert.js';
import type { Message } from '../kit/blocks.js';
import { openModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { displayName } from '../kit/text.js';
import { editorForRule } from '../rules/forms.js';
import { acknowledgeView, assignView, commentView, expectedView, muteView } from './forms.js';
import { tellDirectly } from './listen-forms.js';
import {
  ACKNOWLEDGE_ID,
  alertExplainedMessage,
  CasePayload,
  EXPLAIN_ID,
  MORE_ID,
  type MoreChoice,
  readMore,
} from './message.js';

export const ALERT_ACTION_IDS: readonly string[] = [ACKNOWLEDGE_ID, EXPLAIN_ID, MORE_ID];

interface Clicked {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
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

/** The way back to whoever clicked. */
function teller(client: WebClient, userId: string, respond: RespondFn | undefined) {
  return (message: Message): Promise<void> =>
    respond === undefined ? tellDirectly(client, userId, message) : answer(respond, message);
}

/** What can be done with a case, on its message, in a list and on App Home. */
export function listenAlerts(app: App, surface: Surface): void {
  listenAnswers(app, surface);
  app.action<BlockAction<OverflowAction>>(MORE_ID, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      surface.context.log,
      'opening a form of an alert',
      async () => {
        const read = readMore(action.selected_option.value);
        if (read === null)
          throw new AppError('invalid', 'This button is from an older message; please ask again.');
        const clicked = { client, user: userOf(body.user), caseId: read.caseId };
        const request = { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' };
        const about = { title: 'Alert', doing: 'opening a form of an alert' };
        await openModal(surface, request, about, () => formFor(surface, read.what, clicked));
      },
      teller(client, body.user.id, respond),
    );
  });
}

function listenAnswers(app: App, surface: Surface): void {
  const { log } = surface.context;
  app.action<BlockAction<ButtonAction>>(ACKNOWLEDGE_ID, async ({ ack, action, body, client, respond }) => {
    await ack();
    await attempt(
      log,
      'opening the acknowledge form',
      async () => {
        const { caseId } = unpackPayload(CasePayload, action.value);
        const context = contextOf(surface, userOf(body.user));
        await openModal(
          surface,
          { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' },
          { title: 'Acknowledge', doing: 'opening the acknowledge form' },
          async () => {
            const viewer = await surface.access.viewerOf(client, body.user.id);
            await requireActor(context, { caseId, viewer });
            return acknowledgeView(caseId);
          },
        );
      },
      teller(client, body.user.id, respond),
    );
  });

  app.action<BlockAction<ButtonAction>>(EXPLAIN_ID, async ({ ack, action, body, client, respond }) => {
    await ack();
    const tell = teller(client, body.user.id, respond);
    await attempt(
      log,
      'explaining an alert',
      async () => {
        const { caseId } = unpackPayload(CasePayload, action.value);
        const viewer = await surface.access.viewerOf(client, body.user.id);
        const found = await showAlert(contextOf(surface, userOf(body.user)), { caseId, viewer });
        await tell(alertExplainedMessage(found.figures));
        await surface.runJob('deliver');
      },
      tell,
    );
  });
}
