import type { Command } from 'commander';
import { observeSeries } from '../core/alerts/observed.js';
import { type Decision, replayMornings } from '../core/alerts/replay.js';
import { invalid } from '../core/base/errors.js';
import { toApproximateUnits } from '../core/base/money.js';
import { parseDay } from '../core/base/time.js';
import { type Forecast, forecastSpend, type Outlook } from '../core/budgets/forecast.js';
import { rangeOf } from './ranges.js';
import { parseSeries } from './series-csv.js';
import type { Session } from './session.js';

/** detect, forecast: the pure functions on stdin, for checks against public data; nothing is stored. */
export function addSeriesCommands(program: Command, session: Session): void {
  program
    .command('detect')
    .description('CSV on stdin: replay the morning runs, a JSON line for every alert')
    .requiredOption('--from <day>', 'first morning')
    .requiredOption('--to <day>', 'last morning, inclusive')
    .action(async (options: { from: string; to: string }) => {
      const range = rangeOf(options.from, options.to);
      for (const [series, observations] of parseSeries(await session.input()))
        for (const decision of replayMornings(observations, range))
          session.line(decisionJson(series, decision));
    });
  program
    .command('forecast')
    .description('CSV on stdin: daily forecasts with intervals, a JSON line for every series')
    .requiredOption('--as-of <day>', 'the first day to forecast; only what was known on its morning is used')
    .option('--horizon <days>', 'days to forecast', '30')
    .option('--month-end', 'the total of the month that holds the day before, which is always told')
    .action(async (options: { asOf: string; horizon: string }) => {
      const asOf = parseDay(options.asOf);
      const horizon = /^\d{1,3}$/.test(options.horizon) ? Number(options.horizon) : 0;
      if (horizon < 1 || horizon > 366)
        invalid(`--horizon ${options.horizon}: give a whole number from 1 to 366.`);
      for (const [series, observations] of parseSeries(await session.input())) {
        const { days } = observeSeries(observations).asOf(asOf);
        session.line({ series, as_of: asOf, ...forecastJson(forecastSpend(days, asOf, horizon)) });
      }
    });
}

function decisionJson(series: string, { verdict, decidedOn }: Decision): unknown {
  const [actual, expected] = [toApproximateUnits(verdict.actual), toApproximateUnits(verdict.expected)];
  return {
    series,
    date: verdict.day,
    decided_on: decidedOn,
    flag: true,
    direction: verdict.flagged ? 'up' : 'down',
    score: rounded(scoreOf(verdict)),
    actual: rounded(actual),
    expected: rounded(expected),
    impact: rounded(actual - expected),
    kind: verdict.flagged ? 'rise' : 'drop',
  };
}

/** How far beyond the band, in widths of its upper half. */
function scoreOf({ actual, expected, upper }: Decision['verdict']): number {
  const width = toApproximateUnits(upper - expected);
  return width > 0 ? Math.abs(toApproximateUnits(actual - expected)) / width : 0;
}

function forecastJson({ start, days, month: { period, ...month } }: Forecast): object {
  const column = (pick: (outlook: Outlook) => number) => days.map((outlook) => rounded(pick(outlook)));
  return {
    start,
    mean: column(({ mean }) => mean),
    lo80: column(({ lo80 }) => lo80),
    hi80: column(({ hi80 }) => hi80),
    lo95: column(({ lo95 }) => lo95),
    hi95: column(({ hi95 }) => hi95),
    month: {
      period,
      total: rounded(month.mean),
      lo80: rounded(month.lo80),
      hi80: rounded(month.hi80),
      lo95: rounded(month.lo95),
      hi95: rounded(month.hi95),
    },
  };
}

/** Estimates to a ten-thousandth of a unit: more digits would only look exact. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
