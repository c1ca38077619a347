import { beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day, parseDay, weekday } from '../../../src/core/base/time.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { forecastMonth } from '../../../src/usecases/budgets/forecast-spend.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const TODAY = parseDay('2026-11-18');
const RANGE = { from: parseDay('2026-06-01'), to: TODAY };
const SEARCH = [{ key: 'team', values: ['Search'] }];

function usual(day: Day): number {
  return weekday(day) >= 6 ? 2_000 : 10_000;
}

/** 20 dollars a weekend day and 100 otherwise, and seats for 700 on each first. */
const KEYS: readonly TestKey[] = [
  { key: 'search', model: 'claude', cents: usual },
  { key: 'seats', model: 'claude', cents: (day) => (day.endsWith('-01') ? 70_000 : 0) },
  { key: 'other', model: 'claude', cents: () => 5_000 },
];

let context: TestContext;

beforeEach(async () => {
  context = await createTestContext({ now: TODAY });
  const rules = [keyRule('search', 'Search'), keyRule('seats', 'Search'), keyRule('other', 'Support')];
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules }] };
  await importRules(context, { ruleset, file: 'rules', note: null });
  const provider = createTestProvider(() => ({
    charges: chargesOf(KEYS, RANGE),
    completeThrough: addDays(TODAY, -1),
  }));
  await ingestSource(context, provider, RANGE);
  await reallocate(context);
});

describe('where a month will end', () => {
  it('is what it has cost, and what its other days cost as a rule', async () => {
    const forecast = await forecastMonth(context, { where: SEARCH });
    const range = { from: parseDay('2026-11-01'), to: TODAY };
    const { total } = await context.store.querySpend({ by: [], range, where: SEARCH, currency: 'USD' });
    expect(forecast).toMatchObject({
      month: '2026-11',
      asOf: TODAY,
      completeThrough: '2026-11-17',
      known: total,
    });
    // 12 working days and 5 weekend days are gone, 9 and 4 are to come.
    expect(total).toBe(2_000_000_000_000n);
    const expected = Number(forecast.total.expected) / 1e9;
    expect(expected).toBeGreaterThan(2_900);
    expect(expected).toBeLessThan(3_060);
    expect(forecast.total.low80).toBeLessThanOrEqual(forecast.total.expected);
    expect(forecast.total.high80).toBeGreaterThanOrEqual(forecast.total.expected);
    expect(forecast.days).toHaveLength(30);
    expect(forecast.days[16]).toEqual({ day: '2026-11-17', known: 100_000_000_000n, outlook: null });
    expect(forecast.days[20]?.known).toBeNull();
  });

  it('is what it was for a month that is over', async () => {
    const forecast = await forecastMonth(context, { where: SEARCH, today: parseDay('2026-11-01') });
    expect(forecast.month).toBe('2026-10');
    expect(
      new Set<bigint>([forecast.total.low95, forecast.total.expected, forecast.total.high95, forecast.known])
        .size,
    ).toBe(1);
  });

  it('knows the seats of the month to come', async () => {
    const forecast = await forecastMonth(context, { where: SEARCH, today: parseDay('2026-11-02') });
    expect(Number(forecast.total.expected) / 1e9).toBeGreaterThan(2_800);
  });

  it('says nothing wild of a team without any spend', async () => {
    const forecast = await forecastMonth(context, { where: [{ key: 'team', values: ['Nobody'] }] });
    expect(forecast.total).toEqual({ expected: 0n, low80: 0n, high80: 0n, low95: 0n, high95: 0n });
  });
});
