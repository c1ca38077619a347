import type { ChartDataset, Plugin } from 'chart.js';
import { type Nanos, toApproximateUnits } from '../core/base/money.js';
import { firstDay } from '../core/base/time.js';
import type { MonthForecast } from '../core/budgets/month.js';
import { type Plan, planToDate } from '../core/budgets/plan.js';
import { baseOptions } from './base-options.js';
import type { ChartSpec } from './chart-spec.js';
import {
  altTextOf,
  changeLabel,
  cleanLabel,
  dayLabel,
  moneyLabel,
  monthLabel,
  pngName,
  sparseTicks,
} from './labels.js';
import { type EndLabel, endLabelsPlugin, framePlugin, pointLabelsPlugin } from './plugins.js';
import { ACTUAL_COLOUR, BACKGROUND, BAND_COLOUR, HEIGHT, INK, MUTED, WIDTH } from './theme.js';

/** What a forecast's chart shows. */
export interface ForecastChart {
  readonly title: string;
  readonly forecast: MonthForecast;
  /** Null where nothing is planned. */
  readonly plan: Pick<Plan, 'month' | 'amount' | 'phasing'> | null;
}

/** Sums from the first of the month up to each day; null where a line has no point. */
interface Paths {
  readonly known: readonly (number | null)[];
  readonly expected: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly plan: readonly (number | null)[];
  /** Index of the last day that anything is known of; -1 for none. */
  readonly last: number;
}

function pathsOf({ forecast, plan }: ForecastChart): Paths {
  const { days, known, total } = forecast;
  const last = days.findLastIndex((each) => each.known !== null);
  const ahead = days.slice(last + 1).map(({ outlook }) => toApproximateUnits(outlook?.expected ?? 0n));
  const rest = ahead.reduce((sum, value) => sum + value, 0);
  const from = toApproximateUnits(known);
  // The edges of the total, reached day by day in step with what is expected.
  const towards = (end: Nanos, index: number): number | null => {
    if (index < last) return null;
    const done = ahead.slice(0, index - last).reduce((sum, value) => sum + value, 0);
    const share = rest > 0 ? done / rest : (index - last) / Math.max(1, days.length - 1 - last);
    return from + (toApproximateUnits(end) - from) * share;
  };
  let sum = 0n;
  return {
    known: days.map((each) => {
      sum += each.known ?? 0n;
      return each.known === null ? null : toApproximateUnits(sum);
    }),
    expected: days.map((_, index) => towards(total.expected, index)),
    low: days.map((_, index) => towards(total.low80, index)),
    high: days.map((_, index) => towards(total.high80, index)),
    plan: days.map(({ day }) => (plan === null ? null : toApproximateUnits(planToDate(plan, day)))),
    last,
  };
}

function datasets(paths: Paths): ChartDataset<'line'>[] {
  const quiet = { pointRadius: 0, borderWidth: 0 };
  return [
    {
      ...quiet,
      data: [...paths.known],
      borderColor: ACTUAL_COLOUR,
      borderWidth: 3,
      pointRadius: paths.known.map((_, index) => (index === paths.last ? 6 : 0)),
      pointBackgroundColor: ACTUAL_COLOUR,
      pointBorderColor: BACKGROUND,
      pointBorderWidth: 2,
      clip: false,
    },
    { ...quiet, data: [...paths.expected], borderColor: ACTUAL_COLOUR, borderWidth: 2.5, borderDash: [6, 5] },
    { ...quiet, data: [...paths.plan], borderColor: INK, borderWidth: 1.5, borderDash: [2, 3] },
    { ...quiet, data: [...paths.low], borderColor: BAND_COLOUR },
    { ...quiet, data: [...paths.high], borderColor: BAND_COLOUR, backgroundColor: BAND_COLOUR, fill: 3 },
  ];
}

function endLabels({ forecast, plan }: ForecastChart, money: (nanos: Nanos) => string): readonly EndLabel[] {
  const index = forecast.days.length - 1;
  const { total } = forecast;
  const isOpen = total.low80 !== total.high80;
  return [
    {
      index,
      datasetIndex: 1,
      name: isOpen ? 'Forecast' : 'Month',
      amount: money(total.expected),
      colour: ACTUAL_COLOUR,
    },
    ...(plan === null
      ? []
      : [{ index, datasetIndex: 2, name: 'Plan', amount: money(plan.amount), colour: INK }]),
    ...(isOpen
      ? [{ index, datasetIndex: 4, name: 'Likely up to', amount: money(total.high80), colour: MUTED }]
      : []),
  ];
}

/** The month's spend added up day by day, where it will end with its 80 % band, and the plan. */
export function forecastChart(chart: ForecastChart): ChartSpec {
  const { forecast, plan } = chart;
  const { currency, total, known, days, month } = forecast;
  const money = (nanos: Nanos): string => moneyLabel(nanos, currency);
  const title = cleanLabel(chart.title);
  const subtitle = subtitleOf(chart, money);
  const isEmpty = known === 0n && total.high80 === 0n && plan === null;
  const last = days.findLast((each) => each.known !== null);
  return {
    width: WIDTH,
    height: HEIGHT,
    config: {
      type: 'line',
      data: {
        labels: [
          ...sparseTicks(
            days.map(({ day }) => dayLabel(day)),
            7,
          ),
        ],
        datasets: isEmpty ? [] : datasets(pathsOf(chart)),
      },
      options: baseOptions({ currency, stacked: false, offset: false, empty: isEmpty, emphasised: null }),
      plugins: [
        framePlugin({ title, subtitle, empty: isEmpty ? 'No spend in this month' : null }),
        ...(isEmpty ? [] : labelPlugins(chart, money)),
      ],
    },
    altText: altTextOf([
      `Line chart of the month's spend added up. ${title}. ${subtitle}.`,
      `So far ${money(known)}${last === undefined ? '' : ` up to ${dayLabel(last.day)}`}.`,
      `95 % of such months end between ${money(total.low95)} and ${money(total.high95)}.`,
    ]),
    filename: pngName('forecast', chart.title, month),
  };
}

function subtitleOf({ forecast, plan }: ForecastChart, money: (nanos: Nanos) => string): string {
  const { total, month } = forecast;
  const range =
    total.low80 === total.high80 ? '' : `, likely ${money(total.low80)} to ${money(total.high80)}`;
  const off = plan === null ? null : changeLabel(total.expected, plan.amount);
  const against = plan === null ? '' : `; plan ${money(plan.amount)}${off === null ? '' : ` (${off})`}`;
  return `${monthLabel(firstDay(month))}: ${money(total.expected)}${range}${against}`;
}

function labelPlugins(chart: ForecastChart, money: (nanos: Nanos) => string): readonly Plugin[] {
  const { days, known } = chart.forecast;
  const index = days.findLastIndex((each) => each.known !== null);
  const isWithin = index >= 0 && index < days.length - 1;
  const soFar = { index, value: toApproximateUnits(known), text: `${money(known)} so far`, bold: true };
  return [pointLabelsPlugin(isWithin ? [soFar] : []), endLabelsPlugin(endLabels(chart, money), 12)];
}
