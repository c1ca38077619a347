import { z } from 'zod';
import { invalid } from './errors.js';

/** A calendar day `YYYY-MM-DD`. Charge days are UTC days; HR days are days in the company's time zone. */
export const Day = z.iso.date().brand<'Day'>();
export type Day = z.infer<typeof Day>;

/** A calendar month `YYYY-MM`. */
export const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .brand<'Month'>();
export type Month = z.infer<typeof Month>;

/** Half-open days; `to: null` is open-ended. */
export interface DayInterval {
  readonly from: Day;
  readonly to: Day | null;
}

/** Half-open days with both ends, as in a query or a window. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** A UTC day; days of other zones may be an hour shorter or longer. */
export const MS_PER_DAY = 86_400_000;

/** @throws AppError `invalid` when the text is no real calendar day. */
export function parseDay(text: string): Day {
  const parsed = Day.safeParse(text);
  return parsed.success
    ? parsed.data
    : invalid(`"${text.slice(0, 40)}" is not a day; write it as 2026-10-31.`);
}

/** @throws AppError `invalid` when the text is no calendar month. */
export function parseMonth(text: string): Month {
  const parsed = Month.safeParse(text);
  return parsed.success
    ? parsed.data
    : invalid(`"${text.slice(0, 40)}" is not a month; write it as 2026-10.`);
}

/** Whole days since 1970-01-01: the integer form used in storage and arithmetic. */
export function toEpochDay(day: Day): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY);
}

/** Days written out before: a walk over a year's charges asks for the same few hundred a million times. */
const written = new Map<number, Day>();
const MOST_WRITTEN = 20_000;

/** Inverse of `toEpochDay`. */
export function fromEpochDay(epochDay: number): Day {
  const known = written.get(epochDay);
  if (known !== undefined) return known;
  const day = new Date(epochDay * MS_PER_DAY).toISOString().slice(0, 10) as Day;
  if (written.size < MOST_WRITTEN) written.set(epochDay, day);
  return day;
}

/** The UTC day of an instant in milliseconds. */
export function utcDay(instantMs: number): Day {
  return fromEpochDay(Math.floor(instantMs / MS_PER_DAY));
}

/** The calendar day of an instant in an IANA time zone. */
export function dayIn(timeZone: string, instantMs: number): Day {
  const format =
    dayFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  dayFormats.set(timeZone, format);
  return parseDay(format.format(instantMs));
}

/** Making one takes a hundred times as long as using it. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The hour of the day (0 to 23) of an instant in an IANA time zone. */
export function hourIn(timeZone: string, instantMs: number): number {
  const options = { timeZone, hour: 'numeric', hourCycle: 'h23' } as const;
  return Number(new Intl.DateTimeFormat('en', options).format(instantMs));
}

/** The minute of the hour of an instant in an IANA time zone; some are off by half an hour. */
export function minuteIn(timeZone: string, instantMs: number): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric' }).format(instantMs));
}

export function addDays(day: Day, days: number): Day {
  return fromEpochDay(toEpochDay(day) + days);
}

/** to - from, in days. */
export function daysBetween(from: Day, to: Day): number {
  return toEpochDay(to) - toEpochDay(from);
}

/** The days of a half-open range, ascending. */
export function daysIn(range: DayRange): readonly Day[] {
  const first = toEpochDay(range.from);
  return Array.from({ length: Math.max(0, toEpochDay(range.to) - first) }, (_, i) => fromEpochDay(first + i));
}

/** Monday = 1 ... Sunday = 7 (ISO). */
export function weekday(day: Day): number {
  return ((((toEpochDay(day) + 3) % 7) + 7) % 7) + 1;
}

export function monthOf(day: Day): Month {
  return day.slice(0, 7) as Month;
}

export function firstDay(month: Month): Day {
  return `${month}-01` as Day;
}

export function addMonths(month: Month, months: number): Month {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}` as Month;
}

/** The month as a half-open range of days. */
export function monthRange(month: Month): DayRange {
  return { from: firstDay(month), to: firstDay(addMonths(month, 1)) };
}

/** The months that a half-open range touches, ascending. */
export function monthsIn(range: DayRange): readonly Month[] {
  const months: Month[] = [];
  if (range.from >= range.to) return months;
  const last = monthOf(addDays(range.to, -1));
  for (let month = monthOf(range.from); month <= last; month = addMonths(month, 1)) months.push(month);
  return months;
}

/** The ISO week `2026-W47` that contains the day. */
export function isoWeek(day: Day): string {
  const thursday = addDays(day, 4 - weekday(day));
  const week = Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01` as Day, thursday) / 7) + 1;
  return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`;
}

/** Whether a half-open interval contains the day. */
export function covers(interval: DayInterval, day: Day): boolean {
  return interval.from <= day && (interval.to === null || day < interval.to);
}
