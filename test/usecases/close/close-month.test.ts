import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatNanos, parseNanos } from '../../../src/core/base/money.js';
import { type Day, monthRange } from '../../../src/core/base/time.js';
import { describeItem } from '../../../src/core/close/checklist.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { verifyAudit } from '../../../src/usecases/audit/verify-audit.js';
import { checkMonth, listMonths, monthToClose } from '../../../src/usecases/close/check-month.js';
import {
  lockMonth,
  signMonth,
  softCloseMonth,
  unlockMonth,
} from '../../../src/usecases/close/close-month.js';
import type { Context } from '../../../src/usecases/context.js';
import { importPeople } from '../../../src/usecases/people/import-people.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { day, month } from '../../support/build/charges.js';
import { member, person } from '../../support/build/directory.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const SEP = month('2026-09');
const OCT = month('2026-10');
const NOV = month('2026-11');
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

async function rules(team: readonly unknown[]): Promise<void> {
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

describe('a locked month under later changes', () => {
  beforeEach(async () => {
    await close(SEP);
    await close(OCT);
  });

  const spend = async (which: typeof OCT, by: readonly string[] = ['team']) => {
    const { rows } = await context.store.querySpend({
      by,
      range: monthRange(which),
      where: [],
      currency: 'USD',
    });
    return Object.fromEntries(rows.map(({ values, cost }) => [values.join(' '), formatNanos(cost)]));
  };
  const fingerprints = () => Promise.all([SEP, OCT].map((each) => context.store.monthFingerprint(each)));
  /** November so far: 17 days of every key. */
  const NOVEMBER = { Search: '1700', Support: '340', Unallocated: '17' };

  it('stays as it is under a rule edit; the difference moves between owners in the open month', async () => {
    const before = [await fingerprints(), await spend(OCT)];
    const [support, stray] = [keyRule('support-bot', 'Search'), keyRule('stray', 'Support')];
    await rules([keyRule('search-prod', 'Search'), support, stray]);
    await reallocate(context);
    expect([await fingerprints(), await spend(OCT)]).toEqual(before);
    // November under the new rules, and 61 days of September and October moved: 20 and 1 a day.
    expect(await spend(NOV)).toEqual({ Search: '3260', Support: '-1142', Unallocated: '-61' });
    expect(await context.store.listStaleMonths()).toEqual([]);
    await context.store.markStale([SEP, OCT, NOV], 'again');
    await reallocate(context);
    expect(await spend(NOV)).toEqual({ Search: '3260', Support: '-1142', Unallocated: '-61' });
    expect(await spend(NOV, ['model'])).toEqual({ sonnet: '1700', haiku: '357' });
    const owners = await context.store.listOwners('team', monthRange(NOV), 'USD');
    expect(owners.map(({ owner, cost }) => [owner, formatNanos(cost)])).toEqual([
      ['Search', '3260'],
      ['Support', '-1142'],
    ]);
    const lines = await context.store.listUnallocated({
      dimension: 'team',
      range: monthRange(NOV),
      limit: 9,
    });
    expect(lines.map(({ reason, cost }) => [reason, formatNanos(cost)])).toEqual([
      ['changed after 2026-09 was locked', '-30'],
      ['changed after 2026-10 was locked', '-31'],
    ]);
    expect(await verifyAudit(context)).toMatchObject({ lockedMonths: ['2026-09', '2026-10'] });
  });

  it('takes back what was posted when the change is undone', async () => {
    await rules([keyRule('search-prod', 'Support')]);
    await reallocate(context);
    await rules([keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support')]);
    await reallocate(context);
    expect(await spend(NOV)).toEqual(NOVEMBER);
    expect(await context.store.listAdjustments(OCT)).toEqual([]);
  });

  it('stays as it is under HR imports, aliases and links', async () => {
    const byOwner = (key: string) => ({ ...keyRule(key, ''), allocateTo: { owner: 'team' as const } });
    await rules([keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support'), byOwner('stray')]);
    await reallocate(context);
    const before = await fingerprints();
    const sue = person('sue', { aliases: ['stray@larkspur.test'] });
    await importPeople(context, {
      people: [sue, person('sam')],
      memberships: [member('sue', 'Search', '2026-01-01'), member('sam', 'Support', '2026-01-01')],
      teams: [],
    });
    const link = { kind: 'apiKey', value: 'id-stray', from: day('2026-10-11'), to: null } as const;
    await context.store.putLink({ ...link, owner: { person: sue.email } }, context.actor, 1);
    await reallocate(context);
    expect(await fingerprints()).toEqual(before);
    // 21 days of October and 17 of November are Sue's; the rest stays with nobody.
    expect(await spend(NOV)).toEqual({ Search: '1738', Support: '340', Unallocated: '-21' });
    expect(await spend(OCT)).toMatchObject({ Unallocated: '31' });
  });

  it('corrects frozen adjustments in the month after, and takes all of it back when it is unlocked', async () => {
    await rules([keyRule('search-prod', 'Search'), keyRule('support-bot', 'Search')]);
    await reallocate(context);
    context.testClock.set('2026-12-18');
    await pull(KEYS, '2026-11-30');
    await reallocate(context);
    await softCloseMonth(context, { month: NOV });
    await lockMonth(context, { month: NOV, override: 'a test' });
    const frozen = await context.store.monthFingerprint(NOV);
    await rules([keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support')]);
    await reallocate(context);
    expect(await context.store.monthFingerprint(NOV)).toBe(frozen);
    // Undone in December: 61 days frozen as moved, and November's own 17.
    expect(await spend(month('2026-12'))).toEqual({ Search: '-1560', Support: '1560' });
    await unlockMonth(as('U0BEN'), { month: NOV, reason: 'a test' });
    await unlockMonth(as('U0CEM'), { month: NOV, reason: null });
    await reallocate(context);
    expect(await spend(month('2026-12'))).toEqual({});
    expect(await spend(NOV)).toEqual(NOVEMBER);
  });

  it('stays as it is under a late bill whose money finds its owner in the open month', async () => {
    const before = await fingerprints();
    const dearer = KEYS.map((key) => ({
      ...key,
      cents: (on: Day) => key.cents(on) + (on < '2026-11-01' ? 1 : 0),
    }));
    await pull(dearer);
    await reallocate(context);
    expect(await fingerprints()).toEqual(before);
    expect(await spend(NOV)).toEqual({ Search: '1700.61', Support: '340.61', Unallocated: '17.61' });
    await pull(dearer);
    expect(await context.store.listStaleMonths()).toEqual([]);
  });
});
