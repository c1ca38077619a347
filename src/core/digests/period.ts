import { invalid } from '../base/errors.js';
import {
  addDays,
  addMonths,
  type Day,
  dayIn,
  firstDay,
  hourIn,
  isoWeek,
  Month,
  type Month as MonthText,
  monthOf,
  monthRange,
  parseDay,
  weekday,
} from '../base/time.js';
import type { Settings, Subscription } from '../settings/settings.js';
import type { DigestPeriod } from './digest.js';

/** The ISO week that contains a day. */
function weekPeriod(day: Day): DigestPeriod {
  const from = addDays(day, 1 - weekday(day));
  return {
    grain: 'week',
    label: isoWeek(from),
    range: { from, to: addDays(from, 7) },
    before: { from: addDays(from, -7), to: from },
  };
}

/** A month as a digest's period. */
function monthPeriod(month: MonthText): DigestPeriod {
  return {
    grain: 'month',
    label: month,
    range: monthRange(month),
    before: monthRange(addMonths(month, -1)),
  };
}

/** The period just before one. */
export function periodBefore({ grain, range, before }: DigestPeriod): DigestPeriod {
  return grain === 'week' ? weekPeriod(addDays(range.from, -1)) : monthPeriod(monthOf(before.from));
}

/** The last whole week or month before a day. */
export function lastPeriod(grain: DigestPeriod['grain'], day: Day): DigestPeriod {
  return grain === 'week' ? weekPeriod(addDays(day, -7)) : monthPeriod(addMonths(monthOf(day), -1));
}

/** Reads `2026-W47` or `2026-10`. @throws AppError `invalid` for anything else, or a week that the year has not. */
export function parsePeriod(text: string): DigestPeriod {
  const month = Month.safeParse(text);
  if (month.success) return monthPeriod(month.data);
  const week = /^(\d{4})-W(\d{2})$/.exec(text);
  if (week !== null) {
    // The fourth of January is always in the first ISO week.
    const period = weekPeriod(addDays(parseDay(`${week[1]}-01-04`), (Number(week[2]) - 1) * 7));
    if (period.label === text) return period;
  }
  return invalid(
    `"${text.slice(0, 40)}" is no week or month; write a week as 2026-W47 and a month as 2026-10.`,
  );
}

/** When a digest is written: on a weekday, or on a day of the month (null: its first working day). */
export type Cadence =
  | { readonly kind: 'weekly'; readonly on: number }
  | { readonly kind: 'monthly'; readonly on: number | null };

/** The first Monday to Friday of a month. */
function firstWorkingDay(month: MonthText): Day {
  const first = firstDay(month);
  return addDays(first, weekday(first) === 6 ? 2 : weekday(first) === 7 ? 1 : 0);
}

/** The period of the last digest that was due by an instant: what there is to catch up, and no more. */
export function duePeriod(
  cadence: Cadence,
  at: { readonly hour: number; readonly timeZone: string },
  nowMs: number,
): DigestPeriod {
  const today = dayIn(at.timeZone, nowMs);
  const isDue = (day: Day): boolean =>
    day < today || (day === today && hourIn(at.timeZone, nowMs) >= at.hour);
  if (cadence.kind === 'weekly') {
    const day = addDays(today, -((weekday(today) - cadence.on + 7) % 7));
    return lastPeriod('week', isDue(day) ? day : addDays(day, -7));
  }
  const month = monthOf(today);
  const day = cadence.on === null ? firstWorkingDay(month) : addDays(firstDay(month), cadence.on - 1);
  return monthPeriod(addMonths(month, isDue(day) ? -1 : -2));
}

/** The period of the last digest that a subscription was due by an instant. */
export function dueOfSubscription(
  { cadence, hour, timeZone }: Subscription,
  { digest }: Pick<Settings, 'digest'>,
  nowMs: number,
): DigestPeriod {
  return duePeriod(cadence, { hour, timeZone: timeZone ?? digest.timeZone }, nowMs);
}
