import type { ChartOptions } from 'chart.js';
import { axisLabel } from './labels.js';
import { FONT, FONT_FAMILY, GRID, INK, MUTED, PADDING } from './theme.js';

/** What differs between our charts; all else is the one look they share. */
export interface Look {
  readonly currency: string;
  readonly stacked: boolean;
  /** Nothing to draw: no axes either. */
  readonly empty: boolean;
  /** Half a bucket of air left and right, as bars need. */
  readonly offset: boolean;
  /** Bucket whose name stands in bold. */
  readonly emphasised: number | null;
}

/** Axes, grid and fonts of every chart: money upwards from zero, few lines, no legend, no animation. */
export function baseOptions(look: Look): ChartOptions {
  const font = { family: FONT_FAMILY, size: FONT.small };
  return {
    responsive: false,
    animation: false,
    events: [],
    font,
    layout: { padding: { ...PADDING } },
    plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
    scales: {
      x: {
        display: !look.empty,
        stacked: look.stacked,
        offset: look.offset,
        grid: { display: false },
        border: { display: false }, // the line at zero is the axis, also where credits go below it
        ticks: {
          color: ({ index }: { index: number }) => (index === look.emphasised ? INK : MUTED),
          font: ({ index }: { index: number }) => ({
            ...font,
            weight: index === look.emphasised ? 'bold' : 'normal',
          }),
          maxRotation: 0,
          autoSkip: false, // sparseTicks has chosen, and kept the newest
        },
      },
      y: {
        display: !look.empty,
        stacked: look.stacked,
        beginAtZero: true,
        grace: '10%',
        border: { display: false },
        grid: { color: ({ tick }: { tick: { value: number } }) => (tick.value === 0 ? MUTED : GRID) },
        ticks: {
          color: MUTED,
          font,
          maxTicksLimit: 6,
          callback: (value, _index, ticks) => {
            const largest = Math.max(...ticks.map((tick) => Math.abs(tick.value)));
            return axisLabel(Number(value), largest, look.currency);
          },
        },
      },
    },
  };
}
