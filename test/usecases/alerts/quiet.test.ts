import { beforeEach, describe, expect, it } from 'vitest';
import { type Day, parseMonth } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { START, setRules, steadyKey, teamRules } from '../../support/company/alerts.js';
import { chargesOf, createTestProvider, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const TODAY = '2026-11-13' as Day;
const RANGE = { from: START, to: TODAY };
const NOTHING = { opened: 0, updated: 0, closed: 0 };
const others = [steadyKey('search-prod'), steadyKey('support-bot')];

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: TODAY });
});

async function billed(charges: readonly Charge[]): Promise<void> {
  const provider = createTestProvider(() => ({ charges, completeThrough: '2026-11-12' as Day }));
  await ingestSource(context, provider, RANGE);
  await reallocate(context);
}

/** A thousand dollars on the twelfth, as the vendor might have meant them. */
function large(change: (charge: Charge) => Partial<Charge>): readonly Charge[] {
  const key: TestKey = { key: 'large', model: 'opus', cents: (day) => (day === '2026-11-12' ? 100_000 : 0) };
  return chargesOf([key], RANGE).map((charge) => ({ ...charge, ...change(charge) }));
}
const category = (name: string) => (charge: Charge) => ({
  set: { ...charge.set, attributes: { ...charge.set.attributes, chargeCategory: name } },
});

describe('no alert is raised', () => {
  it.each(['Purchase', 'Tax', 'Credit', 'Adjustment'])('by a %s, however large', async (name) => {
    await billed([...chargesOf(others, RANGE), ...large(category(name))]);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
  });

  it('by a recurring fee, and it is by the same money as usage', async () => {
    const recurring = large(({ kind }) => ({ kind: { ...kind, chargeFrequency: 'Recurring' } }));
    await billed([...chargesOf(others, RANGE), ...recurring]);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    await billed([...chargesOf(others, RANGE), ...large(() => ({}))]);
    expect(await raiseAlerts(context, { today: null })).toMatchObject({ opened: 1 });
  });

  it('by a correction of locked months that is posted in the open one, nor by a rule that gives their money away', async () => {
    const { store, actor } = context;
    const month = parseMonth('2026-10');
    const rest = { ...RANGE, to: '2026-11-03' as Day };
    await setRules(context, teamRules({ 'search-prod': 'Search', 'support-bot': 'Support' }));
    await billed(chargesOf(others, rest));
    const close = { actor, atMs: 1 };
    for (const each of [parseMonth('2026-09'), month]) {
      await store.softCloseMonth({ ...close, month: each });
      await store.lockMonth({ ...close, month: each, override: null });
    }
    context.testClock.set('2026-11-03');
    // Nine hundred dollars more for the twelfth of October: they stand on the first of November.
    const restated = [
      steadyKey('support-bot'),
      { ...others[0]!, cents: (day: Day) => (day === '2026-10-12' ? 100_000 : 10_000) },
    ];
    await billed(chargesOf(restated, rest));
    const november = { from: '2026-11-01' as Day, to: '2026-11-02' as Day };
    const { total } = await store.querySpend({ by: [], where: [], range: november, currency: 'USD' });
    expect(total).toBe(1_100_000_000_000n);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    await setRules(context, teamRules({ 'search-prod': 'Support', 'support-bot': 'Support' }));
    await reallocate(context);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
  });

  it('by a person who moves to another team with all that they use', async () => {
    const assistant: TestKey = {
      key: 'claude-code',
      model: 'opus',
      email: 'cleo@x.test',
      cents: () => 9_000,
    };
    const person = {
      email: 'cleo@x.test',
      name: 'Cleo',
      kind: 'employee' as const,
      aliases: [],
      slackUserId: null,
    };
    const at = { email: 'cleo@x.test', managerEmail: null, costCentre: null };
    const moved = '2026-11-10' as Day;
    await context.store.importPeople({
      people: [person],
      memberships: [
        { ...at, team: 'Search', from: START, to: moved },
        { ...at, team: 'Growth', from: moved, to: null },
      ],
      teams: [],
      actor: context.actor,
      atMs: context.clock(),
    });
    const { dimensions } = teamRules({ 'search-prod': 'Search', 'support-bot': 'Growth' });
    const owner = {
      id: 'person',
      name: 'Person',
      when: { attribute: 'email', exists: true },
      allocateTo: { owner: 'team' },
    } as const;
    await setRules(context, {
      version: 1,
      dimensions: [{ id: 'team', rules: [...(dimensions[0]?.rules ?? []), owner] }],
    });
    await billed(chargesOf([...others, assistant], RANGE));
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    const usage = await context.store.listUsage({ range: RANGE, dimension: 'team', currency: 'USD' });
    expect(usage.find(({ person: who }) => who === 'cleo@x.test')?.owners).toEqual([
      { owner: 'Growth', weight: 1n },
    ]);
  });

  it('by a rule that gives a key to another team, or divides it', async () => {
    await setRules(context, teamRules({ 'search-prod': 'Search', 'support-bot': 'Support' }));
    await billed(chargesOf(others, RANGE));
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    await setRules(context, teamRules({ 'search-prod': 'Support', 'support-bot': 'Support' }));
    await reallocate(context);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    const split = teamRules({ 'search-prod': 'Support' }).dimensions[0]?.rules[0];
    if (split === undefined) throw new Error('no rule');
    const shares = { split: { method: 'fixed', shares: { Search: 75, Support: 25 } } } as const;
    await setRules(context, {
      version: 1,
      dimensions: [{ id: 'team', rules: [{ ...split, allocateTo: shares }] }],
    });
    await reallocate(context);
    expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    const usage = await context.store.listUsage({ range: RANGE, dimension: 'team', currency: 'USD' });
    const owners = usage.find(({ key }) => key === 'search-prod')?.owners ?? [];
    const total = owners.reduce((sum, { weight }) => sum + weight, 0n);
    expect(owners.map(({ owner, weight }) => [owner, (weight * 100n) / total])).toEqual([
      ['Search', 75n],
      ['Support', 25n],
    ]);
  });

  it('by a feed that is missing: neither a rise nor a fall', async () => {
    await billed(chargesOf(others, RANGE));
    for (const later of ['2026-11-16', '2026-11-20', '2026-11-26']) {
      context.testClock.set(later);
      expect(await raiseAlerts(context, { today: null })).toEqual(NOTHING);
    }
  });
});
