import { utcDay } from '../../core/base/time.js';
import {
  type FeedStatus,
  lagOf,
  nextPullMs,
  type SourceState,
  type SourceStatus,
  USUAL_LAG_DAYS,
} from '../../core/sources/feed.js';
import type { ConfiguredSource, Context } from '../context.js';

/** Every source that is configured or has charges: what is in trouble first, then by name. */
export async function listSources(context: Context): Promise<readonly SourceStatus[]> {
  const { store, clock, company } = context;
  const nowMs = clock();
  const configured = await configuredSources(context);
  const feeds = new Map((await store.listFeeds()).map((feed) => [feed.source, feed]));
  const leases = new Map((await store.listLeases(nowMs)).map((lease) => [lease.source, lease]));
  const records = new Map((await store.listPullRecords()).map((record) => [record.source, record]));
  const backfills = new Map((await store.listBackfills()).map((backfill) => [backfill.source, backfill]));
  const paused = new Map((await store.listPausedSources()).map((pause) => [pause.source, pause]));
  const aside = await store.listSetAside();
  const held = await heldPulls(context, [...feeds.keys()]);
  const names = [...new Set([...configured.keys(), ...feeds.keys()])].toSorted();
  const statuses = names.map((source): SourceStatus => {
    const entry = configured.get(source) ?? null;
    const feed = feeds.get(source) ?? null;
    const lease = leases.get(source);
    const usualLagDays = usualLagOf(entry, feed);
    const lagDays = lagOf(feed?.completeThrough ?? null, utcDay(nowMs));
    const state = stateOf({ entry, feed, isPaused: paused.has(source), lagDays, usualLagDays });
    const isPulled = entry?.provider !== undefined && entry.provider !== null && state !== 'paused';
    return {
      source,
      kind: entry?.kind ?? feed?.kind ?? '',
      origin: entry?.origin ?? 'gone',
      state,
      feed,
      lagDays,
      usualLagDays,
      nextPullMs: isPulled ? nextPullMs(nowMs, company.timeZone) : null,
      running: lease === undefined ? null : { what: lease.what, takenAtMs: lease.takenAtMs },
      last: records.get(source) ?? null,
      setAside: aside.filter((each) => each.source === source),
      countedFor: aside.filter((each) => each.countedFrom === source && each.money !== ''),
      backfill: backfills.get(source) ?? null,
      ...held.get(source),
      problem: entry?.problem ?? null,
      pausedBy: paused.get(source)?.pausedBy ?? null,
    };
  });
  return statuses.toSorted((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}

/** What keeps pulls from being published, by source. */
async function heldPulls(
  { store }: Context,
  sources: readonly string[],
): Promise<ReadonlyMap<string, Pick<SourceStatus, 'held'>>> {
  const found = new Map<string, Pick<SourceStatus, 'held'>>();
  for (const source of sources) {
    const hold = await store.findPullHold(source);
    if (hold !== null && hold.acceptedAtMs === null) found.set(source, { held: hold.reasons });
  }
  return found;
}

const URGENCY: readonly SourceState[] = [
  'misconfigured',
  'failing',
  'silent',
  'new',
  'paused',
  'well',
  'gone',
];

async function configuredSources(context: Context): Promise<ReadonlyMap<string, ConfiguredSource>> {
  const sources =
    context.sources === undefined
      ? context.providers.map((provider): ConfiguredSource => {
          const { source: name, kind } = provider;
          return { name, kind, origin: 'file', provider, problem: null };
        })
      : await context.sources.list();
  return new Map(sources.map((source) => [source.name, source]));
}

/** A file brings what it brings, whether a connector reads it at each pull or somebody imported it by hand. */
function usualLagOf(entry: ConfiguredSource | null, feed: FeedStatus | null): number | null {
  const usual = entry?.provider?.usualLagDays;
  if (usual !== undefined) return usual;
  return (entry?.kind ?? feed?.kind) === 'focus-file' ? null : USUAL_LAG_DAYS;
}

function stateOf(parts: {
  readonly entry: ConfiguredSource | null;
  readonly feed: FeedStatus | null;
  readonly isPaused: boolean;
  readonly lagDays: number | null;
  readonly usualLagDays: number | null;
}): SourceState {
  const { entry, feed, lagDays, usualLagDays } = parts;
  if (entry !== null && entry.provider === null) return 'misconfigured';
  if (parts.isPaused) return 'paused';
  if (feed?.lastError !== undefined && feed.lastError !== null) return 'failing';
  if (entry === null) return usualLagDays === null ? 'well' : 'gone';
  if (feed?.completeThrough === undefined || feed.completeThrough === null) return 'new';
  return usualLagDays !== null && lagDays !== null && lagDays > usualLagDays ? 'silent' : 'well';
}
