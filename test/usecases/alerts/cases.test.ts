import { beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day, type DayRange } from '../../../src/core/base/time.js';
import type { NoticeBody } from '../../../src/core/notices/notice.js';
import { acknowledgeAlert } from '../../../src/usecases/alerts/acknowledge-alert.js';
import {
  assignCase,
  commentOnCase,
  expectSpend,
  liftSilence,
  muteKey,
} from '../../../src/usecases/alerts/act-on-case.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { changeSettings } from '../../../src/usecases/settings/change-settings.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import {
  bill,
  FINOPS,
  hireTeam,
  morning,
  START,
  STRANGER,
  setRules,
  spiky,
  steadyKey,
  teamRules,
} from '../../support/company/alerts.js';
import { chargesOf, createTestProvider, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const day = (text: string) => text as Day;
const SPIKE: DayRange = { from: day('2026-11-12'), to: day('2026-11-30') };
const OWNERS = { 'search-prod': 'Search', 'ci-nightly': 'Search', 'support-bot': 'Support' };
const others = [steadyKey('search-prod'), steadyKey('support-bot')];

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext();
  await setRules(context, teamRules(OWNERS));
});

/** The mornings of some days. Their bills are all there from the first on: no morning looks beyond itself. */
async function live(range: DayRange, keys: readonly TestKey[]): Promise<void> {
  await bill(context, range.to, { keys });
  for (let today = range.from; today < range.to; today = addDays(today, 1)) {
    context.testClock.set(today);
    await raiseAlerts(context, { today: null });
  }
}

async function parts(): Promise<readonly string[]> {
  const cases = await context.store.listCases(START);
  const names = [
    '',
    'explained',
    'grown:1',
    'grown:2',
    'grown:3',
    'grown:4',
    'closed',
    'silence:1',
    'handed:manager',
  ];
  const keys = cases.flatMap(({ id }) =>
    [...names, 'handed:finops', 'escalated:manager', 'escalated:finops'].map(
      (name) => `alert:case:${id}${name === '' ? '' : `:${name}`}`,
    ),
  );
  const found: string[] = [];
  for (const key of keys) if ((await context.store.findNotice(key)) !== null) found.push(key);
  return found;
}

async function bodyOf(key: string): Promise<NoticeBody> {
  const found = await context.store.findNotice(key);
  if (found === null) throw new Error(`${key} is not there`);
  return found.notice.body;
}

describe('a case over its days', () => {
  it('is raised again only when its excess has doubled, and closes with what it came to', async () => {
    await live({ from: day('2026-11-13'), to: day('2026-11-18') }, [
      ...others,
      spiky('ci-nightly', { ...SPIKE, to: day('2026-11-16') }),
    ]);
    const told = (await parts()).filter((part) => !/handed|escalated/.test(part));
    expect(told).toEqual(['alert:case:1', 'alert:case:1:explained', 'alert:case:1:grown:1']);
    await live({ from: day('2026-11-18'), to: day('2026-11-19') }, [
      ...others,
      spiky('ci-nightly', { ...SPIKE, to: day('2026-11-16') }),
    ]);
    expect(await bodyOf('alert:case:1:closed')).toMatchObject({
      kind: 'alert-note',
      note: { is: 'closed', why: 'calm', figures: { excess: 2_340_000_000_000n, lastDay: '2026-11-15' } },
    });
    expect(await raiseAlerts(context, { today: null })).toEqual({ opened: 0, updated: 0, closed: 0 });
  });

  it('is explained by price, volume and mix, to the nano, with the whole team in its chart', async () => {
    await morning(context, day('2026-11-13'), { keys: [...others, spiky('ci-nightly', SPIKE)] });
    const body = await bodyOf('alert:case:1:explained');
    if (body.kind !== 'alert-explained') throw new Error(body.kind);
    const { explanation, before } = body.figures.change ?? {};
    expect(before).toEqual({ from: '2026-11-05', to: '2026-11-06' });
    expect(explanation).toMatchObject({
      before: 15_000_000_000n,
      after: 600_000_000_000n,
      delta: 585_000_000_000n,
    });
    const told = explanation?.parts.reduce((sum, { amount }) => sum + amount, 0n);
    expect(told).toBe(explanation?.delta);
    const { chart } = body.figures;
    expect(chart?.label).toBe('Search');
    expect(chart?.series.at(-1)?.actual).toBe(700_000_000_000n);
    expect(chart?.suspect.days.at(-1)?.cost).toBe(600_000_000_000n);
  });

  it('is judged on what has come of a day, and calmed only by days that are complete', async () => {
    const keys = [...others, spiky('ci-nightly', { from: day('2026-11-12'), to: day('2026-11-13') })];
    // At noon of the twelfth: the day has no end yet, but is above its band already.
    await bill(context, day('2026-11-13'), { keys, completeThrough: day('2026-11-11') });
    context.testClock.set('2026-11-12T12:00:00Z');
    expect(await raiseAlerts(context, { today: null })).toMatchObject({ opened: 1 });
    const stalled = { keys, completeThrough: day('2026-11-11') };
    expect(await morning(context, day('2026-11-16'), stalled)).toMatchObject({ closed: 0 });
    expect(await morning(context, day('2026-11-16'), { keys })).toMatchObject({ closed: 1 });
  });

  it('is never of what follows contracts: seats bought, recurring fees', async () => {
    const seats: TestKey = {
      key: 'seats',
      model: 'seat',
      cents: (at) => (at === '2026-11-12' ? 900_000 : 0),
    };
    const provider = createTestProvider((window) => ({
      charges: [
        ...chargesOf(others, window),
        ...chargesOf([seats], window).map((charge, n) => ({
          ...charge,
          set: {
            ...charge.set,
            attributes: { ...charge.set.attributes, chargeCategory: n % 2 === 0 ? 'Purchase' : 'Usage' },
          },
          kind: { ...charge.kind, chargeFrequency: 'Recurring' as const },
        })),
      ],
      completeThrough: day('2026-11-12'),
    }));
    context.testClock.set('2026-11-13');
    await ingestSource(context, provider, { from: START, to: day('2026-11-13') });
    expect(await raiseAlerts(context, { today: null })).toEqual({ opened: 0, updated: 0, closed: 0 });
  });
});

describe('expected spend', () => {
  const book = async (until: string, limit: bigint) =>
    expectSpend(context, {
      caseId: 1,
      viewer: FINOPS,
      once: 'V1',
      until: day(until),
      limit,
      comment: 'evaluation',
    });
  const DOLLARS = 1_000_000_000n;

  it('keeps the case still while it holds, and raises it again when its time is over', async () => {
    const keys = [...others, spiky('ci-nightly', SPIKE)];
    await live({ from: day('2026-11-13'), to: day('2026-11-14') }, keys);
    await book('2026-11-16', 700n * DOLLARS);
    await book('2026-11-16', 700n * DOLLARS); // a second delivery of the same form
    expect(await context.store.listSilences()).toHaveLength(1);
    await live({ from: day('2026-11-14'), to: day('2026-11-17') }, keys);
    expect(await parts()).toEqual(['alert:case:1', 'alert:case:1:explained']);
    expect(await context.store.findCase(1)).toMatchObject({ state: 'acknowledged' });
    await live({ from: day('2026-11-17'), to: day('2026-11-18') }, keys);
    expect(await bodyOf('alert:case:1:silence:1')).toMatchObject({ note: { silence: { outcome: 'used' } } });
    expect(await context.store.findCase(1)).toMatchObject({ state: 'open', acknowledgedBy: null });
  });

  it('is exceeded by a day that costs more than a quarter above it', async () => {
    const wild = {
      ...spiky('ci-nightly', SPIKE),
      cents: (at: Day) => (at < '2026-11-12' ? 1_500 : at < '2026-11-15' ? 60_000 : 99_000),
    };
    await live({ from: day('2026-11-13'), to: day('2026-11-14') }, [...others, wild]);
    await book('2026-11-25', 600n * DOLLARS);
    await live({ from: day('2026-11-14'), to: day('2026-11-17') }, [...others, wild]);
    expect(await bodyOf('alert:case:1:silence:1')).toMatchObject({
      note: { silence: { outcome: 'exceeded' } },
    });
    expect(await context.store.findCase(1)).toMatchObject({ state: 'open' });
  });

  it('that nobody uses is reported, on a neighbour nothing is expected, and after a closed case it is silent', async () => {
    const first = spiky('ci-nightly', { from: day('2026-11-12'), to: day('2026-11-13') });
    const twice = {
      ...first,
      cents: (at: Day) => (at === '2026-11-12' || at === '2026-11-19' ? 60_000 : 1_500),
    };
    await live({ from: day('2026-11-13'), to: day('2026-11-14') }, [...others, twice]);
    await book('2026-11-20', 700n * DOLLARS);
    await live({ from: day('2026-11-14'), to: day('2026-11-21') }, [...others, twice]);
    expect((await context.store.listCases(START)).map(({ state }) => state)).toEqual(['closed']);
    // What it cost before stays as it was: a bill whose closed days fall is held.
    const spike = { from: day('2026-11-20'), to: day('2026-11-25') };
    const neighbour = spiky('support-bot', spike, 60_000, 10_000);
    await live({ from: day('2026-11-21'), to: day('2026-11-24') }, [
      steadyKey('search-prod'),
      twice,
      neighbour,
    ]);
    expect((await context.store.listOpenCases()).map(({ owner }) => owner)).toEqual(['support-bot']);
    expect(await bodyOf('alert:case:1:silence:1')).toMatchObject({ note: { silence: { outcome: 'used' } } });
  });

  it('that was not used says so', async () => {
    const once = spiky('ci-nightly', { from: day('2026-11-12'), to: day('2026-11-13') });
    await live({ from: day('2026-11-13'), to: day('2026-11-14') }, [...others, once]);
    context.testClock.set('2026-11-14');
    await book('2026-11-15', 700n * DOLLARS);
    await live({ from: day('2026-11-15'), to: day('2026-11-18') }, [...others, once]);
    expect(await bodyOf('alert:case:1:silence:1')).toMatchObject({
      note: { silence: { outcome: 'unused' } },
    });
  });
});

describe('what people do with a case', () => {
  beforeEach(async () => {
    await hireTeam(context, 'Search');
    await morning(context, day('2026-11-13'), { keys: [...others, spiky('ci-nightly', SPIKE)] });
  });
  const act = { caseId: 1, viewer: FINOPS, once: 'V1' };

  it('is for the lead of its team, the assignee and FinOps', async () => {
    const stranger = { ...context, actor: { kind: 'slack', userId: 'U9', name: 'Stranger' } as const };
    const lead = { ...STRANGER, email: 'lead@x.test', teamsLed: ['Search'] };
    const until = day('2026-12-01');
    const by = { ...act, viewer: STRANGER };
    for (const refused of [
      acknowledgeAlert(stranger, { caseId: 1, viewer: STRANGER, comment: null }),
      muteKey(stranger, { ...by, until, comment: null }),
      expectSpend(stranger, { ...by, until, limit: 1n, comment: null }),
      assignCase(stranger, { ...by, to: { userId: 'U9', email: null }, comment: null }),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    expect(await context.store.listSilences()).toEqual([]);
    await assignCase(context, {
      ...act,
      viewer: lead,
      to: { userId: 'U9', email: 'lead@x.test' },
      comment: 'Yours?',
    });
    await acknowledgeAlert(stranger, { caseId: 1, viewer: STRANGER, comment: null });
    expect(await context.store.findCase(1)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Stranger',
    });
    expect((await context.store.findNotice('alert:case:1:handed:V1'))?.notice).toMatchObject({
      audience: { kind: 'person', email: 'lead@x.test' },
      body: { kind: 'alert-handed', comment: 'Yours?' },
    });
  });

  it('mutes a key until it is unmuted: no word of it meanwhile, another after', async () => {
    const keys = [...others, spiky('ci-nightly', SPIKE)];
    await muteKey(context, { ...act, until: day('2026-12-12'), comment: null });
    await live({ from: day('2026-11-14'), to: day('2026-11-17') }, keys);
    expect(await parts()).toEqual(['alert:case:1', 'alert:case:1:explained']);
    const [muted] = await context.store.listSilences();
    await liftSilence(context, { silenceId: muted?.id ?? 0, viewer: FINOPS });
    await live({ from: day('2026-11-17'), to: day('2026-11-18') }, keys);
    expect(await context.store.findCase(1)).toMatchObject({ state: 'open' });
    expect(await bodyOf('alert:case:1:silence:1')).toMatchObject({ note: { by: 'slack:U0FIN (Fin Ops)' } });
  });

  it('is refused for days in the past, for too long, and for nothing', async () => {
    const mute = (until: string) => muteKey(context, { ...act, until: day(until), comment: null });
    await expect(mute('2026-11-12')).rejects.toMatchObject({ code: 'invalid' });
    await expect(mute('2027-11-12')).rejects.toMatchObject({ code: 'invalid' });
    await expect(commentOnCase(context, { ...act, text: '  ' })).rejects.toMatchObject({ code: 'invalid' });
    const free = expectSpend(context, { ...act, until: day('2026-12-01'), limit: 0n, comment: null });
    await expect(free).rejects.toMatchObject({ code: 'invalid' });
  });

  it('writes a comment into the thread and the audit log once', async () => {
    await commentOnCase(context, { ...act, text: 'A loop <!channel>' });
    await commentOnCase(context, { ...act, text: 'A loop <!channel>' });
    const audited = (await context.store.listAudit(50)).filter(({ action }) => action === 'alert.comment');
    expect(audited).toMatchObject([{ subject: 'alert case 1', detail: { text: 'A loop <!channel>' } }]);
    expect(await bodyOf('alert:case:1:comment:V1')).toMatchObject({ note: { is: 'comment' } });
  });
});

describe('an alert that nobody answers', () => {
  it('goes to the lead’s manager once, then to FinOps, and then to nobody', async () => {
    await hireTeam(context, 'Search');
    await morning(context, day('2026-11-13'), { keys: [...others, spiky('ci-nightly', SPIKE)] });
    const hours = async (n: number) => {
      context.testClock.advance(n * 3_600_000);
      await raiseAlerts(context, { today: day('2026-11-13') });
      return (await parts()).filter((key) => /handed|escalated/.test(key));
    };
    expect(await hours(47)).toEqual([]);
    const manager = ['alert:case:1:handed:manager', 'alert:case:1:escalated:manager'];
    expect(await hours(1)).toEqual(manager);
    expect((await context.store.findNotice('alert:case:1:handed:manager'))?.notice.audience).toEqual({
      kind: 'person',
      email: 'boss@x.test',
    });
    expect(await hours(47)).toEqual(manager);
    expect((await hours(1)).toSorted()).toEqual(
      [...manager, 'alert:case:1:handed:finops', 'alert:case:1:escalated:finops'].toSorted(),
    );
    const before = await context.store.listAudit(100);
    await hours(500);
    expect(await context.store.listAudit(100)).toEqual(before);
  });
});

describe('quiet hours', () => {
  it('keep what is for a team until they are over, and lose none of it', async () => {
    const { settings } = await readSettings(context);
    const value = { ...settings.alerts, quietHours: { from: 20, to: 8 } };
    await changeSettings(context, { area: 'alerts', value, base: null, by: FINOPS });
    await bill(context, day('2026-11-13'), { keys: [...others, spiky('ci-nightly', SPIKE)] });
    const at = async (hour: string) => {
      context.testClock.set(`2026-11-13T${hour}:00:00Z`);
      return raiseAlerts(context, { today: null });
    };
    expect(await at('07')).toEqual({ opened: 0, updated: 0, closed: 0 });
    expect(await at('08')).toMatchObject({ opened: 1 });
    await bill(context, day('2026-11-14'), { keys: [...others, spiky('ci-nightly', SPIKE)] });
    expect(await at('21')).toEqual({ opened: 0, updated: 0, closed: 0 });
    context.testClock.set('2026-11-14T09:00:00Z');
    expect(await raiseAlerts(context, { today: null })).toMatchObject({ updated: 1 });
  });
});

describe('many alerts on one day', () => {
  it('beyond the cap go into one roll-up with a list in its thread', async () => {
    const { settings } = await readSettings(context);
    await changeSettings(context, {
      area: 'alerts',
      value: { ...settings.alerts, dailyCap: 2 },
      base: null,
      by: FINOPS,
    });
    // Two keys at a time, so that each pair is told apart, on one day.
    const names = ['a', 'b', 'c', 'd'];
    await setRules(
      context,
      teamRules({ ...OWNERS, ...Object.fromEntries(names.map((name) => [name, 'Search'])) }),
    );
    const keys = (from: string, wild: readonly string[]) => [
      ...others,
      ...names.map((name) =>
        wild.includes(name) ? spiky(name, { from: day(from), to: SPIKE.to }) : steadyKey(name, 1_500),
      ),
    ];
    await morning(context, day('2026-11-13'), { keys: keys('2026-11-12', ['a', 'b']) });
    await bill(context, day('2026-11-13'), { keys: keys('2026-11-12', ['a', 'b', 'c', 'd']) });
    await raiseAlerts(context, { today: null });
    await raiseAlerts(context, { today: null });
    const cases = await context.store.listOpenCases();
    expect(cases).toHaveLength(4);
    const own = cases.filter(({ care }) => care.rollup === null).map(({ id }) => id);
    expect(own).toHaveLength(2);
    const key = 'alert:rollup:2026-11-13:team:Search';
    expect(await bodyOf(key)).toMatchObject({ kind: 'alert-rollup', count: 2, open: 2 });
    expect(await bodyOf(`${key}:list`)).toMatchObject({ kind: 'alert-rollup-list', more: 0 });
    expect((await parts()).filter((part) => /case:\d+$/.test(part))).toHaveLength(2);
  });

  it('ten thousand keys that cross at once are one message', async () => {
    const wild = Array.from(
      { length: 10_000 },
      (_, n): TestKey => ({
        key: `key-${n}`,
        model: `model-${n % 7}`,
        cents: (at) => (at === '2026-11-12' ? 5_000 : 0),
      }),
    );
    await bill(context, day('2026-11-12'), { keys: others });
    expect(
      await morning(context, day('2026-11-13'), { keys: [...others, ...wild], from: day('2026-11-12') }),
    ).toMatchObject({ opened: 1 });
    expect((await parts()).filter((part) => /case:\d+$/.test(part))).toHaveLength(1);
    const [open] = await context.store.listOpenCases();
    expect(open?.figures.excess).toBeGreaterThan(490_000n * 1_000_000_000n);
  });
});
