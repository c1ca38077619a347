import type { AlertFigures } from '../../src/core/alerts/alert.js';
import { addDays, daysIn, isoWeek, parseDay } from '../../src/core/base/time.js';
import type { DigestFigures } from '../../src/core/digests/digest.js';
import type { SpendSeries } from '../../src/core/spend/spend.js';

/** Whole currency units as nanos. */
function units(amount: number): bigint {
  return BigInt(Math.round(amount * 100)) * 10_000_000n;
}

const MONDAY = parseDay('2026-11-16');

/** A digest of `weeks` weeks; `cost` gives each service's money in a week. */
export function digest(
  services: readonly string[],
  weeks: number,
  cost: (service: number, week: number) => number,
): DigestFigures {
  const rows = Array.from({ length: weeks }, (_, week) => ({
    from: addDays(MONDAY, (week - weeks + 1) * 7),
    byService: services.map((service, i) => ({ service, cost: units(cost(i, week)) })),
  }));
  const sum = (at: number) => rows.at(at)?.byService.reduce((total, row) => total + row.cost, 0n) ?? 0n;
  return {
    title: 'Data Science',
    scope: { dimension: 'team', owner: 'Data Science' },
    reader: 'team',
    currency: 'USD',
    grain: 'week',
    period: isoWeek(MONDAY),
    from: MONDAY,
    to: addDays(MONDAY, 7),
    total: weeks > 0 ? sum(-1) : 0n,
    previousTotal: weeks > 1 ? sum(-2) : 0n,
    monthToDate: weeks > 0 ? sum(-1) * 3n : 0n,
    comparison: {
      current: weeks > 0 ? sum(-1) : 0n,
      previous: weeks > 1 ? sum(-2) : 0n,
      after: { from: MONDAY, to: addDays(MONDAY, 7) },
      before: { from: addDays(MONDAY, -7), to: MONDAY },
      without: [],
    },
    isQuiet: false,
    cause: null,
    outlook: null,
    newcomers: [],
    newPeople: 0,
    idle: null,
    update: null,
    bars: rows,
    byModel: [],
    movers: [],
    incomplete: [],
    unallocated: null,
  };
}

/** An alert over `days` days of about 60 a day, the last `wild` of which cost about 700. */
export function alert(days: number, wild: number, scale = 1): AlertFigures {
  const last = parseDay('2026-11-20');
  const series = daysIn({ from: addDays(last, 1 - days), to: addDays(last, 1) }).map((day, i) => {
    const isWild = i >= days - wild;
    const normal = 60 + 12 * Math.sin(i);
    return {
      day,
      actual: units(scale * (isWild ? 700 + 40 * (i - days) : normal)),
      expected: units(scale * 60),
      upper: units(scale * 95),
    };
  });
  const actual = series.slice(days - wild).reduce((sum, point) => sum + point.actual, 0n);
  return {
    caseId: 7,
    dimension: 'team',
    owner: 'Platform',
    currency: 'USD',
    state: 'open',
    firstDay: series.at(-Math.max(1, wild))?.day ?? last,
    lastDay: last,
    actual,
    expected: units(scale * 60 * wild),
    upper: units(scale * 95),
    excess: actual - units(scale * 60 * wild),
    drivers: [
      { by: 'key', label: 'ci-flaky-test-fixer', expected: units(scale * 20), actual: units(scale * 640) },
    ],
    series,
    acknowledgedBy: null,
  };
}

/** Daily spend of the given series. */
export function spend(
  labels: readonly string[],
  buckets: number,
  cost: (series: number, bucket: number) => number,
): SpendSeries {
  const first = parseDay('2026-11-01');
  return {
    currency: 'USD',
    grain: 'day',
    buckets: daysIn({ from: first, to: addDays(first, buckets) }),
    series: labels.map((label, i) => ({
      label,
      costs: Array.from({ length: buckets }, (_, bucket) => units(cost(i, bucket))),
    })),
    provisionalFrom: null,
  };
}

export const SERVICES = ['Claude API', 'Claude Code', 'OpenAI API', 'Cursor', 'GitHub Copilot'];

/** Names that a vendor or a prankster could have written. */
export const HOSTILE_NAMES = [
  'x'.repeat(300),
  'Z̷̢̛̛͙͖͈͎͉̦͔͛̿̆̀͗͊a̴l̸g̶o̸ ̵t̴e̷a̸m̵',
  '\u202Emaet desrever\u202C',
  '🚀🔥👩‍👩‍👧‍👦',
  'line\nbreak\tand\u0000nul',
  '<!channel> <@U123> *bold* `code`',
  'Søren Ångström – Ελληνικά – Кириллица',
];
