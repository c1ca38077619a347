import type { DigestFigures, DigestReader, DigestScope } from '../../core/digests/digest.js';
import { dueOfSubscription, duePeriod, lastPeriod } from '../../core/digests/period.js';
import { scopeText } from '../../core/digests/scope.js';
import type { Audience, Notice } from '../../core/notices/notice.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import type { Settings } from '../../core/settings/settings.js';
import type { Context } from '../context.js';
import { teamChannels } from '../notices/outbox.js';
import { readSettings } from '../settings/read-settings.js';
import { composeDigest, type DigestInput } from './compose-digest.js';

/** Slack users who get the monthly digest in a direct message. */
export interface DigestReaders {
  readonly finance: readonly string[];
  readonly leader: readonly string[];
}

/** A digest that was due, and under which key it is told. */
export interface PlannedDigest extends DigestInput {
  readonly key: string;
  readonly audience: Audience;
}

export const NO_READERS: DigestReaders = { finance: [], leader: [] };

/**
 * Writes what is due by now: each team's week and FinOps's own, the month to leaders and finance (and FinOps's
 * channel), and what channels have subscribed to. Only the last of each that was due, so that a long pause is not
 * followed by a flood; each once, by its key.
 */
export async function writeDigests(
  context: Context,
  input: { readonly readers: DigestReaders },
): Promise<{ readonly written: number }> {
  const { store, clock, log } = context;
  // An empty ledger has nothing to tell.
  if ((await store.chargedDays()) === null) return { written: 0 };
  let written = 0;
  for (const batch of await dueDigests(context, input.readers)) {
    const notices: Notice[] = [];
    for (const planned of batch) {
      try {
        const figures = await composeDigest(context, planned);
        if (!isNothing(planned, figures))
          notices.push(...digestNotices(planned, figures), ...(await auditNotices(context, planned)));
      } catch (error) {
        // One scope that is no more must not keep the others from their Monday.
        log.error('A digest could not be worked out.', { key: planned.key, error });
      }
    }
    const { added, revised } = await store.putNotices(notices, clock());
    written += added + revised;
  }
  return { written };
}

/** The audit log's head in the thread of FinOps's own week: what Slack keeps, nobody can cut off unseen. */
async function auditNotices(
  { store }: Context,
  { key, audience, reader, period }: PlannedDigest,
): Promise<readonly Notice[]> {
  const head = reader === 'finops' && period.grain === 'week' ? await store.auditHead() : null;
  if (head === null) return [];
  return [{ key: `${key}:audit`, audience, parentKey: key, body: { kind: 'audit-head', ...head } }];
}

/** A team without spend in the week has nothing to read; FinOps, and anyone who has asked, is told so. */
function isNothing({ reader }: PlannedDigest, { total, previousTotal }: DigestFigures): boolean {
  return reader === 'team' && total === 0n && previousTotal === 0n;
}

/** The digest, and its details in its thread where there are any. */
export function digestNotices(
  { key, audience }: Pick<PlannedDigest, 'key' | 'audience'>,
  figures: DigestFigures,
): readonly Notice[] {
  const head: Notice = { key, audience, parentKey: null, body: { kind: 'digest', figures } };
  const detail: Notice = {
    key: detailKey(key),
    audience,
    parentKey: key,
    body: { kind: 'digest-detail', figures },
  };
  return hasDetails(figures) ? [head, detail] : [head];
}

/** The key of the notice in a digest's thread. */
export function detailKey(key: string): string {
  return `${key}:detail`;
}

/** A quiet week is two lines; only what somebody must act on goes into its thread. */
function hasDetails(figures: DigestFigures): boolean {
  const { isQuiet, movers, newcomers, newPeople, idle, ageing, unallocated, books } = figures;
  const isOpen = (ageing?.length ?? 0) > 0 || (unallocated ?? 0n) !== 0n || books !== undefined;
  if (isQuiet) return isOpen;
  return isOpen || movers.length > 0 || newcomers.length > 0 || newPeople > 0 || idle !== null;
}

/** What is due and not written yet, in batches that are told together. */
async function dueDigests(
  context: Context,
  readers: DigestReaders,
): Promise<readonly (readonly PlannedDigest[])[]> {
  const { settings } = await readSettings(context);
  const { digest } = settings;
  const now = context.clock();
  const week = duePeriod({ kind: 'weekly', on: digest.weekday }, digest, now);
  const month = duePeriod({ kind: 'monthly', on: digest.monthDay ?? null }, digest, now);
  const batches: (readonly PlannedDigest[])[] = [];
  // FinOps's own is written together with the others: where it is, they are.
  if ((await context.store.findNotice(finopsKey(week.label))) === null)
    batches.push(await weeklyDigests(context, week));
  if ((await context.store.findNotice(finopsKey(month.label))) === null)
    batches.push(monthlyDigests(month, readers));
  for (const subscribed of await subscribedDigests(context, settings))
    if ((await context.store.findNotice(subscribed.key)) === null) batches.push([subscribed]);
  return batches;
}

function finopsKey(label: string): string {
  return `digest:finops:${label}`;
}

/** So many digests of teams without a channel may FinOps's channel bear besides its own. */
const MOST_UNHEARD = 3;

/**
 * The teams that get a digest of their own. Those without any channel would all be told in FinOps's: where they are
 * many, FinOps's own digest stands for theirs.
 */
async function tellableTeams(context: Context, teams: readonly string[]): Promise<readonly string[]> {
  if (context.company.hasDefaultChannel === true) return teams;
  const channelOf = await teamChannels(context);
  const heard = teams.filter((team) => channelOf(team) !== null);
  return teams.length - heard.length > MOST_UNHEARD ? heard : teams;
}

/** A week for every team that spent in it or in the week before and can be told, and for FinOps. */
export async function weeklyDigests(
  context: Context,
  period: PlannedDigest['period'],
): Promise<readonly PlannedDigest[]> {
  const { store } = context;
  const { currency } = (await readSettings(context)).settings;
  const range = { from: period.before.from, to: period.range.to };
  const owners = await store.listOwners('team', range, currency);
  const spending = owners.map(({ owner }) => owner).filter((owner) => owner !== UNALLOCATED);
  const teams = (await tellableTeams(context, spending)).toSorted();
  return [
    ...teams.map((team): PlannedDigest => {
      const key = `digest:team:${team}:${period.label}`;
      return { key, audience: { kind: 'team', team }, scope: teamScope(team), period, reader: 'team' };
    }),
    {
      key: finopsKey(period.label),
      audience: { kind: 'finops' },
      scope: null,
      period,
      reader: 'finops',
    },
  ];
}

function teamScope(owner: string): DigestScope {
  return { dimension: 'team', owner };
}

/** A month for FinOps's channel with the books, and to finance and leaders directly; who is both reads finance's. */
export function monthlyDigests(
  period: PlannedDigest['period'],
  { finance, leader }: DigestReaders,
): readonly PlannedDigest[] {
  const to = (reader: DigestReader, users: readonly string[]): readonly PlannedDigest[] =>
    users.map((userId) => ({
      key: `digest:${reader}:${userId}:${period.label}`,
      audience: { kind: 'user', userId },
      scope: null,
      period,
      reader,
    }));
  const books: PlannedDigest = {
    key: finopsKey(period.label),
    audience: { kind: 'finops' },
    scope: null,
    period,
    reader: 'finance',
  };
  const leaders = [...new Set(leader)].filter((user) => !finance.includes(user));
  return [books, ...to('finance', [...new Set(finance)]), ...to('leader', leaders)];
}

/** What channels have subscribed to, but for what they are told anyway: a team's week in its own channel. */
export async function subscribedDigests(
  context: Context,
  settings: Settings,
  ago = 0,
): Promise<readonly PlannedDigest[]> {
  if (settings.subscriptions.length === 0) return [];
  const { teams } = await context.store.directory();
  const own = new Map(teams.map(({ name, channel }) => [name, channel]));
  for (const [team, channel] of Object.entries(settings.channels.teams)) own.set(team, channel);
  const planned = settings.subscriptions.flatMap((subscription): PlannedDigest[] => {
    const { channel, scope, cadence } = subscription;
    const isTold =
      cadence.kind === 'weekly' && scope?.dimension === 'team' && own.get(scope.owner) === channel;
    if (isTold) return [];
    let period = dueOfSubscription(subscription, settings, context.clock());
    for (let back = 0; back < ago; back++) period = lastPeriod(period.grain, period.range.from);
    const key = `digest:channel:${channel}:${scopeText(scope)}:${period.label}`;
    return [{ key, audience: { kind: 'channel', channelId: channel }, scope, period, reader: 'channel' }];
  });
  // Twice the same subscription is one digest.
  return [...new Map(planned.map((each) => [each.key, each])).values()];
}
