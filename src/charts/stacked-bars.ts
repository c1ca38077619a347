import type { ChartConfiguration } from 'chart.js';
import { type Nanos, sumNanos, toApproximateUnits } from '../core/base/money.js';
import { baseOptions } from './base-options.js';
import { shortMoneyLabel, sparseTicks } from './labels.js';
import { endLabelsPlugin, framePlugin, hatchPlugin, type ValueLabel, valueLabelsPlugin } from './plugins.js';
import { BACKGROUND, pale } from './theme.js';

/** One series of a stack: a cost per bucket. */
export interface Stack {
  readonly label: string;
  readonly costs: readonly Nanos[];
  readonly colour: string;
}

/** What a chart of stacked bars shows. */
export interface StackedBars {
  readonly title: string;
  readonly subtitle: string;
  readonly currency: string;
  /** Names of the buckets along the axis. */
  readonly ticks: readonly string[];
  /** How many of these names fit beside each other. */
  readonly mostTicks: number;
  /** Largest first: it stands on the axis, where lengths compare best. */
  readonly stacks: readonly Stack[];
  /** The amount beside each stack's name. */
  readonly endLabels: readonly string[];
  /** The one bucket in full colour; null when all are equal. */
  readonly emphasised: number | null;
  /** First bucket drawn pale and hatched. */
  readonly provisionalFrom: number | null;
}

function colourOf(bars: StackedBars, stack: Stack, index: number): string {
  const isFaded = bars.emphasised !== null && index !== bars.emphasised;
  const isProvisional = bars.provisionalFrom !== null && index >= bars.provisionalFrom;
  return pale(stack.colour, isFaded ? 0.45 : isProvisional ? 0.7 : 1);
}

/** Totals above the bars, most important first: the emphasised one, then by height. */
function totalLabels(bars: StackedBars): readonly ValueLabel[] {
  const labels = bars.ticks.map((_, index) => {
    const costs = bars.stacks.map((stack) => stack.costs[index] ?? 0n);
    const total = sumNanos(costs);
    return {
      index,
      value: toApproximateUnits(sumNanos(costs.filter((cost) => cost > 0n))), // the top of the stack
      text: total === 0n ? '' : shortMoneyLabel(total, bars.currency),
      bold: index === bars.emphasised,
    };
  });
  return labels.toSorted((a, b) => Number(b.bold) - Number(a.bold) || b.value - a.value || b.index - a.index);
}

/** The last bucket in which anything was spent: what the direct labels stand beside. */
function labelledBucket(bars: StackedBars): number {
  const used = bars.ticks.findLastIndex((_, i) => bars.stacks.some((stack) => (stack.costs[i] ?? 0n) !== 0n));
  return bars.emphasised ?? used;
}

/** Bars stacked by series with totals above and direct labels at the right. */
export function stackedBars(bars: StackedBars): ChartConfiguration {
  const beside = labelledBucket(bars);
  const empty = bars.stacks.length === 0 ? 'No spend in this time' : null;
  const labels = bars.stacks.map((stack, datasetIndex) => ({
    datasetIndex,
    index: beside,
    name: stack.label,
    amount: bars.endLabels[datasetIndex] ?? '',
    colour: stack.colour,
  }));
  return {
    type: 'bar',
    data: {
      labels: [...sparseTicks(bars.ticks, bars.mostTicks)],
      datasets: bars.stacks.map((stack) => ({
        label: stack.label,
        data: bars.ticks.map((_, i) => toApproximateUnits(stack.costs[i] ?? 0n)),
        backgroundColor: bars.ticks.map((_, i) => colourOf(bars, stack, i)),
        borderColor: BACKGROUND,
        borderWidth: bars.ticks.length > 40 ? 0 : { top: 1, bottom: 1 },
        maxBarThickness: 72,
        categoryPercentage: 0.94,
        barPercentage: 0.88,
      })),
    },
    options: baseOptions({
      currency: bars.currency,
      stacked: true,
      offset: true,
      empty: empty !== null,
      emphasised: bars.emphasised,
    }),
    plugins: [
      framePlugin({ title: bars.title, subtitle: bars.subtitle, empty }),
      ...(bars.provisionalFrom === null ? [] : [hatchPlugin(bars.provisionalFrom)]),
      valueLabelsPlugin(totalLabels(bars)),
      endLabelsPlugin(labels, 10),
    ],
  };
}
