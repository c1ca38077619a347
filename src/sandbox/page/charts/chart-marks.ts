import type { BlockOf } from '../../slack/block-kit/blocks.js';
import { html, type View } from '../shell/html.js';
import { COLOURS, FRAME } from './chart-scale.js';

type Series = Extract<BlockOf<'data_visualization'>['chart'], { type: 'line' }>['series'];

/** Where points go: the width of a category, and the height of a value. */
interface Scale {
  readonly categories: readonly string[];
  readonly step: number;
  readonly y: (value: number) => number;
}

function valueAt(series: Series[number], category: string): number {
  return series.data.find(({ label }) => label === category)?.value ?? 0;
}

/** Bars side by side for each category. */
export function barMarks(all: Series, { categories, step, y }: Scale): View {
  const width = Math.min(46, (step * 0.74) / all.length);
  return all.map((series, at) =>
    categories.map((category, index) => {
      const value = valueAt(series, category);
      const x = FRAME.left + step * (index + 0.5) + width * (at - all.length / 2);
      const [high, low] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
      return html`<rect key=${`${series.name} ${category}`} x=${x} y=${high} width=${Math.max(1, width - 1.5)} height=${Math.max(0.5, low - high)} rx="2" fill=${COLOURS[at % COLOURS.length]}>
        <title>${series.name}, ${category}: ${value.toLocaleString('en-US')}</title>
      </rect>`;
    }),
  );
}

/** A line with a dot for each category. */
export function lineMarks(all: Series, { categories, step, y }: Scale): View {
  return all.map((series, at) => {
    const colour = COLOURS[at % COLOURS.length];
    const points = categories.map((category, index) => {
      const value = valueAt(series, category);
      return { category, value, x: FRAME.left + step * (index + 0.5), y: y(value) };
    });
    return html`<g key=${series.name}>
      <polyline fill="none" stroke=${colour} stroke-width="2.5" stroke-linejoin="round" points=${points.map((one) => `${one.x},${one.y}`).join(' ')} />
      ${points.map(
        (one) => html`<circle key=${one.category} cx=${one.x} cy=${one.y} r="3.5" fill=${colour}>
          <title>${series.name}, ${one.category}: ${one.value.toLocaleString('en-US')}</title>
        </circle>`,
      )}
    </g>`;
  });
}
