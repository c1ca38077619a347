import { describe, expect, it } from 'vitest';
import { type DailyCost, judgeDays } from '../../../src/core/alerts/anomaly.js';
import { turnPositions } from '../../../src/core/alerts/month-turn.js';
import { addDays, type Day, daysIn, monthOf, weekday } from '../../../src/core/base/time.js';

const YEAR = daysIn({ from: '2026-01-05' as Day, to: '2026-12-15' as Day });

function series(units: (day: Day) => number): DailyCost[] {
  return YEAR.map((day) => ({ day, cost: BigInt(Math.round(units(day) * 1e9)), complete: true }));
}

function usual(day: Day): number {
  // Seven steps of noise: a constant series would have no width of its own.
  return (weekday(day) >= 6 ? 120 : 330) * (0.94 + 0.02 * (Number(day.slice(8)) % 7));
}

const flagged = (costs: readonly DailyCost[]) =>
  judgeDays(costs)
    .filter((verdict) => verdict.flagged)
    .map((verdict) => verdict.day);

const isLastTwoDays = (day: Day) => monthOf(addDays(day, 2)) !== monthOf(day);
const has = (position: string) => (day: Day) => turnPositions(day).includes(position);

describe('a batch at the turn of a month', () => {
  it('is news in its first month only', () => {
    const days = flagged(series((day) => usual(day) + (isLastTwoDays(day) && day >= '2026-05-01' ? 800 : 0)));
    expect(days).toEqual(['2026-05-30', '2026-05-31']);
  });

  it.each(['first day 1', 'first working day 1', 'last working day 1', 'last day 3'])(
    'is known wherever it always comes: %s',
    (position) => {
      const days = flagged(series((day) => usual(day) + (has(position)(day) ? 600 : 0)));
      expect(days).toHaveLength(1);
    },
  );

  it('is known at a weekend from weekdays on which it was within the band', () => {
    const costs = series((day) => usual(day) + (isLastTwoDays(day) ? 170 : 0));
    const known = costs.filter(({ day }) => day >= '2026-03-20');
    expect(flagged(known)).toEqual([]);
    // By itself the last Sunday of May is far out of its band.
    const first = known.filter(({ day }) => day >= '2026-05-01' || !isLastTwoDays(day));
    expect(flagged(first).slice(0, 2)).toEqual(['2026-05-30', '2026-05-31']);
  });

  it('does not hide a rise above it, nor one in the midst of a month', () => {
    const wild = new Set(['2026-07-31', '2026-08-14']);
    const costs = series(
      (day) =>
        usual(day) + (isLastTwoDays(day) && day >= '2026-02-01' ? 800 : 0) + (wild.has(day) ? 1500 : 0),
    );
    expect(flagged(costs)).toEqual(['2026-02-27', '2026-02-28', '2026-07-31', '2026-08-14']);
  });

  it('is expected, not only let pass', () => {
    const verdicts = judgeDays(series((day) => usual(day) + (has('last day 1')(day) ? 800 : 0)));
    const august = verdicts.find(({ day }) => day === '2026-08-31');
    expect(Number(august?.expected ?? 0n) / 1e9).toBeGreaterThan(1000);
    expect(Number(august?.expected ?? 0n) / 1e9).toBeLessThan(1250);
  });

  it('is forgotten three months after it was seen last', () => {
    const seen = new Set(['2026-02-28', '2026-05-31', '2026-09-30']);
    const costs = series((day) => usual(day) + (seen.has(day) ? 800 : 0));
    expect(flagged(costs)).toEqual(['2026-02-28', '2026-09-30']);
  });

  it('is not what a rise was that only passed through the turn', () => {
    const rise = series((day) => {
      const isFirst = day >= '2026-04-27' && day < '2026-05-06';
      return usual(day) + (isFirst || day === '2026-05-29' ? 800 : 0);
    });
    expect(flagged(rise)).toContain('2026-05-29');
  });

  it('is judged by the days before it only', () => {
    const costs = series((day) => usual(day) + (isLastTwoDays(day) ? 500 : 0));
    for (const length of [147, 148, 178, 300])
      expect(judgeDays(costs.slice(0, length))).toEqual(judgeDays(costs).slice(0, length));
  });
});

describe('positions at the turn of a month', () => {
  it('are counted from both ends, in days and in working days', () => {
    // October 2026 ends on a Saturday, August 2026 begins on one.
    expect(turnPositions('2026-10-30' as Day)).toEqual(['last day 2', 'last working day 1']);
    expect(turnPositions('2026-10-31' as Day)).toEqual(['last day 1']);
    expect(turnPositions('2026-08-05' as Day)).toEqual(['first working day 3']);
    expect(turnPositions('2026-08-06' as Day)).toEqual([]);
    expect(turnPositions('2026-02-28' as Day)).toEqual(['last day 1']);
    expect(turnPositions('2026-10-15' as Day)).toEqual([]);
  });
});
