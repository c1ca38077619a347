import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { fitted, fontOf, type Pen, penOf, property, rimmedText } from './pen.js';
import { framePlugin } from './plugins.js';
import { FONT, FONT_FAMILY, GRID, HEIGHT, INK, MUTED, PADDING } from './theme.js';

/** One bar of a chart of rows. */
export interface Row {
  readonly label: string;
  /** Said in pale after the amount, as far as there is room. */
  readonly note: string | null;
  /** Ends of the bar in currency units. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly colour: string;
  readonly bold: boolean;
}

/** Horizontal bars with their names at the left and their amounts at their ends; no axis, since every bar is labelled. */
export interface Rows {
  readonly title: string;
  readonly subtitle: string;
  readonly rows: readonly Row[];
  /** Thin lines lead from each bar's end to the next bar. */
  readonly connected: boolean;
  /** Where the scale begins, in currency units; absent: at zero. Anyone who cuts it says so in the subtitle. */
  readonly startsAt?: number;
  readonly empty: string;
}

/** Room left and right of the bars; causes have short names, and amounts that need a word more. */
const ROOM = { names: { left: 190, right: 150 }, causes: { left: 150, right: 205 } } as const;
/** Less than this is no room for a note. */
const LEAST_NOTE = 44;
/** Few rows stand close together at the top instead of far apart. */
const HIGHEST_ROW = 50;
const GAP = 8;

const BAR_LOOK = {
  borderSkipped: false,
  maxBarThickness: 26,
  minBarLength: 2,
  categoryPercentage: 0.9,
  barPercentage: 0.8,
} as const;

/** Rows as a chart; it takes a dozen of them. */
export function rowsChart(chart: Rows): ChartConfiguration {
  const { title, subtitle, rows, connected, empty, startsAt = 0 } = chart;
  const isEmpty = rows.length === 0;
  const room = connected ? ROOM.causes : ROOM.names;
  return {
    type: 'bar',
    data: {
      labels: rows.map(() => ''),
      datasets: [
        {
          data: rows.map(({ from, to }): [number, number] => [from, to]),
          backgroundColor: rows.map(({ colour }) => colour),
          ...BAR_LOOK,
        },
      ],
    },
    options: {
      responsive: false,
      animation: false,
      events: [],
      indexAxis: 'y',
      font: { family: FONT_FAMILY, size: FONT.small },
      layout: {
        padding: {
          top: PADDING.top - 6,
          bottom: Math.max(14, HEIGHT - PADDING.top - rows.length * HIGHEST_ROW),
          left: 16 + room.left + GAP,
          right: room.right,
        },
      },
      plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
      scales: scalesOf(isEmpty, startsAt),
    },
    plugins: [
      framePlugin({ title, subtitle, empty: isEmpty ? empty : null }),
      startLinePlugin(isEmpty, startsAt),
      rowLabelsPlugin(rows, room.left),
      ...(connected ? [connectorsPlugin(rows)] : []),
    ],
  };
}

function scalesOf(
  isEmpty: boolean,
  startsAt: number,
): NonNullable<NonNullable<ChartConfiguration['options']>['scales']> {
  return {
    x: { display: false, ...(startsAt > 0 ? { min: startsAt } : { beginAtZero: true }) },
    y: { display: !isEmpty, grid: { display: false }, border: { display: false }, ticks: { display: false } },
  };
}

function startLinePlugin(isEmpty: boolean, startsAt: number): Plugin {
  return {
    id: 'start-line',
    beforeDatasetsDraw(chart) {
      const x = chart.scales['x']?.getPixelForValue(startsAt);
      if (isEmpty || x === undefined) return;
      const { top, bottom } = chart.chartArea;
      line(penOf(chart), { x, y: top }, { x, y: bottom });
    },
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function line(pen: Pen, from: Point, to: Point): void {
  pen.save();
  pen.strokeStyle = GRID;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
  pen.restore();
}

function rowLabelsPlugin(rows: readonly Row[], nameWidth: number): Plugin {
  return {
    id: 'row-labels',
    afterDatasetsDraw(chart) {
      const pen = penOf(chart);
      pen.save();
      pen.textBaseline = 'middle';
      for (const [index, row] of rows.entries()) {
        nameRow(chart, pen, { row, index, nameWidth });
        labelRow(chart, pen, { row, index });
      }
      pen.restore();
    },
  };
}

function nameRow(
  chart: Chart,
  pen: Pen,
  { row, index, nameWidth }: { row: Row; index: number; nameWidth: number },
): void {
  const y = chart.getDatasetMeta(0).data[index]?.y ?? Number.NaN;
  if (!Number.isFinite(y)) return;
  pen.textAlign = 'right';
  pen.fillStyle = INK;
  pen.font = fontOf(FONT.small, row.bold);
  pen.fillText(fitted(pen, row.label, nameWidth), 16 + nameWidth, y);
}

function labelRow(chart: Chart, pen: Pen, { row, index }: { row: Row; index: number }): void {
  const bar = chart.getDatasetMeta(0).data[index];
  const end = Math.max(property(bar, 'x'), property(bar, 'base'));
  if (bar === undefined || !Number.isFinite(end)) return;
  pen.textAlign = 'left';
  pen.font = fontOf(FONT.small, true);
  const at = { x: end + GAP, y: bar.y };
  const amount = fitted(pen, row.text, chart.width - at.x - 6);
  rimmedText(pen, amount, at);
  const x = at.x + pen.measureText(amount).width + GAP;
  const room = chart.width - x - 10;
  if (row.note === null || room < LEAST_NOTE) return;
  pen.fillStyle = MUTED;
  pen.font = fontOf(FONT.note, false);
  pen.fillText(fitted(pen, row.note, room), x, at.y);
}

function connectorsPlugin(rows: readonly Row[]): Plugin {
  return {
    id: 'connectors',
    beforeDatasetsDraw(chart) {
      const pen = penOf(chart);
      const scale = chart.scales['x'];
      const bars = chart.getDatasetMeta(0).data;
      for (const [index, { to }] of rows.slice(0, -1).entries()) {
        const [from, next] = [bars[index], bars[index + 1]];
        const x = scale?.getPixelForValue(to);
        if (from !== undefined && next !== undefined && x !== undefined)
          line(pen, { x, y: from.y }, { x, y: next.y });
      }
    },
  };
}
