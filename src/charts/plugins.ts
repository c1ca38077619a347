import type { Chart, Element, Plugin } from 'chart.js';
import { AppError } from '../core/errors.js';
import { BACKGROUND, FONT, FONT_FAMILY, HEIGHT, INK, MUTED, PADDING, WIDTH } from './theme.js';

/** The few canvas calls we draw with; the compiler knows no DOM here. */
interface Pen {
  font: string;
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  textAlign: string;
  textBaseline: string;
  lang: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeText(text: string, x: number, y: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

function isPen(context: unknown): context is Pen {
  return typeof context === 'object' && context !== null && 'measureText' in context;
}

function penOf(chart: Chart): Pen {
  const context: unknown = chart.ctx;
  if (!isPen(context)) throw new AppError('bug', 'The chart has no canvas to draw on.');
  return context;
}

/** A number that chart.js worked out for a bar or point; NaN where it has none. */
function property(element: Element | undefined, name: string): number {
  const value: unknown = element?.getProps([name], true)[name];
  return typeof value === 'number' ? value : Number.NaN;
}

function fontOf(size: number, bold: boolean): string {
  return `${bold ? 'bold ' : ''}${size}px ${FONT_FAMILY}`;
}

/** The text cut in the middle to a width in pixels, in the pen's font: long names often differ at their ends. */
function fitted(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const characters = Array.from(text);
  for (let kept = characters.length - 1; kept > 0; kept -= 1) {
    const head = characters
      .slice(0, Math.ceil(kept * 0.6))
      .join('')
      .trimEnd();
    const tail = characters
      .slice(characters.length - Math.floor(kept * 0.4))
      .join('')
      .trimStart();
    const cut = `${head}…${tail}`;
    if (pen.measureText(cut).width <= width) return cut;
  }
  return '…';
}

/** Title and one line below it, both inside the picture; `empty` is written in the middle instead of bars. */
export function framePlugin(text: { title: string; subtitle: string; empty: string | null }): Plugin {
  return {
    id: 'frame',
    beforeLayout(chart) {
      penOf(chart).lang = 'en'; // else glyph choice would follow the host's language
    },
    afterDraw(chart) {
      const pen = penOf(chart);
      pen.save();
      pen.textBaseline = 'alphabetic';
      pen.textAlign = 'left';
      pen.font = fontOf(FONT.title, true);
      pen.fillStyle = INK;
      pen.fillText(fitted(pen, text.title, WIDTH - 32), 16, 31);
      pen.font = fontOf(FONT.base, false);
      pen.fillStyle = MUTED;
      pen.fillText(fitted(pen, text.subtitle, WIDTH - 32), 16, 54);
      if (text.empty !== null) {
        pen.textAlign = 'center';
        pen.font = fontOf(FONT.title, false);
        pen.fillText(fitted(pen, text.empty, WIDTH - 64), WIDTH / 2, HEIGHT / 2 + PADDING.top / 3);
      }
      pen.restore();
    },
  };
}

/**
 * Moves labels of one height apart so that none overlaps and all stay between `top` and `bottom`, keeping their
 * order and as near to their anchors (centres, ascending) as can be.
 */
export function spreadLabels(
  anchors: readonly number[],
  height: number,
  bounds: { top: number; bottom: number },
): readonly number[] {
  const centres: number[] = [];
  let free = bounds.top + height / 2;
  for (const anchor of anchors) {
    const centre = Math.max(anchor, free);
    centres.push(centre);
    free = centre + height;
  }
  let limit = bounds.bottom - height / 2;
  for (let i = centres.length - 1; i >= 0; i -= 1) {
    centres[i] = Math.min(centres[i] ?? limit, limit);
    limit = (centres[i] ?? limit) - height;
  }
  return centres;
}

/** A direct label: stands to the right of the plot at the height of one element of the chart. */
export interface EndLabel {
  readonly datasetIndex: number;
  readonly index: number;
  readonly name: string;
  readonly amount: string;
  readonly colour: string;
}

function anchorOf(chart: Chart, label: EndLabel): number {
  const element = chart.getDatasetMeta(label.datasetIndex).data[label.index];
  const y = property(element, 'y');
  const base = property(element, 'base'); // a bar has one, a point has none
  const middle = Number.isNaN(base) ? y : (y + base) / 2;
  return Number.isFinite(middle) ? middle : chart.chartArea.bottom;
}

/** Name and amount beside the last bar or point instead of a legend, `gap` pixels from the plot. */
export function endLabelsPlugin(labels: readonly EndLabel[], gap: number): Plugin {
  const height = 35;
  return {
    id: 'end-labels',
    afterDatasetsDraw(chart) {
      const pen = penOf(chart);
      const { right, bottom } = chart.chartArea;
      const placed = labels
        .map((label) => ({ label, anchor: anchorOf(chart, label) }))
        .toSorted((a, b) => a.anchor - b.anchor || b.label.datasetIndex - a.label.datasetIndex);
      const bounds = { top: PADDING.top - 8, bottom: bottom + 10 };
      const anchors = placed.map(({ anchor }) => anchor);
      const centres = spreadLabels(anchors, height, bounds);
      pen.save();
      pen.textAlign = 'left';
      pen.textBaseline = 'middle';
      for (const [i, { label }] of placed.entries()) {
        const y = centres[i] ?? bottom;
        const x = right + gap;
        pen.fillStyle = label.colour;
        pen.fillRect(x, y - 15, 5, 30);
        pen.fillStyle = INK;
        pen.font = fontOf(FONT.small, false);
        pen.fillText(fitted(pen, label.name, PADDING.right - gap - 16), x + 11, y - 7.5);
        pen.font = fontOf(FONT.small, true);
        pen.fillText(fitted(pen, label.amount, PADDING.right - gap - 16), x + 11, y + 8.5);
      }
      pen.restore();
    },
  };
}

/** A text at the chart's bar or point number `index` whose top is at `value` on the money axis. */
export interface ValueLabel {
  readonly index: number;
  readonly value: number;
  readonly text: string;
  readonly bold: boolean;
}

/** Writes text on a white rim, so that no grid line runs through it. */
function rimmedText(pen: Pen, text: string, at: { x: number; y: number }): void {
  pen.strokeStyle = BACKGROUND;
  pen.lineWidth = 4;
  pen.strokeText(text, at.x, at.y);
  pen.fillStyle = INK;
  pen.fillText(text, at.x, at.y);
}

/** Totals above their bars. Where not all have room only the first of the list stays. */
export function valueLabelsPlugin(labels: readonly ValueLabel[]): Plugin {
  return {
    id: 'value-labels',
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (x === undefined || y === undefined) return;
      const pen = penOf(chart);
      pen.save();
      pen.textAlign = 'center';
      pen.textBaseline = 'alphabetic';
      const boxes = labels.map((label) => {
        pen.font = fontOf(FONT.bar, label.bold);
        return { ...label, x: x.getPixelForValue(label.index), width: pen.measureText(label.text).width + 3 };
      });
      const pitch = x.getPixelForValue(1) - x.getPixelForValue(0);
      const isRoomy = boxes.every(({ width }) => width <= pitch || boxes.length === 1);
      for (const box of isRoomy ? boxes : boxes.slice(0, 1)) {
        pen.font = fontOf(FONT.bar, box.bold);
        const centre = Math.min(box.x, chart.chartArea.right + 6 - box.width / 2);
        rimmedText(pen, box.text, { x: centre, y: y.getPixelForValue(box.value) - 5 });
      }
      pen.restore();
    },
  };
}

/** Amounts to the left of their points; one that would touch an earlier one is left out. */
export function pointLabelsPlugin(labels: readonly ValueLabel[]): Plugin {
  return {
    id: 'point-labels',
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (x === undefined || y === undefined) return;
      const pen = penOf(chart);
      const taken: number[] = [];
      pen.save();
      pen.textAlign = 'right';
      pen.textBaseline = 'middle';
      for (const label of labels) {
        const at = { x: x.getPixelForValue(label.index) - 14, y: y.getPixelForValue(label.value) };
        if (taken.some((other) => Math.abs(other - at.y) < FONT.small + 4)) continue;
        taken.push(at.y);
        pen.font = fontOf(FONT.small, label.bold);
        rimmedText(pen, label.text, at);
      }
      pen.restore();
    },
  };
}

function hatch(pen: Pen, box: { left: number; top: number; width: number; height: number }): void {
  const { left, top, width, height } = box;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = BACKGROUND;
  pen.lineWidth = 2;
  pen.beginPath();
  // Lines of one lattice over the whole picture, so that segments of a stack line up.
  for (let sum = Math.floor((left + top) / 8) * 8; sum <= left + width + top + height; sum += 8) {
    pen.moveTo(sum - top, top);
    pen.lineTo(sum - top - height, top + height);
  }
  pen.stroke();
  pen.restore();
}

/** White diagonals over all bars from index `from` on: "not final" must not be told by colour alone. */
export function hatchPlugin(from: number): Plugin {
  return {
    id: 'hatch',
    afterDatasetsDraw(chart) {
      const pen = penOf(chart);
      for (const bar of chart.getSortedVisibleDatasetMetas().flatMap((meta) => meta.data.slice(from))) {
        const [y, base, width] = [property(bar, 'y'), property(bar, 'base'), property(bar, 'width')];
        const height = Math.abs(base - y);
        if (height > 0) hatch(pen, { left: bar.x - width / 2, top: Math.min(y, base), width, height });
      }
    },
  };
}
