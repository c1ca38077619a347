import { setTimeout as pause } from 'node:timers/promises';
import type { App, BlockAction, ButtonAction, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { publicMessage } from '../../core/base/errors.js';
import type { SettingsArea } from '../../core/settings/settings.js';
import { suggestValues } from '../../usecases/rules/suggest-values.js';
import {
  changeSettings,
  decideSettings,
  type SettingsOutcome,
} from '../../usecases/settings/change-settings.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import { type ModalRequest, openModal, updateModal } from '../kit/modal.js';
import { choiceOption, encodeChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import { answer, attempt, contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { unescapeMrkdwn } from '../kit/text.js';
import { SUBSCRIPTION_ZONE_ACTION, TEAM_ACTIONS, teamsLike } from './channel-forms.js';
import { type FormAnswer, type FormHelp, Typed } from './form.js';
import {
  AreaPayload,
  areaFormView,
  FORMS,
  SETTINGS_ACTION,
  SETTINGS_VIEW,
  settingsMenuView,
} from './index.js';
import { PROPOSAL_IDS, ProposalPayload } from './proposal-message.js';
import { ZONE_ACTION, zonesLike } from './schedule-form.js';

/** The action ids that this file answers. */
export const SETTINGS_ACTION_IDS: readonly string[] = [
  ...Object.values(SETTINGS_ACTION),
  ...Object.values(PROPOSAL_IDS),
];
/** The forms that this file answers. */
export const SETTINGS_VIEW_IDS: readonly string[] = Object.values(SETTINGS_VIEW);

/** Said to whoever makes the approval weaker. */
const WAITS =
  'This makes the approval by a second person weaker, so somebody else of FinOps must approve it; it is in FinOps’s channel. Until then nothing changes.';
const NEED = { roles: ['finops'], doing: 'change settings' } as const;
/** Options of a select that Slack takes, and teams that are looked through. */
const MAX_OPTIONS = 100;
const MAX_TEAMS = 5_000;
/** A form must be answered within Slack's three seconds; past this its check is given up, and nothing is saved. */
const CHECK_MS = 2_000;

interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

async function helpFor(surface: Surface): Promise<FormHelp> {
  const { context } = surface;
  const wanted = { attribute: 'dimension:team', contains: '', limit: MAX_TEAMS };
  return { teams: await suggestValues(context, wanted), timeZone: context.company.timeZone };
}

async function menu(surface: Surface) {
  return settingsMenuView(await readSettings(surface.context), surface.context.company.timeZone);
}

/** Opens the settings for FinOps; returns why not, null when it was opened. */
export function openSettings(surface: Surface, request: ModalRequest): Promise<string | null> {
  const about = { title: 'Settings', doing: 'opening the settings' };
  return openModal(surface, request, about, async () => {
    await surface.access.requireRole(request.client, request.userId, NEED);
    return menu(surface);
  });
}

/** The menu, the forms behind it, and what they search for. */
export function listenSettings(app: App, surface: Surface): void {
  const { log } = surface.context;
  app.action<BlockAction<ButtonAction>>(SETTINGS_ACTION.change, async ({ ack, action, body, client }) => {
    await ack();
    const request = { client, triggerId: body.trigger_id, isInModal: body.view?.type === 'modal' };
    await attempt(
      log,
      'opening a settings form',
      async () => {
        const about = { title: 'Settings', doing: 'opening a settings form' };
        await openModal(surface, request, about, async () => {
          await surface.access.requireRole(client, body.user.id, NEED);
          const { area } = unpackPayload(AreaPayload, action.value);
          return areaFormView(await readSettings(surface.context), area, await helpFor(surface));
        });
      },
      async () => undefined,
    );
  });
  app.action<BlockAction<ButtonAction>>(SETTINGS_ACTION.reset, async ({ ack, action, body, client }) => {
    await ack();
    await reset(surface, { client, user: userOf(body.user) }, { view: body.view, packed: action.value });
  });
  app.view(
    { callback_id: SETTINGS_VIEW.form, type: 'view_submission' },
    async ({ ack, body, view, client }) => {
      const asker = { client, user: userOf(body.user) };
      const answer = await submit(surface, asker, view);
      if (!answer.ok) {
        await ack({ response_action: 'errors', errors: { ...answer.errors } });
        return;
      }
      if (answer.waits) {
        await ack({ response_action: 'update', view: statusView({ title: 'Settings', sentence: WAITS }) });
        await deliverNow(surface);
        return;
      }
      await ack();
      await redrawMenu(surface, client, view.previous_view_id);
    },
  );
  listenDecisions(app, surface);
  listenSearches(app, surface);
}

/** The buttons of the card that asks for a second person; the outbox edits the card afterwards. */
function listenDecisions(app: App, surface: Surface): void {
  const verdicts = [
    [PROPOSAL_IDS.approve, 'approve'],
    [PROPOSAL_IDS.reject, 'reject'],
  ] as const;
  for (const [id, verdict] of verdicts)
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, body, client, respond }) => {
      await ack();
      await attempt(
        surface.context.log,
        'deciding about a change of the settings',
        async () => {
          await surface.access.requireRole(client, body.user.id, NEED);
          const payload = unpackPayload(ProposalPayload, action.value);
          const context = contextOf(surface, userOf(body.user));
          await decideSettings(context, { ...payload, verdict, by: { roles: NEED.roles } });
        },
        (message) => answer(respond, message),
      );
      await deliverNow(surface);
    });
}

async function deliverNow(surface: Surface): Promise<void> {
  await surface.runJob('deliver').catch((error: unknown) => {
    logFailure(surface.context.log, error, 'delivering after a change of the settings');
  });
}

/** A form that was saved: what it said, and whether that waits for a second person. */
type Saved = (FormAnswer & { readonly ok: false }) | { readonly ok: true; readonly waits: boolean };

/** Reads, checks and saves a form; a refusal is shown under its first field. */
async function submit(surface: Surface, asker: Asker, view: ViewOutput): Promise<Saved> {
  const firstField = view.blocks.find((block) => block.type === 'input')?.block_id ?? '';
  const refused = (sentence: string): Saved => ({ ok: false, errors: { [firstField]: sentence } });
  try {
    const { area, base } = unpackPayload(AreaPayload, view.private_metadata);
    const { settings } = await readSettings(surface.context);
    const now = { settings, help: await helpFor(surface) };
    const answer = await FORMS[area].read(new Typed(view), now);
    if (!answer.ok) return answer;
    if (!(await mayChangeInTime(surface, asker)))
      return refused('Slack is slow to say who you are, so nothing was saved. Please press Save again.');
    const outcome = await save(surface, asker, { area, base, value: answer.value });
    return { ok: true, waits: outcome.kind === 'waiting' };
  } catch (error) {
    logFailure(surface.context.log, error, 'saving settings');
    return refused(publicMessage(error));
  }
}

async function save(
  surface: Surface,
  { user }: Asker,
  change: { readonly area: SettingsArea; readonly base: number | null; readonly value: unknown },
): Promise<SettingsOutcome> {
  // The role was asked for a moment ago; the use case checks what it is told.
  return changeSettings(contextOf(surface, user), { ...change, by: { roles: NEED.roles } });
}

/** False when Slack does not say in time. @throws AppError `forbidden`. */
async function mayChangeInTime(surface: Surface, { client, user }: Asker): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(CHECK_MS, false, { signal: timer.signal, ref: false }).catch(() => false);
  const check = surface.access.requireRole(client, user.id, NEED).then(() => true);
  try {
    return await Promise.race([check, late]);
  } finally {
    timer.abort();
    check.catch(() => undefined);
  }
}

/** Goes back to the configuration, and says what holds now. */
async function reset(
  surface: Surface,
  asker: Asker,
  at: { readonly view: BlockAction['view']; readonly packed: string | undefined },
): Promise<void> {
  const { client, user } = asker;
  const { view } = at;
  if (view === undefined) return;
  await attempt(
    surface.context.log,
    'resetting settings',
    async () => {
      const { area, base } = unpackPayload(AreaPayload, at.packed);
      await surface.access.requireRole(client, user.id, NEED);
      const outcome = await save(surface, asker, { area, base, value: null });
      if (outcome.kind === 'waiting') {
        await deliverNow(surface);
        const waits = statusView({ title: FORMS[area].title, sentence: WAITS });
        return updateModal(surface, { client, viewId: view.id }, waits);
      }
      // Not the form again: Slack would keep what is typed in fields that it knows.
      const summary = FORMS[area].summary((await readSettings(surface.context)).settings);
      const sentence = `Now it is what the configuration says: ${summary}.`;
      const done = statusView({ title: FORMS[area].title, sentence });
      await updateModal(surface, { client, viewId: view.id }, done);
      await redrawMenu(surface, client, view.previous_view_id ?? null);
    },
    ({ text, blocks }) => client.chat.postMessage({ channel: user.id, text, blocks: [...blocks] }),
  );
}

async function redrawMenu(surface: Surface, client: WebClient, viewId: string | null): Promise<void> {
  if (viewId === null) return;
  try {
    await updateModal(surface, { client, viewId }, await menu(surface));
  } catch (error) {
    logFailure(surface.context.log, error, 'drawing the settings anew');
  }
}

function listenSearches(app: App, surface: Surface): void {
  for (const actionId of TEAM_ACTIONS)
    app.options(actionId, async ({ ack, body }) => {
      const { teams } = await helpFor(surface);
      const found = teamsLike(actionId, unescapeMrkdwn(body.value).trim(), teams);
      await ack({ options: found.slice(0, MAX_OPTIONS).map(choiceOption) });
    });
  for (const actionId of [ZONE_ACTION, SUBSCRIPTION_ZONE_ACTION])
    app.options(actionId, async ({ ack, body }) => {
      const found = zonesLike(unescapeMrkdwn(body.value).trim()).map(encodeChoice);
      await ack({ options: found.slice(0, MAX_OPTIONS).map(choiceOption) });
    });
}
