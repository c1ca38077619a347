import { addDays, type Day, monthOf, parseDay, weekday } from '../../../src/core/base/time.js';

/** A reproducible stream of numbers in [0, 1). */
export function randomStream(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
}

/** What a made-up owner's spend looks like. */
export interface SpendShape {
  readonly level: number;
  /** Share of a weekday that is spent on a Saturday or Sunday. */
  readonly weekend: number;
  /** Deviation of the logs from day to day. */
  readonly noise: number;
  /** Growth a day, such as 0.002. */
  readonly growth: number;
  /** Seats, on the first of each month. */
  readonly seats: number;
}

/** Daily spend by the shape; with seeds alike the series are alike. */
export function spendSeries(seed: number, days: number, shape: SpendShape): { day: Day; value: number }[] {
  const random = randomStream(seed);
  const first = parseDay('2025-11-03');
  let drift = 0;
  return Array.from({ length: days }, (_, index) => {
    const day = addDays(first, index);
    const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
    drift = 0.97 * drift + 0.02 * (random() - 0.5);
    const season = weekday(day) >= 6 ? shape.weekend : 1;
    const usage = shape.level * season * Math.exp(shape.growth * index + drift + shape.noise * normal);
    const isFirst = monthOf(addDays(day, -1)) !== monthOf(day);
    return { day, value: Math.round((usage + (isFirst ? shape.seats : 0)) * 100) / 100 };
  });
}
