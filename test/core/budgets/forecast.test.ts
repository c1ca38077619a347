import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, monthOf, monthRange, parseDay } from '../../../src/core/base/time.js';
import { calendarCharges } from '../../../src/core/budgets/calendar.js';
import { forecastSpend, type KnownDay, type Outlook } from '../../../src/core/budgets/forecast.js';
import { randomStream, spendSeries } from '../../support/company/spend-series.js';

const CALM = { level: 200, weekend: 0.3, noise: 0.1, growth: 0, seats: 0 };

function known(seed: number, days: number, shape = CALM): KnownDay[] {
  return spendSeries(seed, days, shape).map((point) => ({ ...point, complete: true }));
}

function total(values: readonly { readonly value: number }[]): number {
  return values.reduce((sum, { value }) => sum + value, 0);
}

function isOrdered({ lo95, lo80, mean, hi80, hi95 }: Outlook): boolean {
  const edges = [0, lo95, lo80, mean, hi80, hi95];
  return edges.every((edge, i) => i === 0 || edge >= (edges[i - 1] ?? 0) - 1e-9);
}

/** Forecasts of many owners from several mornings against what came. */
function trial(owners: number) {
  const random = randomStream(4);
  const found = {
    ratio: 0,
    count: 0,
    days: 0,
    in80: 0,
    in95: 0,
    month: 0,
    off: 0,
    runRateOff: 0,
    in80Month: 0,
  };
  for (let owner = 1; owner <= owners; owner += 1) {
    const shape = {
      level: 20 * Math.exp(4 * random()),
      weekend: 0.1 + random(),
      noise: 0.05 + 0.5 * random() * random(),
      growth: 0.004 * (random() - 0.3),
      seats: random() < 0.5 ? 0 : 500 * random(),
    };
    const all = spendSeries(owner + 900, 420, shape);
    for (const at of [213, 290, 333]) {
      const past = all.slice(0, at);
      const coming = all.slice(at, at + 30);
      const asOf = addDays(past.at(-1)!.day, 1);
      const forecast = forecastSpend(
        past.map((point) => ({ ...point, complete: true })),
        asOf,
        30,
      );
      const errors = coming.map(({ value }, h) => Math.abs(value - forecast.days[h]!.mean));
      const naive = coming.map(({ value }, h) => Math.abs(value - all[at - 7 + (h % 7)]!.value));
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      found.ratio += Math.log(sum(errors) / sum(naive));
      found.count += 1;
      found.days += 30;
      for (const [h, { value }] of coming.entries()) {
        const { lo80, hi80, lo95, hi95 } = forecast.days[h]!;
        found.in80 += Number(lo80 <= value && value <= hi80);
        found.in95 += Number(lo95 <= value && value <= hi95);
      }
      const { from, to } = monthRange(forecast.month.period);
      const month = all.filter(({ day }) => from <= day && day < to);
      const soFar = month.filter(({ day }) => day < asOf);
      found.month += total(month);
      found.off += Math.abs(total(month) - forecast.month.mean);
      found.runRateOff += Math.abs(total(month) - (total(soFar) / soFar.length) * month.length);
      found.in80Month += Number(
        forecast.month.lo80 - 1e-6 <= total(month) && total(month) <= forecast.month.hi80 + 1e-6,
      );
    }
  }
  return found;
}

describe('forecasting spend', () => {
  it('beats the naive forecasts by the margins that were promised, with honest intervals', () => {
    const { ratio, count, days, in80, in95, month, off, runRateOff, in80Month } = trial(25);
    expect(Math.exp(ratio / count)).toBeLessThan(0.75);
    expect(in80 / days).toBeGreaterThan(0.75);
    expect(in80 / days).toBeLessThan(0.88);
    expect(in95 / days).toBeGreaterThan(0.9);
    expect(off / month).toBeLessThan(0.08);
    expect(off).toBeLessThan(0.6 * runRateOff);
    expect(in80Month / count).toBeGreaterThan(0.65);
  });

  it('carries seats on as they are, from the second month that has them', () => {
    const days = known(3, 100, { ...CALM, seats: 900 });
    const charges = calendarCharges(
      days.map(({ value }) => value),
      days[0]!.day,
    );
    expect(charges.map(({ position }) => position)).toEqual([1]);
    expect(charges[0]?.units).toBeGreaterThan(800);
    const asOf = addDays(days.at(-1)!.day, 1);
    const { days: coming } = forecastSpend(days, asOf, 31);
    const dearest = coming.reduce((most, { mean }, h) => (mean > coming[most]!.mean ? h : most), 0);
    expect(addDays(asOf, dearest).slice(8)).toBe('01');
  });

  it('knows the month that is over, and never falls below what is known', () => {
    const days = known(1, 118);
    const last = days.at(-1)!;
    expect(monthOf(addDays(last.day, 1))).not.toBe(monthOf(last.day));
    const over = forecastSpend(days, addDays(last.day, 1), 7);
    const spent = total(days.filter(({ day }) => monthOf(day) === monthOf(last.day)));
    expect(over.month.mean).toBeCloseTo(spent, 6);
    expect([over.month.lo95, over.month.hi95].every((edge) => Math.abs(edge - spent) < 1e-6)).toBe(true);
    const partial = days.map((day, i) => (i < 110 ? day : { ...day, value: 10_000, complete: false }));
    const open = forecastSpend(partial, addDays(last.day, 1), 7);
    expect(open.month.lo95).toBeGreaterThanOrEqual(open.month.known);
  });

  it('forecasts days that are not complete instead of believing them', () => {
    const days = known(5, 120).map((day, i) => (i < 118 ? day : { ...day, value: 0, complete: false }));
    const { days: coming } = forecastSpend(days, addDays(days.at(-1)!.day, 1), 14);
    expect(coming.reduce((sum, { mean }) => sum + mean, 0) / 14).toBeGreaterThan(100);
  });

  it('answers for a new owner, one of one day and one without any, in order and never below zero', () => {
    const series = [
      [],
      known(2, 1),
      known(2, 9),
      known(2, 35),
      known(2, 60).map((day) => ({ ...day, value: 0 })),
    ];
    for (const days of series) {
      const asOf = days.length === 0 ? parseDay('2026-11-10') : addDays(days.at(-1)!.day, 1);
      const forecast = forecastSpend(days, asOf, 20);
      expect(forecast.days).toHaveLength(20);
      expect([...forecast.days, forecast.month].every(isOrdered)).toBe(true);
      expect(daysBetween(forecast.start, asOf)).toBe(0);
    }
  });
});
