/** Logical size of every chart; drawn at PIXEL_RATIO, so that a phone shows it at half size and still sharp. */
export const WIDTH = 640;
export const HEIGHT = 400;
export const PIXEL_RATIO = 2;

export const FONT_FAMILY = 'Inter';
/** On a phone the image is about 360 points wide, so 15 here is 8.5 points there: the smallest that reads. */
export const FONT = { title: 20, base: 15, small: 14, bar: 13, note: 12 } as const;

/** Space kept free beside the plot: titles above, direct labels to the right. */
export const PADDING = { top: 74, right: 186, bottom: 8, left: 12 } as const;

/** Dark enough on white, which is also what Slack's dark theme shows an image on. */
export const INK = '#1d1c1d';
export const MUTED = '#5c5c66';
export const GRID = '#e4e4e8';
export const BACKGROUND = '#ffffff';

/**
 * Okabe and Ito's colour-blind safe palette (https://jfly.uni-koeln.de/color/), ordered so that neighbours in a
 * stack also differ in lightness; its yellow and black are left out, being lost on white and taken by the text.
 */
export const SERIES_COLOURS = ['#0072b2', '#e69f00', '#009e73', '#56b4e9', '#d55e00', '#cc79a7'] as const;
/** What does not deserve a colour of its own: the rest of a long list. */
export const REST_COLOUR = '#8e8e96';
export const ALARM_COLOUR = '#d55e00';
/** A saving; told by its sign too. */
export const LESS_COLOUR = '#009e73';
export const ACTUAL_COLOUR = '#0072b2';
/** Behind the days that a chart is about. */
export const SHADE_COLOUR = '#fbe9de';
export const BAND_COLOUR = '#dcdce2';

/** The colour mixed with white: `strength` 1 is the colour itself, 0 is white. Expects `#rrggbb`. */
export function pale(colour: string, strength: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const mixed = channels.map((channel) => Math.round(255 + (channel - 255) * strength));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
