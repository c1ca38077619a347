import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { AppError, assertNever, invalid } from '../../core/base/errors.js';
import { utcDay } from '../../core/base/time.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import { requireActor } from '../../usecases/alerts/act-on-case.js';
import { showAlert } from '../../usecases/alerts/show-alert.js';
import { type Asker, onClick } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { displayName } from '../kit/text.js';
import { editorForRule } from '../rules/forms.js';
import { acknowledgeView, assignView, commentView, expectedView, muteView } from './forms.js';
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
