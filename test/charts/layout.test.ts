import { createCanvas } from '@napi-rs/canvas';
import type { Plugin } from 'chart.js';
import { describe, expect, it } from 'vitest';
import { renderPng } from '../../src/charts/render.js';
import { chartSpec } from '../../src/charts/spec.js';
import { FONT_FAMILY } from '../../src/charts/theme.js';
import { CHART_CASES } from './cases.js';

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What the test asks of a canvas; the compiler knows no DOM here. */
interface CanvasPen {
  fillText: (text: string, x: number, y: number) => void;
  measureText(text: string): {
    actualBoundingBoxLeft: number;
    actualBoundingBoxRight: number;
    actualBoundingBoxAscent: number;
    actualBoundingBoxDescent: number;
  };
  getTransform(): { a: number; d: number; e: number; f: number };
}

/** Notes each text that is drawn with the box it takes on the picture, in logical pixels. */
function spyPlugin(drawn: Box[]): Plugin {
  return {
    id: 'spy',
    beforeInit(chart) {
      const pen = chart.ctx as unknown as CanvasPen;
      const draw = pen.fillText.bind(pen);
      pen.fillText = (text, x, y) => {
        const box = pen.measureText(text);
        const { a, d, e, f } = pen.getTransform();
        const ratio = 2;
        if (text.trim() !== '')
          drawn.push({
            text,
            left: ((x - box.actualBoundingBoxLeft) * a + e) / ratio,
            right: ((x + box.actualBoundingBoxRight) * a + e) / ratio,
            top: ((y - box.actualBoundingBoxAscent) * d + f) / ratio,
            bottom: ((y + box.actualBoundingBoxDescent) * d + f) / ratio,
          });
        draw(text, x, y);
      };
    },
  };
}

function touching(boxes: readonly Box[]): string[] {
  return boxes.flatMap((one, i) =>
    boxes
      .slice(i + 1)
      .filter(
        (other) =>
          one.left < other.right - 0.5 &&
          other.left < one.right - 0.5 &&
          one.top < other.bottom - 0.5 &&
          other.top < one.bottom - 0.5,
      )
      .map((other) => `"${one.text}" and "${other.text}"`),
  );
}

describe('every kind of chart with ordinary and extreme figures', () => {
  it.each(CHART_CASES)('%s has its texts inside the picture, none over another', async (_, request) => {
    const drawn: Box[] = [];
    const spec = chartSpec(request);
    const { width, height, config, altText } = spec;
    const plugins = [spyPlugin(drawn), ...(config.plugins ?? [])];
    const png = await renderPng({ ...spec, config: { ...config, plugins } });
    expect(png.byteLength).toBeGreaterThan(3_000);
    expect(altText.length).toBeGreaterThan(20);
    expect(altText.length).toBeLessThanOrEqual(1_000);
    expect(drawn.length).toBeGreaterThanOrEqual(2);
    expect(touching(drawn)).toEqual([]);
    const outside = drawn.filter(
      ({ left, right, top, bottom }) => left < 0 || top < 0 || right > width || bottom > height,
    );
    expect(outside).toEqual([]);
    const points = config.data.datasets.flatMap(({ data }) => data).length;
    // What is shown is also said: a chart with bars or lines has amounts on it.
    if (points > 0) expect(drawn.some(({ text }) => /[\d$€£]/.test(text))).toBe(true);
  });

  it('draws the same bytes again, and one after another on the canvas of its size', async () => {
    const [, normal] = CHART_CASES.find(([name]) => name === 'forecast-plan') ?? [];
    const [, small] = CHART_CASES.find(([name]) => name === 'trend-normal') ?? [];
    if (normal === undefined || small === undefined) throw new Error('These cases are gone.');
    const first = await renderPng(chartSpec(normal));
    await renderPng(chartSpec(small));
    expect((await renderPng(chartSpec(normal))).equals(first)).toBe(true);
  });

  it('measures in the font that charts are drawn in', () => {
    const context = createCanvas(10, 10).getContext('2d');
    context.font = `20px ${FONT_FAMILY}`;
    expect(context.measureText('Apportion').width).toBeGreaterThan(60);
  });
});
