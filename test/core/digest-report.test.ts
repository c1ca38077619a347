import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDrivers } from '../../src/core/alert-figures.js';
import { findRuns, judgeDays } from '../../src/core/anomaly.js';
import { digestFigures, lastWholeWeek } from '../../src/core/digest-figures.js';
import type { FeedStatus } from '../../src/core/feed.js';
import { sumNanos } from '../../src/core/money.js';
import {
  grainOf,
  incompleteFeeds,
  lastCompleteDay,
  OTHER,
  reportLines,
  stackSeries,
} from '../../src/core/spend-report.js';
import { addDays, type Day, weekday } from '../../src/core/time.js';

const START = '2026-09-17' as Day;
const label = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', OTHER);
const dollars = (amount: number) => BigInt(amount) * 1_000_000_000n;
const row = (name: string, amount: number) => ({ values: [name], cost: dollars(amount) });
const cost = fc.bigInt({ min: -(10n ** 13n), max: 10n ** 15n });

function feed(source: string, completeThrough: string | null): FeedStatus {
  return {
    source,
    kind: 'test',
    completeThrough: completeThrough as Day | null,
    lastAttemptMs: null,
    lastSuccessMs: null,
    lastError: null,
    failingSinceMs: null,
  };
}

describe('a stacked chart', () => {
  it('holds every nano once, in at most seven series, whatever its grain', () => {
    const part = fc.record({ label, cost, offset: fc.nat(999) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), fc.integer({ min: 1, max: 500 }), (parts, length) => {
        const range = { from: START, to: addDays(START, length) };
        const costs = parts.map(({ offset, ...rest }) => ({ ...rest, day: addDays(START, offset % length) }));
        const grain = grainOf(range);
        const chart = stackSeries(costs, { range, grain, currency: 'USD', completeThrough: START });
        expect(sumNanos(chart.series.flatMap((series) => series.costs))).toBe(
          sumNanos(costs.map((each) => each.cost)),
        );
        expect(chart.series.length).toBeLessThanOrEqual(7);
        expect(chart.buckets.length).toBeLessThanOrEqual(45);
        for (const series of chart.series) expect(series.costs).toHaveLength(chart.buckets.length);
        expect(chart.buckets[0]).toBe(START);
        if (grain === 'week') for (const bucket of chart.buckets.slice(1)) expect(weekday(bucket)).toBe(1);
      }),
    );
  });

  it('marks the first bar that is not complete', () => {
    const range = { from: '2026-11-01' as Day, to: '2026-11-11' as Day };
    const frame = { range, grain: 'day', currency: 'USD' } as const;
    const through = (day: string) =>
      stackSeries([], { ...frame, completeThrough: day as Day }).provisionalFrom;
    expect(through('2026-11-10')).toBeNull();
    expect(through('2026-11-08')).toBe(8);
    expect(through('2026-10-01')).toBe(0);
  });
});

describe('the lines of a report', () => {
  it('and what is beyond them add up to both periods', () => {
    const rows = fc.uniqueArray(fc.record({ name: fc.string({ maxLength: 3 }), cost }), {
      selector: (row) => row.name,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, rows, (now, before) => {
        const asRows = (side: typeof now) => side.map((row) => ({ values: [row.name], cost: row.cost }));
        const { lines, more } = reportLines(asRows(now), asRows(before));
        const total = (side: typeof now) => sumNanos(side.map((row) => row.cost));
        expect(sumNanos(lines.map((line) => line.cost)) + (more?.cost ?? 0n)).toBe(total(now));
        expect(sumNanos(lines.map((line) => line.previous)) + (more?.previous ?? 0n)).toBe(total(before));
        expect(lines.length).toBeLessThanOrEqual(15);
      }),
    );
  });
});

describe('completeness', () => {
  const today = '2026-11-18' as Day;

  it('is held up by the slowest living feed, but not by one that ended weeks ago', () => {
    expect(lastCompleteDay([], today)).toBe('2026-11-17');
    expect(lastCompleteDay([feed('a', '2026-11-18'), feed('b', '2026-11-15')], today)).toBe('2026-11-15');
    expect(
      lastCompleteDay([feed('a', '2026-11-16'), feed('old', '2026-06-30'), feed('new', null)], today),
    ).toBe('2026-11-16');
  });

  it('names every feed that lags, but not the file of a year that is over', () => {
    const file = (source: string, through: string) => ({ ...feed(source, through), kind: 'focus-file' });
    const feeds = [
      feed('broken', '2025-12-31'),
      feed('new', null),
      file('aws', '2026-10-31'),
      file('anthropic-2025', '2025-12-31'),
      feed('fine', today),
    ];
    expect(incompleteFeeds(feeds, today).map(({ source }) => source)).toEqual(['broken', 'new', 'aws']);
  });
});

describe('a digest', () => {
  it('is of the last whole week, Monday to Sunday', () => {
    const week = { from: '2026-11-09', to: '2026-11-16' };
    for (const day of ['2026-11-16', '2026-11-18', '2026-11-22'])
      expect(lastWholeWeek(day as Day)).toEqual(week);
    expect(lastWholeWeek('2026-11-23' as Day).from).toBe('2026-11-16');
  });

  it('lists the largest moves of at least five units, whichever way they go', () => {
    const week = lastWholeWeek('2026-11-18' as Day);
    const { movers, total, previousTotal } = digestFigures({
      team: 'Search',
      currency: 'USD',
      week,
      serviceDays: [
        { day: week.from, service: 'Cursor', cost: 7n },
        { day: addDays(week.from, -1), service: 'Cursor', cost: 5n },
        { day: addDays(week.from, -60), service: 'Cursor', cost: 1000n },
      ],
      moves: [
        {
          by: 'key',
          current: [row('up', 30), row('same', 100), row('little', 4), row('(none)', 900)],
          previous: [row('same', 100), row('down', 80)],
        },
      ],
      monthToDate: 0n,
      incomplete: [],
      unallocated: null,
    });
    expect(movers.map((mover) => mover.label)).toEqual(['down', 'up']);
    expect([total, previousTotal]).toEqual([7n, 5n]);
  });
});

describe('the drivers of an alert', () => {
  it('are those whose own weekdays were exceeded, largest first, without the small ones', () => {
    const series = Array.from({ length: 44 }, (_, i) => ({
      day: addDays('2026-10-05' as Day, i),
      cost: dollars(i >= 42 ? 400 : 100),
      complete: true,
    }));
    const [run] = findRuns(judgeDays(series));
    if (run === undefined) throw new Error('no run');
    const used = (key: string, model: string, cost: (isHot: boolean) => number) => ({
      source: 'claude',
      key,
      model,
      service: 'Claude API',
      person: null,
      team: 'Search',
      days: new Map(series.map(({ day }) => [day, dollars(cost(day >= run.firstDay))])),
    });
    const atoms = [
      used('steady', 'haiku', () => 50),
      used('runaway', 'opus', (isHot) => (isHot ? 330 : 40)),
      used('small', 'opus', (isHot) => (isHot ? 20 : 10)),
    ];
    expect(findDrivers(atoms, run)).toEqual([
      { by: 'model', label: 'opus', expected: dollars(100), actual: dollars(700) },
      { by: 'key', label: 'runaway', expected: dollars(80), actual: dollars(660) },
    ]);
  });
});
