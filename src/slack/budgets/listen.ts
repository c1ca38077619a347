import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { invalid, publicMessage } from '../../core/base/errors.js';
import { type Month, parseMonth } from '../../core/base/time.js';
import type { PlanRow } from '../../core/budgets/plan.js';
import { removePlans, setPlans } from '../../usecases/budgets/set-plans.js';
import { showBudgets } from '../../usecases/budgets/show-budgets.js';
import { suggestValues } from '../../usecases/rules/suggest-values.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { Message } from '../kit/blocks.js';
import type { SlackContext } from '../kit/context.js';
import { type Asker, onClick, onForm, type Read } from '../kit/listener.js';
import { encodeChoice, resolveChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { MAX_OPTIONS, onSearch } from '../kit/search.js';
import {
  BUDGET_TEAM_ACTION,
  BUDGET_VIEW,
  budgetBlock,
  budgetListView,
  budgetSaved,
  budgetView,
  readBudget,
  readBudgetList,
  type TypedBudget,
} from './forms.js';
import { BUDGET_IDS, BudgetPayload, budgetsMessage } from './message.js';

const NEED = { roles: ['finops', 'finance'], doing: 'set budgets' } as const;
const TITLE = 'Budgets';
const MAX_TEAMS = 5_000;

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
  const open = (id: string, make: (month: Month, currency: string) => ModalView) => {
    const on = { id, doing: 'opening a budget form' };
    onClick(app, surface, on, async ({ client, user, value, open }) => {
      await open(TITLE, async () => {
        await surface.access.requireRole(client, user.id, NEED);
        const { month } = unpackPayload(BudgetPayload, value);
        return make(parseMonth(month), (await readSettings(surface.context)).settings.currency);
      });
    });
  };
  open(BUDGET_IDS.set, budgetView);
  open(BUDGET_IDS.paste, budgetListView);
  const saving = { doing: 'saving budgets', working: { title: TITLE, sentence: 'Saving …' } };
  onForm(app, surface, { ...saving, id: BUDGET_VIEW.one, read: readOne }, async (sent) => {
    await surface.access.requireRole(sent.client, sent.user.id, NEED);
    return saveOne(surface, sent.context, sent.form);
  });
  const list = { ...saving, id: BUDGET_VIEW.list, read: (view: ViewOutput) => readList(surface, view) };
  onForm(app, surface, list, async ({ client, user, context, form }) => {
    await surface.access.requireRole(client, user.id, NEED);
    const { changed, rows } = await setPlans(context, { rows: form, by: { roles: NEED.roles } });
    return `${changed} of ${rows} budgets changed.`;
  });
  onSearch(app, surface, { id: BUDGET_TEAM_ACTION, doing: 'searching a team' }, async ({ typed }) =>
    (await teamsOf(surface, typed, MAX_OPTIONS)).map(encodeChoice),
  );
}

function readOne(view: ViewOutput): Read<TypedBudget> {
  const form = readBudget(view);
  return form.wrong === null
    ? { ok: true, form }
    : { ok: false, errors: { [budgetBlock(form.wrong.field)]: form.wrong.sentence } };
}

async function saveOne(surface: Surface, context: SlackContext, typed: TypedBudget): Promise<string> {
  const by = { roles: NEED.roles };
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

function readList(surface: Surface, view: ViewOutput): Read<readonly PlanRow[]> {
  try {
    return { ok: true, form: surface.readPlans({ name: 'The list', text: readBudgetList(view) }).rows };
  } catch (error) {
    return { ok: false, errors: { [budgetBlock('text')]: publicMessage(error) } };
  }
}
