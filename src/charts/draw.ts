import { renderPng } from './render.js';
import { type ChartRequest, chartSpec } from './spec.js';

/** A finished picture. */
export interface DrawnChart {
  readonly png: Uint8Array;
  /** At most 1000 characters, with the key figures. */
  readonly altText: string;
  readonly filename: string;
}

/** Figures to picture, in the thread that calls it. @throws AppError `upstream` when no text can be drawn. */
export async function drawChart(request: ChartRequest): Promise<DrawnChart> {
  const spec = chartSpec(request);
  return { png: await renderPng(spec), altText: spec.altText, filename: spec.filename };
}
