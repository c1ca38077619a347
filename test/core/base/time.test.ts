import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  covers,
  dayIn,
  daysBetween,
  daysIn,
  firstDay,
  fromEpochDay,
  isoWeek,
  monthOf,
  monthRange,
  monthsIn,
  parseDay,
  parseMonth,
  toEpochDay,
  utcDay,
  weekday,
} from '../../../src/core/base/time.js';

/** Days from 1900 to 2199. */
const epochDay = fc.integer({ min: -25_567, max: 84_006 });
const anyDay = epochDay.map(fromEpochDay);

describe('A day', () => {
  it.each(['2026-10-31', '2024-02-29', '1970-01-01'])('may be %s', (text) => {
    expect(parseDay(text)).toBe(text);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '31.10.2026', '2026-10-31T00:00:00Z', '', '20261031'])(
    'may not be %j',
    (text) => {
      expect(() => parseDay(text)).toThrow(`"${text}" is not a day; write it as 2026-10-31.`);
    },
  );

  it('comes back from its number, and days follow numbers in order', () => {
    fc.assert(
      fc.property(epochDay, (number) => {
        const day = fromEpochDay(number);
        expect(toEpochDay(day)).toBe(number);
        expect(parseDay(day)).toBe(day);
        expect(day < fromEpochDay(number + 1)).toBe(true);
      }),
    );
  });

  it('is counted from another in whole days, both ways', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -9999, max: 9999 }), (day, days) => {
        expect(daysBetween(day, addDays(day, days))).toBe(days);
      }),
    );
    expect(addDays(parseDay('2024-02-28'), 2)).toBe('2024-03-01');
  });

  it('of an instant is the one in UTC, also before 1970', () => {
    expect(utcDay(0)).toBe('1970-01-01');
    expect(utcDay(-1)).toBe('1969-12-31');
    expect(utcDay(Date.UTC(2026, 9, 31, 23, 59, 59, 999))).toBe('2026-10-31');
  });

  it('of an instant in a time zone is the one on its calendar, across changes of the clock', () => {
    expect(dayIn('Europe/Berlin', Date.parse('2026-10-31T22:59:00Z'))).toBe('2026-10-31');
    expect(dayIn('Europe/Berlin', Date.parse('2026-10-31T23:00:00Z'))).toBe('2026-11-01');
    expect(dayIn('Europe/Berlin', Date.parse('2026-07-31T22:00:00Z'))).toBe('2026-08-01');
    expect(dayIn('America/Los_Angeles', Date.parse('2026-01-01T07:59:00Z'))).toBe('2025-12-31');
    expect(dayIn('Pacific/Kiritimati', Date.parse('2026-01-01T10:00:00Z'))).toBe('2026-01-02');
    expect(dayIn('UTC', Date.parse('2026-03-05T00:00:00Z'))).toBe('2026-03-05');
  });
});

describe('A week', () => {
  it.each([
    ['2026-11-23', 1, '2026-W48'],
    ['2026-01-01', 4, '2026-W01'],
    ['2027-01-01', 5, '2026-W53'],
    ['2024-12-30', 1, '2025-W01'],
    ['2023-01-01', 7, '2022-W52'],
    ['1969-12-29', 1, '1970-W01'],
  ])('%s is day %i of %s', (text, number, week) => {
    const day = parseDay(text);
    expect(weekday(day)).toBe(number);
    expect(isoWeek(day)).toBe(week);
  });

  it('has seven days from Monday to Sunday, for any day', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const monday = addDays(day, 1 - weekday(day));
        const week = daysIn({ from: monday, to: addDays(monday, 7) });
        expect(week.map(weekday)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(new Set(week.map(isoWeek)).size).toBe(1);
        expect(isoWeek(addDays(monday, 7))).not.toBe(isoWeek(day));
      }),
    );
  });
});

describe('A month', () => {
  it.each(['2026-10', '1999-01', '2026-12'])('may be %s', (text) => {
    expect(parseMonth(text)).toBe(text);
  });

  it.each(['2026-13', '2026-00', '2026-1', '2026-10-01', ''])('may not be %j', (text) => {
    expect(() => parseMonth(text)).toThrow(`"${text}" is not a month; write it as 2026-10.`);
  });

  it('holds exactly the days that are of it, and the next one starts where it ends', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const month = monthOf(day);
        const range = monthRange(month);
        const days = daysIn(range);
        expect(days).toContain(day);
        expect(new Set(days.map(monthOf))).toEqual(new Set([month]));
        expect(monthOf(addDays(range.from, -1))).toBe(addMonths(month, -1));
        expect(range.to).toBe(firstDay(addMonths(month, 1)));
      }),
    );
  });

  it.each([
    [1, '2027-01'],
    [-12, '2025-12'],
    [25, '2029-01'],
    [-24, '2024-12'],
  ])('is %i months from December 2026 in %s', (months, expected) => {
    expect(addMonths(parseMonth('2026-12'), months)).toBe(expected);
  });

  it('is touched by a range if one of its days is in it', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -5, max: 400 }), (from, length) => {
        const range = { from, to: addDays(from, length) };
        expect(monthsIn(range)).toEqual([...new Set(daysIn(range).map(monthOf))]);
      }),
    );
  });
});

it('An interval covers its first day and not its last, or all days from the first on', () => {
  const [from, to] = [parseDay('2026-10-01'), parseDay('2026-10-03')];
  const days = ['2026-09-30', '2026-10-01', '2026-10-02', '2026-10-03'].map(parseDay);
  expect(days.map((day) => covers({ from, to }, day))).toEqual([false, true, true, false]);
  expect(days.map((day) => covers({ from, to: null }, day))).toEqual([false, true, true, true]);
});
