import { addDays, type Day, type DayRange, utcDay } from '../../core/base/time.js';
import type { NoticeBody } from '../../core/notices/notice.js';
import { lagOf, USUAL_LAG_DAYS } from '../../core/sources/feed.js';
import type { Provider } from '../../providers/provider.js';
import type { Context } from '../context.js';

type Telling = Pick<Context, 'store' | 'clock'>;
type Trouble = Extract<NoticeBody, { kind: 'feed-trouble' }>;

/** Notes a failed pull and tells FinOps once per run of failures. */
export async function tellFailure(
  { store, clock }: Telling,
  { source, kind }: Pick<Provider, 'source' | 'kind'>,
  sentence: string,
): Promise<void> {
  await store.recordFeedFailure({ source, kind, atMs: clock(), sentence });
  const feed = (await store.listFeeds()).find((status) => status.source === source);
  const since = utcDay(feed?.failingSinceMs ?? clock());
  await tell({ store, clock }, failureKey(source, since), { kind: 'feed-trouble', source, sentence, since });
}

/** Says in the message of the run of failures that it is over. */
export async function tellRecovery(telling: Telling, source: string, failingSinceMs: number): Promise<void> {
  await tellOver(telling, failureKey(source, utcDay(failingSinceMs)));
}

/**
 * Looks whether a source that answers brings new days too. Silence beyond what is usual is told once, and its end in
 * the same message. `silentSince` is the day after which nothing came when the present silence was first seen, null
 * while there was none; answers what it is now.
 */
export async function tellSilence(
  telling: Telling,
  provider: Pick<Provider, 'source' | 'usualLagDays'>,
  { silentSince, asked }: { readonly silentSince: Day | null; readonly asked: DayRange },
): Promise<Day | null> {
  const { store, clock } = telling;
  const { source, usualLagDays: usual = USUAL_LAG_DAYS } = provider;
  const feed = (await store.listFeeds()).find((status) => status.source === source);
  const held = feed?.completeThrough ?? null;
  const lag = lagOf(held, utcDay(clock()));
  if (usual === null || held === null || lag === null || lag <= usual) {
    if (silentSince !== null) await tellOver(telling, silenceKey(source, silentSince));
    return null;
  }
  // Days that nobody asked for are not missing: a window of the past, or a chunk of a backfill.
  if (asked.to <= addDays(utcDay(clock()), -usual)) return silentSince;
  const since = silentSince ?? held;
  const days = lag === 1 ? '1 day is' : `${lag} days are`;
  const sentence = `The vendor answers, but its last complete day is ${held}: ${days} missing, where at most ${usual} are usual. What is missing is no saving.`;
  const body: Trouble = { kind: 'feed-trouble', source, sentence, since, isSilent: true };
  await tell(telling, silenceKey(source, since), body);
  return since;
}

function failureKey(source: string, since: Day): string {
  return `feed:${source}:${since}`;
}

function silenceKey(source: string, since: Day): string {
  return `feed:${source}:silent:${since}`;
}

/** The first sentence stands: a run of trouble is told once, not edited at every attempt. */
async function tell({ store, clock }: Telling, key: string, body: Trouble): Promise<void> {
  const told = (await store.findNotice(key))?.notice.body;
  if (told?.kind === 'feed-trouble' && told.backOn === undefined) return;
  await store.putNotices([{ key, audience: { kind: 'finops' }, parentKey: null, body }], clock());
}

async function tellOver({ store, clock }: Telling, key: string): Promise<void> {
  const told = (await store.findNotice(key))?.notice;
  if (told?.body.kind !== 'feed-trouble' || told.body.backOn !== undefined) return;
  await store.putNotices([{ ...told, body: { ...told.body, backOn: utcDay(clock()) } }], clock());
}
