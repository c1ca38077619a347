import {
  addDays,
  addMonths,
  type Day,
  type DayRange,
  Day as DaySchema,
  daysBetween,
  firstDay,
  Month as MonthSchema,
  monthOf,
  monthRange,
  weekday,
} from '../base/time.js';

/** A range of charge days and how a person says it: "this month", "last 14 days", "2026-10". */
export interface Period {
  readonly range: DayRange;
  readonly label: string;
}

/** A period that was understood, and how many words it took. */
export interface ReadPeriod extends Period {
  readonly words: number;
}

const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

/** Periods as people write them: what forms and suggestions may offer. */
export const PERIOD_WORDS = [
  'this month',
  'last month',
  'this week',
  'last week',
  '7d',
  '14d',
  '30d',
  'today',
  'yesterday',
  'this quarter',
  'last quarter',
  'this year',
  'last year',
  'mtd',
  'ytd',
  ...MONTH_NAMES,
  'q1',
  'q2',
  'q3',
  'q4',
] as const;

/** The present month up to and with today. */
export function thisMonth(today: Day): Period {
  return { range: { from: firstDay(monthOf(today)), to: addDays(today, 1) }, label: 'this month' };
}

/**
 * Reads a period from the first of some lower-case words, the longest that makes sense; null when they name none.
 * "7d" and "last 7 days" are the seven whole days before today; "this ..." includes today; a month or quarter
 * without a year is the latest that has begun. An impossible day ("2026-02-30") is no period.
 */
export function readPeriod(words: readonly string[], today: Day): ReadPeriod | null {
  const readers = [readRange, readCounted, readCalendar, readNamedMonth, readQuarter, readPlain];
  const found = readers.flatMap((read) => read(words, today) ?? []);
  return found.toSorted((a, b) => b.words - a.words)[0] ?? null;
}

/**
 * What to compare a range with, seen from a day: a range that includes today is compared as if it ended yesterday,
 * because the bills of today have hardly begun to come and must not look like a saving.
 */
export function comparablePeriod(range: DayRange, today: Day): DayRange {
  return previousPeriod(range.from < today && today < range.to ? { from: range.from, to: today } : range);
}

/**
 * The period before a range: for whole months as many months before; for the first days of a month the same days of
 * the month before; for anything else as many days just before.
 */
function previousPeriod(range: DayRange): DayRange {
  const month = monthOf(range.from);
  if (range.from === firstDay(month)) {
    if (range.to === firstDay(monthOf(range.to))) {
      const months = monthsBetween(range.from, range.to);
      return { from: firstDay(addMonths(month, -months)), to: range.from };
    }
    if (monthOf(range.to) === month) {
      const before = firstDay(addMonths(month, -1));
      const sameDay = addDays(before, daysBetween(range.from, range.to));
      return { from: before, to: sameDay < range.from ? sameDay : range.from };
    }
  }
  return { from: addDays(range.from, -daysBetween(range.from, range.to)), to: range.from };
}

function monthsBetween(from: Day, to: Day): number {
  return (
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 +
    Number(to.slice(5, 7)) -
    Number(from.slice(5, 7))
  );
}

type Reader = (words: readonly string[], today: Day) => ReadPeriod | null;

/** `2026-10-01..2026-10-15`, also with "to" or "until" between; both ends are meant. */
const readRange: Reader = (words) => {
  const [first = '', second = '', third = ''] = words;
  const [from = '', to = ''] = first.split('..');
  if (first.includes('..')) return rangeOf(from, to, 1);
  return second === 'to' || second === 'until' ? rangeOf(first, third, 3) : null;
};

function rangeOf(first: string, last: string, words: number): ReadPeriod | null {
  const from = DaySchema.safeParse(first);
  const to = DaySchema.safeParse(last);
  if (!from.success || !to.success || to.data < from.data) return null;
  return { range: { from: from.data, to: addDays(to.data, 1) }, label: `${first} to ${last}`, words };
}

/** `7d`, `2w`, `7 days`, `last 7 days`. At most about three years. */
const readCounted: Reader = (words, today) => {
  const match = /^(?:(?:last|past) )?(\d{1,4}) ?(d|days?|w|weeks?)(?: |$)/.exec(words.slice(0, 3).join(' '));
  const [text = '', count = '', unit = ''] = match ?? [];
  const days = Number(count) * (unit.startsWith('w') ? 7 : 1);
  if (match === null || days < 1 || days > 1100) return null;
  return {
    range: { from: addDays(today, -days), to: today },
    label: days === 1 ? 'the last day' : `the last ${days} days`,
    words: text.trim().split(' ').length,
  };
};

/** `2026-10`, `2026-10-05`. */
const readCalendar: Reader = ([word = '']) => {
  const day = DaySchema.safeParse(word);
  if (day.success) return { range: { from: day.data, to: addDays(day.data, 1) }, label: word, words: 1 };
  const month = MonthSchema.safeParse(word);
  return month.success ? { range: monthRange(month.data), label: word, words: 1 } : null;
};

/** `oct`, `october`, `oct 2026`. */
const readNamedMonth: Reader = ([word = '', year = ''], today) => {
  const index = word.length < 3 ? -1 : MONTH_NAMES.findIndex((name) => name.startsWith(word));
  if (index < 0) return null;
  const number = String(index + 1).padStart(2, '0');
  const said = /^\d{4}$/.test(year);
  const thisYear = Number(today.slice(0, 4));
  const inYear = said ? year : String(`${thisYear}-${number}` <= monthOf(today) ? thisYear : thisYear - 1);
  const month = MonthSchema.parse(`${inYear}-${number}`);
  return { range: monthRange(month), label: month, words: said ? 2 : 1 };
};

/** `q3`, `q3 2026`, `2026-q3`. */
const readQuarter: Reader = ([word = '', next = ''], today) => {
  const match = /^(?:(\d{4})-?)?q([1-4])$/.exec(word);
  if (match === null) return null;
  const [, before, quarter = '1'] = match;
  const after = before === undefined && /^\d{4}$/.test(next) ? next : undefined;
  const startOf = (year: string): Day =>
    firstDay(addMonths(MonthSchema.parse(`${year}-01`), 3 * (Number(quarter) - 1)));
  const thisYear = today.slice(0, 4);
  const guessed = startOf(thisYear) <= today ? thisYear : String(Number(thisYear) - 1);
  const year = before ?? after ?? guessed;
  const from = startOf(year);
  const to = firstDay(addMonths(monthOf(from), 3));
  return { range: { from, to }, label: `Q${quarter} ${year}`, words: after === undefined ? 1 : 2 };
};

/** `today`, `yesterday`, `mtd`, `qtd`, `ytd`, and this or last week, month, quarter, year. */
const readPlain: Reader = ([first = '', second = ''], today) => {
  const toDate = { wtd: 'week', mtd: 'month', qtd: 'quarter', ytd: 'year' }[first];
  if (first === 'today') return { range: { from: today, to: addDays(today, 1) }, label: first, words: 1 };
  if (first === 'yesterday')
    return { range: { from: addDays(today, -1), to: today }, label: first, words: 1 };
  const unit = toDate ?? second;
  const start = startOfUnit(unit, today);
  if (start === null) return null;
  if (toDate !== undefined)
    return { range: { from: start, to: addDays(today, 1) }, label: `this ${unit}`, words: 1 };
  if (first === 'this')
    return { range: { from: start, to: addDays(today, 1) }, label: `this ${unit}`, words: 2 };
  if (first !== 'last' && first !== 'previous') return null;
  const before = startOfUnit(unit, addDays(start, -1));
  return before === null ? null : { range: { from: before, to: start }, label: `last ${unit}`, words: 2 };
};

function startOfUnit(unit: string, day: Day): Day | null {
  const month = monthOf(day);
  switch (unit) {
    case 'week':
      return addDays(day, 1 - weekday(day));
    case 'month':
      return firstDay(month);
    case 'quarter':
      return firstDay(addMonths(month, -((Number(month.slice(5)) - 1) % 3)));
    case 'year':
      return firstDay(MonthSchema.parse(`${month.slice(0, 4)}-01`));
    default:
      return null;
  }
}
