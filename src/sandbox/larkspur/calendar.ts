import {
  addDays,
  addMonths,
  type Day,
  daysBetween,
  firstDay,
  monthOf,
  weekday,
} from '../../core/base/time.js';
import { createDice, hash } from './random.js';

/** The days on which things happened at Larkspur, all relative to today. */
export interface Calendar {
  readonly seed: number;
  /** First day with spend: twelve whole months and the present one up to yesterday. */
  readonly start: Day;
  /** The day on which a visitor first comes; the story is told from here. */
  readonly today: Day;
  /** The day it is for the visitor by now, of which nothing is known yet: `today`, or later after a journey in time. */
  readonly present: () => Day;
  /** Support's automation people became a team of their own. */
  readonly reorg: Day;
  /** Diego Paredes moved from Mobile to Payments, in mid-month. */
  readonly transfer: Day;
  /** Search moved its ranker from opus to sonnet. */
  readonly modelSwitch: Day;
  /** The agent that mends flaky tests began to run in circles; it was stopped in the course of yesterday. */
  readonly runaway: Day;
  /** Sam Whitlock left, and with him the knowledge of what his key does. */
  readonly departure: Day;
  /** Growth's experiments run wild: from today on, for a visitor who travels on. */
  readonly secondRunaway: Day;
}

/** Works the story out from today. */
export function createCalendar(today: Day, seed: number, present: () => Day = () => today): Calendar {
  return {
    seed,
    today,
    present,
    start: firstDay(addMonths(monthOf(today), -12)),
    reorg: addDays(today, -91),
    transfer: addDays(firstDay(addMonths(monthOf(today), -2)), 14),
    modelSwitch: addDays(today, -42),
    runaway: addDays(today, -3),
    departure: addDays(today, -152),
    secondRunaway: today,
  };
}

/** Whether the company has figures for the day: not before the story begins, nor for the present day or later. */
function isKnown(calendar: Calendar, day: Day): boolean {
  return calendar.start <= day && day < calendar.present();
}

/** How a workload's spend moves over the week and the month. */
export interface Rhythm {
  /** Weekend spend as a share of a weekday's. */
  readonly weekend: number;
  /** Factor on the last two days of a month. */
  readonly monthEnd: number;
}

function isMonthEnd(day: Day): boolean {
  return monthOf(addDays(day, 2)) !== monthOf(day);
}

/** What a workload costs on a day as a share of its planned weekday: growth, rhythm and a little noise. */
export function level(calendar: Calendar, day: Day, rhythm: Rhythm, name: string): number {
  const progress = daysBetween(calendar.start, day) / daysBetween(calendar.start, calendar.today);
  const growth = 0.95 + 0.25 * progress;
  const week = weekday(day) >= 6 ? rhythm.weekend : 1;
  const month = isMonthEnd(day) ? rhythm.monthEnd : 1;
  const noise = 0.93 + 0.14 * createDice(hash(calendar.seed, name, day))();
  return growth * week * month * noise;
}

/** What a vendor knows of each day, worked out once a day: nothing for days of which the company has no figures. */
export function byKnownDay<T>(
  calendar: Calendar,
  make: (day: Day) => readonly T[],
): (day: Day) => readonly T[] {
  const made = new Map<Day, readonly T[]>();
  return (day) => {
    if (!isKnown(calendar, day)) return [];
    const rows = made.get(day) ?? make(day);
    made.set(day, rows);
    return rows;
  };
}
