import type { DigestBooks, DigestFigures } from '../core/digest.js';
import { duePeriod, periodBefore } from '../core/digest-period.js';
import { canonicalJson } from '../core/json.js';
import type { Notice } from '../core/notice.js';
import { addDays, addMonths, dayIn, daysBetween, firstDay } from '../core/time.js';
import { composeDigest } from './compose-digest.js';
import type { Context } from './context.js';
import { currentProviders } from './current-providers.js';
import { readBooks } from './digest-books.js';
import { readDigestBase } from './digest-comparison.js';
import { readSettings } from './read-settings.js';
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
  let revised = 0;
  for (const planned of await openDigests(context, input.readers)) {
    const notices = await revisionOf(context, planned);
    if (notices.length > 0) revised += (await context.store.putNotices(notices, context.clock())).revised;
  }
  return { revised };
}

async function revisionOf(context: Context, planned: PlannedDigest): Promise<readonly Notice[]> {
  const { store, clock } = context;
  const body = (await store.findNotice(planned.key))?.notice.body;
  if (body?.kind !== 'digest') return [];
  const { settings } = await readSettings(context);
  const shown = body.figures;
  if (shown.currency !== settings.currency) return [];
  const { currency } = shown;
  const { scope, period } = planned;
  const base = await readDigestBase(context, { scope, period, currency });
  const books = shown.books === undefined ? undefined : await readBooks(context, { period, currency });
  if (isSame(shown, base) && canonicalJson(books ?? null) === canonicalJson(shown.books ?? null)) return [];
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

type Base = Pick<DigestFigures, 'total' | 'previousTotal' | 'comparison' | 'bars' | 'incomplete'>;

function isSame(shown: Base & { readonly books?: DigestBooks }, now: Base): boolean {
  const of = ({ total, previousTotal, comparison, incomplete }: Base): string =>
    canonicalJson({ total, previousTotal, comparison, incomplete });
  return of(shown) === of(now);
}

/** Everything that may have been posted of periods that are still open. */
async function openDigests(context: Context, readers: DigestReaders): Promise<readonly PlannedDigest[]> {
  const { store, clock, company } = context;
  const { settings } = await readSettings(context);
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
