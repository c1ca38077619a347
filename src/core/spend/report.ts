import { absolute, compareBigint, compareText, type Nanos, sumNanos } from '../base/money.js';
import {
  addDays,
  type Day,
  type DayRange,
  daysBetween,
  daysIn,
  firstDay,
  monthOf,
  weekday,
} from '../base/time.js';
import type { FeedStatus } from '../sources/feed.js';
import type { SpendLine, SpendReport, SpendRow, SpendSeries } from './spend.js';

const MOST_LINES = 15;
const MOST_SERIES = 6;
/** The chart's name for everything beyond its series. */
const OTHER = 'Other';

/** Bars of a chart: days up to 45 of them, weeks up to 200 days, else months. */
export function grainOf(range: DayRange): SpendSeries['grain'] {
  const days = daysBetween(range.from, range.to);
  if (days <= 45) return 'day';
  return days <= 200 ? 'week' : 'month';
}

/** First day of the bucket that contains a day; the first bucket of a range starts with the range. */
function bucketOf(day: Day, grain: SpendSeries['grain'], from: Day): Day {
  const start =
    grain === 'day' ? day : grain === 'week' ? addDays(day, 1 - weekday(day)) : firstDay(monthOf(day));
  return start < from ? from : start;
}

/**
 * Stacks costs over time: the six most expensive labels, then Other. Every cost is in exactly one bucket of one series,
 * so the series add up to the costs.
 */
export function stackSeries(
  costs: readonly { readonly label: string; readonly day: Day; readonly cost: Nanos }[],
  frame: { range: DayRange; grain: SpendSeries['grain']; currency: string; completeThrough: Day },
): SpendSeries {
  const { range, grain } = frame;
  const buckets = [...new Set(daysIn(range).map((day) => bucketOf(day, grain, range.from)))];
  const totals = new Map<string, Nanos>();
  for (const { label, cost } of costs) totals.set(label, (totals.get(label) ?? 0n) + cost);
  const ranked = [...totals].toSorted(
    ([a, x], [b, y]) => compareBigint(absolute(y), absolute(x)) || compareText(a, b),
  );
  const shown = new Set(
    ranked.slice(0, ranked.length > MOST_SERIES + 1 ? MOST_SERIES : ranked.length).map(([label]) => label),
  );
  const cells = new Map<string, Map<Day, Nanos>>([...shown].map((label) => [label, new Map()]));
  if (shown.size < ranked.length) cells.set(OTHER, cells.get(OTHER) ?? new Map<Day, Nanos>());
  for (const { label, day, cost } of costs) {
    const cell = cells.get(shown.has(label) ? label : OTHER);
    const bucket = bucketOf(day, grain, range.from);
    cell?.set(bucket, (cell.get(bucket) ?? 0n) + cost);
  }
  const provisional = buckets.findIndex(
    (_, i) => addDays(buckets[i + 1] ?? range.to, -1) > frame.completeThrough,
  );
  return {
    currency: frame.currency,
    buckets,
    grain,
    series: [...cells].map(([label, cell]) => ({
      label,
      costs: buckets.map((bucket) => cell.get(bucket) ?? 0n),
    })),
    provisionalFrom: provisional < 0 ? null : provisional,
  };
}

/**
 * Lines, most expensive first, at most fifteen or `most`; the rest is `more`. Both periods' labels appear, so nothing
 * vanishes unseen.
 */
export function reportLines(
  current: readonly SpendRow[],
  previous: readonly SpendRow[],
  most: number = MOST_LINES,
): Pick<SpendReport, 'lines' | 'more'> {
  const lines = new Map<string, { cost: Nanos; previous: Nanos }>();
  const lineOf = (row: SpendRow): { cost: Nanos; previous: Nanos } => {
    const label = row.values[0] ?? '';
    const line = lines.get(label) ?? { cost: 0n, previous: 0n };
    lines.set(label, line);
    return line;
  };
  for (const row of current) lineOf(row).cost += row.cost;
  for (const row of previous) lineOf(row).previous += row.cost;
  const ranked: SpendLine[] = [...lines]
    .map(([label, line]) => ({ label, ...line }))
    .toSorted(
      (a, b) =>
        compareBigint(absolute(b.cost), absolute(a.cost)) ||
        compareBigint(absolute(b.previous), absolute(a.previous)) ||
        compareText(a.label, b.label),
    );
  const rest = ranked.slice(most);
  if (rest.length === 0) return { lines: ranked, more: null };
  return {
    lines: ranked.slice(0, most),
    more: {
      count: rest.length,
      cost: sumNanos(rest.map((line) => line.cost)),
      previous: sumNanos(rest.map((line) => line.previous)),
    },
  };
}

const MOST_TIMES = 45;

/**
 * Lines of a report by day or month, in their order and without gaps: the last forty-five or `most`; what was before
 * is `more`. Days of another period never have the same label, so there is nothing to compare a line with.
 */
export function timeLines(
  rows: readonly SpendRow[],
  most: number = MOST_TIMES,
): Pick<SpendReport, 'lines' | 'more'> {
  const { lines } = reportLines(rows, [], rows.length);
  const ordered = lines.toSorted((a, b) => compareText(a.label, b.label));
  const earlier = ordered.slice(0, -most);
  return {
    lines: ordered.slice(-most),
    more:
      earlier.length === 0
        ? null
        : { count: earlier.length, cost: sumNanos(earlier.map(({ cost }) => cost)), previous: 0n },
  };
}

/** A file that has brought nothing for a quarter is a bill of the past, not a feed that lags. */
const PAST_BILL_DAYS = 92;

function isPastBill({ kind, completeThrough }: FeedStatus, through: Day): boolean {
  return (
    kind === 'focus-file' && completeThrough !== null && completeThrough < addDays(through, -PAST_BILL_DAYS)
  );
}

/** Sources not complete through `through`: what a total of those days may still lack. Past bills lack nothing. */
export function incompleteFeeds(feeds: readonly FeedStatus[], through: Day): SpendReport['incomplete'] {
  return feeds
    .filter((feed) => feed.completeThrough === null || feed.completeThrough < through)
    .filter((feed) => !isPastBill(feed, through))
    .map(({ source, completeThrough }) => ({ source, completeThrough }));
}

/** Feeds further behind than this have ended or are broken: they are named, but no longer hold everything up. */
const STALE_FEED_DAYS = 14;

/** The last day that every living feed has closed; at most yesterday. */
export function lastCompleteDay(feeds: readonly FeedStatus[], today: Day): Day {
  const yesterday = addDays(today, -1);
  const oldest = addDays(yesterday, -STALE_FEED_DAYS);
  return feeds.reduce((last, { completeThrough }) => {
    const living = completeThrough !== null && completeThrough >= oldest;
    return living && completeThrough < last ? completeThrough : last;
  }, yesterday);
}
