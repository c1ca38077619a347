import { beforeEach, describe, expect, it } from 'vitest';
import { formatNanos, sumNanos } from '../../../src/core/base/money.js';
import { daysIn } from '../../../src/core/base/time.js';
import { printedParts } from '../../../src/core/explain/change.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Rule } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { explainSpendChange } from '../../../src/usecases/explain/explain-change.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { showWorkMix } from '../../../src/usecases/spend/show-work-mix.js';
import { chargeOf, day, kindOf, setOf } from '../../support/build/charges.js';
import { createTestProvider, keyRule } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const SEPTEMBER = { from: day('2026-09-01'), to: day('2026-10-01') };
const OCTOBER = { from: day('2026-10-01'), to: day('2026-11-01') };
const SEARCH = [{ key: 'team', values: ['Search'] }];
const HOUR = 3_600_000;

function use(key: string, date: string, [mtok, dollars]: [number, string], meter = 'Input Tokens'): Charge {
  const email = key === 'anas' ? 'ana@larkspur.test' : undefined;
  const skuMeter = meter.replace(' batch', '');
  const set = setOf({
    source: 'claude',
    apiKeyId: `id-${key}`,
    apiKeyName: key,
    skuMeter,
    skuId: meter,
    email,
  });
  const kind = kindOf({ skuPriceId: meter, chargeDescription: meter });
  return chargeOf(date, dollars, { set, kind, consumedQuantity: mtok * 1e6 });
}

/** Search's own key doubles its work in October; the shared key is dearer then; a tax has no quantity. */
const CHARGES = [
  ...daysIn(SEPTEMBER).map((date) => use('search', date, [10, '30'])),
  ...daysIn(OCTOBER).map((date) => use('search', date, [20, '60'])),
  use('search', '2026-10-02', [10, '3'], 'Cache Read Input Tokens'),
  use('search', '2026-10-03', [4, '6'], 'Output Tokens batch'),
  use('shared', '2026-09-10', [30, '90']),
  use('shared', '2026-10-10', [30, '180']),
  use('anas', '2026-10-11', [1, '3']),
  chargeOf('2026-10-31', '19', {
    set: setOf({
      source: 'claude',
      chargeCategory: 'Tax',
      apiKeyId: undefined,
      apiKeyName: 'search',
      model: undefined,
    }),
    kind: kindOf({ consumedUnit: null }),
    consumedQuantity: null,
  }),
];

const SPLIT: Rule = {
  id: 'shared',
  name: 'Shared by two',
  when: { attribute: 'apiKeyName', is: 'shared' },
  allocateTo: { split: { method: 'even', among: ['Search', 'Support'] } },
};

let context: TestContext;

async function decide(...rules: readonly unknown[]): Promise<void> {
  await importRules(context, {
    ruleset: { version: 1, dimensions: [{ id: 'team', rules }] },
    file: 'rules',
    note: null,
  });
  await reallocate(context);
}

beforeEach(async () => {
  context = await createTestContext({ now: '2026-08-30' });
  await decide(keyRule('search', 'Search'), keyRule('shared', 'Support'), keyRule('anas', 'Support'));
  context.testClock.set('2026-11-18');
  const provider = createTestProvider(() => ({ charges: CHARGES }));
  await ingestSource(context, provider, { from: SEPTEMBER.from, to: OCTOBER.to });
  await reallocate(context);
});

function cents(parts: ReturnType<typeof printedParts>): Record<string, string> {
  const told = parts.filter(({ amount }) => amount !== 0n);
  return Object.fromEntries(told.map(({ cause, amount }) => [cause, formatNanos(amount)]));
}

describe('why a team’s spend changed', () => {
  it('is told by causes that add up to the figures of spend', async () => {
    const change = await explainSpendChange(context, { where: SEARCH, before: SEPTEMBER, after: OCTOBER });
    const query = { by: ['team'], where: SEARCH, currency: 'USD' };
    const [was, is] = [
      await context.store.querySpend({ ...query, range: SEPTEMBER }),
      await context.store.querySpend({ ...query, range: OCTOBER }),
    ];
    expect([change.before, change.after, change.delta]).toEqual([was.total, is.total, is.total - was.total]);
    expect(sumNanos(change.parts.map(({ amount }) => amount))).toBe(change.delta);
    const told = cents(printedParts(change, 10_000_000n));
    expect(told).toMatchObject({ other: '19' });
    expect(Number(told['volume'])).toBeGreaterThan(900);
    expect(change.knownThen).toBeNull();
  });

  it('divides quantities as it divides money, so that a split key’s price stays its price', async () => {
    await decide(keyRule('search', 'Search'), SPLIT, keyRule('anas', 'Support'));
    const where = [...SEARCH, { key: 'key', values: ['shared'] }];
    const change = await explainSpendChange(context, { where, before: SEPTEMBER, after: OCTOBER });
    expect(formatNanos(change.after)).toBe('90');
    expect(cents(printedParts(change, 10_000_000n))).toEqual({ rate: '45', 're-allocation': '45' });
    expect(change.knownThen).toBe(1);
  });

  it('keeps what rules moved apart from what was done', async () => {
    context.testClock.advance(HOUR);
    await decide(keyRule('search', 'Search'), keyRule('shared', 'Search'), keyRule('anas', 'Support'));
    const change = await explainSpendChange(context, { where: SEARCH, before: SEPTEMBER, after: OCTOBER });
    expect(formatNanos(change.before)).toBe('900');
    expect(change.parts.find(({ cause }) => cause === 're-allocation')?.amount).toBe(90_000_000_000n);
    expect(sumNanos(change.parts.map(({ amount }) => amount))).toBe(change.delta);
  });

  it('refuses a filter that nothing has', async () => {
    const where = [{ key: 'teem', values: ['Search'] }];
    await expect(explainSpendChange(context, { where, before: SEPTEMBER, after: OCTOBER })).rejects.toThrow(
      '"teem"',
    );
  });
});

describe('what the same work costs', () => {
  it('is told per team and month', async () => {
    const mixes = await showWorkMix(context, { by: 'team', range: OCTOBER, where: [] });
    const { total } = await context.store.querySpend({
      by: ['team'],
      where: [],
      currency: 'USD',
      range: OCTOBER,
    });
    expect(sumNanos(mixes.map(({ cost }) => cost))).toBe(total);
    expect(mixes.map(({ label }) => label)).toEqual(['Search', 'Support']);
    const [search, support] = mixes;
    expect(search).toMatchObject({ tokens: 634e6, retries: null, activePeople: 0, tokensPerPerson: null });
    expect(search?.cachedShare).toBeCloseTo(10 / 630);
    expect(search?.batchShare).toBeCloseTo(4 / 634);
    expect(formatNanos(search?.pricePerMillion ?? 0n)).toBe('2.947949527');
    expect(support).toMatchObject({ activePeople: 1, tokensPerPerson: 1e6 });
  });

  it('knows retries only where a source counts them', async () => {
    const { store, actor } = context;
    const row = { date: day('2026-10-05'), measure: 'retries', label: 'search', amount: 12_000_000_000n };
    await store.putMeasures({ rows: [row], actor, atMs: 1 });
    const mixes = await showWorkMix(context, { by: 'key', range: OCTOBER, where: [] });
    const retries = mixes.map(({ label, retries: counted }) => [label, counted]);
    expect(retries).toEqual([
      ['search', 12],
      ['shared', null],
      ['(none)', null],
      ['anas', null],
    ]);
  });
});
