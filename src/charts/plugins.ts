import type { Chart, Plugin } from 'chart.js';
import { fitted, fontOf, type Pen, penOf, property, rimmedText } from './pen.js';
import { BACKGROUND, FONT, INK, MUTED, PADDING, SHADE_COLOUR } from './theme.js';

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
      pen.fillText(fitted(pen, text.title, chart.width - 32), 16, 31);
      pen.font = fontOf(FONT.base, false);
      pen.fillStyle = MUTED;
      pen.fillText(fitted(pen, text.subtitle, chart.width - 32), 16, 54);
      if (text.empty !== null) {
        pen.textAlign = 'center';
        pen.font = fontOf(FONT.title, false);
        pen.fillText(
          fitted(pen, text.empty, chart.width - 64),
          chart.width / 2,
          (chart.height + PADDING.top) / 2,
        );
      }
      pen.restore();
    },
  };
}

/**
 * Moves labels of one height apart so that none overlaps and all stay between `top` and `bottom`, keeping their
 * order and as near to their anchors (centres, ascending) as can be.
 * @internal Pure geometry: tests try it with positions that no chart of theirs would give.
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

/** Amounts beside their points, at the left where there is room; one that would touch an earlier one is left out. */
export function pointLabelsPlugin(labels: readonly ValueLabel[]): Plugin {
  return {
    id: 'point-labels',
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (x === undefined || y === undefined) return;
      const pen = penOf(chart);
      const taken: number[] = [];
      pen.save();
      pen.textBaseline = 'middle';
      for (const label of labels) {
        const at = { x: x.getPixelForValue(label.index), y: y.getPixelForValue(label.value) };
        if (taken.some((other) => Math.abs(other - at.y) < FONT.small + 4)) continue;
        taken.push(at.y);
        pen.font = fontOf(FONT.small, label.bold);
        const isRoomy = at.x - 16 - pen.measureText(label.text).width >= chart.chartArea.left;
        pen.textAlign = isRoomy ? 'right' : 'left';
        // Lines rise to the right: there, below the point is free.
        const below = Math.min(at.y + 14, chart.chartArea.bottom - FONT.small);
        rimmedText(pen, label.text, isRoomy ? { x: at.x - 14, y: at.y } : { x: at.x + 14, y: below });
      }
      pen.restore();
    },
  };
}

/** Amounts above their bars, the most important first; one that would touch an earlier one is left out. */
export function peakLabelsPlugin(labels: readonly ValueLabel[]): Plugin {
  return {
    id: 'peak-labels',
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (x === undefined || y === undefined) return;
      const pen = penOf(chart);
      const taken: { readonly left: number; readonly right: number }[] = [];
      pen.save();
      pen.textAlign = 'center';
      pen.textBaseline = 'alphabetic';
      for (const label of labels) {
        pen.font = fontOf(FONT.bar, label.bold);
        const half = pen.measureText(label.text).width / 2 + 3;
        const centre = Math.min(
          Math.max(x.getPixelForValue(label.index), chart.chartArea.left + half),
          chart.width - half - 4,
        );
        if (taken.some(({ left, right }) => centre - half < right && centre + half > left)) continue;
        taken.push({ left: centre - half, right: centre + half });
        rimmedText(pen, label.text, { x: centre, y: y.getPixelForValue(label.value) - 5 });
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

/** A pale column behind each of these points of the chart: the days that it is about. */
export function shadePlugin(indices: readonly number[]): Plugin {
  return {
    id: 'shade',
    beforeDatasetsDraw(chart) {
      const { x } = chart.scales;
      if (x === undefined || indices.length === 0) return;
      const pen = penOf(chart);
      const { top, height, left, right } = chart.chartArea;
      const pitch = Math.min(40, Math.max(8, x.getPixelForValue(1) - x.getPixelForValue(0)));
      pen.save();
      pen.fillStyle = SHADE_COLOUR;
      for (const index of indices) {
        const centre = x.getPixelForValue(index);
        const from = Math.max(left, centre - pitch / 2);
        pen.fillRect(from, top, Math.min(right, centre + pitch / 2) - from, height);
      }
      pen.restore();
    },
  };
}
