import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/charts/draw.js';
import { renderPng } from '../../src/charts/render.js';
import { type ChartRequest, chartSpec } from '../../src/charts/spec.js';
import { PADDING } from '../../src/charts/theme.js';
import { alert, digest, HOSTILE_NAMES, SERVICES, spend } from './figures.js';

const MANY = Array.from({ length: 30 }, (_, i) => `A service with quite a long name, number ${i}`);

const CASES: readonly (readonly [string, ChartRequest])[] = [
  [
    'a normal digest',
    { kind: 'digest', figures: digest(SERVICES, 8, (service, week) => 900 * service + week) },
  ],
  ['a digest of thirty services', { kind: 'digest', figures: digest(MANY, 12, (service) => 1e5 * service) }],
  [
    'a digest of one service in one week',
    { kind: 'digest', figures: digest(['Claude API'], 1, () => 0.004) },
  ],
  ['a digest without data', { kind: 'digest', figures: digest([], 0, () => 0) }],
  [
    'a digest with credits',
    { kind: 'digest', figures: digest(SERVICES, 8, (service) => (service - 2) * 50) },
  ],
  ['an alert', { kind: 'alert', figures: alert(42, 2) }],
  ['an alert with one day of history', { kind: 'alert', figures: alert(1, 1) }],
  ['an alert without history', { kind: 'alert', figures: { ...alert(1, 1), series: [] } }],
  [
    'spend with hostile names',
    { kind: 'spend', title: HOSTILE_NAMES[0]!, series: spend(HOSTILE_NAMES, 31, () => 5) },
  ],
  [
    'spend of thirty keys over 90 days',
    { kind: 'spend', title: 'Keys', series: spend(MANY, 90, (key) => key) },
  ],
  [
    'provisional spend',
    { kind: 'spend', title: 'Now', series: { ...spend(SERVICES, 9, () => 7), provisionalFrom: 7 } },
  ],
];

/** Share of pixels in a box (logical pixels) that are not white. */
async function inkIn(png: Uint8Array, box: { x: number; y: number; width: number; height: number }) {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(box.x * 2, box.y * 2, box.width * 2, box.height * 2);
  let inked = 0;
  for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 200) inked += 1;
  return inked / (data.length / 4);
}

async function draw(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await drawChart(CASES[i % CASES.length]![1]);
}

describe('drawing', () => {
  it.each(CASES)('draws %s as a sharp PNG with a title', async (_, request) => {
    const { png } = await drawChart(request);
    const header = Buffer.from(png);
    expect(header.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([1280, 800]);
    expect(await inkIn(png, { x: 16, y: 12, width: 60, height: 24 })).toBeGreaterThan(0.02);
  });

  it('writes names and amounts beside the bars', async () => {
    const { png } = await drawChart(CASES[0]![1]);
    const beside = { x: 640 - PADDING.right + 20, y: PADDING.top, width: PADDING.right - 30, height: 280 };
    expect(await inkIn(png, beside)).toBeGreaterThan(0.01);
  });

  it('leaves the middle of a chart without data to a sentence', async () => {
    const empty = await drawChart(CASES[3]![1]);
    expect(await inkIn(empty.png, { x: 200, y: 205, width: 240, height: 40 })).toBeGreaterThan(0.01);
    expect(await inkIn(empty.png, { x: 0, y: 70, width: 640, height: 100 })).toBe(0);
  });

  it('gives the same bytes for the same figures, whatever was drawn between', async () => {
    const week = () =>
      chartSpec({ kind: 'digest', figures: digest(SERVICES, 8, (service) => 100 * service) });
    const spec = week();
    const first = await renderPng(spec);
    await renderPng(chartSpec(CASES[5]![1]));
    expect(Buffer.compare(first, await renderPng(spec))).toBe(0);
    expect(Buffer.compare(first, await renderPng(week()))).toBe(0);
  });

  it('does not keep memory for charts that are drawn', async () => {
    await draw(15);
    const before = process.memoryUsage().rss;
    await draw(60);
    // A new drawing instance per chart would keep 2.2 MB each: 130 MB.
    expect((process.memoryUsage().rss - before) / 60).toBeLessThan(1_000_000);
  });
});
