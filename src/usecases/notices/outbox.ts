import { AppError } from '../../core/base/errors.js';
import type { Team } from '../../core/people/data.js';
import type { OutboxEntry } from '../../store/contract/notices.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const LONGEST_OUTAGE_WAIT_MS = 600_000;
const MOST_ATTEMPTS = 10;

/** Notices that are due now, set to `sending`. */
export async function claimNotices(context: Context, limit: number): Promise<readonly OutboxEntry[]> {
  return context.store.claimNotices(context.clock(), limit);
}

/** Notices that a crash left `sending`: reconcile them by message metadata before posting again. */
export async function listInterrupted(context: Context): Promise<readonly OutboxEntry[]> {
  return context.store.listInterrupted();
}

/** Notes where the entry's body now stands in Slack; an edit keeps the address. */
export async function recordSent(
  context: Context,
  sent: { entry: OutboxEntry; channelId: string; ts: string },
): Promise<void> {
  const { entry, channelId, ts } = sent;
  await context.store.markSent(entry.notice.key, {
    revision: entry.revision,
    channelId,
    ts,
    atMs: context.clock(),
  });
}

/** Whether the entry's revision is what stands in Slack and nothing newer is on its way. */
export async function isStanding(context: Context, entry: OutboxEntry): Promise<boolean> {
  const now = await context.store.findNotice(entry.notice.key);
  return now?.state === 'sent' && now.revision === entry.revision;
}

/** Puts claimed notices back as they were: nobody has tried to post them. */
export async function putBack(context: Context, entries: readonly OutboxEntry[]): Promise<void> {
  await context.store.releaseNotices(entries.map(({ notice }) => notice.key));
}

/** What became of a post. */
export type UnsentReason = 'final' | 'refused' | 'outage';

/**
 * Notes a failed post: back-off and a next attempt, or giving up when the reason is `final` or, of a notice that
 * Slack refuses, at the tenth time. An outage is never the notice's fault: it waits as long as that lasts, and is
 * tried again every ten minutes at least. The wait doubles from 30 seconds, up to an hour for what is refused.
 * `retryAfterMs` is Slack's own word.
 */
export async function recordUnsent(
  context: Context,
  failure: { entry: OutboxEntry; sentence: string; reason: UnsentReason; retryAfterMs: number | null },
): Promise<void> {
  const { entry, sentence, reason, retryAfterMs } = failure;
  const { key } = entry.notice;
  const exhausted = reason === 'refused' && entry.attempts + 1 >= MOST_ATTEMPTS;
  const longest = reason === 'outage' ? LONGEST_OUTAGE_WAIT_MS : LONGEST_WAIT_MS;
  const backOff = Math.min(FIRST_WAIT_MS * 2 ** Math.min(entry.attempts, 20), longest);
  const wait = Math.max(retryAfterMs ?? 0, backOff);
  const retryAtMs = reason === 'final' || exhausted ? null : context.clock() + wait;
  await context.store.markUnsent(key, { sentence, retryAtMs });
  if (retryAtMs === null)
    context.log.error('notice given up', { key, sentence, attempts: entry.attempts + 1 });
  else context.log.warn('notice not posted', { key, sentence, retryAtMs });
}

/** The parent entry of a notice in a thread, and the channel of a team: what `deliver` needs to address a message. */
export async function addressOf(
  context: Context,
  entry: OutboxEntry,
): Promise<{
  readonly parent: OutboxEntry | null;
  readonly teamChannel: string | null;
  readonly personSlackId: string | null;
}> {
  const { audience, parentKey, key } = entry.notice;
  const parent = parentKey === null ? null : await context.store.findNotice(parentKey);
  if (parentKey !== null && parent === null)
    throw new AppError('bug', `Notice "${key}" belongs in the thread of "${parentKey}", which is not there.`);
  if (audience.kind !== 'team' && audience.kind !== 'person')
    return { parent, teamChannel: null, personSlackId: null };
  if (audience.kind === 'team') {
    const channelOf = await teamChannels(context);
    return { parent, teamChannel: channelOf(audience.team), personSlackId: null };
  }
  const { people } = await context.store.directory();
  const email = audience.email.toLowerCase();
  const person = people.find((each) => each.email === email || each.aliases.includes(email));
  return { parent, teamChannel: null, personSlackId: person?.slackUserId ?? null };
}

/** Where each team is told things: the channel of the settings, of the directory, or of a team above; null: nowhere. */
export async function teamChannels(context: Context): Promise<(team: string) => string | null> {
  const { teams } = await context.store.directory();
  const { channels } = (await readSettings(context)).settings;
  const chosen = new Map(Object.entries(channels.teams));
  const known = new Map<string, Pick<Team, 'parent' | 'channel'>>();
  for (const [name, channel] of chosen) known.set(name, { parent: null, channel });
  for (const { name, parent: above, channel } of teams)
    known.set(name, { parent: above, channel: chosen.get(name) ?? channel });
  return (team) => nearestChannel(team, known);
}

/** The team's own channel, else that of the nearest team above it. */
function nearestChannel(
  name: string,
  teams: ReadonlyMap<string, { readonly parent: string | null; readonly channel: string | null }>,
): string | null {
  const seen = new Set<string>();
  for (let at: string | null = name; at !== null && !seen.has(at); at = teams.get(at)?.parent ?? null) {
    seen.add(at);
    const channel = teams.get(at)?.channel ?? null;
    if (channel !== null) return channel;
  }
  return null;
}

/** True the first time an event id is seen. */
export async function claimEvent(context: Context, eventId: string): Promise<boolean> {
  return context.store.claimEvent(eventId, context.clock());
}
