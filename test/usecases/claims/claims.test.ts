import { beforeEach, describe, expect, it } from 'vitest';
import { addDays, utcDay } from '../../../src/core/base/time.js';
import type { Claim } from '../../../src/core/claims/claim.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { answerClaim, type ClaimAnswer } from '../../../src/usecases/claims/answer-claim.js';
import { raiseClaims } from '../../../src/usecases/claims/raise-claims.js';
import { acceptAlias, listAliasSuggestions } from '../../../src/usecases/people/accept-alias.js';
import { linkSlackPeople } from '../../../src/usecases/people/link-slack-people.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { day, link, member, person } from '../../support/build/directory.js';
import { chargesOf, createTestProvider, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const DAY_MS = 86_400_000;
const key = (name: string, more: Partial<TestKey> = {}): TestKey => ({
  key: name,
  model: 'gpt-5.1',
  cents: () => 1_000,
  ...more,
});
const OWNERS = {
  id: 'owners',
  name: 'Owners',
  when: { attribute: 'source' as const, is: 'claude' },
  allocateTo: { owner: 'team' as const },
};

let context: TestContext;
async function fill(keys: readonly TestKey[], rules: readonly unknown[] = [OWNERS]) {
  const today = utcDay(context.clock());
  const provider = createTestProvider((range) => ({ charges: chargesOf(keys, range) }));
  await ingestSource(context, provider, { from: day('2026-09-01'), to: today });
  await importRules(context, {
    ruleset: { version: 1, dimensions: [{ id: 'team', rules }] },
    file: 'r',
    note: null,
  });
  await reallocate(context);
}
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  await context.store.importPeople({
    people: [
      person('ana', { name: 'Ana Ruiz' }),
      person('ben', { name: 'Ben Osei' }),
      person('cy', { name: 'Cy Dale' }),
    ],
    memberships: [
      member('ana', 'FinOps', '2026-01-01'),
      member('ben', 'Support', '2026-01-01'),
      member('cy', 'Search', '2026-01-01'),
    ],
    teams: [],
    actor: context.actor,
    atMs: 1,
  });
});

const claims = () => context.store.listClaims(0);
async function only(): Promise<Claim> {
  const [claim, ...others] = await claims();
  if (claim === undefined || others.length > 0) throw new Error('not exactly one claim');
  return claim;
}
const say = async (who: string, answer: ClaimAnswer, isFinOps = false) => {
  const { id, asks } = await only();
  const by = { email: `${who}@larkspur.test`, slackUserId: null, isFinOps };
  return answerClaim(context, { claimId: id, ask: asks.length - 1, by, answer });
};

describe('raising claims', () => {
  it('asks nobody more than twice a day; the rest waits for the next morning, dearest first', async () => {
    await fill([1, 2, 3, 4, 5].map((n) => key(`ben-${'abcde'[n - 1]}-notebook`, { cents: () => 1_000 * n })));
    expect(await raiseClaims(context)).toEqual({ opened: 5, asked: 2, escalated: 0, closed: 0 });
    const asked = async () =>
      (await claims()).filter(({ state }) => state === 'asked').map(({ subject }) => subject.label);
    expect((await asked()).toSorted()).toEqual(['ben-d-notebook', 'ben-e-notebook']);
    context.testClock.advance(DAY_MS);
    expect(await raiseClaims(context)).toMatchObject({ opened: 0, asked: 2 });
    expect(await asked()).toContain('ben-c-notebook');
  });

  it('brings FinOps no more than five a day of what nobody can be asked about, dearest first', async () => {
    await fill(Array.from({ length: 12 }, (_, n) => key(`bulk-${n + 10}`, { cents: () => 1_000 + n })));
    expect(await raiseClaims(context)).toEqual({ opened: 12, asked: 0, escalated: 5, closed: 0 });
    expect(await raiseClaims(context)).toMatchObject({ escalated: 0 });
    const told = (await claims()).filter(({ state }) => state === 'escalated');
    expect(told.map(({ subject }) => subject.label).toSorted()).toEqual(
      ['17', '18', '19', '20', '21'].map((n) => `bulk-${n}`),
    );
    context.testClock.advance(DAY_MS);
    expect(await raiseClaims(context)).toMatchObject({ escalated: 5 });
  });

  it('moves on after three days without an answer, and from the last candidate to FinOps', async () => {
    await fill([key('ben-osei-cy-dale')]);
    await raiseClaims(context);
    const first = (await only()).asks[0];
    context.testClock.advance(3 * DAY_MS - 1);
    expect(await raiseClaims(context)).toMatchObject({ asked: 0 });
    context.testClock.advance(1);
    expect(await raiseClaims(context)).toMatchObject({ asked: 1 });
    context.testClock.advance(3 * DAY_MS);
    expect(await raiseClaims(context)).toMatchObject({ asked: 0, escalated: 1 });
    const { asks, state, id } = await only();
    expect(asks.map(({ outcome }) => outcome)).toEqual(['timed-out', 'timed-out']);
    expect(asks[0]).toEqual({ ...first, outcome: 'timed-out' });
    expect(state).toBe('escalated');
    expect((await context.store.findNotice(`claim:${id}:ask:0`))?.notice.body.kind).toBe('claim-resolved');
    expect((await context.store.findNotice(`claim:${id}:finops`))?.notice.body.kind).toBe('claim-escalated');
  });

  it('closes a claim that was settled by a link, with the question that waited', async () => {
    await fill([key('ben-notebook')]);
    await raiseClaims(context);
    await context.store.putLink(
      link('apiKey', 'id-ben-notebook', { team: 'Support' }, { from: '2026-09-01' }),
      context.actor,
      1,
    );
    await reallocate(context);
    expect(await raiseClaims(context)).toMatchObject({ closed: 1 });
    expect(await only()).toMatchObject({ state: 'closed', asks: [{ outcome: 'settled' }] });
  });

  it('counts an e-mail that the directory knows as owned, and leaves what no link can name', async () => {
    await fill([key('known', { email: 'ben@larkspur.test' })], []);
    expect(await raiseClaims(context)).toMatchObject({ opened: 0 });
  });
});

describe('answering a claim', () => {
  it('asks again about the manager when the owner has left since', async () => {
    await fill([key('ben-notebook')]);
    await raiseClaims(context);
    await say('ben', { kind: 'mine' });
    await reallocate(context);
    const left = {
      email: 'ben@larkspur.test',
      place: { from: addDays(utcDay(context.clock()), 1), at: null },
    };
    await context.store.changePeople([left], context.actor, 1);
    context.testClock.advance(20 * DAY_MS);
    await fill([key('ben-notebook')]);
    const run = await raiseClaims(context);
    expect(run).toMatchObject({ opened: 1, escalated: 1 });
    const again = (await claims()).at(-1);
    expect(again).toMatchObject({ firstDay: '2026-11-19', cost: 19n * 10_000_000_000n });
  });

  it('tells FinOps when no rule follows the owner, and does not ask again', async () => {
    await fill([key('ben-notebook')], []);
    await raiseClaims(context);
    const { claim } = await say('ben', { kind: 'mine' });
    expect(claim.resolution?.followed).toBe(false);
    const told = await context.store.findNotice(`claim:${claim.id}:finops`);
    expect(told?.notice).toMatchObject({ audience: { kind: 'finops' }, body: { kind: 'claim-resolved' } });
    await reallocate(context);
    expect(await raiseClaims(context)).toMatchObject({ opened: 0, asked: 0 });
  });

  it('is refused to strangers, and an answer to what is settled changes nothing', async () => {
    await fill([key('ben-notebook')]);
    await raiseClaims(context);
    await expect(say('cy', { kind: 'mine' })).rejects.toThrow('Only Ben Osei and FinOps can answer this');
    await expect(say('nobody', { kind: 'not-mine' })).rejects.toThrow('nothing was changed');
    await expect(say('ben', { kind: 'leave' })).rejects.toThrow('Only FinOps');
    await expect(say('ben', { kind: 'owner', email: 'who@else.test' })).rejects.toThrow(
      'does not know who@else.test',
    );
    expect((await only()).state).toBe('asked');
    await say('ana', { kind: 'owner', email: 'CY@larkspur.test' }, true);
    const settled = await only();
    const audit = await context.store.listAudit(100);
    for (const who of ['ben', 'cy', 'ana']) {
      const { sentence } = await say(who, { kind: 'mine' }, who === 'ana');
      expect(sentence).toBe('Settled already: ben-notebook belongs to Cy Dale.');
    }
    expect(await only()).toEqual(settled);
    expect(await context.store.listAudit(100)).toEqual(audit);
  });

  it('lets only one of two answers at once win', async () => {
    await fill([key('ben-notebook')]);
    await raiseClaims(context);
    const held = await only();
    await context.store.saveClaim({ claim: held, link: null, actor: context.actor, atMs: 5 });
    const late = context.store.saveClaim({
      claim: { ...held, state: 'declined' },
      link: null,
      actor: context.actor,
      atMs: 6,
    });
    await expect(late).rejects.toThrow('Somebody else answered this meanwhile');
    expect((await only()).state).toBe('asked');
  });

  it('belongs to the person from the first unowned day on, and not a day before', async () => {
    const since = day('2026-10-05');
    await context.store.putLink(
      link('apiKey', 'id-ben-notebook', { person: 'cy@larkspur.test' }, { from: '2026-01-01', to: since }),
      context.actor,
      1,
    );
    await fill([key('ben-notebook')]);
    await raiseClaims(context);
    expect((await only()).candidates.map(({ name, reasons }) => [name, reasons[0]])).toEqual([
      ['Cy Dale', 'owned it until 2026-10-05'],
      ['Ben Osei', 'has a name like it'],
    ]);
    await say('cy', { kind: 'not-mine' });
    await say('ben', { kind: 'mine' });
    await reallocate(context);
    const range = { from: day('2026-09-01'), to: day('2026-11-18') };
    const { rows } = await context.store.querySpend({ by: ['team'], range, where: [], currency: 'USD' });
    expect(rows).toEqual([
      { values: ['Support'], cost: 44n * 10_000_000_000n },
      { values: ['Search'], cost: 34n * 10_000_000_000n },
    ]);
  });
});

describe('an unknown e-mail', () => {
  it('is suggested as an alias with its money, and belongs to the person once FinOps accepts, for always', async () => {
    await fill([key('k', { email: 'ben@subsidiary.test' }), key('z', { email: 'zoe@larkspur.test' })]);
    const range = { from: day('2026-11-01'), to: day('2026-11-18') };
    expect(await listAliasSuggestions(context, range)).toEqual([
      {
        email: 'ben@subsidiary.test',
        person: 'ben@larkspur.test',
        name: 'Ben Osei',
        reason: 'the same name before the @',
        cost: 170_000_000_000n,
        currency: 'USD',
      },
    ]);
    await acceptAlias(context, { email: 'Ben@subsidiary.test', person: 'ben@larkspur.test' });
    expect((await context.store.listStaleMonths()).map(({ month }) => month)).toEqual([
      '2026-09',
      '2026-10',
      '2026-11',
    ]);
    await reallocate(context);
    expect(await listAliasSuggestions(context, range)).toEqual([]);
    const whole = { from: day('2026-09-01'), to: day('2026-11-18') };
    const { rows } = await context.store.querySpend({
      by: ['team'],
      range: whole,
      where: [],
      currency: 'USD',
    });
    expect(rows.find(({ values }) => values[0] === 'Support')?.cost).toBe(78n * 10_000_000_000n);
    await acceptAlias(context, { email: 'ben@subsidiary.test', person: 'ben@larkspur.test' });
    expect(await context.store.listStaleMonths()).toEqual([]);
  });
});

describe('Slack users', () => {
  it('are linked to people by e-mail or alias; what HR says stays, a deactivated account is let go', async () => {
    const { store } = context;
    const cy = person('cy', { aliases: ['cy@old.test'], slackUserId: null });
    const ana = person('ana', { slackUserId: 'U-HR' });
    await store.importPeople({
      people: [cy, ana],
      memberships: [],
      teams: [],
      actor: context.actor,
      atMs: 2,
    });
    const user = (id: string, email: string | null, isActive = true) => ({ id, email, isActive });
    const users = [
      user('U1', 'BEN@larkspur.test'),
      user('U2', 'cy@old.test'),
      user('U3', 'ana@larkspur.test'),
      user('U4', null),
      user('U5', 'guest@x.test'),
    ];
    expect(await linkSlackPeople(context, users)).toEqual({ linked: 2 });
    const ids = async () => (await store.directory()).people.map(({ slackUserId }) => slackUserId);
    expect(await ids()).toEqual(['U-HR', 'U1', 'U2']);
    expect(await linkSlackPeople(context, users)).toEqual({ linked: 0 });
    await linkSlackPeople(context, [
      user('U2', 'cy@old.test', false),
      user('U-HR', null, false),
      user('U9', 'cy@old.test'),
    ]);
    expect(await ids()).toEqual([null, 'U1', 'U9']);
    await store.importPeople({ people: [cy], memberships: [], teams: [], actor: context.actor, atMs: 3 });
    expect(await ids()).toEqual([null, 'U1', 'U9']);
  });
});
