import { mean, median } from '../base/quantiles.js';

/** Daily values, the last one the day before the forecast begins; `weekday0` is that of the first value, 0 to 6. */
export interface DailySeries {
  readonly values: readonly number[];
  readonly weekday0: number;
}

/** A forecast of so many days after the end of the series; never below zero. */
type Model = (series: DailySeries, horizon: number) => readonly number[];

const WEEK = 7;
/** Days of history that a model looks at: half a year, since older levels mislead. */
const LONGEST = 182;
const SMALLEST = 5;

/** The median of four simple models, each of which fails on other series than the others do. */
export function ensemble(series: DailySeries, horizon: number): readonly number[] {
  const recent = newest(series, LONGEST);
  const { values } = recent;
  if (values.length < 2 * WEEK) return Array.from({ length: horizon }, () => mean(values));
  const models: readonly Model[] = [theta, dampedHoltWinters, robustWeekday, weekdayMean];
  const forecasts = models.map((model) => model(recent, horizon));
  return Array.from({ length: horizon }, (_, h) =>
    Math.max(0, median(forecasts.map((each) => each[h] ?? 0))),
  );
}

function newest({ values, weekday0 }: DailySeries, days: number): DailySeries {
  const left = Math.max(0, values.length - days);
  return { values: values.slice(left), weekday0: (weekday0 + left) % WEEK };
}

function weekdayOf({ weekday0 }: DailySeries, index: number): number {
  return (weekday0 + index) % WEEK;
}

/** Mean of the last four same weekdays. */
function weekdayMean({ values }: DailySeries, horizon: number): readonly number[] {
  return Array.from({ length: horizon }, (_, h) => {
    const ahead = (h % WEEK) + 1;
    const same = [1, 2, 3, 4].flatMap((week) => {
      const value = values[values.length - week * WEEK + ahead - 1];
      return value === undefined ? [] : [value];
    });
    return mean(same);
  });
}

/** What is added before the logarithm, so that small money makes no large waves. */
function floorOf(values: readonly number[]): number {
  return Math.max(SMALLEST, 0.1 * median(values));
}

/** A level and a weekday profile, both medians of logs; the level is that of the last three weeks. */
function robustWeekday(series: DailySeries, horizon: number): readonly number[] {
  const { values } = newest(series, 8 * WEEK);
  const recent = newest(series, 8 * WEEK);
  const floor = floorOf(values);
  const logs = values.map((value) => Math.log(Math.max(0, value) + floor));
  const middle = median(logs);
  const profile = Array.from({ length: WEEK }, (_, day) => {
    const same = logs.filter((_log, index) => weekdayOf(recent, index) === day);
    return same.length >= 3 ? median(same) - middle : 0;
  });
  const levels = logs.map((log, index) => log - (profile[weekdayOf(recent, index)] ?? 0));
  const level = median(levels.slice(-3 * WEEK));
  return Array.from({ length: horizon }, (_, h) => {
    const day = weekdayOf(recent, logs.length + h);
    return Math.max(0, Math.exp(level + (profile[day] ?? 0)) - floor);
  });
}

/** Shares of the weekdays in a week's mean, from centred weekly means; 1 for a day that is not known. */
function weekdayShares(series: DailySeries): readonly number[] {
  const { values } = series;
  const ratios: number[][] = Array.from({ length: WEEK }, () => []);
  let sum = 0;
  for (const [index, value] of values.entries()) {
    sum += value - (values[index - WEEK] ?? 0);
    const centre = index - 3;
    if (index < WEEK - 1 || sum <= 0) continue;
    ratios[weekdayOf(series, centre)]?.push(((values[centre] ?? 0) * WEEK) / sum);
  }
  const shares = ratios.map((own) => (own.length === 0 ? 1 : median(own)));
  const total = mean(shares);
  return shares.map((share) => (total > 0 ? share / total : 1));
}

/** Theta: exponential smoothing of what is left without the weekday, with half its linear trend. */
function theta(series: DailySeries, horizon: number): readonly number[] {
  const { values } = series;
  const shares = weekdayShares(series);
  const plain = values.map((value, index) => {
    const share = shares[weekdayOf(series, index)] ?? 1;
    return share > 0.05 ? value / share : value;
  });
  const n = plain.length;
  const centre = (n - 1) / 2;
  const average = mean(plain);
  const spread = (n * (n * n - 1)) / 12;
  const slope = plain.reduce((sum, value, index) => sum + (index - centre) * (value - average), 0) / spread;
  const { alpha, level } = bestSmoothing(plain);
  return Array.from({ length: horizon }, (_, h) => {
    const drift = (slope / 2) * (h + (1 - (1 - alpha) ** n) / alpha);
    return Math.max(0, (level + drift) * (shares[weekdayOf(series, n + h)] ?? 1));
  });
}

function bestSmoothing(values: readonly number[]): { readonly alpha: number; readonly level: number } {
  let best = { alpha: 0.1, level: mean(values), error: Number.POSITIVE_INFINITY };
  for (const alpha of [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8]) {
    let level = mean(values.slice(0, WEEK));
    let error = 0;
    for (const value of values) {
      error += (value - level) ** 2;
      level += alpha * (value - level);
    }
    if (error < best.error) best = { alpha, level, error };
  }
  return best;
}

interface Smoothing {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

const SMOOTHINGS: readonly Smoothing[] = [0.1, 0.25, 0.5].flatMap((alpha) =>
  [0, 0.03, 0.1].flatMap((beta) => [0.05, 0.2].map((gamma) => ({ alpha, beta, gamma }))),
);
const DAMPING = 0.9;

/** Holt-Winters with a damped trend and additive weekdays, on logs; the smoothing that predicted best a day ahead. */
function dampedHoltWinters(series: DailySeries, horizon: number): readonly number[] {
  const floor = floorOf(series.values);
  const logs = series.values.map((value) => Math.log(Math.max(0, value) + floor));
  let best: { readonly fit: HoltWinters; readonly error: number } | null = null;
  for (const smoothing of SMOOTHINGS) {
    const fit = holtWinters(logs, smoothing);
    if (best === null || fit.error < best.error) best = { fit, error: fit.error };
  }
  if (best === null) return Array.from({ length: horizon }, () => 0);
  const { level, trend, seasons } = best.fit;
  let slope = 0;
  let damping = DAMPING;
  return Array.from({ length: horizon }, (_, h) => {
    slope += trend * damping;
    damping *= DAMPING;
    const season = seasons[(logs.length + h) % WEEK] ?? 0;
    return Math.max(0, Math.exp(level + slope + season) - floor);
  });
}

interface HoltWinters {
  readonly level: number;
  readonly trend: number;
  /** By index in the series, modulo a week. */
  readonly seasons: readonly number[];
  readonly error: number;
}

function holtWinters(logs: readonly number[], { alpha, beta, gamma }: Smoothing): HoltWinters {
  let level = mean(logs.slice(0, 2 * WEEK));
  let trend = 0;
  const seasons = Array.from(
    { length: WEEK },
    (_, i) => mean([logs[i] ?? level, logs[i + WEEK] ?? level]) - level,
  );
  let error = 0;
  for (let t = 0; t < logs.length; t += 1) {
    const season = seasons[t % WEEK] ?? 0;
    const ahead = level + DAMPING * trend;
    // A wild day may pull the level by so much and no more.
    const miss = Math.max(-0.7, Math.min(0.7, (logs[t] ?? 0) - ahead - season));
    if (t >= 2 * WEEK) error += Math.abs(miss);
    level = ahead + alpha * miss;
    trend = DAMPING * trend + alpha * beta * miss;
    seasons[t % WEEK] = season + gamma * (1 - alpha) * miss;
  }
  return { level, trend, seasons, error };
}
