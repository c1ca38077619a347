import type { BlockOf } from '../../slack/block-kit/blocks.js';
import { html, type View } from '../shell/html.js';
import { barMarks, lineMarks } from './chart-marks.js';
import { pieMarks } from './chart-pie.js';
import { COLOURS, FRAME, niceTop, shortAmount } from './chart-scale.js';

type ChartBlock = BlockOf<'data_visualization'>;
type Plot = Exclude<ChartBlock['chart'], { type: 'pie' }>;

/** A chart as Slack draws it, with every figure in its text alternative. */
export function ChartView({ block }: { block: ChartBlock }): View {
  const { title, chart } = block;
  const drawn = chart.type === 'pie' ? pieMarks(chart.segments) : html`<${Axes} plot=${chart} />`;
  const entries =
    chart.type === 'pie' ? chart.segments.map(({ label }) => label) : chart.series.map(({ name }) => name);
  return html`<figure class="block-chart">
    <figcaption>${title}</figcaption>
    <svg viewBox=${`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label=${figuresOf(block)}>${drawn}</svg>
    ${entries.length > 1 || chart.type === 'pie' ? html`<${Legend} entries=${entries} />` : null}
  </figure>`;
}

function Legend({ entries }: { entries: readonly string[] }): View {
  return html`<ul class="chart-legend" aria-hidden="true">
    ${entries.map((entry, index) => html`<li key=${entry}><i style=${`background:${colourAt(index)}`}></i>${entry}</li>`)}
  </ul>`;
}

function colourAt(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#555';
}

function Axes({ plot }: { plot: Plot }): View {
  const { categories, y_label: unit = '' } = plot.axis_config;
  const values = plot.series.flatMap(({ data }) => data.map(({ value }) => value));
  const [top, bottom] = [
    niceTop(Math.max(0, ...values)),
    -niceTop(Math.max(0, ...values.map((one) => -one))),
  ];
  const y = (value: number): number =>
    FRAME.top + ((top - value) / (top - bottom || 1)) * (FRAME.height - FRAME.top - FRAME.bottom);
  const step = (FRAME.width - FRAME.left - FRAME.right) / categories.length;
  const ticks = Array.from({ length: 5 }, (_, index) => bottom + ((top - bottom) * index) / 4);
  // Names that would run into each other are left out evenly; the text alternative has them all.
  const every = Math.max(1, Math.ceil((Math.max(...categories.map((name) => name.length)) * 6.2 + 8) / step));
  return html`
    ${ticks.map(
      (tick) => html`<g key=${tick}>
        <line class="grid" x1=${FRAME.left} x2=${FRAME.width - FRAME.right} y1=${y(tick)} y2=${y(tick)} />
        <text class="tick" x=${FRAME.left - 8} y=${y(tick) + 4} text-anchor="end">${shortAmount(tick)}</text>
      </g>`,
    )}
    ${unit === '' ? null : html`<text class="tick" x=${FRAME.left - 8} y="12" text-anchor="end">${unit}</text>`}
    ${plot.type === 'bar' ? barMarks(plot.series, { categories, step, y }) : lineMarks(plot.series, { categories, step, y })}
    ${categories.map((name, index) =>
      index % every === 0
        ? html`<text class="tick" key=${name} x=${FRAME.left + step * (index + 0.5)} y=${FRAME.height - 8} text-anchor="middle">${name}</text>`
        : null,
    )}
  `;
}

/** Title and all figures in words: what a screen reader says. */
function figuresOf({ title, chart }: ChartBlock): string {
  if (chart.type === 'pie')
    return `${title}. ${chart.segments.map(({ label, value }) => `${label}: ${value.toLocaleString('en-US')}`).join(', ')}.`;
  const unit = chart.axis_config.y_label ?? '';
  const lines = chart.series.map(
    ({ name, data }) =>
      `${name}: ${data.map(({ label, value }) => `${label} ${value.toLocaleString('en-US')}`).join(', ')}`,
  );
  return `${title}${unit === '' ? '' : ` (${unit})`}. ${lines.join('. ')}.`;
}
