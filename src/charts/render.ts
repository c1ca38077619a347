import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { AppError } from '../core/base/errors.js';
import type { ChartSpec } from './chart-spec.js';
import { BACKGROUND, FONT_FAMILY, PIXEL_RATIO } from './theme.js';

const FONT_FILES = ['400Regular/Inter_400Regular.ttf', '700Bold/Inter_700Bold.ttf'];
/** One per size, kept: each new instance loads a fresh chart.js and never gives its 2 MB back. */
const canvases = new Map<string, ChartJSNodeCanvas>();

function registerFonts(): void {
  if (GlobalFonts.has(FONT_FAMILY)) return;
  const { resolve } = createRequire(import.meta.url);
  for (const file of FONT_FILES) {
    const path = resolve(`@expo-google-fonts/inter/${file}`);
    if (GlobalFonts.registerFromPath(path, FONT_FAMILY) === null)
      throw new AppError('upstream', `The chart font ${path} cannot be read: run npm install again.`);
  }
}

/**
 * Registers the chart font and proves that text draws: without a usable font canvas draws charts with no labels
 * and no error at all.
 * @throws AppError `upstream` when the font is missing or draws nothing.
 */
function checkTextDraws(): void {
  registerFonts();
  const canvas = createCanvas(24, 24);
  const pen = canvas.getContext('2d');
  pen.font = `20px ${FONT_FAMILY}`;
  pen.fillText('A', 2, 20);
  if (!pen.getImageData(0, 0, 24, 24).data.some((value) => value !== 0))
    throw new AppError('upstream', 'Charts cannot draw text on this machine: the font Inter is not usable.');
}

function canvasFor(width: number, height: number): ChartJSNodeCanvas {
  const size = `${width}x${height}`;
  const existing = canvases.get(size);
  if (existing !== undefined) return existing;
  checkTextDraws();
  const created = new ChartJSNodeCanvas({ width, height, backgroundColour: BACKGROUND });
  canvases.set(size, created);
  return created;
}

/**
 * Draws a chart as PNG, `width` x `height` times the pixel ratio; the same spec always gives the same bytes.
 * Takes about 50 ms of CPU, so it yields to the event loop first, which also lets native buffers go.
 */
export async function renderPng(spec: ChartSpec): Promise<Buffer> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  const options = { ...spec.config.options, devicePixelRatio: PIXEL_RATIO };
  return canvasFor(spec.width, spec.height).renderToBufferSync({ ...spec.config, options });
}
