import { mean, quantile } from '../base/quantiles.js';
import {
  addDays,
  type Day,
  daysBetween,
  daysIn,
  type Month,
  monthOf,
  monthRange,
  weekday,
} from '../base/time.js';
import { type CalendarCharge, calendarCharges, calendarUnits } from './calendar.js';
import { type DailySeries, ensemble } from './models.js';

/** What is known of a day, in currency units; estimates are no money, so floats will do. */
export interface KnownDay {
  readonly day: Day;
  readonly value: number;
  /** False while more may come: then `value` is the least that the day will cost. */
  readonly complete: boolean;
}

/** The middle and the edges of the 80 % and 95 % intervals. */
export interface Outlook {
  readonly mean: number;
  readonly lo80: number;
  readonly hi80: number;
  readonly lo95: number;
  readonly hi95: number;
}

/** Days to come, from `start` on, and the month that contains the day before it. */
export interface Forecast {
  readonly start: Day;
  readonly days: readonly Outlook[];
  readonly month: Outlook & { readonly period: Month; readonly known: number };
}

const BACK_TESTS = 14;
/** Shortest history that a back-test may start from. */
const LEAST_HISTORY = 28;
/** Errors of neighbouring days that are judged together. */
const BAND = 3;
/** Quantiles of few errors are too narrow: by about this many tests' worth. */
const SMALL_SAMPLE = 2;
/** One sum a back-test, where days lend each other theirs. */
const SMALL_SUM_SAMPLE = 5;
/** Relative errors believed while there is nothing to test with. */
const UNTESTED = { share80: 0.5, share95: 1 };

/** A forecast made in the past, with what came of it. */
interface BackTest {
  readonly forecast: readonly number[];
  readonly actual: readonly number[];
  /** Mean of the four weeks before it. */
  readonly recent: number;
}

/**
 * Forecasts an owner's daily spend from `asOf` on: what recurs by the calendar is carried on as it is, the rest is the
 * median of four models. Intervals are conformal: the quantiles of the errors that the same forecasts made in up to
 * fourteen back-tests. Days that are not complete are forecast, too, and cost at least what is known of them.
 * @param known every day once, ascending, none at or after `asOf`; missing days at the end are not complete.
 */
export function forecastSpend(known: readonly KnownDay[], asOf: Day, horizon: number): Forecast {
  const whole = known.slice(0, known.findLastIndex(({ complete }) => complete) + 1);
  const firstOpen = whole.length === 0 ? (known[0]?.day ?? asOf) : addDays(whole.at(-1)?.day ?? asOf, 1);
  const gap = Math.max(0, daysBetween(firstOpen, asOf));
  const period = monthOf(addDays(asOf, -1));
  const rest = Math.max(0, daysBetween(firstOpen, monthRange(period).to));
  const length = Math.max(gap + horizon, rest);
  const history = toHistory(whole);
  const model = ensemble(history.plain, length);
  const tests = backTests(history.plain, length, gap + horizon);
  const least = new Map(known.map(({ day, value }) => [day, value]));
  const recent = recentMean(history.plain.values);
  const outlooks = Array.from({ length }, (_, h): Outlook => {
    const day = addDays(firstOpen, h);
    return atLeast(
      least.get(day) ?? 0,
      addUnits(spread(model[h] ?? 0, { h, recent, tests }), calendarUnits(history.charges, day)),
    );
  });
  return {
    start: asOf,
    days: outlooks.slice(gap, gap + horizon),
    month: monthOutlook({ period, rest: outlooks.slice(0, rest), model, known, tests }),
  };
}

interface History {
  readonly plain: DailySeries;
  readonly charges: readonly CalendarCharge[];
}

/** The series without what the calendar brings. */
function toHistory(whole: readonly KnownDay[]): History {
  const first = whole[0]?.day;
  const values = whole.map(({ value }) => value);
  if (first === undefined) return { plain: { values: [], weekday0: 0 }, charges: [] };
  const charges = calendarCharges(values, first);
  const plain = whole.map(({ day, value }) => Math.max(0, value - calendarUnits(charges, day)));
  return { plain: { values: plain, weekday0: weekday(first) - 1 }, charges };
}

/** Origins lie a sixth of the horizon apart: closer ones would see the same errors again and again. */
function backTests(series: DailySeries, length: number, horizon: number): readonly BackTest[] {
  const { values, weekday0 } = series;
  const step = Math.max(1, Math.ceil(horizon / 6));
  const tests: BackTest[] = [];
  for (let test = 1; test <= BACK_TESTS; test += 1) {
    const origin = values.length - test * step;
    if (origin < LEAST_HISTORY) break;
    const past = values.slice(0, origin);
    const actual = values.slice(origin, origin + length);
    tests.push({
      forecast: ensemble({ values: past, weekday0 }, actual.length),
      actual,
      recent: recentMean(past),
    });
  }
  return tests;
}

function recentMean(values: readonly number[]): number {
  return mean(values.slice(-LEAST_HISTORY));
}

/** Errors are relative to half the forecast and half the recent mean: a quiet Sunday is as unsure as its week. */
function scaleOf(forecast: number, recent: number): number {
  return 0.5 * forecast + 0.5 * recent;
}

function spread(
  forecast: number,
  { h, recent, tests }: { readonly h: number; readonly recent: number; readonly tests: readonly BackTest[] },
): Outlook {
  const reaching = tests.filter(({ actual }) => actual.length > h);
  const used = reaching.length >= 3 ? reaching : tests;
  const errors = used.flatMap((test) => errorsNear(test, Math.min(h, test.actual.length - 1)));
  const scale = scaleOf(forecast, recent);
  return intervalOf(forecast, (error) => forecast + error * scale, { errors, tests: used.length });
}

function errorsNear({ forecast, actual, recent }: BackTest, h: number): readonly number[] {
  const errors: number[] = [];
  for (let at = Math.max(0, h - BAND); at <= Math.min(actual.length - 1, h + BAND); at += 1) {
    const scale = scaleOf(forecast[at] ?? 0, recent);
    if (scale > 0) errors.push(((actual[at] ?? 0) - (forecast[at] ?? 0)) / scale);
  }
  return errors;
}

/** The interval that the quantiles of past errors make, widened where there are few of them. */
function intervalOf(
  middle: number,
  at: (error: number) => number,
  {
    errors,
    tests,
    small = SMALL_SAMPLE,
  }: { readonly errors: readonly number[]; readonly tests: number; readonly small?: number },
): Outlook {
  const isTested = tests >= 3 && errors.length > 0;
  const inflation = 1 + small / Math.max(1, tests);
  const edge = (share: number, untested: number): number => {
    const error = isTested ? quantile(errors, share) * inflation : untested;
    return Math.max(0, at(share < 0.5 ? Math.min(0, error) : Math.max(0, error)));
  };
  return {
    mean: middle,
    lo80: edge(0.1, -UNTESTED.share80),
    hi80: edge(0.9, UNTESTED.share80),
    lo95: edge(0.025, -UNTESTED.share95),
    hi95: edge(0.975, UNTESTED.share95),
  };
}

function map(outlook: Outlook, change: (value: number) => number): Outlook {
  const { mean: middle, lo80, hi80, lo95, hi95 } = outlook;
  return {
    mean: change(middle),
    lo80: change(lo80),
    hi80: change(hi80),
    lo95: change(lo95),
    hi95: change(hi95),
  };
}

function addUnits(outlook: Outlook, units: number): Outlook {
  return map(outlook, (value) => value + units);
}

function atLeast(least: number, outlook: Outlook): Outlook {
  return map(outlook, (value) => Math.max(least, value));
}

/** What is known of the month, and the rest of it with an interval from how sums of as many days went wrong before. */
function monthOutlook(of: {
  readonly period: Month;
  readonly rest: readonly Outlook[];
  readonly model: readonly number[];
  readonly known: readonly KnownDay[];
  readonly tests: readonly BackTest[];
}): Forecast['month'] {
  const { period, rest, model, known, tests } = of;
  const { from, to } = monthRange(period);
  const open = new Set(daysIn({ from: addDays(to, -rest.length), to }));
  const inMonth = known.filter(({ day }) => from <= day && day < to);
  const knownSoFar = inMonth.reduce((sum, { value }) => sum + value, 0);
  const closed = inMonth.filter(({ day }) => !open.has(day)).reduce((sum, { value }) => sum + value, 0);
  const skipped = Math.max(0, rest.length - daysBetween(from, to));
  const ahead = rest.slice(skipped).reduce((sum, { mean: middle }) => sum + middle, 0);
  const usage = model.slice(skipped, rest.length).reduce((sum, value) => sum + value, 0);
  const errors = tests.flatMap(({ forecast, actual }) => {
    const days = Math.min(rest.length, actual.length);
    const [was, is] = [sumOf(forecast, days), sumOf(actual, days)];
    return days * 2 >= rest.length && was > 0 && is > 0 ? [Math.log(is / was)] : [];
  });
  const outlook = intervalOf(closed + ahead, (error) => closed + ahead - usage + usage * Math.exp(error), {
    errors,
    tests: errors.length,
    small: SMALL_SUM_SAMPLE,
  });
  return {
    period,
    known: knownSoFar,
    ...atLeast(knownSoFar, rest.length === 0 ? map(outlook, () => closed) : outlook),
  };
}

function sumOf(values: readonly number[], days: number): number {
  return values.slice(0, days).reduce((sum, value) => sum + value, 0);
}
