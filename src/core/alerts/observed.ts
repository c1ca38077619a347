import { addDays, type Day, daysBetween } from '../base/time.js';

/** A figure of a series as it became known; later ones of the same day restate it. */
export interface Observation {
  readonly day: Day;
  /** Currency units. */
  readonly value: number;
  /** The day on whose morning it was there. */
  readonly availableAt: Day;
  /** Whether every feed that makes the series up had closed the day. */
  readonly complete: boolean;
}

/** A day of a series as it was known on some morning. */
interface ObservedDay {
  readonly day: Day;
  readonly value: number;
  readonly complete: boolean;
}

/** Replays what was known morning by morning; runs must ascend. */
export interface ObservedSeries {
  /**
   * Every day from the first that was known up to the last one before the run. Days without a figure cost nothing if a
   * later day is complete; at the end they are not known yet. `changedFrom` is the first place that differs from the
   * run before; the length when none does. `days` is the reader's own: it changes with the next run.
   */
  readonly asOf: (run: Day) => { readonly days: readonly ObservedDay[]; readonly changedFrom: number };
}

/** A reader of one series; the order of the observations does not matter. */
export function observeSeries(observations: readonly Observation[]): ObservedSeries {
  const arrivals = observations.toSorted((a, b) =>
    a.availableAt < b.availableAt ? -1 : a.availableAt > b.availableAt ? 1 : 0,
  );
  const first = observations.reduce<Day | null>(
    (least, { day }) => (least === null || day < least ? day : least),
    null,
  );
  const days: ObservedDay[] = [];
  const seen = new Set<number>();
  let next = 0;
  return {
    asOf(run) {
      if (first === null) return { days: [], changedFrom: 0 };
      let changedFrom = days.length;
      let closed = days.findLastIndex(({ complete }, index) => complete && seen.has(index));
      const fresh: Observation[] = [];
      for (; next < arrivals.length; next += 1) {
        const arrival = arrivals[next];
        if (arrival === undefined || arrival.availableAt > run) break;
        if (arrival.day < run) fresh.push(arrival);
      }
      while (days.length < daysBetween(first, run))
        days.push({ day: addDays(first, days.length), value: 0, complete: false });
      for (const { day, value, complete } of fresh) {
        const index = daysBetween(first, day);
        const before = days[index];
        if (before?.value !== value || before.complete !== complete)
          changedFrom = Math.min(changedFrom, index);
        days[index] = { day, value, complete };
        seen.add(index);
        if (complete) closed = Math.max(closed, index);
      }
      // A day that is silent while a later one is closed was a day without spend.
      for (let index = closed; index >= 0; index -= 1) {
        const silent = days[index];
        if (silent === undefined || silent.complete || seen.has(index)) continue;
        days[index] = { ...silent, complete: true };
        changedFrom = Math.min(changedFrom, index);
      }
      return { days, changedFrom };
    },
  };
}
