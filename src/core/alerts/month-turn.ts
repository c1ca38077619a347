import {
  addDays,
  addMonths,
  type Day,
  type DayRange,
  daysBetween,
  daysIn,
  monthOf,
  monthRange,
  weekday,
} from '../base/time.js';

/** Days at either end of a month, and working days at either end, that have a memory of their own. */
const TURN_DAYS = 3;
/** The third working day of a month that begins on a Saturday is its fifth day; the same at its end. */
const FARTHEST = 5;
/** Months of the past that count. */
const MEMORY_MONTHS = 3;

/** What a day at the turn of a month cost beyond what its weekday predicted, in currency units. */
export interface TurnExcess {
  readonly day: Day;
  readonly units: number;
}

/**
 * Where a day stands at the turn of its month, in days and in working days (`last day 2`, `first working day 1`):
 * a batch at the month's end runs on the one or the other. Empty for the days in between.
 */
export function turnPositions(day: Day): readonly string[] {
  const date = Number(day.slice(8));
  if (date > FARTHEST && date <= 28 - FARTHEST) return [];
  const known = positionsOf.get(day);
  if (known !== undefined) return known;
  const positions = findPositions(day);
  positionsOf.set(day, positions);
  return positions;
}

/** The calendar does not change: what was worked out once for a day is worked out for every series. */
const positionsOf = new Map<Day, readonly string[]>();

function findPositions(day: Day): readonly string[] {
  const month = monthRange(monthOf(day));
  return [
    ...countFrom('first', { from: month.from, to: addDays(day, 1) }, day),
    ...countFrom('last', { from: day, to: month.to }, day),
  ];
}

function countFrom(end: string, days: DayRange, day: Day): readonly string[] {
  const count = daysBetween(days.from, days.to);
  if (count > FARTHEST) return [];
  const working = daysIn(days).filter(isWorkingDay).length;
  return [
    ...(count <= TURN_DAYS ? [`${end} day ${count}`] : []),
    ...(isWorkingDay(day) && working <= TURN_DAYS ? [`${end} working day ${working}`] : []),
  ];
}

function isWorkingDay(day: Day): boolean {
  return weekday(day) <= 5;
}

/**
 * The excesses seen on a day's positions in the last three months; empty when the calendar has nothing to say.
 * Months in which the day was as its weekday predicted are not among `seen` and do not count: a batch is known
 * from its second month on.
 */
export function recurringExcesses(seen: readonly TurnExcess[], day: Day): readonly number[] {
  const positions = turnPositions(day);
  if (seen.length === 0 || positions.length === 0) return [];
  const since = addMonths(monthOf(day), -MEMORY_MONTHS);
  return seen
    .filter((past) => monthOf(past.day) >= since)
    .filter((past) => turnPositions(past.day).some((position) => positions.includes(position)))
    .map((past) => past.units);
}
