import { canonicalJson } from '../../core/base/json.js';
import { sumNanos } from '../../core/base/money.js';
import { addDays, addMonths, type DayRange, dayIn, daysBetween, firstDay } from '../../core/base/time.js';
import type { DigestBooks, DigestFigures } from '../../core/digests/digest.js';
import { duePeriod, periodBefore } from '../../core/digests/period.js';
import type { Notice } from '../../core/notices/notice.js';
import type { Settings } from '../../core/settings/settings.js';
import type { FeedStatus } from '../../core/sources/feed.js';
import { incompleteFeeds } from '../../core/spend/report.js';
import type { SpendRow } from '../../core/spend/spend.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { currentProviders } from '../sources/current-providers.js';
import { readBooks } from './books.js';
import { readDigestBase } from './comparison.js';
import { composeDigest } from './compose-digest.js';
import {
  type DigestReaders,
  detailKey,
  digestNotices,
  monthlyDigests,
  type PlannedDigest,
  subscribedDigests,
  weeklyDigests,
} from './write-digests.js';

/** Sources without an answer may restate this many days back, and none is heeded beyond the longest. */
const LEAST_WINDOW_DAYS = 7;
const LONGEST_WINDOW_DAYS = 62;

/**
 * Brings posted digests to what the ledger says by now: those of weeks and months that a source may still restate and
 * that no close has locked. A message is edited only where its figures, or the books of its month, have changed; what
 * was a matter of that morning (the forecast, idle seats, claims) stays as it was.
 */
export async function reviseDigests(
  context: Context,
  input: { readonly readers: DigestReaders },
): Promise<{ readonly revised: number }> {
  const { settings } = await readSettings(context);
  const known: Known = {
    settings,
    sums: new Map(),
    books: new Map(),
    feeds: await context.store.listFeeds(),
  };
  let revised = 0;
  for (const planned of await openDigests(context, { settings, readers: input.readers })) {
    const notices = await revisionOf(context, planned, known);
    if (notices.length > 0) revised += (await context.store.putNotices(notices, context.clock())).revised;
  }
  return { revised };
}

/** What one run has read already: many digests are of the same days. */
interface Known {
  readonly settings: Settings;
  readonly feeds: readonly FeedStatus[];
  /** Sums by owner and source, by dimension and days. */
  readonly sums: Map<string, Promise<readonly SpendRow[]>>;
  readonly books: Map<string, Promise<DigestBooks>>;
}

function once<T>(held: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = held.get(key) ?? read();
  held.set(key, known);
  return known;
}

async function revisionOf(
  context: Context,
  planned: PlannedDigest,
  known: Known,
): Promise<readonly Notice[]> {
  const { store, clock } = context;
  const { settings } = known;
  const body = (await store.findNotice(planned.key))?.notice.body;
  if (body?.kind !== 'digest') return [];
  const shown = body.figures;
  if (shown.currency !== settings.currency) return [];
  const { currency } = shown;
  const { scope, period } = planned;
  const books =
    shown.books === undefined
      ? undefined
      : await once(known.books, period.label, () => readBooks(context, { period, currency }));
  const sameBooks = canonicalJson(books ?? null) === canonicalJson(shown.books ?? null);
  if (sameBooks && (await isSurelySame(context, planned, { shown, known }))) return [];
  const base = await readDigestBase(context, { scope, period, currency });
  if (sameBooks && isSame(shown, base)) return [];
  const { outlook, idle, ageing, update } = shown;
  const figures: DigestFigures = {
    ...(await composeDigest(context, planned)),
    outlook: outlook?.isOver === true ? restated(outlook, base.total) : outlook,
    idle,
    ...(ageing === undefined ? {} : { ageing }),
    update: { on: dayIn(settings.digest.timeZone, clock()), was: update?.was ?? shown.total },
  };
  const notices = digestNotices(planned, figures);
  if (notices.length > 1 || (await store.findNotice(detailKey(planned.key))) === null) return notices;
  const [head] = notices;
  // The details that stand in the thread are edited too, even where a new digest would have none.
  return head === undefined
    ? []
    : [
        head,
        {
          ...head,
          key: detailKey(planned.key),
          parentKey: planned.key,
          body: { kind: 'digest-detail', figures },
        },
      ];
}

/** A month that is over is its own forecast. */
function restated(
  outlook: NonNullable<DigestFigures['outlook']>,
  total: DigestFigures['total'],
): DigestFigures['outlook'] {
  return {
    ...outlook,
    total: { expected: total, low80: total, high80: total, low95: total, high95: total },
  };
}

/** Two sums that the digests of a week share: where they and the feeds stand as shown, nothing has changed. */
async function isSurelySame(
  { store }: Context,
  { scope, period }: PlannedDigest,
  { shown, known }: { readonly shown: DigestFigures; readonly known: Known },
): Promise<boolean> {
  const dimension = scope?.dimension ?? 'team';
  const rowsOf = async (range: DayRange): Promise<readonly SpendRow[]> => {
    const query = { by: [dimension, 'source'], range, where: [], currency: shown.currency };
    const key = `${dimension}:${range.from}:${range.to}`;
    const rows = await once(known.sums, key, async () => (await store.querySpend(query)).rows);
    return rows.filter(({ values }) => scope === null || values[0] === scope.owner);
  };
  const [now, before] = [await rowsOf(period.range), await rowsOf(period.before)];
  const sources = new Set([...now, ...before].map(({ values }) => values[1]));
  const incomplete = incompleteFeeds(known.feeds, addDays(period.range.to, -1)).filter(
    ({ source }) => scope === null || sources.has(source),
  );
  return (
    sumNanos(now.map(({ cost }) => cost)) === shown.total &&
    sumNanos(before.map(({ cost }) => cost)) === shown.previousTotal &&
    canonicalJson(incomplete) === canonicalJson(shown.incomplete)
  );
}

type Base = Pick<DigestFigures, 'total' | 'previousTotal' | 'comparison' | 'bars' | 'incomplete'>;

function isSame(shown: Base & { readonly books?: DigestBooks }, now: Base): boolean {
  const of = ({ total, previousTotal, comparison, incomplete }: Base): string =>
    canonicalJson({ total, previousTotal, comparison, incomplete });
  return of(shown) === of(now);
}

/** Everything that may have been posted of periods that are still open. */
async function openDigests(
  context: Context,
  { settings, readers }: { readonly settings: Settings; readonly readers: DigestReaders },
): Promise<readonly PlannedDigest[]> {
  const { store, clock, company } = context;
  const { digest } = settings;
  const today = dayIn(company.timeZone, clock());
  const windows = (await currentProviders(context)).map(({ openWindowDays }) => openWindowDays);
  const days = Math.min(LONGEST_WINDOW_DAYS, Math.max(LEAST_WINDOW_DAYS, ...windows));
  const closed = await store.closedThrough();
  const openFrom = closed === null ? null : firstDay(addMonths(closed, 1));
  const isOpen = ({ range }: PlannedDigest['period']): boolean =>
    daysBetween(addDays(range.to, -1), today) <= days && (openFrom === null || range.to > openFrom);
  const planned: PlannedDigest[] = [];
  let week = duePeriod({ kind: 'weekly', on: digest.weekday }, digest, clock());
  for (; isOpen(week); week = periodBefore(week)) planned.push(...(await weeklyDigests(context, week)));
  let month = duePeriod({ kind: 'monthly', on: digest.monthDay ?? null }, digest, clock());
  for (; isOpen(month); month = periodBefore(month)) planned.push(...monthlyDigests(month, readers));
  const isAnyOpen = (some: readonly PlannedDigest[]): boolean => some.some(({ period }) => isOpen(period));
  for (let ago = 0; ; ago++) {
    const subscribed = await subscribedDigests(context, settings, ago);
    if (!isAnyOpen(subscribed)) break;
    planned.push(...subscribed.filter(({ period }) => isOpen(period)));
  }
  return planned;
}
