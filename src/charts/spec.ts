import type { AlertFigures } from '../core/alerts/alert.js';
import { assertNever } from '../core/base/errors.js';
import { absolute, compareBigint, type Nanos, sumNanos } from '../core/base/money.js';
import { addDays, type Day } from '../core/base/time.js';
import type { DigestFigures } from '../core/digests/digest.js';
import type { SpendSeries } from '../core/spend/spend.js';
import { alertLines, type Suspect } from './alert-lines.js';
import { type ChangeChart, changeChart } from './change.js';
import type { ChartSpec } from './chart-spec.js';
import { type ForecastChart, forecastChart } from './forecast-band.js';
import { altTextOf, changeLabel, cleanLabel, dayLabel, moneyLabel, monthLabel, pngName } from './labels.js';
import { type ShareChart, shareChart } from './share.js';
import { type Stack, stackedBars } from './stacked-bars.js';
import { HEIGHT, REST_COLOUR, SERIES_COLOURS, WIDTH } from './theme.js';
import { type TrendChart, trendChart } from './trend.js';

/** A chart asked for by its figures: unlike a spec it can be sent to the thread that draws. */
export type ChartRequest =
  | { readonly kind: 'digest'; readonly figures: DigestFigures }
  | { readonly kind: 'alert'; readonly figures: AlertFigures; readonly suspect?: Suspect }
  | { readonly kind: 'spend'; readonly title: string; readonly series: SpendSeries }
  | ({ readonly kind: 'forecast' } & ForecastChart)
  | ({ readonly kind: 'change' } & ChangeChart)
  | ({ readonly kind: 'share' } & ShareChart)
  | ({ readonly kind: 'trend' } & TrendChart);

interface Named {
  readonly label: string;
  readonly costs: readonly Nanos[];
}

function magnitude({ costs }: Named): bigint {
  return sumNanos(costs.map(absolute));
}

/** The largest series each with a colour, the rest folded into one grey one; series of nothing are left out. */
function toStacks(series: readonly Named[]): readonly Stack[] {
  const used = series.filter((one) => magnitude(one) > 0n);
  const ordered = used.toSorted((a, b) => compareBigint(magnitude(b), magnitude(a)));
  const fits = ordered.length <= SERIES_COLOURS.length + 1; // a single rest keeps its name
  const own = fits ? ordered : ordered.slice(0, SERIES_COLOURS.length);
  const rest = ordered.slice(own.length);
  const stacks = own.map((one, i) => ({
    label: cleanLabel(one.label),
    costs: one.costs,
    colour: SERIES_COLOURS[i] ?? REST_COLOUR,
  }));
  if (rest.length === 0) return stacks;
  const buckets = Math.max(...rest.map((one) => one.costs.length));
  const folded = Array.from({ length: buckets }, (_, i) => sumNanos(rest.map((one) => one.costs[i] ?? 0n)));
  return [...stacks, { label: `${rest.length} more`, costs: folded, colour: REST_COLOUR }];
}

function barServices({ bars }: DigestFigures): readonly Named[] {
  const names = new Set(bars.flatMap((bar) => bar.byService.map(({ service }) => service)));
  return [...names].map((label) => ({
    label,
    costs: bars.map((bar) =>
      sumNanos(bar.byService.filter(({ service }) => service === label).map(({ cost }) => cost)),
    ),
  }));
}

function bucketTotals(stacks: readonly Stack[], buckets: number): readonly Nanos[] {
  return Array.from({ length: buckets }, (_, i) => sumNanos(stacks.map(({ costs }) => costs[i] ?? 0n)));
}

/** Weekly or monthly cost, stacked by service; the newest bar in full colour and labelled directly. */
function digestChart(figures: DigestFigures): ChartSpec {
  const { currency, bars, grain, comparison } = figures;
  const title = cleanLabel(figures.title);
  const money = (nanos: Nanos) => moneyLabel(nanos, currency);
  const stacks = toStacks(barServices(figures));
  const newest = bars.length - 1;
  const change = changeLabel(comparison.current, comparison.previous);
  const isWhole = comparison.after.to === figures.to && comparison.without.length === 0;
  const period =
    grain === 'month'
      ? monthLabel(figures.from)
      : `${dayLabel(figures.from)} – ${dayLabel(addDays(figures.to, -1))}`;
  const against = isWhole ? `on the ${grain} before` : 'on comparable days';
  const headline = `${period}: ${money(figures.total)}${change === null ? '' : `, ${change} ${against}`}`;
  const incomplete = figures.incomplete.map(({ source }) => cleanLabel(source));
  const totals = bucketTotals(stacks, bars.length);
  return {
    width: WIDTH,
    height: HEIGHT,
    config: stackedBars({
      title: `${title}: AI spend by ${grain}`,
      subtitle: `${headline}${incomplete.length > 0 ? ' (hatched: not final)' : ''}`,
      currency,
      ticks: bars.map(({ from }) => (grain === 'month' ? monthLabel(from) : dayLabel(from))),
      mostTicks: 7,
      stacks,
      endLabels: stacks.map(({ costs }) => money(costs[newest] ?? 0n)),
      emphasised: newest,
      provisionalFrom: incomplete.length > 0 ? newest : null,
    }),
    altText: altTextOf([
      `Bar chart of the ${grain}ly AI spend of ${title}.`,
      `${headline}; the ${grain} before ${money(figures.previousTotal)}, month to date ${money(figures.monthToDate)}.`,
      ...(incomplete.length > 0 ? [`Not complete yet: ${incomplete.join(', ')}.`] : []),
      ...stacks.map(({ label, costs }) => `${label}: ${money(costs[newest] ?? 0n)}.`),
      ...bars.map(
        ({ from }, i) =>
          `${grain === 'month' ? monthLabel(from) : `Week of ${dayLabel(from)}`}: ${money(totals[i] ?? 0n)}.`,
      ),
    ]),
    filename: pngName('digest', figures.title, figures.period),
  };
}

/** Daily actual cost of an owner against what was expected and the normal band; anomalous days as labelled diamonds. */
function alertChart(figures: AlertFigures, suspect?: Suspect): ChartSpec {
  const { currency, series } = figures;
  const owner = cleanLabel(figures.owner);
  const money = (nanos: Nanos) => moneyLabel(nanos, currency);
  const isAnomalous = (point: { day: Day; actual: Nanos; upper: Nanos }) =>
    point.day >= figures.firstDay && point.actual > point.upper;
  const title = `${owner}: ${money(figures.excess)} above expected`;
  const latest = series.find(({ day }) => day === figures.lastDay);
  const since = figures.firstDay === figures.lastDay ? 'On' : `Since ${dayLabel(figures.firstDay)}; on`;
  // From the series, where a day is a day: the figures' own sums may span several.
  const subtitle =
    latest === undefined
      ? `Since ${dayLabel(figures.firstDay)}`
      : `${since} ${dayLabel(latest.day)} ${money(latest.actual)}, expected ${money(latest.expected)}`;
  return {
    width: WIDTH,
    height: HEIGHT,
    config: alertLines({
      title,
      subtitle,
      currency,
      points: series.map((point) => ({ ...point, anomalous: isAnomalous(point) })),
      suspect: suspect ?? null,
    }),
    altText: altTextOf([
      `Line chart of daily AI spend. ${title}. ${subtitle}.`,
      ...(suspect === undefined ? [] : [withoutWords(figures, suspect, money)]),
      ...figures.drivers.map(
        ({ by, label, actual, expected }) =>
          `${by} ${cleanLabel(label)}: ${money(actual)}, expected ${money(expected)}.`,
      ),
      ...series
        .filter(isAnomalous)
        .map(
          ({ day, actual, expected, upper }) =>
            `${dayLabel(day)}: ${money(actual)}, expected ${money(expected)}, normal up to ${money(upper)}.`,
        ),
    ]),
    filename: pngName('alert', figures.owner, figures.lastDay),
  };
}

/** What the latest day would have cost without the suspect. */
function withoutWords({ series }: AlertFigures, suspect: Suspect, money: (nanos: Nanos) => string): string {
  const last = series.at(-1);
  const own = suspect.days.find(({ day }) => day === last?.day)?.cost ?? 0n;
  return `Without ${cleanLabel(suspect.label)}: ${money((last?.actual ?? 0n) - own)}.`;
}

function tickOf(grain: SpendSeries['grain'], bucket: Day): string {
  return grain === 'month' ? monthLabel(bucket) : dayLabel(bucket);
}

/** How a bucket is called in a sentence. */
function bucketName(grain: SpendSeries['grain'], bucket: Day): string {
  return grain === 'week' ? `${dayLabel(bucket)} – ${dayLabel(addDays(bucket, 6))}` : tickOf(grain, bucket);
}

/** Stacked cost over time; buckets that are not complete yet are pale and hatched. Labels carry range totals. */
function spendChart(title: string, series: SpendSeries): ChartSpec {
  const { currency, buckets, grain, provisionalFrom } = series;
  const money = (nanos: Nanos) => moneyLabel(nanos, currency);
  const heading = cleanLabel(title);
  const stacks = toStacks(series.series);
  const totals = bucketTotals(stacks, buckets.length);
  const total = money(sumNanos(totals));
  const firstProvisional = buckets.slice(provisionalFrom ?? buckets.length).map(dayLabel)[0];
  const hasProvisional = firstProvisional !== undefined;
  return {
    width: WIDTH,
    height: HEIGHT,
    config: stackedBars({
      title: heading,
      subtitle: `${total} in all, by ${grain}${hasProvisional ? ' (hatched: not final)' : ''}`,
      currency,
      ticks: buckets.map((bucket) => tickOf(grain, bucket)),
      mostTicks: grain === 'month' ? 5 : 7,
      stacks,
      endLabels: stacks.map(({ costs }) => money(sumNanos(costs))),
      emphasised: null,
      provisionalFrom: hasProvisional ? provisionalFrom : null,
    }),
    altText: altTextOf([
      `Bar chart by ${grain}. ${heading}: ${total} in all.`,
      ...(hasProvisional ? [`Not final from ${firstProvisional} on.`] : []),
      ...stacks.map(({ label, costs }) => `${label}: ${money(sumNanos(costs))}.`),
      ...buckets.map((bucket, i) => `${bucketName(grain, bucket)}: ${money(totals[i] ?? 0n)}.`),
    ]),
    filename: pngName('spend', title, buckets[0] ?? 'none'),
  };
}

/** The spec of whatever is asked for. */
export function chartSpec(request: ChartRequest): ChartSpec {
  switch (request.kind) {
    case 'digest':
      return digestChart(request.figures);
    case 'alert':
      return alertChart(request.figures, request.suspect);
    case 'spend':
      return spendChart(request.title, request.series);
    case 'forecast':
      return forecastChart(request);
    case 'change':
      return changeChart(request);
    case 'share':
      return shareChart(request);
    case 'trend':
      return trendChart(request);
    default:
      return assertNever(request);
  }
}
