import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRuns, judgeDays } from '../../../src/core/alerts/anomaly.js';
import { findDrivers } from '../../../src/core/alerts/figures.js';
import { sumNanos } from '../../../src/core/base/money.js';
import { addDays, type Day, daysIn, weekday } from '../../../src/core/base/time.js';
import {
  compareLikeWithLike,
  digestBars,
  isQuietChange,
  moversOf,
  newcomersOf,
  withoutPeople,
} from '../../../src/core/digests/figures.js';
import { duePeriod, lastPeriod, parsePeriod } from '../../../src/core/digests/period.js';
import type { FeedStatus } from '../../../src/core/sources/feed.js';
import {
  grainOf,
  incompleteFeeds,
  lastCompleteDay,
  reportLines,
  stackSeries,
  timeLines,
} from '../../../src/core/spend/report.js';

const START = '2026-09-17' as Day;
const label = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'Other');
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

describe('the lines of a report over time', () => {
  it('have no gaps: what does not fit is what was before, and all adds up', () => {
    const days = daysIn({ from: '2026-07-01' as Day, to: '2026-10-01' as Day });
    const rows = days.map((day, i) => ({ values: [day], cost: BigInt((i * 37) % 11) }));
    const { lines, more } = timeLines(rows.toReversed());
    expect(lines.map(({ label }) => label)).toEqual(days.slice(-45));
    expect(more?.count).toBe(days.length - 45);
    expect(sumNanos(lines.map((line) => line.cost)) + (more?.cost ?? 0n)).toBe(
      sumNanos(rows.map((row) => row.cost)),
    );
    expect(timeLines(rows.slice(0, 3)).more).toBeNull();
    expect(timeLines(rows, 7).lines.at(0)?.label).toBe('2026-09-24');
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

const TODAY = '2026-11-18' as Day;
const WEEK = lastPeriod('week', TODAY);

describe('a digest', () => {
  it('is of the last whole week, Monday to Sunday', () => {
    const range = { from: '2026-11-09', to: '2026-11-16' };
    for (const day of ['2026-11-16', '2026-11-18', '2026-11-22'])
      expect(lastPeriod('week', day as Day).range).toEqual(range);
    expect(lastPeriod('week', '2026-11-23' as Day).range.from).toBe('2026-11-16');
    expect(lastPeriod('month', '2027-01-01' as Day).label).toBe('2026-12');
  });

  it('knows its period by its label, and refuses a week that the year has not', () => {
    for (const text of ['2026-W47', '2026-W01', '2026-W53', '2026-10'])
      expect(parsePeriod(text).label).toBe(text);
    expect(parsePeriod('2026-W47').range).toEqual({ from: '2026-11-16', to: '2026-11-23' });
    for (const text of ['2025-W53', '2026-W00', '2026-13', 'W47', 'october'])
      expect(() => parsePeriod(text)).toThrow('write a week as 2026-W47 and a month as 2026-10');
  });

  it('stacks every cost of the chart once', () => {
    const bars = digestBars(WEEK, [
      { day: WEEK.range.from, service: 'Cursor', cost: 7n },
      { day: addDays(WEEK.range.from, -1), service: 'Cursor', cost: 5n },
      { day: addDays(WEEK.range.from, -60), service: 'Cursor', cost: 1000n },
    ]);
    expect(bars).toHaveLength(8);
    expect(bars.slice(-2).map(({ byService }) => byService)).toEqual([
      [{ service: 'Cursor', cost: 5n }],
      [{ service: 'Cursor', cost: 7n }],
    ]);
    expect(sumNanos(bars.flatMap(({ byService }) => byService.map((part) => part.cost)))).toBe(12n);
  });

  it('lists the largest moves of at least five units, whichever way they go, with what moved them', () => {
    const groups = [
      {
        by: 'key' as const,
        current: [row('up', 30), row('same', 100), row('little', 4), row('(none)', 900), row('busy', 90)],
        previous: [row('same', 100), row('down', 80), row('busy', 50)],
        earlier: [row('same', 100), row('down', 80), row('busy', 50), row('little', 1)],
      },
    ];
    const volume = {
      cause: 'volume' as const,
      amount: dollars(38),
      details: [{ label: 'busy', amount: dollars(38) }],
    };
    const explanation = { before: 0n, after: 0n, delta: dollars(38), parts: [volume] };
    expect(moversOf(groups, explanation).map(({ label: name, reason }) => [name, reason])).toEqual([
      ['down', 'gone'],
      ['busy', 'volume'],
      ['up', 'new'],
    ]);
    expect(newcomersOf(groups)).toEqual([{ by: 'key', label: 'up', cost: dollars(30) }]);
  });

  it('compares like with like: a day that is missing, or a feed that is, is never a saving', () => {
    const days = Array.from({ length: 14 }, (_, i) => addDays(WEEK.before.from, i));
    const steady = (source: string, through: string) =>
      days.filter((day) => day <= through).map((day) => ({ source, day, cost: dollars(10) }));
    const costs = [...steady('claude', '2026-11-14'), ...steady('cursor', '2026-11-10')];
    const compared = compareLikeWithLike(WEEK, costs, [
      { source: 'claude', completeThrough: '2026-11-14' as Day },
      { source: 'cursor', completeThrough: '2026-11-10' as Day },
    ]);
    expect(compared).toEqual({
      current: dollars(60),
      previous: dollars(60),
      after: { from: '2026-11-09', to: '2026-11-15' },
      before: { from: '2026-11-02', to: '2026-11-08' },
      without: ['cursor'],
    });
  });

  it('of steady spend never tells a fall, whichever days each feed has closed', () => {
    const feeds = fc.uniqueArray(fc.record({ source: label, behind: fc.integer({ min: 0, max: 9 }) }), {
      selector: ({ source }) => source,
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(feeds, fc.constantFrom<'week' | 'month'>('week', 'month'), (some, grain) => {
        const period = lastPeriod(grain, TODAY);
        const last = addDays(period.range.to, -1);
        const through = some.map(({ source, behind }) => ({
          source,
          completeThrough: addDays(last, -behind),
        }));
        const all = daysIn({ from: period.before.from, to: period.range.to });
        const costs = through.flatMap(({ source, completeThrough }) =>
          all.filter((day) => day <= completeThrough).map((day) => ({ source, day, cost: dollars(1) })),
        );
        const lagging = through.filter(({ completeThrough }) => completeThrough < last);
        const { current, previous, after, before } = compareLikeWithLike(period, costs, lagging);
        // October has a day more than September: the only rise that steady spend may show.
        if (grain === 'week' || after.to < period.range.to) expect(current).toBe(previous);
        else expect(daysIn(after).length - daysIn(before).length).toBe(1);
      }),
    );
  });

  it('is quiet below materiality, but not where a small team doubles', () => {
    const materiality = { amount: dollars(250), basisPoints: 50 };
    const alerts = { floor: dollars(25), basisPoints: 2_500 };
    const quiet = (previous: number, current: number) =>
      isQuietChange({ previous: dollars(previous), current: dollars(current) }, materiality, alerts);
    expect(quiet(60_000, 60_299)).toBe(true);
    expect(quiet(60_000, 60_300)).toBe(false);
    expect(quiet(1_000, 1_249)).toBe(true);
    expect(quiet(1_000, 750)).toBe(false);
    expect(quiet(40, 80)).toBe(false);
    expect(quiet(40, 55)).toBe(true);
    expect(quiet(0, 0)).toBe(true);
  });

  it('is due on its weekday and hour in its own zone, on both sides of a change of the clocks', () => {
    const monday = { kind: 'weekly', on: 1 } as const;
    const berlin = { hour: 9, timeZone: 'Europe/Berlin' };
    const due = (instant: string) => duePeriod(monday, berlin, Date.parse(instant)).label;
    expect(due('2026-10-19T06:59:00Z')).toBe('2026-W41');
    expect(due('2026-10-19T07:00:00Z')).toBe('2026-W42');
    // The clocks went back on the 25th: nine o'clock is an hour later in UTC.
    expect(due('2026-10-26T07:59:00Z')).toBe('2026-W42');
    expect(due('2026-10-26T08:00:00Z')).toBe('2026-W43');
    expect(
      duePeriod(monday, { hour: 9, timeZone: 'Asia/Kathmandu' }, Date.parse('2026-10-19T03:15:00Z')).label,
    ).toBe('2026-W42');
  });

  it('of a month is due on the first working day unless a day is set', () => {
    const at = { hour: 9, timeZone: 'UTC' };
    const due = (on: number | null, instant: string) =>
      duePeriod({ kind: 'monthly', on }, at, Date.parse(instant)).label;
    // The first of November 2026 is a Sunday, of August a Saturday.
    expect(due(null, '2026-11-01T12:00:00Z')).toBe('2026-09');
    expect(due(null, '2026-11-02T09:00:00Z')).toBe('2026-10');
    expect(due(null, '2026-08-03T08:59:00Z')).toBe('2026-06');
    expect(due(null, '2026-08-03T09:00:00Z')).toBe('2026-07');
    expect(due(5, '2026-11-05T08:00:00Z')).toBe('2026-09');
    expect(due(5, '2026-11-05T09:00:00Z')).toBe('2026-10');
  });

  it('names no person where it may not, whatever part of the explanation they are in', () => {
    const people = new Set(['octocat']);
    const details = ['octocat', 'ana@larkspur.test', 'ci-nightly'].map((name) => ({
      label: name,
      amount: 1n,
    }));
    const told = withoutPeople(
      { before: 0n, after: 3n, delta: 3n, parts: [{ cause: 'volume', amount: 3n, details }] },
      people,
    );
    expect(told.parts[0]).toMatchObject({ amount: 3n, details: [{ label: 'ci-nightly', amount: 1n }] });
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
    const parts = [
      used('steady', 'haiku', () => 50),
      used('runaway', 'opus', (isHot) => (isHot ? 330 : 40)),
      used('small', 'opus', (isHot) => (isHot ? 20 : 10)),
    ];
    expect(findDrivers(parts, run)).toEqual([
      { by: 'model', label: 'opus', expected: dollars(100), actual: dollars(700) },
      { by: 'key', label: 'runaway', expected: dollars(80), actual: dollars(660) },
    ]);
  });
});
