import { describe, expect, it } from 'vitest';
import { ANOMALY_DEFAULTS, type DailyCost, findRuns, judgeDays } from '../../../src/core/alerts/anomaly.js';
import { addDays, type Day, weekday } from '../../../src/core/base/time.js';

const START = '2026-01-05' as Day; // a Monday

/** A small seeded generator (mulberry32): the same noise on every machine. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Roughly normal, mean 0, deviation 1. */
function gauss(random: () => number): number {
  return Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
}

function costs(days: number, units: (index: number, day: Day) => number): DailyCost[] {
  return Array.from({ length: days }, (_, index) => {
    const day = addDays(START, index);
    return { day, cost: BigInt(Math.round(units(index, day) * 1e9)), complete: true };
  });
}

function weekly(day: Day): number {
  return weekday(day) >= 6 ? 40 : 400;
}

const flaggedDays = (series: readonly DailyCost[]) =>
  judgeDays(series)
    .filter((verdict) => verdict.flagged)
    .map((verdict) => verdict.day);

describe('judging days', () => {
  it('raises no false alarm in twenty noisy series with a strong weekly rhythm, twenty weeks each', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = noise(seed);
      const series = costs(140, (_, day) => weekly(day) * Math.exp(0.15 * gauss(random)));
      expect(flaggedDays(series), `seed ${seed}`).toEqual([]);
    }
  });

  it('finds a planted spike on a weekday and on a weekend, on that day only', () => {
    for (const at of [60, 61 + 7 * 3 + 2, 96]) {
      const random = noise(at);
      const series = costs(120, (index, day) => {
        const usual = weekly(day) * Math.exp(0.12 * gauss(random));
        return index === at ? usual * 3 + 60 : usual;
      });
      expect(flaggedDays(series)).toEqual([addDays(START, at)]);
    }
  });

  it('says nothing of a tripled cost that is small change', () => {
    expect(flaggedDays(costs(60, (index) => (index === 50 ? 24 : 8)))).toEqual([]);
  });

  it('says nothing of a rise below a quarter of the usual', () => {
    expect(flaggedDays(costs(60, (index) => (index === 50 ? 1240 : 1000)))).toEqual([]);
    expect(flaggedDays(costs(60, (index) => (index === 50 ? 1700 : 1000)))).toEqual([addDays(START, 50)]);
  });

  it('judges nothing before three weeks of history', () => {
    expect(flaggedDays(costs(20, (index) => (index === 19 ? 5000 : 100)))).toEqual([]);
    expect(flaggedDays(costs(22, (index) => (index === 21 ? 5000 : 100)))).toEqual([addDays(START, 21)]);
  });

  it('says nothing of falls', () => {
    expect(flaggedDays(costs(60, (index) => (index >= 50 ? 0 : 1000)))).toEqual([]);
  });

  it('takes a rise that lasts fourteen days for the new normal, and alarms on a rise above it', () => {
    const series = costs(110, (index, day) => weekly(day) * (index < 50 ? 1 : index === 100 ? 9 : 3));
    const flagged = flaggedDays(series);
    expect(flagged).toHaveLength(15);
    expect(flagged[0]).toBe(addDays(START, 50));
    expect(flagged.at(-1)).toBe(addDays(START, 100));
  });

  it('keeps the days of a spike out of the baseline', () => {
    const quiet = judgeDays(costs(60, () => 100));
    const spiky = judgeDays(costs(60, (index) => (index >= 50 && index < 56 ? 900 : 100)));
    expect(spiky.at(-1)?.expected).toBe(quiet.at(-1)?.expected);
  });

  it('decides each day by the days before it only', () => {
    const random = noise(7);
    const series = costs(
      100,
      (index, day) => weekly(day) * Math.exp(0.3 * gauss(random)) * (index > 80 ? 2 : 1),
    );
    expect(judgeDays(series.slice(0, 85))).toEqual(judgeDays(series).slice(0, 85));
  });

  it('alarms on an incomplete day that is already too dear, and learns nothing from one that is low', () => {
    const series = costs(60, (index) => (index === 58 ? 900 : 100)).map((cost, index) =>
      index >= 55 ? { ...cost, cost: index === 58 ? cost.cost : 0n, complete: false } : cost,
    );
    const verdicts = judgeDays(series);
    expect(verdicts.filter((verdict) => verdict.flagged).map((verdict) => verdict.day)).toEqual([
      addDays(START, 58),
    ]);
    expect(verdicts[59]?.expected).toBe(verdicts[54]?.expected);
  });
});

const runsOf = (units: (index: number) => number, days = 80) => findRuns(judgeDays(costs(days, units)));

describe('runs of flagged days', () => {
  it('makes one run of a rise with one calm day in it, and says when it is over', () => {
    const runs = runsOf((index) => ([60, 61, 63].includes(index) ? 900 : 100));
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ firstDay: addDays(START, 60), lastDay: addDays(START, 63), over: true });
    expect(runs[0]?.days).toHaveLength(3);
  });

  it('parts two rises with two calm days between them', () => {
    expect(runsOf((index) => ([60, 63].includes(index) ? 900 : 100))).toHaveLength(2);
  });

  it('leaves a rise of yesterday open', () => {
    expect(runsOf((index) => (index === 79 ? 900 : 100))[0]?.over).toBe(false);
    expect(runsOf((index) => (index === 78 ? 900 : 100))[0]?.over).toBe(false);
    expect(runsOf((index) => (index === 77 ? 900 : 100))[0]?.over).toBe(true);
  });

  it('ends a lasting rise when it is accepted', () => {
    const runs = runsOf((index) => (index >= 50 ? 500 : 100), 90);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.days).toHaveLength(ANOMALY_DEFAULTS.acceptAfterDays);
    expect(runs[0]?.over).toBe(true);
  });
});

describe('rises that creep and drops', () => {
  it('finds a lasting rise that no single day of which is wild, within a week, in most noisy series', () => {
    const shift = (seed: number) => {
      const random = noise(seed);
      return costs(110, (index) => 400 * (index >= 90 ? 1.6 : 1) * Math.exp(0.15 * gauss(random)));
    };
    const found = Array.from({ length: 20 }, (_, seed) => flaggedDays(shift(seed + 1))).filter((days) =>
      days.some((day) => day >= addDays(START, 90) && day < addDays(START, 97)),
    );
    expect(found.length).toBeGreaterThanOrEqual(17);
    // The band of a flagged day ends below its cost, also where it was narrowed.
    for (let seed = 1; seed <= 20; seed++)
      for (const { flagged, actual, upper } of judgeDays(shift(seed)))
        expect(!flagged || actual > upper).toBe(true);
  });

  const droppedDays = (series: readonly DailyCost[]) =>
    judgeDays(series)
      .filter((verdict) => verdict.dropped)
      .map((verdict) => verdict.day);

  it('believe a drop on its second complete day, and never one that is not complete', () => {
    const silent = costs(80, (index) => (index >= 70 && index < 73 ? 20 : 400));
    expect(droppedDays(silent)).toEqual([addDays(START, 71), addDays(START, 72)]);
    expect(flaggedDays(silent)).toEqual([]);
    expect(droppedDays(costs(80, (index) => (index === 70 ? 20 : 400)))).toEqual([]);
    const open = silent.map((day, index) => ({ ...day, complete: index < 71 }));
    expect(droppedDays(open)).toEqual([]);
    expect(droppedDays(costs(80, (index) => (index >= 70 ? 2 : 10)))).toEqual([]);
  });
});
