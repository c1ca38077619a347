import { describeActor } from '../../core/base/actor.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { addDays, parseDay, utcDay } from '../../core/base/time.js';
import { Slug } from '../../core/rules/rule.js';
import type { MissingScope, Provider } from '../../providers/provider.js';
import type { Context, NewSource, SourceCatalog } from '../context.js';
import { findSameAccount } from './find-twice.js';
import { withLease } from './pull-lease.js';
import { tellOverlaps } from './tell-overlaps.js';

/** All days that a ledger can hold, half-open. */
const ALWAYS = { from: parseDay('1970-01-01'), to: parseDay('9999-12-31') };

/**
 * Adds a source once the vendor has answered its credential: settings are checked by its kind, then one cheap call is
 * made. Only the credential's name is kept. Answers sentences about what the credential may not do.
 * @throws AppError `invalid` naming what is wrong, `conflict` for a name or an account that is taken, `upstream` for a vendor that
 * does not answer or accept the credential. No message holds what was typed as credential.
 */
export async function addSource(
  context: Context,
  source: NewSource,
): Promise<{ readonly remarks: readonly string[] }> {
  const { store, clock, actor } = context;
  await refuseBadSource(context, source);
  const provider = requireCatalog(context).create(source);
  const same = await findSameAccount(context, provider);
  if (same !== null)
    throw new AppError(
      'conflict',
      `The source "${same}" reads this account already, by the same credential: its money would be counted twice.`,
    );
  const remarks = await checkProvider(provider, clock());
  await store.addSource({ ...source, addedBy: describeActor(actor), addedAtMs: clock() }, actor);
  return { remarks };
}

/** What can be said of a source before any vendor is asked. @throws as `addSource`. */
async function refuseBadSource(context: Context, { name }: NewSource): Promise<void> {
  const catalog = requireCatalog(context);
  if (!Slug.safeParse(name).success)
    invalid(`Call the source by small letters, digits and hyphens, for instance claude-console.`);
  const taken = new Set([
    ...(await catalog.list()).map((each) => each.name),
    ...(await context.store.listFeeds()).map((feed) => feed.source),
  ]);
  if (taken.has(name))
    throw new AppError('conflict', `There is a source "${name}" already; choose another name.`);
}

/**
 * Asks the vendor whether the credential will do: by its own cheap check, else by a pull of yesterday that is thrown
 * away. Answers what is missing but can be lived with. @throws AppError `upstream` when nothing would come.
 */
export async function checkProvider(provider: Provider, nowMs: number): Promise<readonly string[]> {
  if (provider.check !== undefined) return (await provider.check()).map(describeMissing);
  const today = utcDay(nowMs);
  const pull = await provider.pull({ from: addDays(today, -1), to: today }, []);
  return pull.remarks;
}

/** What a credential lacks, as a sentence. */
function describeMissing({ needed, sentence }: MissingScope): string {
  return `Missing: ${needed}. ${sentence}`;
}

/** The timetable leaves the source alone; it can still be pulled by hand. */
export async function pauseSource(context: Context, source: string, paused: boolean): Promise<void> {
  const { store, clock, actor } = context;
  const known =
    context.sources === undefined
      ? context.providers.map((provider) => provider.source)
      : (await context.sources.list()).map(({ name }) => name);
  if (!known.includes(source))
    throw new AppError(
      'not-found',
      `There is no source "${source}"; there is ${known.join(', ') || 'none'}.`,
    );
  await store.setPaused({ source, paused, actor, atMs: clock() });
}

/**
 * Takes a source away with all its charges: in open months they are gone, in locked months prior-period lines take
 * them back. What was set aside for it is counted again at once.
 * @throws AppError `invalid` while the configuration file names it, `not-found` for one that never was, `conflict`
 * while it is being pulled.
 */
export async function removeSource(
  context: Context,
  source: string,
): Promise<{ readonly staleMonths: readonly string[] }> {
  const { store, clock, actor } = context;
  const configured = context.sources === undefined ? [] : await context.sources.list();
  if (configured.find(({ name }) => name === source)?.origin === 'file')
    return invalid(
      `${source} stands in apportion.yml: take it out there and start Apportion again, then remove it here.`,
    );
  const feed = (await store.listFeeds()).find((each) => each.source === source);
  if (feed === undefined && !configured.some(({ name }) => name === source))
    throw new AppError('not-found', `There is no source "${source}".`);
  const leased = await withLease(context, { source, waitMs: 0 }, async (owner) => {
    const before = await store.listSetAside();
    const { staleMonths } = await store.replaceCharges({
      source,
      kind: feed?.kind ?? configured.find(({ name }) => name === source)?.kind ?? '',
      scope: { kind: 'charge-days', ...ALWAYS },
      charges: [],
      raw: [],
      identities: [],
      completeThrough: null,
      receivedAtMs: clock(),
      leaseOwner: owner,
    });
    await store.forgetSource(source, actor, clock());
    await tellOverlaps(context, before);
    return { staleMonths };
  });
  if (leased.isBusy)
    throw new AppError(
      'conflict',
      `${source} is being pulled (${leased.by.what}); remove it when that is done.`,
    );
  return leased.value;
}

function requireCatalog({ sources }: Context): SourceCatalog {
  if (sources === undefined) throw new AppError('bug', 'This context has a fixed list of sources.');
  return sources;
}
