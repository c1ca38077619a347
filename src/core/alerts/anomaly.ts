import { type Nanos, toApproximateUnits } from '../base/money.js';
import { median } from '../base/quantiles.js';
import { addDays, type Day, weekday } from '../base/time.js';
import { fitNormal, liftOf, type NormalDay } from './band.js';
import { recurringExcesses, type TurnExcess, turnPositions } from './month-turn.js';

/** What an owner spent on one day; a series has every day once, ascending. */
export interface DailyCost {
  readonly day: Day;
  readonly cost: Nanos;
  /** False while a feed may still add to the day: it can raise an alarm, but neither teach nor calm. */
  readonly complete: boolean;
}

/** When a day is an anomaly. */
export interface AnomalyOptions {
  /** Smallest rise worth a word, absolute and as a share of what was expected. */
  readonly minExcess: Nanos;
  readonly minShare: number;
  /** Width of the normal band in standard deviations of the log of the cost. */
  readonly z: number;
  /** Normal days needed before anything is judged. */
  readonly minHistory: number;
  /** A rise that lasts this many days is the new normal. */
  readonly acceptAfterDays: number;
  /** Days that teach nothing whatever they cost, e.g. those of a known case. */
  readonly excluded: ReadonlySet<Day>;
}

/** The defaults: a rise of at least 25 units and 25 %, beyond three and a half deviations, with three weeks of history. */
export const ANOMALY_DEFAULTS: AnomalyOptions = {
  minExcess: 25_000_000_000n,
  minShare: 0.25,
  z: 3.5,
  minHistory: 21,
  acceptAfterDays: 14,
  excluded: new Set(),
};

/** A judged day: `expected` is the middle of the normal band, `upper` its upper edge. */
export interface DayVerdict {
  readonly day: Day;
  readonly actual: Nanos;
  readonly expected: Nanos;
  readonly upper: Nanos;
  readonly flagged: boolean;
  /** The second complete day in a row far below the band: a feed or a service that went silent, perhaps. */
  readonly dropped: boolean;
  readonly complete: boolean;
}

/** Flagged days that belong together: one cause, one case. */
export interface AnomalyRun {
  readonly firstDay: Day;
  /** The latest flagged day. */
  readonly lastDay: Day;
  /** Back in the band for two complete days, or long enough to be the new normal. */
  readonly over: boolean;
  /** The flagged days. */
  readonly days: readonly DayVerdict[];
}

/** Days of the past that make the band. */
const WINDOW = 56;
const CALM_DAYS = 2;
const RECENT_DAYS = 28;
/** Errors that add up to this many deviations are a rise that lasts. */
const CREPT = 6;
const CREEP_ALLOWED = 1.1;
const CREEP_CAP = 3;
/** Complete days in a row before a drop is believed. */
const LOW_DAYS = 2;
/** Two days must agree, so that each may be less wild than a rise. */
const LOW_WIDTH = 0.65;

interface Band {
  /** Lower edge and middle without what the calendar adds: a batch that does not come is no drop. */
  readonly lower: number;
  readonly usual: number;
  readonly expected: number;
  readonly upper: number;
  /** Of the log of the cost. */
  readonly deviation: number;
  /** Error of a cost against this band, in logs. */
  readonly errorOf: (units: number) => number;
}

/**
 * Judges each day of a series by the days before it only, as the morning runs would have. The band is a level
 * times a weekday profile on a log scale, both medians; its width comes from its own past one-day-ahead errors
 * (median absolute deviation or 90 % quantile, whichever is wider: errors of the fit itself would be half of
 * what they are tomorrow). Flagged days stay out of the baseline until the rise has
 * lasted `acceptAfterDays`; then the baseline is lifted to it. Rises only.
 *
 * At the turn of a month the band is lifted by what the same day cost beyond its weekday in the last three months
 * (the median of the months in which it did), so that a batch at the month's end is news once. A rise that went on
 * beyond the turn is no such batch. The price: a one-off there can hide one of its size for three months.
 */
export function judgeDays(
  series: readonly DailyCost[],
  options: AnomalyOptions = ANOMALY_DEFAULTS,
): readonly DayVerdict[] {
  let memory = NO_MEMORY;
  return series.map((today) => {
    const judged = judgeNext(memory, today, options);
    memory = judged.memory;
    return judged.verdict;
  });
}

/** What the days so far have taught; never changed, so that any day of the past can be judged again from it. */
export interface JudgeMemory {
  readonly normal: readonly NormalDay[];
  readonly turns: readonly TurnExcess[];
  readonly run: readonly DayVerdict[];
  /** Flagged days of the last four weeks, whether or not calm days part them. */
  readonly recent: readonly DayVerdict[];
  readonly calm: number;
  /** What lately was above the middle, in deviations: small rises that last add up. */
  readonly creep: number;
  /** Complete days in a row that were far below the band. */
  readonly low: number;
}

/** Before the first day. */
export const NO_MEMORY: JudgeMemory = {
  normal: [],
  turns: [],
  run: [],
  recent: [],
  calm: 0,
  creep: 0,
  low: 0,
};

/** Judges the day that follows those in memory, as `judgeDays` does. */
export function judgeNext(
  memory: JudgeMemory,
  today: DailyCost,
  options: AnomalyOptions = ANOMALY_DEFAULTS,
): { readonly verdict: DayVerdict; readonly memory: JudgeMemory } {
  const { normal } = memory;
  const { day } = today;
  const judging = normal.length >= options.minHistory ? options : null;
  const recurring = median(recurringExcesses(memory.turns, day));
  const band = bandOf(normal, { weekday: weekday(day), recurring }, options.z);
  const units = toApproximateUnits(today.cost);
  const creep =
    band === null || !today.complete
      ? memory.creep
      : creepAfter(memory.creep, band.errorOf(units) / band.deviation);
  const low = isLow(today, band, judging) ? memory.low + 1 : 0;
  const judged = judge(today, band, { options: judging, hasCrept: creep > CREPT });
  const verdict = { ...judged, dropped: low >= LOW_DAYS };
  const excess = turnExcess(today, normal, judging);
  const turns = excess.length === 0 ? memory.turns : [...memory.turns, ...excess];
  if (verdict.flagged)
    return { verdict, memory: afterFlag({ ...memory, turns, creep, low }, verdict, options) };
  if (!today.complete) return { verdict, memory: { ...memory, turns } };
  const calm = memory.calm + 1;
  const calmed = { ...memory, turns, creep, low, calm, run: calm >= CALM_DAYS ? [] : memory.run };
  // A day that the calendar lifts teaches its weekday nothing.
  if (options.excluded.has(day) || recurring > 0) return { verdict, memory: calmed };
  const error = judging !== null && band !== null ? band.errorOf(units) : null;
  const kept = normal.length < WINDOW ? normal : normal.slice(1 - WINDOW);
  const learnt = [...kept, { weekday: weekday(day), units, error }];
  return { verdict, memory: { ...calmed, normal: learnt } };
}

/** A rise that pauses each weekend lasts no less: so many flagged days in four weeks are the new normal, too. */
function afterFlag(memory: JudgeMemory, verdict: DayVerdict, options: AnomalyOptions): JudgeMemory {
  const run = [...memory.run, verdict];
  const since = addDays(verdict.day, 1 - RECENT_DAYS);
  const recent = [...memory.recent.filter(({ day }) => day >= since), verdict];
  const turns = withoutLongRise(memory.turns, run);
  if (recent.length < options.acceptAfterDays) return { ...memory, turns, run, recent, calm: 0 };
  const lift = median(
    recent.map(({ actual, expected }) => liftOf(toApproximateUnits(actual), toApproximateUnits(expected))),
  );
  const normal = memory.normal.map((past) => ({ ...past, units: past.units * lift }));
  return { ...memory, normal, turns, run: [], recent: [], calm: 0, creep: 0 };
}

/** The day's excess over its weekday, when it is at the turn of a month and beyond half the width of the band. */
function turnExcess(
  today: DailyCost,
  normal: readonly NormalDay[],
  options: AnomalyOptions | null,
): readonly TurnExcess[] {
  const { day, cost } = today;
  if (options === null || options.excluded.has(day) || turnPositions(day).length === 0) return [];
  const narrow = bandOf(normal, { weekday: weekday(day), recurring: 0 }, options.z / 2);
  const { flagged, expected } = judge(today, narrow, { options, hasCrept: false });
  return flagged ? [{ day, units: toApproximateUnits(cost - expected) }] : [];
}

/** What is known of the turns of months, less the days of a rise that is not confined to one. */
function withoutLongRise(turns: readonly TurnExcess[], run: readonly DayVerdict[]): readonly TurnExcess[] {
  const [first] = run;
  const isConfined = run.every((past) => turnPositions(past.day).length > 0);
  return first === undefined || isConfined ? turns : turns.filter((past) => past.day < first.day);
}

/** The runs of flagged days, ascending; in-band days between two flagged ones do not part them unless two are complete. */
export function findRuns(
  verdicts: readonly DayVerdict[],
  options: AnomalyOptions = ANOMALY_DEFAULTS,
): readonly AnomalyRun[] {
  const runs: { days: DayVerdict[]; over: boolean }[] = [];
  let calm = 0;
  for (const verdict of verdicts) {
    const current = runs.at(-1);
    if (verdict.flagged) {
      calm = 0;
      if (current === undefined || current.over) runs.push({ days: [verdict], over: false });
      else current.days.push(verdict);
    } else if (verdict.complete && current !== undefined) {
      calm += 1;
      if (calm >= CALM_DAYS) current.over = true;
    }
    const open = runs.at(-1);
    if (open !== undefined && open.days.length >= options.acceptAfterDays) open.over = true;
  }
  return runs.flatMap(({ days, over }) => {
    const first = days[0];
    const last = days.at(-1);
    return first && last ? [{ firstDay: first.day, lastDay: last.day, over, days }] : [];
  });
}

/** `options` null: too little history to judge by. After a creeping rise the band is no wider than what is worth a word. */
function judge(
  today: DailyCost,
  band: Band | null,
  { options, hasCrept }: { readonly options: AnomalyOptions | null; readonly hasCrept: boolean },
): Omit<DayVerdict, 'dropped'> {
  const { day, cost, complete } = today;
  if (band === null) return { day, actual: cost, expected: cost, upper: cost, flagged: false, complete };
  const expected = toNanos(band.expected);
  const least = toNanos(band.expected * (1 + (options?.minShare ?? 0)));
  const wide = toNanos(band.upper);
  const upper = hasCrept && least < wide ? least : wide;
  const flagged = options !== null && cost > upper && cost - expected >= options.minExcess && cost >= least;
  return { day, actual: cost, expected, upper, flagged, complete };
}

/** A cumulative sum of errors, in deviations, beyond what chance allows a day; one day counts for so much and no more. */
function creepAfter(creep: number, deviations: number): number {
  return Math.max(0, creep + Math.max(-CREEP_CAP, Math.min(CREEP_CAP, deviations)) - CREEP_ALLOWED);
}

/** Only complete days: one that is not may be low for want of data. */
function isLow(today: DailyCost, band: Band | null, options: AnomalyOptions | null): boolean {
  if (band === null || options === null || !today.complete) return false;
  const missing = toNanos(band.usual) - today.cost;
  return (
    today.cost < toNanos(band.lower) &&
    missing >= options.minExcess &&
    missing >= toNanos(band.usual * options.minShare)
  );
}

/** `recurring`: units that the calendar adds to the weekday. */
function bandOf(
  normal: readonly NormalDay[],
  on: { readonly weekday: number; readonly recurring: number },
  z: number,
): Band | null {
  const fit = fitNormal(normal);
  if (fit === null) return null;
  const { floor, level, seasons, deviation } = fit;
  const usual = level + (seasons[on.weekday] ?? 0);
  const centre = Math.log(Math.exp(usual) + on.recurring);
  return {
    deviation,
    lower: Math.exp(usual - LOW_WIDTH * z * deviation) - floor,
    usual: Math.max(0, Math.exp(usual) - floor),
    expected: Math.max(0, Math.exp(centre) - floor),
    upper: Math.max(0, Math.exp(centre + z * deviation) - floor),
    errorOf: (units) => Math.log(Math.max(0, units) + floor) - centre,
  };
}

/** A band's edge as money; the band is an estimate, so millionths of a unit are exact enough. */
function toNanos(units: number): Nanos {
  return BigInt(Math.round(units * 1e6)) * 1000n;
}
