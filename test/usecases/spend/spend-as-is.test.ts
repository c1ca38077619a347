import { beforeEach, describe, expect, it } from 'vitest';
import { type DayRange, parseMonth } from '../../../src/core/base/time.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { showSpend } from '../../../src/usecases/spend/show-spend.js';
import { spendAsIs } from '../../../src/usecases/spend/spend-as-is.js';
import { day, member, person } from '../../support/build/directory.js';
import { chargesOf, createTestProvider } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const RANGE: DayRange = { from: day('2026-09-01'), to: day('2026-11-01') };
const KEYS = [
  { key: 'a', model: 'gpt', email: 'ana@larkspur.test', cents: () => 100 },
  { key: 'b', model: 'gpt', email: 'bo@larkspur.test', cents: () => 10 },
  { key: 'c', model: 'opus', email: 'cy@larkspur.test', cents: () => 1 },
];
const owners = [
  {
    id: 'owners',
    name: 'Owners',
    when: { attribute: 'email' as const, exists: true },
    allocateTo: { owner: 'team' as const },
  },
];

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  await context.store.importPeople({
    people: ['ana', 'bo', 'cy'].map((name) => person(name)),
    memberships: [
      member('ana', 'Search', '2026-01-01', { to: day('2026-10-16') }),
      member('ana', 'Ads', '2026-10-16'),
      member('bo', 'Search', '2026-01-01', { to: day('2026-10-01') }), // has left
      member('cy', 'Labs', '2026-10-01'), // charged before the day they came
    ],
    teams: [],
    actor: context.actor,
    atMs: 1,
  });
  const provider = createTestProvider((range) => ({ charges: chargesOf(KEYS, range) }));
  await ingestSource(context, provider, RANGE);
  await importRules(context, {
    ruleset: { version: 1, dimensions: [{ id: 'team', rules: owners }] },
    file: 'r',
    note: null,
  });
  await reallocate(context);
});

const lines = (answer: Awaited<ReturnType<typeof spendAsIs>>) =>
  answer.rows.map(({ values, cost }) => `${values.join(' ')} ${cost / 10_000_000n}`);
const query = { by: ['team'], range: RANGE, where: [], currency: 'USD' };

describe('the as-is view', () => {
  it('re-casts the past under the organisation of a day; leavers stay where they were last', async () => {
    expect(lines(await context.store.querySpend(query))).toEqual([
      'Search 4800',
      'Ads 1600',
      'Unallocated 340',
      'Labs 31',
    ]);
    expect(lines(await spendAsIs(context, { query, asOf: day('2026-11-18') }))).toEqual([
      'Ads 6100',
      'Search 610',
      'Labs 61',
    ]);
    expect(lines(await spendAsIs(context, { query, asOf: day('2026-09-15') }))).toEqual([
      'Search 6710',
      'Labs 61',
    ]);
  });

  it('adds up to the same total, by any keys, and keeps nothing', async () => {
    const before = await context.store.listAllocations('2026-10' as never);
    const wide = { ...query, by: ['team', 'model', 'month'] };
    const asIs = await spendAsIs(context, { query: wide, asOf: day('2026-11-18') });
    const asWas = await context.store.querySpend(wide);
    expect(asIs.total).toBe(asWas.total);
    expect(asIs.rows.reduce((sum, { cost }) => sum + cost, 0n)).toBe(asIs.total);
    expect(await context.store.listAllocations('2026-10' as never)).toEqual(before);
    expect(await context.store.querySpend(wide)).toEqual(asWas);
    expect(await context.store.listStaleMonths()).toEqual([]);
  });

  it('re-casts a locked month as well, which stays as it was', async () => {
    const { store } = context;
    const step = { month: parseMonth('2026-09'), actor: context.actor, atMs: 5, override: null };
    await store.softCloseMonth(step);
    await store.lockMonth(step);
    const fingerprint = await store.monthFingerprint(step.month);
    expect(lines(await spendAsIs(context, { query, asOf: day('2026-11-18') }))[0]).toBe('Ads 6100');
    expect(await store.monthFingerprint(step.month)).toBe(fingerprint);
    expect(await store.closedThrough()).toBe('2026-09');
  });

  it('leaves no trace of a question that is refused', async () => {
    const before = await context.store.querySpend(query);
    const wrong = { ...query, by: ['planet'] };
    await expect(spendAsIs(context, { query: wrong, asOf: day('2026-11-18') })).rejects.toThrow(/planet/);
    expect(await context.store.querySpend(query)).toEqual(before);
  });
});

describe('/spend with as-is in it', () => {
  it('re-casts under today’s organisation and says so; without it the company counts as it was', async () => {
    const ask = async (text: string) => {
      const answer = await showSpend(context, { text, askedBy: null, viewer: null });
      if (answer.kind !== 'report') throw new Error(answer.sentence);
      const { report } = answer;
      return {
        asIs: report.asIs,
        lines: report.lines.map(({ label, cost }) => `${label} ${cost / 10_000_000n}`),
      };
    };
    expect(await ask('2026-10 AS-IS by team')).toEqual({
      asIs: '2026-11-18',
      lines: ['Ads 3100', 'Search 310', 'Labs 31'],
    });
    expect((await ask('as is team ads 2026-10 by model')).lines).toEqual(['gpt 3100']);
    expect(await ask('2026-10 by team')).toEqual({
      asIs: undefined,
      lines: ['Ads 1600', 'Search 1500', 'Unallocated 310', 'Labs 31'],
    });
  });
});
