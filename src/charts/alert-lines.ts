import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { type Nanos, toApproximateUnits } from '../core/base/money.js';
import type { Day } from '../core/base/time.js';
import { baseOptions } from './base-options.js';
import { cleanLabel, dayLabel, moneyLabel, sparseTicks } from './labels.js';
import { type EndLabel, endLabelsPlugin, framePlugin, pointLabelsPlugin, shadePlugin } from './plugins.js';
import {
  ACTUAL_COLOUR,
  ALARM_COLOUR,
  BACKGROUND,
  BAND_COLOUR,
  LESS_COLOUR,
  MUTED,
  REST_COLOUR,
} from './theme.js';

/** One day of an alert's history. */
interface AlertPoint {
  readonly day: Day;
  readonly actual: Nanos;
  readonly expected: Nanos;
  /** Upper edge of the normal band. */
  readonly upper: Nanos;
  readonly anomalous: boolean;
}

/** What an alert's chart shows; points ascend and end with the day the title speaks of. */
export interface AlertLines {
  readonly title: string;
  readonly subtitle: string;
  readonly currency: string;
  readonly points: readonly AlertPoint[];
  /** Drawn as the line that is left without it; null: nobody is suspected. */
  readonly suspect: Suspect | null;
}

/** A key, person or model that is thought to be the cause, with what it cost on each day. */
export interface Suspect {
  readonly label: string;
  readonly days: readonly { readonly day: Day; readonly cost: Nanos }[];
}

/** Daily cost without the suspect. */
function withoutSuspect({ points, suspect }: AlertLines): readonly Nanos[] {
  const own = new Map(suspect?.days.map(({ day, cost }) => [day, cost]) ?? []);
  return points.map(({ day, actual }) => actual - (own.get(day) ?? 0n));
}

function endLabels(lines: AlertLines): readonly EndLabel[] {
  const { points, currency, suspect } = lines;
  const last = points.at(-1);
  if (last === undefined) return [];
  const at = { index: points.length - 1 };
  return [
    {
      ...at,
      datasetIndex: 0,
      name: last.anomalous ? 'Actual, above normal' : 'Actual',
      amount: moneyLabel(last.actual, currency),
      colour: last.anomalous ? ALARM_COLOUR : ACTUAL_COLOUR,
    },
    { ...at, datasetIndex: 1, name: 'Expected', amount: moneyLabel(last.expected, currency), colour: MUTED },
    {
      ...at,
      datasetIndex: 2,
      name: 'Normal (grey) up to',
      amount: moneyLabel(last.upper, currency),
      colour: REST_COLOUR,
    },
    ...(suspect === null
      ? []
      : [
          {
            ...at,
            datasetIndex: 3,
            name: `Without ${cleanLabel(suspect.label)}`,
            amount: moneyLabel(withoutSuspect(lines).at(-1) ?? 0n, currency),
            colour: LESS_COLOUR,
          },
        ]),
  ];
}

function suspectDatasets(lines: AlertLines): ChartDataset<'line'>[] {
  if (lines.suspect === null) return [];
  return [
    {
      label: 'Without the suspect',
      data: withoutSuspect(lines).map(toApproximateUnits),
      borderColor: LESS_COLOUR,
      borderWidth: 2,
      borderDash: [2, 3],
      pointRadius: lines.points.length < 3 ? 4 : 0,
      pointBackgroundColor: LESS_COLOUR,
    },
  ];
}

function lineDatasets(points: readonly AlertPoint[]): ChartDataset<'line'>[] {
  const isSparse = points.length < 3;
  return [
    {
      label: 'Actual',
      data: points.map(({ actual }) => toApproximateUnits(actual)),
      borderColor: ACTUAL_COLOUR,
      borderWidth: 3,
      pointStyle: points.map(({ anomalous }) => (anomalous ? 'rectRot' : 'circle')),
      pointRadius: points.map(({ anomalous }) => (anomalous ? 9 : isSparse ? 6 : 0)),
      pointBackgroundColor: points.map(({ anomalous }) => (anomalous ? ALARM_COLOUR : ACTUAL_COLOUR)),
      pointBorderColor: BACKGROUND,
      pointBorderWidth: 2,
      clip: false,
    },
    {
      label: 'Expected',
      data: points.map(({ expected }) => toApproximateUnits(expected)),
      borderColor: MUTED,
      borderWidth: 2,
      borderDash: [5, 4],
      pointRadius: isSparse ? 4 : 0,
      pointBackgroundColor: MUTED,
    },
    {
      label: 'Normal up to',
      data: points.map(({ upper }) => toApproximateUnits(upper)),
      borderColor: REST_COLOUR,
      borderWidth: 1,
      backgroundColor: BAND_COLOUR,
      fill: 1,
      pointRadius: isSparse ? 4 : 0,
      pointBackgroundColor: REST_COLOUR,
    },
  ];
}

/** Actual cost as a line over the expected one and the band above it that is still normal. */
export function alertLines(lines: AlertLines): ChartConfiguration {
  const { points, currency } = lines;
  const empty = points.length === 0 ? 'No history to show' : null;
  // The last day has its label at the right already.
  const anomalies = points
    .map((point, index) => ({ ...point, index, value: toApproximateUnits(point.actual) }))
    .filter(({ anomalous, index }) => anomalous && index < points.length - 1)
    .toSorted((a, b) => b.value - a.value || b.index - a.index)
    .slice(0, 3)
    .map(({ index, value, actual }) => ({ index, value, text: moneyLabel(actual, currency), bold: true }));
  return {
    type: 'line',
    data: {
      labels: [
        ...sparseTicks(
          points.map(({ day }) => dayLabel(day)),
          7,
        ),
      ],
      datasets: [...lineDatasets(points), ...suspectDatasets(lines)],
    },
    options: baseOptions({
      currency,
      stacked: false,
      offset: points.length < 3,
      empty: empty !== null,
      emphasised: null,
    }),
    plugins: [
      framePlugin({ title: lines.title, subtitle: lines.subtitle, empty }),
      shadePlugin(points.flatMap(({ anomalous }, index) => (anomalous ? [index] : []))),
      pointLabelsPlugin(anomalies),
      endLabelsPlugin(endLabels(lines), 18),
    ],
  };
}
