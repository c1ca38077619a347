import type { ChartDataset } from 'chart.js';
import { type Nanos, sumNanos, toApproximateUnits } from '../core/base/money.js';
import type { Day } from '../core/base/time.js';
import { baseOptions } from './base-options.js';
import type { ChartSpec } from './chart-spec.js';
import { altTextOf, cleanLabel, dayLabel, moneyLabel, pngName, sparseTicks } from './labels.js';
import { framePlugin, hatchPlugin, peakLabelsPlugin, type ValueLabel } from './plugins.js';
import { ACTUAL_COLOUR, pale, WIDTH } from './theme.js';

/** A small picture of daily spend; days ascend. */
export interface TrendChart {
  readonly title: string;
  readonly currency: string;
  readonly days: readonly { readonly day: Day; readonly cost: Nanos }[];
  /** Index of the first day that is not complete yet; null when all are. */
  readonly provisionalFrom: number | null;
}

/** Half as high as the other charts. */
const TREND_HEIGHT = 220;

/** One bar a day, the most expensive and the latest labelled. */
export function trendChart(chart: TrendChart): ChartSpec {
  const { title, currency, days } = chart;
  const money = (nanos: Nanos): string => moneyLabel(nanos, currency);
  const total = money(sumNanos(days.map(({ cost }) => cost)));
  const labelled = labelledDays(days);
  const isEmpty = days.every(({ cost }) => cost === 0n);
  const last = days.at(-1)?.cost ?? 0n;
  const hatchedFrom =
    chart.provisionalFrom !== null && chart.provisionalFrom < days.length ? chart.provisionalFrom : null;
  const length = `${days.length} ${days.length === 1 ? 'day' : 'days'}`;
  const credit = last < 0n ? `, the last ${money(last)}` : '';
  const subtitle = `${total} in ${length}${credit}${hatchedFrom === null ? '' : ' (hatched: not final)'}`;
  return {
    width: WIDTH,
    height: TREND_HEIGHT,
    config: {
      type: 'bar',
      data: {
        labels: [
          ...sparseTicks(
            days.map(({ day }) => dayLabel(day)),
            8,
          ),
        ],
        datasets: [trendBars(days, labelled)],
      },
      options: {
        ...baseOptions({ currency, stacked: false, offset: true, empty: isEmpty, emphasised: null }),
        layout: { padding: { top: 84, right: 26, bottom: 8, left: 12 } },
      },
      plugins: [
        framePlugin({ title: cleanLabel(title), subtitle, empty: isEmpty ? 'No spend in this time' : null }),
        ...(hatchedFrom === null ? [] : [hatchPlugin(hatchedFrom)]),
        peakLabelsPlugin(peakLabels(days, labelled, money)),
      ],
    },
    altText: altTextOf([
      `Small bar chart of daily spend. ${cleanLabel(title)}: ${total} in ${length}.`,
      ...days.map(({ day, cost }) => `${dayLabel(day)}: ${money(cost)}.`),
    ]),
    filename: pngName('trend', title, days.at(-1)?.day ?? 'none'),
  };
}

/** The most expensive day and the latest one, where anything was spent; a credit has no room below its bar. */
function labelledDays(days: TrendChart['days']): readonly number[] {
  const top = days.reduce((most, { cost }, index) => (cost > (days[most]?.cost ?? 0n) ? index : most), 0);
  return [...new Set([days.length - 1, top])].filter((index) => (days[index]?.cost ?? 0n) > 0n);
}

function peakLabels(
  days: TrendChart['days'],
  labelled: readonly number[],
  money: (nanos: Nanos) => string,
): readonly ValueLabel[] {
  return labelled.map((index) => {
    const cost = days[index]?.cost ?? 0n;
    return { index, value: toApproximateUnits(cost), text: money(cost), bold: index === days.length - 1 };
  });
}

function trendBars(days: TrendChart['days'], labelled: readonly number[]): ChartDataset<'bar'> {
  return {
    data: days.map(({ cost }) => toApproximateUnits(cost)),
    backgroundColor: days.map((_, index) => pale(ACTUAL_COLOUR, labelled.includes(index) ? 1 : 0.55)),
    maxBarThickness: 40,
    categoryPercentage: 0.94,
    barPercentage: 0.86,
  };
}
