import {
  addMonths,
  type Day,
  type DayRange,
  daysIn,
  MS_PER_DAY,
  monthOf,
  parseMonth,
  utcDay,
} from '../../../core/base/time.js';

/** One billing cycle, which begins on the anniversary of the subscription; half-open days and instants. */
export interface Cycle extends DayRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All cycles of a subscription, past and future. */
export interface Cycles {
  /** The open cycle as the vendor gave it. */
  readonly current: Cycle;
  at(instantMs: number): Cycle;
  /** The cycles with a day in the range, ascending. */
  touching(range: DayRange): readonly Cycle[];
}

/** Cycles by the start of one of them, a month each; a 31st stands for the last day of a shorter month. */
export function createCycles(startMs: number): Cycles {
  const cycleOf = (index: number): Cycle => {
    const [fromMs, toMs] = [startOf(startMs, index), startOf(startMs, index + 1)];
    return { from: utcDay(fromMs), to: utcDay(toMs), fromMs, toMs };
  };
  const at = (instantMs: number): Cycle => {
    let index = monthsBetween(startMs, instantMs);
    while (startOf(startMs, index) > instantMs) index -= 1;
    while (startOf(startMs, index + 1) <= instantMs) index += 1;
    return cycleOf(index);
  };
  return {
    current: cycleOf(0),
    at,
    touching(range) {
      const cycles = new Map<number, Cycle>();
      for (const day of daysIn(range))
        for (const instant of [`${day}T00:00:00.000Z`, `${day}T23:59:59.999Z`]) {
          const cycle = at(Date.parse(instant));
          cycles.set(cycle.fromMs, cycle);
        }
      return [...cycles.values()].toSorted((a, b) => a.fromMs - b.fromMs);
    },
  };
}

function monthsBetween(fromMs: number, toMs: number): number {
  return monthIndex(utcDay(toMs)) - monthIndex(utcDay(fromMs));
}

function monthIndex(day: Day): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
}

function startOf(anchorMs: number, months: number): number {
  const anchor = new Date(anchorMs);
  const month = parseMonth(addMonths(monthOf(utcDay(anchorMs)), months));
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  const lastDay = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const dayOfMonth = Math.min(anchor.getUTCDate(), lastDay);
  const timeOfDay = anchorMs % MS_PER_DAY;
  return Date.UTC(year, number - 1, dayOfMonth) + timeOfDay;
}
