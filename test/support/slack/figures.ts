import type { AlertFigures } from '../../../src/core/alerts/alert.js';
import type { RuleChangeFigures } from '../../../src/core/allocation/diff.js';
import { addDays, type Day, type Month } from '../../../src/core/base/time.js';
import type { DigestFigures } from '../../../src/core/digests/digest.js';
import type { SpendReport } from '../../../src/core/spend/spend.js';

const DOLLAR = 1_000_000_000n;
const day = (text: string) => text as Day;

export function digestFigures(more: Partial<DigestFigures> = {}): DigestFigures {
  return {
    title: 'Search',
    scope: { dimension: 'team', owner: 'Search' },
    reader: 'team',
    currency: 'USD',
    grain: 'week',
    period: '2026-W46',
    from: day('2026-11-09'),
    to: day('2026-11-16'),
    total: 1_234n * DOLLAR,
    previousTotal: 1_000n * DOLLAR,
    monthToDate: 2_500n * DOLLAR,
    comparison: {
      current: 1_234n * DOLLAR,
      previous: 1_000n * DOLLAR,
      after: { from: day('2026-11-09'), to: day('2026-11-16') },
      before: { from: day('2026-11-02'), to: day('2026-11-09') },
      without: [],
    },
    isQuiet: false,
    cause: {
      cause: 'volume',
      amount: 200n * DOLLAR,
      most: { label: 'ci-nightly', amount: 190n * DOLLAR },
      people: 0,
      spread: 2,
    },
    outlook: null,
    bars: [{ from: day('2026-11-09'), byService: [{ service: 'Claude API', cost: 1_234n * DOLLAR }] }],
    byModel: [{ label: 'claude-sonnet-4-5', cost: 1_234n * DOLLAR }],
    movers: [
      {
        by: 'key',
        label: 'ci-nightly',
        previous: 10n * DOLLAR,
        current: 244n * DOLLAR,
        reason: 'volume',
      },
    ],
    newcomers: [],
    newPeople: 0,
    idle: null,
    update: null,
    incomplete: [],
    unallocated: null,
    ...more,
  };
}

export function alertFigures(more: Partial<AlertFigures> = {}): AlertFigures {
  return {
    caseId: 1,
    dimension: 'team',
    owner: 'Search',
    currency: 'USD',
    state: 'open',
    firstDay: day('2026-11-12'),
    lastDay: day('2026-11-14'),
    actual: 2_100n * DOLLAR,
    expected: 350n * DOLLAR,
    upper: 180n * DOLLAR,
    excess: 1_750n * DOLLAR,
    drivers: [{ by: 'key', label: 'ci-nightly', expected: 15n * DOLLAR, actual: 600n * DOLLAR }],
    series: [
      { day: day('2026-11-14'), actual: 700n * DOLLAR, expected: 115n * DOLLAR, upper: 180n * DOLLAR },
    ],
    acknowledgedBy: null,
    ...more,
  };
}

export function spendReport(more: Partial<SpendReport> = {}): SpendReport {
  const from = day('2026-11-01');
  return {
    question: { scope: null, range: { from, to: addDays(from, 17) }, rangeLabel: 'this month', by: 'team' },
    currency: 'USD',
    total: 150n * DOLLAR,
    previousRange: { from: day('2026-10-01'), to: day('2026-10-18') },
    previousTotal: 100n * DOLLAR,
    lines: [
      { label: 'Search', cost: 100n * DOLLAR, previous: 100n * DOLLAR },
      { label: 'Support', cost: 50n * DOLLAR, previous: 0n },
    ],
    more: null,
    chart: { currency: 'USD', buckets: [], grain: 'day', series: [], provisionalFrom: null },
    incomplete: [],
    otherCurrencies: [],
    ...more,
  };
}

export function ruleChange(more: Partial<RuleChangeFigures> = {}): RuleChangeFigures {
  return {
    version: 3,
    author: 'slack:U0ANA00001 (ana.ruiz)',
    approver: null,
    note: 'Their key',
    lines: ['Added "Stray key": API key name is "stray" → Search.'],
    diff: {
      moved: [
        {
          dimension: 'team',
          month: '2026-11' as Month,
          currency: 'USD',
          from: null,
          to: 'Search',
          cost: 170n * DOLLAR,
        },
      ],
      unallocated: [{ dimension: 'team', currency: 'USD', before: 170n * DOLLAR, after: 0n }],
      shadowedRuleIds: [],
      deadRuleIds: [],
      lockedMonths: [],
    },
    ...more,
  };
}
