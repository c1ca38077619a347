import type { App, BlockAction, ButtonAction, RespondFn, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { invalid, publicMessage } from '../../core/base/errors.js';
import { parseMonth } from '../../core/base/time.js';
import { removePlans, setPlans } from '../../usecases/budgets/set-plans.js';
import { showBudgets } from '../../usecases/budgets/show-budgets.js';
import { suggestValues } from '../../usecases/rules/suggest-values.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { Message } from '../kit/blocks.js';
import { openModal, updateModal } from '../kit/modal.js';
import { choiceOption, encodeChoice, resolveChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { unescapeMrkdwn } from '../kit/text.js';
import {
  BUDGET_TEAM_ACTION,
  BUDGET_VIEW,
  budgetBlock,
  budgetListView,
  budgetSaved,
  budgetView,
  readBudget,
  readBudgetList,
} from './forms.js';
import { BUDGET_IDS, BudgetPayload, budgetsMessage } from './message.js';

/** The action ids that this file answers. */
export const BUDGET_ACTION_IDS: readonly string[] = Object.values(BUDGET_IDS);
/** The forms that this file answers. */
export const BUDGET_VIEW_IDS: readonly string[] = Object.values(BUDGET_VIEW);

const NEED = { roles: ['finops', 'finance'], doing: 'set budgets' } as const;
const MAX_OPTIONS = 100;
const MAX_TEAMS = 5_000;

interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

/** `/apportion budgets [month]`. */
export async function budgetsAnswer(surface: Surface, asker: Asker, month: string | null): Promise<Message> {
  const viewer = await surface.access.viewerOf(asker.client, asker.user.id);
  const figures = await showBudgets(contextOf(surface, asker.user), {
    month: month === null ? null : parseMonth(month),
    viewer,
  });
  return budgetsMessage(figures, { mayEdit: NEED.roles.some((role) => viewer.roles.includes(role)) });
}

function teamsOf(surface: Surface, contains: string, limit: number): Promise<readonly string[]> {
  return suggestValues(surface.context, { attribute: 'dimension:team', contains, limit });
}

/** The buttons under the budgets, and the forms behind them. */
export function listenBudgets(app: App, surface: Surface): void {
  const open = (id: string, make: (month: string, currency: string) => ModalView) => {
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, respond, action, body, client }) => {
      await ack();
      await openForm(surface, { client, respond, body, packed: action.value }, make);
    });
  };
  open(BUDGET_IDS.set, (month, currency) => budgetView(parseMonth(month), currency));
  open(BUDGET_IDS.paste, (month) => budgetListView(parseMonth(month)));
  app.view({ callback_id: BUDGET_VIEW.one, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const typed = readBudget(view);
    if (typed.wrong !== null) {
      const { field, sentence } = typed.wrong;
      await ack({ response_action: 'errors', errors: { [budgetBlock(field)]: sentence } });
      return;
    }
    await ack({ response_action: 'update', view: savingView() });
    await saveInView(surface, { client, user: userOf(body.user), view }, (asker) =>
      saveOne(surface, asker, typed),
    );
  });
  app.view(
    { callback_id: BUDGET_VIEW.list, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const read = readList(surface, readBudgetList(view));
      if ('sentence' in read) {
        await ack({ response_action: 'errors', errors: { [budgetBlock('text')]: read.sentence } });
        return;
      }
      await ack({ response_action: 'update', view: savingView() });
      await saveInView(surface, { client, user: userOf(body.user), view }, async (asker) => {
        const by = await roleOf(surface, asker);
        const { changed, rows } = await setPlans(contextOf(surface, asker.user), { rows: read.rows, by });
        return `${changed} of ${rows} budgets changed.`;
      });
    },
  );
  app.options(BUDGET_TEAM_ACTION, async ({ ack, body }) => {
    const teams = await teamsOf(surface, unescapeMrkdwn(body.value).trim(), MAX_OPTIONS);
    await ack({ options: teams.map(encodeChoice).map(choiceOption) });
  });
}

async function openForm(
  surface: Surface,
  click: {
    readonly client: WebClient;
    readonly respond: RespondFn;
    readonly body: BlockAction;
    readonly packed: string | undefined;
  },
  make: (month: string, currency: string) => ModalView,
): Promise<void> {
  const { client, body, respond } = click;
  await attempt(
    surface.context.log,
    'opening a budget form',
    async () => {
      const request = { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' };
      const about = { title: 'Budgets', doing: 'opening a budget form' };
      await openModal(surface, request, about, async () => {
        await surface.access.requireRole(client, body.user.id, NEED);
        const { month } = unpackPayload(BudgetPayload, click.packed);
        return make(month, (await readSettings(surface.context)).settings.currency);
      });
    },
    (message) => answer(respond, message),
  );
}

function savingView(): ModalView {
  return statusView({ title: 'Budgets', sentence: 'Saving …' });
}

/** Saves after the ack, and says in the form what came of it. */
async function saveInView(
  surface: Surface,
  at: Asker & { readonly view: ViewOutput },
  save: (asker: Asker) => Promise<string>,
): Promise<void> {
  const { client, user, view } = at;
  let sentence: string;
  try {
    sentence = await save({ client, user });
  } catch (error) {
    logFailure(surface.context.log, error, 'saving budgets');
    sentence = publicMessage(error);
  }
  await attempt(
    surface.context.log,
    'telling what became of budgets',
    () => updateModal(surface, { client, viewId: view.id }, statusView({ title: 'Budgets', sentence })),
    async () => {
      const { text, blocks } = sentenceMessage(sentence);
      await client.chat.postMessage({ channel: user.id, text, blocks: [...blocks] });
    },
  );
}

async function saveOne(
  surface: Surface,
  asker: Asker,
  typed: ReturnType<typeof readBudget>,
): Promise<string> {
  const by = await roleOf(surface, asker);
  const context = contextOf(surface, asker.user);
  if (typed.team === null) return invalid('Choose a team.');
  const owner = await resolveChoice(typed.team, (contains) => teamsOf(surface, contains, MAX_TEAMS));
  const { amount, months, phasing } = typed;
  const { currency } = (await readSettings(context)).settings;
  if (amount === null) await removePlans(context, { dimension: 'team', owner, months, by });
  else {
    const rows = months.map((month) => ({ dimension: 'team', owner, month, amount, phasing, currency }));
    await setPlans(context, { rows, by });
  }
  return budgetSaved({ team: owner, budget: typed, currency });
}

async function roleOf(
  surface: Surface,
  { client, user }: Asker,
): Promise<{ readonly roles: typeof NEED.roles }> {
  await surface.access.requireRole(client, user.id, NEED);
  return { roles: NEED.roles };
}

function readList(surface: Surface, text: string) {
  try {
    return surface.readPlans({ name: 'The list', text });
  } catch (error) {
    return { sentence: publicMessage(error) };
  }
}
