import type { ChartRequest } from '../../src/charts/spec.js';
import { parseNanos } from '../../src/core/base/money.js';
import { addDays, daysIn, monthRange, parseDay, parseMonth } from '../../src/core/base/time.js';
import { forecastSpend } from '../../src/core/budgets/forecast.js';
import type { MonthForecast } from '../../src/core/budgets/month.js';
import { explainChange } from '../../src/core/explain/change.js';
import { spendSeries } from '../support/company/spend-series.js';
import { alert, digest, HOSTILE_NAMES, SERVICES, spend } from './figures.js';

const MANY = Array.from({ length: 30 }, (_, i) => `A service with quite a long name, number ${i}`);
const SEPTEMBER = parseMonth('2026-09');

function units(amount: number): bigint {
  return BigInt(Math.round(amount * 100)) * 10_000_000n;
}

/** A month of which so many days are known. */
function month(knownDays: number, level: number): MonthForecast {
  const range = monthRange(SEPTEMBER);
  const asOf = addDays(range.from, knownDays);
  const shape = { level, weekend: 0.3, noise: 0.25, growth: 0.001, seats: level * 3 };
  const past = spendSeries(5, 302 + knownDays, shape).map((point) => ({ ...point, complete: true }));
  const forecast = forecastSpend(past, asOf, Math.max(1, 30 - knownDays));
  const outlook = (of: (typeof forecast.days)[number]) => ({
    expected: units(of.mean),
    low80: units(of.lo80),
    high80: units(of.hi80),
    low95: units(of.lo95),
    high95: units(of.hi95),
  });
  const days = daysIn(range).map((day, i) => {
    const known = i < knownDays ? units(past.find((point) => point.day === day)?.value ?? 0) : null;
    const coming = forecast.days[i - knownDays];
    return { day, known, outlook: known !== null || coming === undefined ? null : outlook(coming) };
  });
  const known = days.reduce((sum, day) => sum + (day.known ?? 0n), 0n);
  const total = outlook(forecast.month);
  return { month: SEPTEMBER, currency: 'USD', asOf, completeThrough: addDays(asOf, -1), known, total, days };
}

function cell(key: string | null, model: string, meter: string, [quantity, dollars]: [number, string]) {
  return {
    key: key === null ? null : { id: key, label: key, place: 'p' },
    model,
    meter,
    unit: key === null ? null : 'Tokens',
    cost: parseNanos(dollars),
    quantity: key === null ? null : quantity * 1e6,
  };
}

const BEFORE = [
  cell('search-prod', 'claude-sonnet-4-5', 'Input Tokens', [200, '600']),
  cell('search-prod', 'claude-sonnet-4-5', 'Output Tokens', [40, '600']),
  cell('search-prod', 'claude-haiku-4-5', 'Input Tokens', [360, '480']),
  cell('old-batch', 'claude-haiku-4-5', 'Input Tokens', [100, '80']),
];
const AFTER = [
  cell('search-prod', 'claude-sonnet-4-5', 'Input Tokens', [330, '990']),
  cell('search-prod', 'claude-sonnet-4-5', 'Output Tokens', [90, '1350']),
  cell('search-prod', 'claude-haiku-4-5', 'Input Tokens', [240, '400']),
  cell('evals-new', 'claude-opus-4-5', 'Input Tokens', [12, '300']),
  cell(null, 'none', 'credit', [0, '-60.5']),
];

const LARGE = cell('search-batch', 'claude-haiku-4-5', 'Output Tokens', [900, '97000']);

function change(before: typeof BEFORE, after: typeof AFTER, moved = 0n): ChartRequest {
  const total = (cells: typeof BEFORE) => cells.reduce((sum, { cost }) => sum + cost, 0n);
  return {
    kind: 'change',
    title: 'Search: why spend changed',
    currency: 'USD',
    before: '9 – 15 Nov',
    after: '16 – 22 Nov',
    change: explainChange(
      { cells: before, total: total(before) },
      { cells: after, total: total(after) + moved },
    ),
  };
}

function share(labels: readonly string[], cost: (index: number) => number): ChartRequest {
  const lines = labels.map((label, i) => ({ label, cost: units(cost(i)) }));
  return { kind: 'share', title: 'November by team', currency: 'USD', lines };
}

function trend(
  days: number,
  cost: (index: number) => number,
  provisionalFrom: number | null = null,
): ChartRequest {
  const first = parseDay('2026-11-01');
  const costs = daysIn({ from: first, to: addDays(first, days) }).map((day, i) => ({
    day,
    cost: units(cost(i)),
  }));
  return { kind: 'trend', title: 'ci-nightly', currency: 'USD', days: costs, provisionalFrom };
}

const SUSPECT = alert(42, 2);
const TEAMS = ['Search', 'Support', 'Platform', 'Data Science', 'Mobile'];

/** Every kind of chart with ordinary and with extreme figures, by a name that says which. */
export const CHART_CASES: readonly (readonly [string, ChartRequest])[] = [
  [
    'digest-normal',
    { kind: 'digest', figures: digest(SERVICES, 8, (service, week) => 900 * service + week * 40 + 300) },
  ],
  ['digest-thirty', { kind: 'digest', figures: digest(MANY, 12, (service) => 1e5 * service) }],
  ['digest-one-week', { kind: 'digest', figures: digest(['Claude API'], 1, () => 0.04) }],
  ['digest-empty', { kind: 'digest', figures: digest([], 0, () => 0) }],
  ['digest-credits', { kind: 'digest', figures: digest(SERVICES, 8, (service) => (service - 2) * 50) }],
  [
    'digest-provisional',
    {
      kind: 'digest',
      figures: {
        ...digest(SERVICES, 8, (service, week) => 90 * service + week),
        incomplete: [{ source: 'cursor', completeThrough: null }],
      },
    },
  ],
  ['alert-normal', { kind: 'alert', figures: alert(42, 2) }],
  [
    'alert-suspect',
    {
      kind: 'alert',
      figures: SUSPECT,
      suspect: {
        label: 'ci-flaky-test-fixer',
        days: SUSPECT.series.map(({ day, actual }) => ({
          day,
          cost: actual > units(200) ? actual - units(70) : units(15),
        })),
      },
    },
  ],
  ['alert-one-day', { kind: 'alert', figures: alert(1, 1) }],
  ['alert-empty', { kind: 'alert', figures: { ...alert(1, 1), series: [] } }],
  ['alert-huge', { kind: 'alert', figures: alert(60, 14, 100_000) }],
  [
    'spend-hostile',
    { kind: 'spend', title: HOSTILE_NAMES[0] ?? '', series: spend(HOSTILE_NAMES, 31, (i) => 5 + i) },
  ],
  ['spend-thirty', { kind: 'spend', title: 'Keys', series: spend(MANY, 90, (key) => key) }],
  [
    'spend-provisional',
    { kind: 'spend', title: 'Now', series: { ...spend(SERVICES, 9, () => 7), provisionalFrom: 7 } },
  ],
  [
    'forecast-plan',
    {
      kind: 'forecast',
      title: 'Search',
      forecast: month(14, 400),
      plan: { month: SEPTEMBER, amount: units(11_000), phasing: 'working-days' },
    },
  ],
  [
    'forecast-over-plan',
    {
      kind: 'forecast',
      title: 'Search',
      forecast: month(22, 400),
      plan: { month: SEPTEMBER, amount: units(8_000), phasing: 'calendar-days' },
    },
  ],
  [
    'forecast-no-plan',
    {
      kind: 'forecast',
      title: 'Everything of a company with a long name',
      forecast: month(3, 900_000),
      plan: null,
    },
  ],
  ['forecast-first-day', { kind: 'forecast', title: 'Search', forecast: month(1, 0.4), plan: null }],
  [
    'forecast-over',
    {
      kind: 'forecast',
      title: 'Search',
      forecast: month(30, 400),
      plan: { month: SEPTEMBER, amount: units(9_000), phasing: 'calendar-days' },
    },
  ],
  [
    'forecast-empty',
    {
      kind: 'forecast',
      title: 'Nobody',
      plan: null,
      forecast: {
        ...month(10, 400),
        known: 0n,
        total: { expected: 0n, low80: 0n, high80: 0n, low95: 0n, high95: 0n },
        days: daysIn(monthRange(SEPTEMBER)).map((day) => ({ day, known: 0n, outlook: null })),
      },
    },
  ],
  ['change-normal', change(BEFORE, AFTER, parseNanos('120'))],
  // Small beside the whole: the bars do not start at zero.
  ['change-small', change([...BEFORE, LARGE], [...AFTER, LARGE])],
  ['change-down', change(AFTER, BEFORE)],
  ['change-from-nothing', change([], AFTER)],
  ['change-none', change(BEFORE, BEFORE)],
  ['change-empty', change([], [])],
  [
    'change-hostile',
    change(
      BEFORE,
      HOSTILE_NAMES.map((name, i) => cell(name, name, name, [5, `${i * 1_000_000 + 1}`])),
    ),
  ],
  ['share-normal', share(TEAMS, (i) => 9_000 / (i + 1) ** 1.5)],
  ['share-thirty', share(MANY, (i) => 1_000_000 / (i + 1))],
  ['share-one', share(['Search'], () => 12.5)],
  ['share-credits', share([...TEAMS, 'Credits'], (i) => (i === 5 ? -3_000 : 1_200 - 200 * i))],
  ['share-all-negative', share(['Refund', 'Credit'], (i) => -500 * (i + 1))],
  ['share-hostile', share(HOSTILE_NAMES, (i) => 100 + i)],
  ['share-empty', share([], () => 0)],
  ['trend-normal', trend(28, (i) => 120 + 60 * Math.sin(i) + (i === 19 ? 700 : 0), 27)],
  ['trend-ninety', trend(90, (i) => 2_000_000 + i * 1e4)],
  ['trend-one', trend(1, () => 3.2)],
  ['trend-negative', trend(14, (i) => (i === 13 ? -90 : 40))],
  ['trend-empty', trend(14, () => 0)],
];
