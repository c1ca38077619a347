import { beforeEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../src/core/base/json.js';
import { sumNanos } from '../../../src/core/base/money.js';
import type { Day, Month } from '../../../src/core/base/time.js';
import type { DigestFigures } from '../../../src/core/digests/digest.js';
import type { Settings } from '../../../src/core/settings/settings.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reviseDigests } from '../../../src/usecases/digests/revise-digests.js';
import { type DigestReaders, NO_READERS, writeDigests } from '../../../src/usecases/digests/write-digests.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const WEEK = { from: '2026-11-09', to: '2026-11-16' };
const MONDAY = '2026-11-16';
const DOLLAR = 1_000_000_000n;

interface Twist {
  /** Cents more on the last day of the week for the key that nobody owns. */
  readonly late?: number;
  readonly email?: string;
  readonly through?: string;
}

function keys({ late = 0, email }: Twist): readonly TestKey[] {
  return [
    {
      key: 'search-prod',
      model: 'claude-sonnet-4-5',
      ...(email === undefined ? {} : { email }),
      cents: (day) => (day >= WEEK.from ? 10_000 : 5_000),
    },
    { key: 'search-chat', model: 'gpt-5.1', service: 'OpenAI API', cents: () => 1_000 },
    { key: 'support-bot', model: 'claude-haiku-4-5', cents: (day) => (day < WEEK.from ? 2_000 : 0) },
    { key: 'stray', model: 'claude-haiku-4-5', cents: (day) => 300 + (day === '2026-11-15' ? late : 0) },
  ];
}

let context: TestContext;
beforeEach(() => start({}));

async function start(twist: Twist, day = MONDAY): Promise<void> {
  context = await createTestContext({ now: MONDAY });
  const rules = [
    keyRule('search-prod', 'Search'),
    keyRule('search-chat', 'Search'),
    keyRule('support-bot', 'Support'),
  ];
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
  await ingestUpTo(day, twist);
}

async function ingestUpTo(day: string, twist: Twist = {}): Promise<void> {
  const provider = createTestProvider((window) => ({
    charges: chargesOf(keys(twist), window),
    completeThrough: (twist.through ?? '2026-11-15') as Day,
  }));
  await ingestSource(context, provider, { from: '2026-08-01' as Day, to: day as Day });
  await reallocate(context);
}

const write = (readers: DigestReaders = NO_READERS) => writeDigests(context, { readers });
const revise = () => reviseDigests(context, { readers: NO_READERS });

async function set<A extends keyof Settings>(area: A, value: Settings[A]): Promise<void> {
  const { changed } = await readSettings(context);
  const { actor } = context;
  const base = changed[area]?.number ?? null;
  await context.store.changeSettings({ area, value, base, actor, atMs: context.clock() });
}

async function digestOf(key: string): Promise<DigestFigures> {
  const body = (await context.store.findNotice(key))?.notice.body;
  if (body?.kind !== 'digest') throw new Error(`${key} is no digest`);
  return body.figures;
}

const has = async (key: string) => (await context.store.findNotice(key)) !== null;

describe('writing digests', () => {
  it('tells every team with spend, FinOps its week and its month, each once', async () => {
    // Search, Support and FinOps weekly and FinOps monthly, each with its thread; in FinOps's week the audit head.
    expect(await write()).toEqual({ written: 9 });
    expect(await context.store.findNotice('digest:finops:2026-W46:audit')).toMatchObject({
      notice: { parentKey: 'digest:finops:2026-W46', body: { kind: 'audit-head' } },
    });
    expect(await write()).toEqual({ written: 0 });
    context.testClock.set('2026-11-18');
    expect(await write()).toEqual({ written: 0 });
    expect(await context.store.findNotice('digest:team:Search:2026-W46')).toMatchObject({
      revision: 1,
      notice: { audience: { kind: 'team', team: 'Search' }, parentKey: null },
    });
    expect(await context.store.findNotice('digest:team:Search:2026-W46:detail')).toMatchObject({
      notice: { parentKey: 'digest:team:Search:2026-W46', body: { kind: 'digest-detail' } },
    });
    expect(await has('digest:team:Unallocated:2026-W46')).toBe(false);
    expect(await digestOf('digest:finops:2026-10')).toMatchObject({ grain: 'month', reader: 'finance' });
  });

  it('tells FinOps once instead of many times where many teams have no channel', async () => {
    const names = Array.from({ length: 5 }, (_, i) => `team-${i}`);
    const rules = names.map((name) => keyRule(name, name));
    const ruleset = { version: 1, dimensions: [{ id: 'team', rules }] };
    await importRules(context, { ruleset, file: 'rules.yml', note: null });
    // More than the bill that it takes the place of: one whose closed days fall is held.
    const many = names.map((key) => ({ key, model: 'gpt-5.1', cents: () => 10_000 }));
    const provider = createTestProvider((window) => ({
      charges: chargesOf(many, window),
      completeThrough: '2026-11-15' as Day,
    }));
    await ingestSource(context, provider, { from: '2026-08-01' as Day, to: MONDAY as Day });
    await reallocate(context);
    await set('channels', { teams: { 'team-0': 'C0TEAM00001' } });
    const keysOf = async () => {
      const weekly = names.map((name) => `digest:team:${name}:2026-W46`);
      const told = await Promise.all(weekly.map(has));
      return weekly.filter((_, i) => told[i]);
    };
    await write();
    expect(await keysOf()).toEqual(['digest:team:team-0:2026-W46']);
    expect(await has('digest:finops:2026-W46')).toBe(true);
    // Where the configuration names a channel for them, they are told there.
    context = { ...context, company: { ...context.company, hasDefaultChannel: true } };
    context.testClock.set('2026-11-23');
    await write();
    expect(await has('digest:team:team-4:2026-W47')).toBe(true);
  });

  it('waits for the weekday and hour of the settings, in their zone', async () => {
    await set('digest', { weekday: 2, hour: 7, timeZone: 'America/New_York', monthDay: 20 });
    context.testClock.set('2026-11-17T11:59:00Z');
    await write();
    // A Tuesday's digest tells the week before its Monday; until it is due, the last one is what there is.
    expect(await has('digest:finops:2026-W45')).toBe(true);
    expect(await has('digest:finops:2026-W46')).toBe(false);
    expect(await has('digest:finops:2026-09')).toBe(true);
    context.testClock.set('2026-11-17T12:00:00Z');
    await write();
    expect(await has('digest:finops:2026-W46')).toBe(true);
    context.testClock.set('2026-11-20T12:00:00Z');
    await write();
    expect(await has('digest:finops:2026-10')).toBe(true);
  });

  it('after a month of silence catches up the last week and month, and floods nobody', async () => {
    await write();
    await ingestUpTo('2026-12-17', { through: '2026-12-16' });
    context.testClock.set('2026-12-17');
    await write();
    const told = ['2026-W46', '2026-W47', '2026-W48', '2026-W49', '2026-W50'];
    const there = await Promise.all(told.map((week) => has(`digest:finops:${week}`)));
    expect(there).toEqual([true, false, false, false, true]);
    expect(await has('digest:finops:2026-11')).toBe(true);
  });

  it('holds totals, eight weeks, models, movers and the one biggest cause', async () => {
    await write();
    const figures = await digestOf('digest:team:Search:2026-W46');
    expect(figures).toMatchObject({
      title: 'Search',
      period: '2026-W46',
      ...WEEK,
      total: 770n * DOLLAR,
      previousTotal: 420n * DOLLAR,
      comparison: { current: 770n * DOLLAR, previous: 420n * DOLLAR, without: [] },
      isQuiet: false,
      cause: {
        cause: 'rate',
        amount: 350n * DOLLAR,
        most: { label: 'claude-sonnet-4-5, (none)', amount: 350n * DOLLAR },
      },
      monthToDate: 1_250n * DOLLAR,
      byModel: [
        { label: 'claude-sonnet-4-5', cost: 700n * DOLLAR },
        { label: 'gpt-5.1', cost: 70n * DOLLAR },
      ],
      incomplete: [],
      unallocated: null,
    });
    expect(figures.movers.map(({ by, label, reason }) => [by, label, reason])).toEqual([
      ['model', 'claude-sonnet-4-5', 'rate'],
      ['key', 'search-prod', null],
    ]);
    expect(figures.bars).toHaveLength(8);
    expect(figures.bars[0]?.from).toBe('2026-09-21');
    const last = figures.bars.at(-1)?.byService ?? [];
    expect(last.map(({ service }) => service)).toEqual(['Claude API', 'OpenAI API']);
    expect(sumNanos(last.map(({ cost }) => cost))).toBe(figures.total);
  });

  it('tells a team that fell silent what it uses no longer', async () => {
    await write();
    const figures = await digestOf('digest:team:Support:2026-W46');
    expect(figures).toMatchObject({
      total: 0n,
      cause: { cause: 'lost-keys', amount: -140n * DOLLAR, most: { label: 'support-bot' } },
    });
    expect(figures.movers).toContainEqual({
      by: 'key',
      label: 'support-bot',
      previous: 140n * DOLLAR,
      current: 0n,
      reason: 'gone',
    });
  });

  it('tells FinOps the whole company and what nobody owns', async () => {
    await write();
    expect(await digestOf('digest:finops:2026-W46')).toMatchObject({
      title: 'All spend',
      total: 791n * DOLLAR,
      previousTotal: 581n * DOLLAR,
      unallocated: 21n * DOLLAR,
    });
  });

  it('names people to FinOps alone, and to nobody where the policy says so: others read how many are new', async () => {
    await ingestUpTo(MONDAY, { email: 'ana@example.test' });
    await write();
    const person = { by: 'person', label: 'ana@example.test' };
    expect((await digestOf('digest:finops:2026-W46')).movers).toContainEqual({
      ...person,
      previous: 350n * DOLLAR,
      current: 700n * DOLLAR,
      reason: null,
    });
    for (const key of [
      'digest:team:Search:2026-W46',
      'digest:team:Search:2026-W46:detail',
      'digest:finops:2026-10',
    ])
      expect(encodeJson(await context.store.findNotice(key))).not.toContain('ana@example.test');
    await set('visibility', { teams: 'all', people: 'nobody', guests: 'refused' });
    context.testClock.set('2026-11-23');
    await ingestUpTo('2026-11-23', { email: 'ana@example.test', through: '2026-11-22' });
    await write();
    expect(encodeJson(await digestOf('digest:finops:2026-W47'))).not.toContain('ana@example.test');
  });

  it('of a feed that is behind says so, and compares the days that there are', async () => {
    // The vendor has closed Saturday; Sunday is missing altogether.
    await start({ through: '2026-11-14' }, '2026-11-15');
    await write();
    const figures = await digestOf('digest:team:Search:2026-W46');
    expect(figures.incomplete).toEqual([{ source: 'claude', completeThrough: '2026-11-14' }]);
    expect(figures.comparison).toMatchObject({
      current: 660n * DOLLAR,
      previous: 360n * DOLLAR,
      after: { from: WEEK.from, to: '2026-11-15' },
      without: [],
    });
    context.testClock.set('2026-11-23');
    await write();
    const later = await digestOf('digest:team:Search:2026-W47');
    expect(later).toMatchObject({
      total: 0n,
      comparison: { current: 0n, previous: 0n, without: ['claude'] },
    });
    expect([later.isQuiet, later.movers]).toEqual([true, []]);
  });

  it('sends the month to whoever is finance or a leader, finance’s books to finance alone', async () => {
    await write({ finance: ['UFIN', 'UBOTH'], leader: ['ULEAD', 'UBOTH'] });
    const finance = await digestOf('digest:finance:UFIN:2026-10');
    expect(finance.books).toMatchObject({
      stage: 'open',
      invoices: { tied: 0, differing: [], waiting: 1 },
      treatments: [],
      confidences: [{ label: 'billed', cost: finance.total }],
    });
    expect(finance.change?.delta).toBe(finance.comparison.current - finance.comparison.previous);
    const leader = await digestOf('digest:leader:ULEAD:2026-10');
    expect([leader.books, leader.change, leader.unallocated]).toEqual([undefined, undefined, null]);
    expect(await has('digest:leader:UBOTH:2026-10')).toBe(false);
    expect((await context.store.findNotice('digest:leader:ULEAD:2026-10'))?.notice.audience).toEqual({
      kind: 'user',
      userId: 'ULEAD',
    });
  });

  it('sends a channel what it has subscribed to, in its own zone, and not what it hears anyway', async () => {
    await set('channels', { teams: { Search: 'C0SEARCH' } });
    const weekly = { cadence: { kind: 'weekly', on: 1 }, hour: 18 } as const;
    const search = { dimension: 'team', owner: 'Search' };
    await set('subscriptions', [
      { channel: 'C0SEARCH', scope: search, ...weekly },
      { channel: 'C0BOSSES', scope: search, ...weekly, timeZone: 'Asia/Tokyo' },
      { channel: 'C0BOSSES', scope: null, cadence: { kind: 'monthly', on: 3 }, hour: 9 },
      {
        channel: 'C0BOSSES',
        scope: { dimension: 'planet', owner: 'Mars' },
        ...weekly,
        timeZone: 'Asia/Tokyo',
      },
    ]);
    await write();
    const key = (scope: string, period: string) => `digest:channel:C0BOSSES:${scope}:${period}`;
    expect(await has(key('team=Search', '2026-W46'))).toBe(true);
    expect(await digestOf(key('all', '2026-10'))).toMatchObject({ reader: 'channel', scope: null });
    expect(await has('digest:channel:C0SEARCH:team=Search:2026-W45')).toBe(false);
    // A dimension that is no more is in the log, and keeps nobody else from their Monday.
    expect(await has(key('planet=Mars', '2026-W46'))).toBe(false);
    expect(context.log.lines.map(({ message }) => message)).toContain('A digest could not be worked out.');
  });

  it('puts the forecast against the plan of the team, or of all teams together', async () => {
    const month = '2026-11' as Month;
    const plan = { currency: 'USD', amount: 2_000n * DOLLAR, phasing: 'calendar-days' } as const;
    const { actor } = context;
    const changes = [{ dimension: 'team', owner: 'Search', month, plan }];
    await context.store.putPlans({ changes, actor, atMs: context.clock() });
    await write();
    const { outlook } = await digestOf('digest:team:Search:2026-W46');
    expect(outlook).toMatchObject({ month, plan: 2_000n * DOLLAR, isPlanWhole: true, isOver: false });
    expect(outlook?.total.expected).toBeGreaterThan(2_000n * DOLLAR);
    // Support has spent in November and has no plan.
    expect((await digestOf('digest:finops:2026-W46')).outlook).toMatchObject({
      plan: 2_000n * DOLLAR,
      isPlanWhole: false,
    });
    expect((await digestOf('digest:finops:2026-10')).outlook).toMatchObject({ plan: null, isOver: true });
  });

  it('of an empty ledger says nothing', async () => {
    const empty = await createTestContext({ now: MONDAY });
    expect(await writeDigests(empty, { readers: NO_READERS })).toEqual({ written: 0 });
    expect(await empty.store.findNotice('digest:finops:2026-W46')).toBeNull();
  });
});

describe('restated figures', () => {
  it('edit the digest that told them, say what it was, and touch no other', async () => {
    await write();
    const before = await digestOf('digest:finops:2026-W46');
    expect(await revise()).toEqual({ revised: 0 });
    context.testClock.set('2026-11-18');
    await ingestUpTo(MONDAY, { late: 50_000 });
    expect(await revise()).toEqual({ revised: 2 });
    const after = await digestOf('digest:finops:2026-W46');
    expect(after).toMatchObject({
      total: before.total + 500n * DOLLAR,
      update: { on: '2026-11-18', was: before.total },
      outlook: before.outlook,
    });
    expect((await context.store.findNotice('digest:finops:2026-W46'))?.revision).toBe(2);
    expect((await context.store.findNotice('digest:team:Search:2026-W46'))?.revision).toBe(1);
    context.testClock.set('2026-11-19');
    expect(await revise()).toEqual({ revised: 0 });
    expect((await digestOf('digest:finops:2026-W46')).update?.on).toBe('2026-11-18');
  });

  it('that come after the sources’ window has closed change no message', async () => {
    await write();
    context.testClock.set('2026-11-29');
    await ingestUpTo(MONDAY, { late: 50_000 });
    expect(await revise()).toEqual({ revised: 0 });
  });

  it('never move a month that is locked', async () => {
    await write({ finance: [], leader: ['ULEAD'] });
    const month = '2026-10' as Month;
    const { actor } = context;
    for (const earlier of ['2026-08', '2026-09', month] as Month[]) {
      await context.store.softCloseMonth({ month: earlier, actor, atMs: context.clock() });
      await context.store.lockMonth({ month: earlier, actor, atMs: context.clock(), override: null });
    }
    const provider = createTestProvider((window) => ({
      charges: chargesOf(
        [
          ...keys({}),
          { key: 'search-late', model: 'gpt-5.1', cents: (day) => (day < '2026-11-01' ? 900 : 0) },
        ],
        window,
      ),
      completeThrough: '2026-11-15' as Day,
    }));
    await ingestSource(context, provider, { from: '2026-08-01' as Day, to: MONDAY as Day });
    await reallocate(context);
    context.testClock.set('2026-11-17');
    await reviseDigests(
      { ...context, providers: [provider] },
      { readers: { finance: [], leader: ['ULEAD'] } },
    );
    for (const key of ['digest:finops:2026-10', 'digest:leader:ULEAD:2026-10'])
      expect((await context.store.findNotice(key))?.revision).toBe(1);
  });
});
