import { ANOMALY_DEFAULTS } from '../../core/alerts/anomaly.js';
import { toUsageParts } from '../../core/alerts/usage-parts.js';
import type { Watch } from '../../core/alerts/watch.js';
import { addDays, type Day } from '../../core/base/time.js';
import type { Settings } from '../../core/settings/settings.js';
import type { FeedStatus } from '../../core/sources/feed.js';
import { lastCompleteDay } from '../../core/spend/report.js';
import type { Context } from '../context.js';

/** Days that are judged again at every run: three months, whose turns are remembered, and weeks to judge the first by. */
const HISTORY_DAYS = 120;
/** Older anomalies, of a backfill or a first run, are history and not news. */
const NEWS_DAYS = 10;

/**
 * Reads what is watched: usage by owner up to today, which is never complete. What follows contracts and books
 * (seats, taxes, true-ups, prior-period lines) is not in it, and the past is under the allocations of now.
 */
export async function watchUsage(
  { store, company }: Context,
  today: Day,
  { alerts }: Pick<Settings, 'alerts'>,
): Promise<Watch> {
  const range = { from: addDays(today, -HISTORY_DAYS), to: addDays(today, 1) };
  const usage = await store.listUsage({ range, dimension: 'team', currency: company.currency });
  return {
    parts: toUsageParts(usage),
    frame: { range, completeThrough: closedBy(await store.listFeeds(), today) },
    options: { ...ANOMALY_DEFAULTS, minExcess: alerts.floor, minShare: alerts.basisPoints / 10_000 },
    newsFrom: addDays(today, -NEWS_DAYS),
  };
}

/** How far each source has closed its days. One that is unknown, or has ended, lacks nothing up to yesterday. */
function closedBy(feeds: readonly FeedStatus[], today: Day): (source: string) => Day {
  const closed = new Map(feeds.map((feed) => [feed.source, lastCompleteDay([feed], today)]));
  return (source) => closed.get(source) ?? addDays(today, -1);
}
