import { NANOS_PER_UNIT, type Nanos, sumNanos, toApproximateUnits } from '../../core/base/money.js';
import {
  addDays,
  type Day,
  daysBetween,
  daysIn,
  monthOf,
  monthRange,
  parseDay,
  utcDay,
} from '../../core/base/time.js';
import { type Forecast, forecastSpend, type Outlook } from '../../core/budgets/forecast.js';
import type { MoneyOutlook, MonthForecast } from '../../core/budgets/month.js';
import { lastCompleteDay } from '../../core/spend/report.js';
import type { SpendFilter } from '../../core/spend/spend.js';
import type { Context } from '../context.js';

/** Thirteen months: a forecast looks half a year back, its back-tests some more. */
const HISTORY_DAYS = 400;

/** Whose month end is asked for. */
export interface ForecastQuestion {
  /** Filters as those of a spend query, such as a team; none: all spend. */
  readonly where: readonly SpendFilter[];
  /** Default: today in UTC. */
  readonly today?: Day;
  readonly currency?: string;
}

/** Forecasts the end of the month that holds yesterday. @throws AppError `invalid` for a key that does not exist. */
export async function forecastMonth(context: Context, question: ForecastQuestion): Promise<MonthForecast> {
  const { store, company, clock } = context;
  const asOf = question.today ?? utcDay(clock());
  const currency = question.currency ?? company.currency;
  const range = { from: addDays(asOf, -HISTORY_DAYS), to: asOf };
  const { rows } = await store.querySpend({ by: ['day'], range, where: question.where, currency });
  const costs = new Map(rows.map(({ values, cost }) => [parseDay(values[0] ?? ''), cost]));
  const completeThrough = lastCompleteDay(await store.listFeeds(), asOf);
  const first = [...costs.keys()].toSorted()[0] ?? addDays(asOf, -1);
  const known = daysIn({ from: first, to: asOf }).map((day) => ({
    day,
    value: toApproximateUnits(costs.get(day) ?? 0n),
    complete: day <= completeThrough,
  }));
  const period = monthRange(monthOf(addDays(asOf, -1)));
  const forecast = forecastSpend(known, asOf, Math.max(1, daysBetween(asOf, period.to)));
  const knownCost = sumNanos([...costs].filter(([day]) => day >= period.from).map(([, cost]) => cost));
  const total = moneyOutlook(forecast.month);
  return {
    month: forecast.month.period,
    currency,
    asOf,
    completeThrough,
    known: knownCost,
    // A month that is over is its own forecast, to the nano.
    total: asOf >= period.to && completeThrough >= addDays(period.to, -1) ? exactly(knownCost) : total,
    days: daysIn(period).map((day) => ({
      day,
      known: day < asOf ? (costs.get(day) ?? 0n) : null,
      outlook: outlookOf(forecast, day),
    })),
  };
}

function outlookOf({ start, days }: Forecast, day: Day): MoneyOutlook | null {
  const outlook = day < start ? undefined : days[daysBetween(start, day)];
  return outlook === undefined ? null : moneyOutlook(outlook);
}

function moneyOutlook({ mean, lo80, hi80, lo95, hi95 }: Outlook): MoneyOutlook {
  return {
    expected: toNanos(mean),
    low80: toNanos(lo80),
    high80: toNanos(hi80),
    low95: toNanos(lo95),
    high95: toNanos(hi95),
  };
}

function exactly(cost: Nanos): MoneyOutlook {
  return { expected: cost, low80: cost, high80: cost, low95: cost, high95: cost };
}

/** An estimate as money: whole cents are exact enough. */
function toNanos(units: number): Nanos {
  return (BigInt(Math.round(units * 100)) * NANOS_PER_UNIT) / 100n;
}
