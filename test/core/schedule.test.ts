import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestDue } from '../../src/core/schedule.js';

const at = (text: string): number => Date.parse(text);
const due = (schedule: { weekday: number; hour: number; timeZone: string }, now: string) => {
  const instant = latestDue(schedule, at(now));
  return instant === null ? null : new Date(instant).toISOString().slice(0, 16);
};
const MONDAY_NINE = { weekday: 1, hour: 9, timeZone: 'Europe/Berlin' };

describe('a weekly schedule', () => {
  it('is due at its hour in its own zone, and since then until the next one', () => {
    expect(due(MONDAY_NINE, '2026-11-23T07:59:00Z')).toBe('2026-11-16T08:00');
    expect(due(MONDAY_NINE, '2026-11-23T08:00:00Z')).toBe('2026-11-23T08:00');
    expect(due(MONDAY_NINE, '2026-11-29T23:59:00Z')).toBe('2026-11-23T08:00');
  });

  it('knows zones that are off by half an hour, and the day that is another one there', () => {
    expect(due({ ...MONDAY_NINE, timeZone: 'Asia/Kolkata' }, '2026-11-23T12:00:00Z')).toBe(
      '2026-11-23T03:30',
    );
    expect(due({ weekday: 1, hour: 6, timeZone: 'Pacific/Auckland' }, '2026-11-22T18:00:00Z')).toBe(
      '2026-11-22T17:00',
    );
  });

  it('takes the first hour after a clock has jumped over its own', () => {
    const sundayTwo = { weekday: 7, hour: 2, timeZone: 'Europe/Berlin' };
    expect(due(sundayTwo, '2026-03-29T12:00:00Z')).toBe('2026-03-29T01:00'); // 03:00 there
  });

  it('was always due within the last eight days, and never in the future', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (weekday, hour, timeZone, now) => {
          const instant = latestDue({ weekday, hour, timeZone }, now) ?? Number.NaN;
          expect(instant).toBeLessThanOrEqual(now);
          expect(now - instant).toBeLessThanOrEqual(8 * 86_400_000);
        },
      ),
      { numRuns: 25 },
    );
  });
});
