import { quantileInPlace } from '../base/quantiles.js';

/** A day that was normal, and what it taught. */
export interface NormalDay {
  /** Monday = 1 ... Sunday = 7. */
  readonly weekday: number;
  readonly units: number;
  /** How far off the day's own forecast was, in logs; null before there was one. */
  readonly error: number | null;
}

/** A level times a weekday profile on a log scale, both medians, and how far one day ahead was off before. */
export interface Fit {
  /** Added before the logarithm, so that 2 -> 20 units is no news. */
  readonly floor: number;
  readonly level: number;
  /** By weekday; the place before Monday is empty. */
  readonly seasons: readonly number[];
  readonly deviation: number;
}

/** Normal days that set the level; short, so that growth is followed. */
const LEVEL_WINDOW = 21;
const SMALL_CHANGE = 5;
/** The deviation of the log believed before errors are seen, worth so many days; and the least there is. */
const PRIOR_DEVIATION = 0.2;
const PRIOR_DAYS = 14;
const LEAST_DEVIATION = 0.08;
/** Consistency factors of the median and of the 90 % quantile of |x| for a normal distribution. */
const MAD_TO_DEVIATION = 1.4826;
const Q90_TO_DEVIATION = 1 / 1.645;

/** Days that are judged from one memory (restated ones, say) share its fit. */
const fits = new WeakMap<readonly NormalDay[], Fit>();

/** The fit of normal days; null for none. */
export function fitNormal(normal: readonly NormalDay[]): Fit | null {
  if (normal.length === 0) return null;
  const known = fits.get(normal);
  if (known !== undefined) return known;
  const fit = toFit(normal);
  fits.set(normal, fit);
  return fit;
}

function toFit(normal: readonly NormalDay[]): Fit {
  const count = normal.length;
  const scratch = new Float64Array(count);
  const medianOf = (valueAt: (index: number) => number, from = 0): number => {
    for (let index = from; index < count; index += 1) scratch[index - from] = valueAt(index);
    return quantileInPlace(scratch, count - from, 0.5);
  };
  const floor = Math.max(SMALL_CHANGE, 0.1 * medianOf((index) => normal[index]?.units ?? 0));
  const logs = new Float64Array(count);
  for (const [index, { units }] of normal.entries()) logs[index] = Math.log(Math.max(0, units) + floor);
  const middle = medianOf((index) => logs[index] ?? 0);
  const seasons = weekdaySeasons(normal, logs, { middle, scratch });
  const from = Math.max(0, count - LEVEL_WINDOW);
  const level = medianOf((index) => (logs[index] ?? 0) - (seasons[normal[index]?.weekday ?? 0] ?? 0), from);
  return { floor, level, seasons, deviation: deviationOf(normal, scratch) };
}

function weekdaySeasons(
  normal: readonly NormalDay[],
  logs: Float64Array,
  { middle, scratch }: { readonly middle: number; readonly scratch: Float64Array },
): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((weekday) => {
    let same = 0;
    for (let index = 0; index < normal.length; index += 1) {
      if (normal[index]?.weekday !== weekday) continue;
      scratch[same] = logs[index] ?? 0;
      same += 1;
    }
    return same >= 3 ? quantileInPlace(scratch, same, 0.5) - middle : 0;
  });
}

function deviationOf(normal: readonly NormalDay[], scratch: Float64Array): number {
  let count = 0;
  for (const { error } of normal) {
    if (error === null) continue;
    scratch[count] = Math.abs(error);
    count += 1;
  }
  const seen = Math.max(
    MAD_TO_DEVIATION * quantileInPlace(scratch, count, 0.5),
    Q90_TO_DEVIATION * quantileInPlace(scratch, count, 0.9),
  );
  const pooled = (PRIOR_DAYS * PRIOR_DEVIATION ** 2 + count * seen ** 2) / (PRIOR_DAYS + count);
  return Math.max(LEAST_DEVIATION, Math.sqrt(pooled));
}

/** How many times as much, both lifted by the floor of small change. */
export function liftOf(actual: number, expected: number): number {
  return (actual + SMALL_CHANGE) / (expected + SMALL_CHANGE);
}
