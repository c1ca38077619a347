import { beforeEach, describe, expect, it } from 'vitest';
import { type Day, parseDay, parseMonth } from '../../../src/core/base/time.js';
import type { Membership, Person } from '../../../src/core/people/data.js';
import type { Rule } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { type KnownAt, spendAsKnown } from '../../../src/usecases/spend/spend-as-known.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const HOUR = 3_600_000;
const RANGE = { from: parseDay('2026-09-01'), to: parseDay('2026-11-18') };
const QUERY = { by: ['team', 'month'], range: RANGE, where: [], currency: 'USD' };
const KEYS: readonly TestKey[] = [
  { key: 'search-prod', model: 'claude', cents: () => 10_001 },
  { key: 'bens', model: 'claude', email: 'ben@larkspur.test', cents: () => 4_000 },
  { key: 'shared', model: 'gpt', cents: () => 1_000 },
];
const BEN: Person = {
  email: 'ben@larkspur.test',
  name: 'Ben',
  kind: 'employee',
  aliases: [],
  slackUserId: null,
};
const FOLLOW: Rule = {
  id: 'follow',
  name: 'Follow the person',
  when: { attribute: 'email', exists: true },
  allocateTo: { owner: 'team' },
};
const SPLIT: Rule = {
  id: 'shared',
  name: 'Shared',
  when: { attribute: 'apiKeyName', is: 'shared' },
  allocateTo: { split: { method: 'proportional', to: 'spend', fallback: 'Platform' } },
};

let context: TestContext;
/** What happened, an hour apart: Ben in Support; version 1; Ben in Search; version 2; Ben in Ads; version 3. */
const history = new Map<string, { readonly atMs: number; readonly answer: unknown }>();

async function benIn(team: string): Promise<void> {
  context.testClock.advance(HOUR);
  const from = parseDay('2026-09-15');
  const membership: Membership = {
    email: BEN.email,
    from,
    to: null,
    team,
    managerEmail: null,
    costCentre: null,
  };
  const { actor, clock } = context;
  await context.store.importPeople({
    people: [BEN],
    memberships: [membership],
    teams: [],
    actor,
    atMs: clock(),
  });
}
async function rules(...team: Rule[]): Promise<void> {
  context.testClock.advance(HOUR);
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules: team }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
}
async function remember(name: string): Promise<void> {
  await reallocate(context);
  history.set(name, { atMs: context.clock(), answer: await context.store.querySpend(QUERY) });
}
const known = async (at: KnownAt) => (await spendAsKnown(context, { query: QUERY, at })).answer;
const remembered = (name: string) => history.get(name)?.answer;

beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  const provider = createTestProvider((range) => ({
    charges: chargesOf(KEYS, range),
    completeThrough: '2026-11-17' as Day,
  }));
  await ingestSource(context, provider, RANGE);
  await benIn('Support');
  await rules(FOLLOW, keyRule('search-prod', 'Search'));
  await remember('v1');
  await benIn('Search');
  await remember('v1, Ben in Search');
  await rules(SPLIT, FOLLOW, keyRule('search-prod', 'Search'));
  await remember('v2');
  await benIn('Ads');
  await remember('v2, Ben in Ads');
  await rules(keyRule('search-prod', 'Attic'));
  await remember('v3');
});

describe('Spend as known at a time', () => {
  it('is, for an instant, what was answered then', async () => {
    for (const [name, { atMs, answer }] of history) {
      expect([name, await known({ instantMs: atMs })]).toEqual([name, answer]);
    }
    expect(new Set([...history.values()].map(({ answer }) => JSON.stringify(answer, text))).size).toBe(5);
  });

  it('is, for a version, what it answered up to its last moment, however often it is asked', async () => {
    expect(await known({ version: 1 })).toEqual(remembered('v1, Ben in Search'));
    expect(await known({ version: 2 })).toEqual(remembered('v2, Ben in Ads'));
    expect(await known({ version: 2 })).toEqual(remembered('v2, Ben in Ads'));
    expect(await known({ version: 3 })).toEqual(remembered('v3'));
  });

  it('is all Unallocated before the first rule, and adds up to the same total', async () => {
    const { total, rows } = await known({ version: 0 });
    expect(total).toBe((await context.store.querySpend(QUERY)).total);
    expect(new Set(rows.map(({ values }) => values[0]))).toEqual(new Set(['Unallocated']));
  });

  it('leaves no trace', async () => {
    const before = await context.store.listAllocations(parseMonth('2026-10'));
    await known({ version: 1 });
    expect(await context.store.listAllocations(parseMonth('2026-10'))).toEqual(before);
    expect(await context.store.querySpend(QUERY)).toEqual(remembered('v3'));
    expect(await context.store.listStaleMonths()).toEqual([]);
  });

  it('is refused for a version that never was, and for a time still to come', async () => {
    await expect(known({ version: 9 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(known({ instantMs: context.clock() + 1 })).rejects.toThrow('still to come');
  });
});

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
