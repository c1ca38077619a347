/** Series colours, told apart by people who do not see all of them (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

/** The drawing's size and margins, in its own units: smaller on a phone, so that its words stay as large as others. */
export const FRAME = matchMedia('(max-width: 760px)').matches
  ? ({ width: 320, height: 210, left: 46, right: 6, top: 22, bottom: 26 } as const)
  : ({ width: 600, height: 260, left: 62, right: 10, top: 22, bottom: 28 } as const);

/** The first round number (1, 2, 2.5, 5 times a power of ten) that is not below a value; 0 for 0. */
export function niceTop(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 2.5, 5, 10].map((step) => step * power);
  return steps.find((step) => step >= value) ?? value;
}

/** `12.5k`, `3M`: an amount that fits beside an axis. */
export function shortAmount(value: number): string {
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}
