import { setTimeout as pause } from 'node:timers/promises';
import type { App, ViewOutput } from '@slack/bolt';
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
import { type Asker, type Click, onClick, onForm, type Read, type Triggered } from '../kit/listener.js';
import { updateModal } from '../kit/modal.js';
import { encodeChoice } from '../kit/option-value.js';
import { requireOwnChannel } from '../kit/own-channel.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, logFailure, type Surface } from '../kit/request.js';
import { onSearch } from '../kit/search.js';
import { statusView } from '../kit/status-view.js';
import { SUBSCRIPTION_ZONE_ACTION, TEAM_ACTIONS, teamsLike } from './channel-forms.js';
import { type FormHelp, Typed } from './form.js';
import {
  AreaPayload,
  areaFormView,
  FORMS,
  OPEN_SETTINGS_ID,
  SETTINGS_ACTION,
  SETTINGS_VIEW,
  settingsMenuView,
} from './index.js';
import { PROPOSAL_IDS, ProposalPayload } from './proposal-message.js';
import { ZONE_ACTION, zonesLike } from './schedule-form.js';

const TITLE = 'Settings';
/** Said to a person who makes the approval weaker. */
const WAITS =
  'This makes the approval by a second person weaker, so somebody else of FinOps must approve it; it is in FinOps’s channel. Until then nothing changes.';
const NEED = { roles: ['finops'], doing: 'change settings' } as const;
/** Teams that are looked through. */
const MAX_TEAMS = 5_000;
/** A form must be answered within Slack's three seconds; past this its check is given up, and nothing is saved. */
const CHECK_MS = 2_000;

async function helpFor(surface: Surface): Promise<FormHelp> {
  const { context } = surface;
  const wanted = { attribute: 'dimension:team', contains: '', limit: MAX_TEAMS };
  return { teams: await suggestValues(context, wanted), timeZone: context.company.timeZone };
}

async function menu(surface: Surface) {
  return settingsMenuView(await readSettings(surface.context), surface.context.company.timeZone);
}

/** Opens the settings for FinOps; returns why not, null when it was opened. */
export function openSettings(surface: Surface, asked: Triggered): Promise<string | null> {
  return asked.open(TITLE, async () => {
    await surface.access.requireRole(asked.client, asked.user.id, NEED);
    return menu(surface);
  });
}

/** The menu, the forms behind it, and what they search for. */
export function listenSettings(app: App, surface: Surface): void {
  onClick(app, surface, { id: OPEN_SETTINGS_ID, doing: 'opening the settings' }, async (click) => {
    await openSettings(surface, click);
  });
  const changing = { id: SETTINGS_ACTION.change, doing: 'opening a settings form' };
  onClick(app, surface, changing, async ({ client, user, value, open }) => {
    await open(TITLE, async () => {
      await surface.access.requireRole(client, user.id, NEED);
      const { area } = unpackPayload(AreaPayload, value);
      return areaFormView(await readSettings(surface.context), area, await helpFor(surface));
    });
  });
  onClick(app, surface, { id: SETTINGS_ACTION.reset, doing: 'resetting settings' }, (click) =>
    reset(surface, click),
  );
  const saving = {
    id: SETTINGS_VIEW.form,
    doing: 'saving settings',
    read: (view: ViewOutput, asker: Asker) => submit(surface, asker, view),
  };
  onForm(app, surface, saving, async ({ client, view, form }) => {
    if (form.waits) await deliverNow(surface);
    else await redrawMenu(surface, client, view.previous_view_id);
  });
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
    onClick(app, surface, { id, doing: 'deciding about a change of the settings' }, async (click) => {
      const { client, user, context, value } = click;
      try {
        await surface.access.requireRole(client, user.id, NEED);
        const payload = unpackPayload(ProposalPayload, value);
        await decideSettings(context, { ...payload, verdict, by: { roles: NEED.roles } });
      } finally {
        await deliverNow(surface);
      }
    });
}

async function deliverNow(surface: Surface): Promise<void> {
  await surface.runJob('deliver').catch((error: unknown) => {
    logFailure(surface.context.log, error, 'delivering after a change of the settings');
  });
}

/** A form that was saved: whether it waits for a second person, which is said in its place. */
type Saved = Read<{ readonly waits: boolean }>;

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
    if (!(await mayChangeInTime(surface, asker, view)))
      return refused(
        'Slack is slow to say who you are or what channel that is, so nothing was saved. Please press Save again.',
      );
    const outcome = await save(surface, asker, { area, base, value: answer.value });
    if (outcome.kind !== 'waiting') return { ok: true, form: { waits: false } };
    return { ok: true, form: { waits: true }, instead: statusView({ title: TITLE, sentence: WAITS }) };
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

/** False when Slack does not say in time. @throws AppError `forbidden`, also for a channel of other workspaces. */
async function mayChangeInTime(
  surface: Surface,
  { client, user }: Asker,
  view: ViewOutput,
): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(CHECK_MS, false, { signal: timer.signal, ref: false }).catch(() => false);
  const channels = Object.values(view.state.values)
    .flatMap((fields) => Object.values(fields))
    .map(({ selected_conversation: channel }) => channel ?? null)
    .filter((channel) => channel !== null);
  const check = surface.access
    .requireRole(client, user.id, NEED)
    .then(() => Promise.all(channels.map((channel) => requireOwnChannel(client, channel))))
    .then(() => true);
  try {
    return await Promise.race([check, late]);
  } finally {
    timer.abort();
    check.catch(() => undefined);
  }
}

/** Goes back to the configuration, and says what is in force now. */
async function reset(
  surface: Surface,
  { client, user, value, body: { view } }: Click<undefined>,
): Promise<void> {
  if (view === undefined) return;
  const { area, base } = unpackPayload(AreaPayload, value);
  await surface.access.requireRole(client, user.id, NEED);
  const outcome = await save(surface, { client, user }, { area, base, value: null });
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
}

async function redrawMenu(surface: Surface, client: WebClient, viewId: string | null): Promise<void> {
  if (viewId === null) return;
  try {
    await updateModal(surface, { client, viewId }, await menu(surface));
  } catch (error) {
    logFailure(surface.context.log, error, 'drawing the settings again');
  }
}

function listenSearches(app: App, surface: Surface): void {
  for (const id of TEAM_ACTIONS)
    onSearch(app, surface, { id, doing: 'searching a team' }, async ({ typed }) =>
      teamsLike(id, typed, (await helpFor(surface)).teams),
    );
  for (const id of [ZONE_ACTION, SUBSCRIPTION_ZONE_ACTION])
    onSearch(app, surface, { id, doing: 'searching a time zone' }, async ({ typed }) =>
      zonesLike(typed).map(encodeChoice),
    );
}
