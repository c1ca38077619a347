import { AppError, publicMessage } from '../../core/base/errors.js';
import {
  addDays,
  addMonths,
  type Day,
  type DayRange,
  firstDay,
  type Month,
  monthOf,
  utcDay,
} from '../../core/base/time.js';
import { describeSetAside } from '../../core/ledger/source-overlap.js';
import type { PriceTable } from '../../core/prices/table.js';
import { BEFORE_EVERYTHING, type SeatListing, unusedSeatId } from '../../core/seats/seat.js';
import type { FeedStatus } from '../../core/sources/feed.js';
import { summarise } from '../../core/sources/summary.js';
import type { Provider, Pull } from '../../providers/provider.js';
import type { ReplaceResult } from '../../store/contract/ledger.js';
import type { Context } from '../context.js';
import { type KeptWeights, keepWeights } from '../gateways/keep-weights.js';
import { currentPrices } from '../prices/import-prices.js';
import { checkFile, SameBillElsewhere } from './check-file.js';
import { checkPull, PullHeld } from './check-pull.js';
import { currentProviders } from './current-providers.js';
import { tellFailure, tellRecovery, tellSilence } from './notices.js';
import { pricePull } from './price-pull.js';
import { withLease } from './pull-lease.js';
import { tellOverlaps } from './tell-overlaps.js';

export interface IngestReport {
  readonly source: string;
  readonly ok: boolean;
  /** Whose fault a failure is: the file or the request is wrong, or something outside failed. */
  readonly fault: 'input' | 'outside' | null;
  /** One plain sentence: what was pulled, or what went wrong. */
  readonly sentence: string;
  readonly charges: number;
  readonly unchanged: boolean;
  readonly staleMonths: readonly Month[];
  readonly remarks: readonly string[];
  /** The source under whose name the ledger has the same bill; absent: none. */
  readonly sameBillAs?: string;
}

/** No pull reaches further back, whatever the vendor offers. */
const MOST_MONTHS = 13;

/**
 * Ingests every source that is configured and not paused, or the named one; one source's trouble does not stop the
 * others. A source that somebody pulls already is waited for, `waitMs` at most (absent: not at all).
 */
export async function ingest(
  context: Context,
  input: {
    readonly source: string | null;
    readonly window: DayRange | null;
    readonly waitMs?: number;
    /** Files take the place of what the ledger has although they are older or smaller. */
    readonly mayReplace?: boolean;
  },
): Promise<readonly IngestReport[]> {
  const providers = await currentProviders(context);
  const paused = new Set((await context.store.listPausedSources()).map(({ source }) => source));
  const chosen = providers.filter(({ source }) =>
    input.source === null ? !paused.has(source) : source === input.source,
  );
  if (input.source !== null && chosen.length === 0) {
    const known = providers.map((provider) => provider.source).join(', ');
    throw new AppError(
      'not-found',
      `There is no source "${input.source}"; the configuration names ${known === '' ? 'none' : known}.`,
    );
  }
  const reports: IngestReport[] = [];
  for (const provider of chosen) {
    const isSaid = input.mayReplace === true && provider.file !== undefined;
    const asked = isSaid ? { ...provider, file: { mayReplace: true } } : provider;
    reports.push(await ingestSource(context, asked, input.window, input.waitMs));
  }
  return reports;
}

/**
 * Pulls one source's window and replaces it in the ledger; on any trouble the ledger stays as it was, the feed
 * is marked as failing and FinOps is told once per run of failures. Without a window: the open window (or since
 * the last success, if longer; the first time as far back as the vendor answers, at most 13 months).
 */
export async function ingestSource(
  context: Context,
  provider: Provider,
  window: DayRange | null,
  wait: number | { readonly waitMs: number; readonly yields: true } = 0,
): Promise<IngestReport> {
  const { source } = provider;
  const patience = typeof wait === 'number' ? { waitMs: wait } : wait;
  const leased = await withLease(context, { source, ...patience }, (owner) =>
    pullSource(context, provider, { window, owner }),
  );
  if (!leased.isBusy) return leased.value;
  const { what, takenAtMs } = leased.by;
  const since = `${new Date(takenAtMs).toISOString().slice(11, 16)} UTC`;
  const sentence = `${source}: a pull is running already (${what}, since ${since}); nothing was pulled twice.`;
  return { ...NOTHING, source, ok: false, fault: 'outside', sentence };
}

const NOTHING = { charges: 0, unchanged: true, staleMonths: [], remarks: [] } as const;

async function pullSource(
  context: Context,
  provider: Provider,
  { window, owner }: { readonly window: DayRange | null; readonly owner: string },
): Promise<IngestReport> {
  const { store, clock, log } = context;
  const { source, kind } = provider;
  const feed = (await store.listFeeds()).find((status) => status.source === source) ?? null;
  const chosen = window ?? openWindow(provider, feed, utcDay(clock()));
  try {
    const known = (await store.listIdentities()).filter((identity) => identity.source === source);
    const asideBefore = await store.listSetAside();
    const unpriced = await provider.pull(chosen, known, await store.listSeats(source));
    const prices = await currentPrices(context);
    const pull = await priced(context, unpriced, { provider, feed, prices });
    const went = await checkFile(context, provider, pull);
    const { scope, charges, raw, identities, completeThrough, seats } = pull;
    const result = await store.replaceCharges({
      source,
      kind,
      scope,
      charges,
      raw,
      identities,
      completeThrough,
      ...(seats === undefined ? {} : { seats }),
      receivedAtMs: clock(),
      ...(provider.overlaps === undefined ? {} : { overlaps: provider.overlaps }),
      leaseOwner: owner,
    });
    if (pull.invoices !== undefined && pull.invoices.length > 0)
      await store.putInvoices({ invoices: pull.invoices, actor: context.actor, atMs: clock() });
    if (seats !== undefined) await giveUnusedSeats(context, source, seats);
    const weights = await keepWeights(context, source, pull, prices);
    log.info('ingested', { source, charges: result.charges, unchanged: result.unchanged });
    const aside = (await tellOverlaps(context, asideBefore)).filter((each) => each.source === source);
    const remarks = [
      ...went,
      ...pull.remarks,
      ...weights.remarks,
      ...aside.map((each) => describeSetAside(each)),
    ];
    await recordSuccess(context, { provider, feed, asked: chosen, pull: { ...pull, remarks } });
    return success(source, { ...pull, remarks }, withWeights(result, weights));
  } catch (error) {
    return await recordFailure(context, { provider, known: feed !== null }, error);
  }
}

/** Keeps what the pull brought, and brings what FinOps was told of the feed up to date. */
async function recordSuccess(
  context: Context,
  {
    provider,
    feed,
    asked,
    pull,
  }: { provider: Provider; feed: FeedStatus | null; asked: DayRange; pull: Pull },
): Promise<void> {
  const { store, clock } = context;
  const { source } = provider;
  const before = (await store.listPullRecords()).find((record) => record.source === source) ?? null;
  if (feed !== null && feed.failingSinceMs !== null) await tellRecovery(context, source, feed.failingSinceMs);
  const silentSince = await tellSilence(context, provider, {
    silentSince: before?.silentSince ?? null,
    asked,
  });
  await store.putPullRecord({ source, atMs: clock(), ...summarise(pull), silentSince });
}

/** The pull with money on every row, once nothing speaks against publishing it. */
async function priced(
  context: Context,
  pull: Pull,
  {
    provider: { source, chunkDays },
    feed,
    prices,
  }: { readonly provider: Provider; readonly feed: FeedStatus | null; readonly prices: PriceTable },
): Promise<Pull> {
  const priced = { ...pull, ...pricePull(pull, prices) };
  const isFirst = (feed?.lastSuccessMs ?? null) === null;
  const accepted = await checkPull(
    context,
    { source, pull: priced, isFirst, isFile: chunkDays === null },
    prices,
  );
  return { ...priced, remarks: [...priced.remarks, ...accepted] };
}

/** By the policy of the source the owner of the licence bears unused seats: said in the directory, once. */
async function giveUnusedSeats(
  { store, actor, clock }: Context,
  source: string,
  { unused }: SeatListing,
): Promise<void> {
  if (unused.kind !== 'owner') return;
  const always = { from: BEFORE_EVERYTHING, to: null };
  const owner = { team: unused.team };
  await store.putLink({ kind: 'seat', value: unusedSeatId(source), ...always, owner }, actor, clock());
}

/** What a scheduled pull asks for, today included. */
function openWindow(provider: Provider, feed: FeedStatus | null, today: Day): DayRange {
  const longest = firstDay(addMonths(monthOf(today), 1 - MOST_MONTHS));
  // The instant that far back lies within a day: the first whole day is the one after.
  const reach = provider.reachDays === null ? longest : addDays(today, 1 - provider.reachDays);
  const earliest = reach > longest ? reach : longest;
  const held = feed?.completeThrough ?? null;
  const open = addDays(today, -provider.openWindowDays);
  const since = held === null ? earliest : addDays(held, 1);
  const openOnly = provider.rereads === 'daily' && utcDay(feed?.lastSuccessMs ?? 0) === today;
  const wanted = since < open || openOnly ? since : open;
  return { from: wanted > earliest ? wanted : earliest, to: addDays(today, 1) };
}

function withWeights(result: ReplaceResult, { changed, staleMonths }: KeptWeights): ReplaceResult {
  const months = [...new Set([...result.staleMonths, ...staleMonths])].toSorted();
  return { ...result, unchanged: result.unchanged && !changed, staleMonths: months };
}

function success(
  source: string,
  pull: Pick<Pull, 'completeThrough' | 'remarks' | 'uses'>,
  result: ReplaceResult,
): IngestReport {
  const through = pull.completeThrough === null ? '' : `, complete through ${pull.completeThrough}`;
  const moved = result.staleMonths.length === 0 ? '' : `; ${result.staleMonths.join(', ')} changed`;
  const requests = pull.uses?.reduce((sum, use) => sum + use.requests, 0);
  const charges =
    requests !== undefined
      ? `figures of ${requests} requests, no money`
      : result.charges === 1
        ? '1 charge'
        : `${result.charges} charges`;
  const sentence = result.unchanged
    ? `${source}: nothing changed since the last pull (${charges}${through}).`
    : `${source}: ${charges}${through}${moved}.`;
  return {
    source,
    ok: true,
    fault: null,
    sentence,
    charges: result.charges,
    unchanged: result.unchanged,
    staleMonths: result.staleMonths,
    remarks: pull.remarks,
  };
}

async function recordFailure(
  context: Context,
  { provider, known }: { provider: Provider; known: boolean },
  error: unknown,
): Promise<IngestReport> {
  const { log } = context;
  const { source } = provider;
  const sentence = publicMessage(error);
  if (error instanceof AppError && error.code !== 'bug') log.warn('feed failed', { source, sentence });
  else log.error('feed failed', { source, error });
  // A mistyped file imported by hand is no feed: anyone who imports it reads the sentence, nobody else need.
  const isFeed = known || (await currentProviders(context)).some((each) => each.source === source);
  const heldAt = { source, kind: provider.kind, atMs: context.clock(), sentence };
  if (isFeed && error instanceof PullHeld) await context.store.recordFeedFailure(heldAt);
  else if (isFeed) await tellFailure(context, provider, sentence);
  const refused = error instanceof PullHeld || (error instanceof AppError && error.code === 'invalid');
  const fault = refused ? 'input' : 'outside';
  return {
    source,
    ok: false,
    fault,
    sentence: `${source}: ${sentence}`,
    ...NOTHING,
    ...(error instanceof SameBillElsewhere && { sameBillAs: error.heldBy }),
  };
}
