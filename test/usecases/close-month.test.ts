import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseNanos } from '../../src/core/money.js';
import { describeItem } from '../../src/core/month-checklist.js';
import { checkMonth, listMonths, monthToClose } from '../../src/usecases/check-month.js';
import { lockMonth, signMonth, softCloseMonth, unlockMonth } from '../../src/usecases/close-month.js';
import type { Context } from '../../src/usecases/context.js';
import { importPeople } from '../../src/usecases/import-people.js';
import { importRules } from '../../src/usecases/import-rules.js';
import { ingestSource } from '../../src/usecases/ingest.js';
import { reallocate } from '../../src/usecases/reallocate.js';
import { verifyAudit } from '../../src/usecases/verify-audit.js';
import { day, month } from '../support/charges.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../support/company.js';
import { createTestContext, type TestContext } from '../support/context.js';
import { person } from '../support/directory.js';

const SEP = month('2026-09');
const OCT = month('2026-10');
const FINOPS = [{ kind: 'finops' }] as const;

/** Search pays 3,100 and Support 620 a 31-day month; nobody owns the stray key's 31. */
const KEYS: readonly TestKey[] = [
  { key: 'search-prod', model: 'sonnet', cents: () => 10_000 },
  { key: 'support-bot', model: 'haiku', cents: () => 2_000 },
  { key: 'stray', model: 'haiku', cents: () => 100 },
];

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  await pull(KEYS);
  await rules([keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support')]);
  const team = (name: string, owner: string) => ({
    name,
    parent: null,
    ownerEmail: `${owner}@larkspur.test`,
    channel: null,
  });
  const teams = [team('Search', 'sue'), team('Support', 'sam')];
  const people = [person('sue', { aliases: ['s.ue@larkspur.test'] }), person('sam')];
  await importPeople(context, { people, memberships: [], teams });
  await reallocate(context);
});
afterEach(() => context.store.close());

async function pull(keys: readonly TestKey[], completeThrough = '2026-11-17'): Promise<void> {
  const provider = createTestProvider((window) => ({
    charges: chargesOf(keys, window),
    completeThrough: day(completeThrough),
  }));
  await ingestSource(context, provider, { from: day('2026-09-01'), to: day('2026-11-18') });
}

async function rules(team: readonly ReturnType<typeof keyRule>[]): Promise<void> {
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules: team }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
}

const as = (userId: string): Context => ({ ...context, actor: { kind: 'slack', userId, name: userId } });

async function close(which: typeof OCT): Promise<void> {
  await softCloseMonth(context, { month: which });
  await signMonth(context, { month: which, teams: null, signers: FINOPS });
  await lockMonth(context, { month: which, override: null });
}

describe('the checklist of a month', () => {
  it('says in plain words what is open, and is done when everything is', async () => {
    const { items } = await checkMonth(context, { month: OCT });
    expect(items.map(describeItem)).toEqual([
      'Every feed is complete through the end of the month.',
      'All 1 bills add up to their allocations.',
      'Unallocated: 31 USD (250 may stay).',
      'Not signed: Search, Support.',
    ]);
    await softCloseMonth(context, { month: OCT });
    expect(await signMonth(context, { month: OCT, teams: null, signers: FINOPS })).toEqual([
      'Search',
      'Support',
    ]);
    expect((await checkMonth(context, { month: OCT })).items.every(({ done }) => done)).toBe(true);
  });

  it('names the feed that is behind, and the money that is too much to stay unallocated', async () => {
    await pull([...KEYS, { key: 'wild', model: 'opus', cents: () => 1_000 }], '2026-11-17');
    const late = createTestProvider(() => ({ completeThrough: day('2026-10-30') }), { source: 'gpt' });
    await ingestSource(context, late, { from: day('2026-10-01'), to: day('2026-11-01') });
    await reallocate(context);
    const withGpt = { ...context, providers: [late, createTestProvider(() => ({}), { source: 'never' })] };
    const sentences = (await checkMonth(withGpt, { month: OCT })).items.map(describeItem);
    expect(sentences[0]).toBe('Not complete: gpt (through 2026-10-30), never (through no day).');
    expect(sentences[2]).toBe('Unallocated: 341 USD (250 may stay).');
    const lavish = {
      ...context,
      company: { ...context.company, materiality: { amount: parseNanos('1'), basisPoints: 1000 } },
    };
    expect((await checkMonth(lavish, { month: OCT })).items[2]).toMatchObject({ done: true });
  });

  it('takes a signature for the figures it was given for, not for others', async () => {
    await softCloseMonth(context, { month: OCT });
    await signMonth(context, { month: OCT, teams: null, signers: FINOPS });
    await rules([
      keyRule('search-prod', 'Search'),
      keyRule('support-bot', 'Support'),
      keyRule('stray', 'Support'),
    ]);
    await reallocate(context);
    const { items } = await checkMonth(context, { month: OCT });
    expect(items.map(describeItem)).toContain('Not signed: Support.');
  });
});

describe('signing a month', () => {
  it('is for the owner of a team, under any of their addresses, and for no stranger', async () => {
    await softCloseMonth(context, { month: OCT });
    const sue = {
      month: OCT,
      teams: null,
      signers: [{ kind: 'owner', email: 'S.ue@larkspur.test' }],
    } as const;
    expect(await signMonth(as('U0SUE'), sue)).toEqual(['Search']);
    await expect(signMonth(as('U0SUE'), { ...sue, teams: ['Support'] })).rejects.toThrow(/Only the owner/);
    const eve = {
      month: OCT,
      teams: null,
      signers: [{ kind: 'owner', email: 'eve@larkspur.test' }],
    } as const;
    await expect(signMonth(as('U0EVE'), eve)).rejects.toThrow(/Only the owner/);
    expect(await signMonth(context, { month: OCT, teams: null, signers: FINOPS })).toEqual(['Support']);
  });

  it('waits until the month is soft-closed', async () => {
    const signing = signMonth(context, { month: OCT, teams: null, signers: FINOPS });
    await expect(signing).rejects.toThrow('2026-10 is open; this is for a month that is soft-closed.');
  });
});

describe('locking a month', () => {
  it('goes in the order of months, keeps totals and hashes, and tells it in one thread', async () => {
    expect(await monthToClose(context)).toBe('2026-09');
    await softCloseMonth(context, { month: OCT });
    await signMonth(context, { month: OCT, teams: null, signers: FINOPS });
    await expect(lockMonth(context, { month: OCT, override: null })).rejects.toThrow(
      /2026-09 is not locked yet/,
    );
    await close(SEP);
    const { lock } = await lockMonth(context, { month: OCT, override: null });
    expect(lock).toMatchObject({ override: null, rules: { version: 1 } });
    expect(lock?.totals.filter(({ dimension }) => dimension === 'team')).toEqual([
      { dimension: 'team', owner: 'Search', currency: 'USD', cost: parseNanos('3100') },
      { dimension: 'team', owner: 'Support', currency: 'USD', cost: parseNanos('620') },
      { dimension: 'team', owner: 'Unallocated', currency: 'USD', cost: parseNanos('31') },
    ]);
    expect((await listMonths(context)).map(({ month: which, stage }) => [which, stage])).toEqual([
      ['2026-09', 'locked'],
      ['2026-10', 'locked'],
      ['2026-11', 'open'],
    ]);
    expect(await verifyAudit(context)).toMatchObject({ lockedMonths: ['2026-09', '2026-10'] });
    const parent = await context.store.findNotice('month:2026-10');
    expect(parent?.notice.body).toMatchObject({ kind: 'month-close', figures: { stage: 'locked' } });
  });

  it('is refused with the list of what is open, unless somebody says why', async () => {
    await softCloseMonth(context, { month: SEP });
    await expect(lockMonth(context, { month: SEP, override: ' ' })).rejects.toThrow(
      /Not signed: Search, Support/,
    );
    const { lock } = await lockMonth(context, { month: SEP, override: 'the audit is due' });
    expect(lock?.override).toEqual({
      reason: 'the audit is due',
      openItems: ['Not signed: Search, Support.'],
    });
    const [entry] = await context.store.listAudit(1);
    expect(entry).toMatchObject({ action: 'month.lock', subject: 'month: 2026-09' });
    expect(context.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is refused before the month is over, and while its allocations are behind', async () => {
    await expect(softCloseMonth(context, { month: month('2026-11') })).rejects.toThrow(
      '2026-11 is not over yet.',
    );
    await softCloseMonth(context, { month: SEP });
    await context.store.markStale([SEP], 'a test');
    await expect(lockMonth(context, { month: SEP, override: 'now' })).rejects.toThrow(
      /not allocated freshly \(a test\)/,
    );
  });
});

describe('unlocking a month', () => {
  beforeEach(() => close(SEP));

  it('takes two people, neither of whom locked it and agrees to it alone', async () => {
    await expect(unlockMonth(as('U0BEN'), { month: SEP, reason: '' })).rejects.toThrow(/Say why/);
    await unlockMonth(as('U0BEN'), { month: SEP, reason: 'wrong bill' });
    await expect(unlockMonth(as('U0BEN'), { month: SEP, reason: null })).rejects.toThrow(/second person/);
    await expect(unlockMonth(context, { month: SEP, reason: null })).rejects.toThrow(
      /You locked 2026-09 yourself/,
    );
    expect(await context.store.closedThrough()).toBe(SEP);
    const record = await unlockMonth(as('U0CEM'), { month: SEP, reason: null });
    expect(record).toMatchObject({ stage: 'soft-closed', signOffs: [], lock: null, unlockRequest: null });
    const actions = (await context.store.listAudit(2)).map(({ action, actor }) => [action, actor]);
    expect(actions).toEqual([
      ['month.unlock', 'slack:U0CEM (U0CEM)'],
      ['month.unlock-request', 'slack:U0BEN (U0BEN)'],
    ]);
  });

  it('begins with the last locked month', async () => {
    await close(OCT);
    const asking = unlockMonth(as('U0BEN'), { month: SEP, reason: 'wrong bill' });
    await expect(asking).rejects.toThrow(/2026-10 is locked after 2026-09/);
  });
});
