import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Viewer } from '../../core/access/visibility.js';
import { AppError, publicMessage } from '../../core/base/errors.js';
import { dayIn } from '../../core/base/time.js';
import type { DigestFigures, DigestPeriod, DigestScope } from '../../core/digests/digest.js';
import { lastPeriod } from '../../core/digests/period.js';
import { parseScope, scopeText } from '../../core/digests/scope.js';
import type { Subscription } from '../../core/settings/settings.js';
import { digestScopes } from '../../usecases/digests/scopes.js';
import { requireScope, sendDigest } from '../../usecases/digests/send-digest.js';
import { subscribeChannel, unsubscribeChannel } from '../../usecases/digests/subscribe-channel.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import { type Asker, onChange, onClick, onForm, type Sent, type Triggered } from '../kit/listener.js';
import { resolveChoice } from '../kit/option-value.js';
import { requireOwnChannel } from '../kit/own-channel.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, logFailure, type Surface } from '../kit/request.js';
import { MAX_OPTIONS, onSearch } from '../kit/search.js';
import {
  DIGEST_ACTION,
  DIGEST_VIEW_ID,
  DigestPayload,
  digestView,
  OPEN_DIGEST_ID,
  readDigest,
  rhythmWords,
  scopeChoice,
  scopeWords,
} from './form.js';

const TITLE = 'Digest';
/** Scopes that are looked through for a long name. */
const MAX_SCOPES = 5_000;

/** What somebody has chosen in the form, and who they are. */
interface Chosen {
  readonly viewer: Viewer;
  readonly scope: DigestScope;
  readonly period: DigestPeriod;
  readonly channel: string | null;
}

async function today(surface: Surface) {
  const { digest } = (await readSettings(surface.context)).settings;
  return dayIn(digest.timeZone, surface.context.clock());
}

/** Worked out by the worker. @throws AppError `forbidden` where it is not for the viewer. */
async function figuresFor(
  surface: Surface,
  { viewer, scope, period }: Omit<Chosen, 'channel'>,
): Promise<DigestFigures> {
  await requireScope(surface.context, viewer, scope);
  const asked = { scope, period, reader: 'channel' } as const;
  return surface.run(surface.context.actor, 'compose-digest', asked);
}

/** What is meant by the words after `/apportion digest`; else one's own team, else the first that one may see. */
async function firstScope(surface: Surface, viewer: Viewer, words: string): Promise<DigestScope> {
  const find = (contains: string) => digestScopes(surface.context, { viewer, contains, limit: MAX_OPTIONS });
  const name = words.replace(/^team\s+/i, '').toLowerCase();
  if (name !== '' && name !== 'all') {
    const named = (await find(name)).filter((scope) => scope !== null);
    const found = named.find(({ owner }) => owner.toLowerCase() === name) ?? named[0];
    if (found === undefined)
      throw new AppError('invalid', `Nothing that you may see is called "${words.slice(0, 60)}".`);
    return found;
  }
  const seen = await find('');
  const own = seen.find((scope) => scope?.dimension === 'team' && scope.owner === viewer.team);
  const first = name === 'all' ? seen[0] : (own ?? seen[0]);
  if (first === undefined)
    throw new AppError('forbidden', 'There are no figures here that you may see; ask FinOps.');
  return first;
}

/** Opens the form; returns why not, null when it was opened. */
export function openDigest(
  surface: Surface,
  asked: Triggered,
  about: { readonly words: string; readonly channel: string | null },
): Promise<string | null> {
  return asked.open(TITLE, async () => {
    const viewer = await surface.access.viewerOf(asked.client, asked.user.id);
    const scope = await firstScope(surface, viewer, about.words);
    const day = await today(surface);
    const figures = await figuresFor(surface, { viewer, scope, period: lastPeriod('week', day) });
    // A direct message is no place for a digest.
    const { channel } = about;
    const place = channel !== null && /^[CG]/.test(channel) ? channel : null;
    return digestView({ figures, today: day, place, note: null });
  });
}

async function chosenIn(
  surface: Surface,
  { client, user }: Asker,
  view: Pick<ViewOutput, 'state' | 'private_metadata'>,
): Promise<Chosen> {
  const shown = unpackPayload(DigestPayload, view.private_metadata);
  const { scope, period, channel } = readDigest(view, shown);
  const viewer = await surface.access.viewerOf(client, user.id);
  const all = { viewer, contains: '', limit: MAX_SCOPES };
  const text = await resolveChoice(scope, async () =>
    (await digestScopes(surface.context, all)).map(scopeText),
  );
  return { viewer, scope: parseScope(text), period, channel };
}

/**
 * Whether the app can post there. @throws AppError `invalid` with what to do about it, `forbidden` when it is shared.
 * A public channel need not be joined: the app may write to those.
 */
async function requirePlace(client: WebClient, channel: string): Promise<void> {
  const info = await requireOwnChannel(client, channel);
  if (info?.is_archived === true)
    throw new AppError('invalid', 'That channel is archived; choose another one.');
  if (info === null || (info.is_private === true && info.is_member === false))
    throw new AppError('invalid', INVITE);
}

const INVITE = 'Apportion is not in that channel: type /invite @Apportion there, then try again.';

/** A digest's form: what it shows, what its buttons do. */
export function listenDigests(app: App, surface: Surface): void {
  onClick(app, surface, { id: OPEN_DIGEST_ID, doing: 'opening the digest form' }, async (click) => {
    await openDigest(surface, click, { words: '', channel: click.body.channel?.id ?? null });
  });
  const on = (id: string, work: (asker: Asker, chosen: Chosen) => Promise<string | null>): void =>
    onChange(app, surface, { id, title: TITLE, doing: 'previewing a digest' }, ({ view, ...asker }) =>
      redrawn(surface, asker, { view, work }),
    );
  on(DIGEST_ACTION.scope, async () => null);
  on(DIGEST_ACTION.period, async () => null);
  on(DIGEST_ACTION.subscribe, (asker, chosen) => subscribe(surface, asker, chosen));
  on(DIGEST_ACTION.unsubscribe, (asker, chosen) => unsubscribe(surface, asker, chosen));
  const search = { id: DIGEST_ACTION.scope, doing: 'searching what digests are about' };
  onSearch(app, surface, search, async ({ client, user, typed }) => {
    const viewer = await surface.access.viewerOf(client, user.id);
    const scopes = await digestScopes(surface.context, { viewer, contains: typed, limit: MAX_OPTIONS });
    return scopes.map(scopeChoice);
  });
  const working = { title: TITLE, sentence: 'Sending …' };
  onForm(app, surface, { id: DIGEST_VIEW_ID, doing: 'sending a digest', working }, (sent) =>
    send(surface, sent).catch((error: unknown) => {
      logFailure(surface.context.log, error, 'sending a digest');
      return `Not sent. ${publicMessage(error)}`;
    }),
  );
}

/** Does something with what is chosen; the form again, with what came of it. */
async function redrawn(
  surface: Surface,
  asker: Asker,
  { view, work }: { view: ViewOutput; work: (asker: Asker, chosen: Chosen) => Promise<string | null> },
): Promise<ModalView> {
  const chosen = await chosenIn(surface, asker, view);
  const note = await work(asker, chosen).catch((error: unknown) => {
    logFailure(surface.context.log, error, 'changing a subscription');
    return publicMessage(error);
  });
  const figures = await figuresFor(surface, chosen);
  return digestView({ figures, today: await today(surface), place: chosen.channel, note });
}

function requireChannel({ channel }: Chosen): string {
  if (channel === null) throw new AppError('invalid', 'Choose a channel first, below the preview.');
  return channel;
}

async function subscribe(surface: Surface, { client, user }: Asker, chosen: Chosen): Promise<string> {
  const channel = requireChannel(chosen);
  await requirePlace(client, channel);
  const { digest } = (await readSettings(surface.context)).settings;
  const { viewer, scope, period } = chosen;
  const cadence: Subscription['cadence'] =
    period.grain === 'week'
      ? { kind: 'weekly', on: digest.weekday }
      : { kind: 'monthly', on: digest.monthDay ?? null };
  const subscription = { channel, scope, cadence, hour: digest.hour };
  await subscribeChannel(contextOf(surface, user), { viewer, subscription });
  return `Subscribed: the channel gets the digest of ${scopeWords(scope)} ${rhythmWords(period)}; the latest comes within a quarter of an hour.`;
}

async function unsubscribe(surface: Surface, { user }: Asker, chosen: Chosen): Promise<string> {
  const { viewer, scope } = chosen;
  const channel = requireChannel(chosen);
  const ended = await unsubscribeChannel(contextOf(surface, user), { viewer, channel, scope });
  return ended === 0
    ? `The channel is not subscribed to ${scopeWords(scope)}.`
    : `The channel no longer gets the digest of ${scopeWords(scope)}.`;
}

async function send(
  surface: Surface,
  { view, context, ...asker }: Sent<undefined, undefined>,
): Promise<string> {
  const chosen = await chosenIn(surface, asker, view);
  const channelId = requireChannel(chosen);
  await requirePlace(asker.client, channelId);
  const figures = await figuresFor(surface, chosen);
  await sendDigest(context, { viewer: chosen.viewer, figures, channelId, request: view.id });
  await surface.runJob('deliver');
  return 'Sent. The chart follows in a moment.';
}
