import type { ChartConfiguration } from 'chart.js';

/** A chart ready to be drawn; sizes in logical pixels. */
export interface ChartSpec {
  readonly width: number;
  readonly height: number;
  readonly config: ChartConfiguration;
  /** The picture in words with its key figures, at most 1000 characters. */
  readonly altText: string;
  /** ASCII, ends in `.png`. */
  readonly filename: string;
}
