import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { addDays, daysIn } from '../../../src/core/base/time.js';
import type { CursorDataset } from '../../../src/sandbox/vendors/cursor-dataset.js';
import { startCursorServer } from '../../../src/sandbox/vendors/cursor-server.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, connect, impatientHttp, range } from '../../support/vendors/all.js';
import {
  billedCents,
  CURSOR_KEY,
  cursorEvent,
  cursorTeam,
  startCursor,
} from '../../support/vendors/cursor.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-01', '2026-11-24');
const SEAT = 40_000_000_000n;
// 40 dollars over 31 days from 3 October and over 30 from 3 November: the odd nanos go to the first days.
const SEAT_IN_WINDOW = 2n * (SEAT / 31n) + 21n * (SEAT / 30n) + 10n;

/** Dollars in nanos of cents with nine decimals, each day rounded as a whole. */
function expectedUsage(team: ReturnType<typeof cursorTeam>, window = WINDOW): bigint {
  return sumNanos(
    daysIn(window).map((day) => {
      const cents = billedCents(team.events(day));
      return (cents + 50n) / 100n;
    }),
  );
}

function providerOf(url: string, secret: string, options: object = {}, http = impatientHttp().http) {
  return connect('cursor', {
    source: 'cursor',
    baseUrl: url,
    adminKey: secret,
    clock,
    http,
    options: { seatPrice: '40', ...options },
  });
}

const TEAM = cursorTeam();
const [FIRST] = TEAM.all;
const doubled = cursorEvent('2026-11-01', 10, { chargedCents: '1000.5' });

describeVendor({
  vendor: 'Cursor',
  secret: CURSOR_KEY,
  window: WINDOW,
  async start(trouble) {
    const team = cursorTeam();
    const fake = await startCursor(team, trouble);
    return {
      fake,
      restate: () => void (team.all[0] = doubled),
      vanish: () => void team.all.splice(0, 1),
    };
  },
  provider: (url, secret, http) => providerOf(url, secret, {}, http),
  total: (window) => expectedUsage(TEAM, window) + 3n * SEAT_IN_WINDOW,
  afterRestatement: expectedUsage(changed(doubled)) + 3n * SEAT_IN_WINDOW,
  afterVanishing: expectedUsage(changed(null)) + 3n * SEAT_IN_WINDOW,
  moneyEndpoint: /filtered-usage-events/,
  deform: (text) => text.replace(/"chargedCents":[\d.e-]+/, '"chargedCents":"a lot"'),
});

function changed(first: typeof FIRST | null) {
  const team = cursorTeam();
  team.all.splice(0, 1, ...(first === null || first === undefined ? [] : [first]));
  return team;
}

async function setUp(team: CursorDataset, options: object = {}, trouble?: Trouble, perPage = 50) {
  const fake = await startCursor(team, trouble, perPage);
  return { fake, provider: providerOf(fake.url, CURSOR_KEY, options) };
}

describe('a pull from Cursor', () => {
  afterEach(closeFakes);

  it('bills what is on demand; included events cost nothing and keep their nominal value', async () => {
    const { provider } = await setUp(cursorTeam());
    const { charges } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    const usage = charges.filter(({ set }) => set.attributes.chargeCategory === 'Usage');
    const included = usage.filter(({ kind }) => kind.chargeDescription === 'Usage included in the seat');
    expect(
      included.map(({ listCost, billedCost, effectiveCost }) => [listCost, billedCost, effectiveCost]),
    ).toEqual([
      [46_750_000n, 0n, 0n],
      [132_435_000n, 0n, 0n],
    ]);
    const [first] = usage.filter(
      ({ billedCost, set }) => billedCost > 0n && set.attributes.email?.startsWith('ana'),
    );
    expect(first?.consumedQuantity).toBe(2 * (4120 + 6210 + 51_800 + 402_300));
    expect(first?.set.attributes).toMatchObject({
      serviceName: 'Cursor',
      email: 'ana.ruiz@larkspur.example',
      principalId: 'user_Ana',
      seatId: 'user_Ana',
      subAccountName: 'Platform',
      model: 'claude-opus-5.5',
    });
    expect(first?.bill).toMatchObject({ billingPeriodStart: '2026-11-03', billingPeriodEnd: '2026-12-03' });
  });

  it('keeps what automations and service accounts spent under their own names, without an id a run', async () => {
    const { provider } = await setUp(cursorTeam());
    const { charges, identities } = await provider.pull(range('2026-11-10', '2026-11-20'), []);
    const agents = charges.filter(({ set }) => set.attributes.principalId === 'sa_Nightly');
    expect(new Set(agents.map(({ set }) => set)).size).toBe(1);
    expect(agents[0]?.set.attributes).toMatchObject({
      resourceId: 'cursor/automation/auto-1',
      resourceType: 'Automation',
      resourceName: 'Nightly bot',
    });
    expect(agents[0]?.set.attributes).not.toHaveProperty('seatId');
    // 3.33 nanos a day: what rounding leaves goes to the next row of the day.
    expect(sumNanos(agents.map(({ billedCost }) => billedCost))).toBe(33n);
    expect(identities).toContainEqual(expect.objectContaining({ kind: 'service-account', id: 'sa_Nightly' }));
    expect(identities).toContainEqual(
      expect.objectContaining({ id: '101', email: 'ana.ruiz@larkspur.example', tags: { id: 'daily-usage' } }),
    );
    expect(identities).toContainEqual(expect.objectContaining({ id: 'user_Old', status: 'removed' }));
  });

  it('asks for at most 30 days at a time, both bounds included, and for each day once', async () => {
    const { fake, provider } = await setUp(cursorTeam(), {}, undefined, 1000);
    const pull = await provider.pull(range('2026-08-01', '2026-11-24'), []);
    const asked = fake.calls
      .filter(({ endpoint }) => endpoint.endsWith('usage-events'))
      .map(({ body }) => body);
    // Four windows of closed days, and today apart.
    expect(asked).toHaveLength(5);
    expect(asked[0]).toMatchObject({
      startDate: Date.parse('2026-08-01T00:00:00.000Z'),
      endDate: Date.parse('2026-08-30T23:59:59.999Z'),
    });
    const usage = pull.charges.filter(({ set }) => set.attributes.chargeCategory === 'Usage');
    expect(sumNanos(usage.map(({ billedCost }) => billedCost))).toBe(expectedUsage(cursorTeam()));
  });

  it('is the same in two halves, over all fields', async () => {
    const { provider } = await setUp(cursorTeam());
    const whole = await provider.pull(WINDOW, []);
    const halves = [range('2026-11-01', '2026-11-12'), range('2026-11-12', '2026-11-24')];
    const parts = await Promise.all(halves.map((half) => provider.pull(half, [])));
    const text = (charges: typeof whole.charges) =>
      charges
        .map((charge) =>
          JSON.stringify(charge, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
        )
        .toSorted();
    expect(text(parts.flatMap(({ charges }) => charges))).toEqual(text(whole.charges));
  });

  it('starts the walk anew when events come in between two pages, and gives up when they never add up', async () => {
    const team = cursorTeam();
    let grown = false;
    const { provider } = await setUp(team, {}, ({ endpoint, body }) => {
      if (endpoint.endsWith('usage-events') && !grown && JSON.stringify(body).includes('"page":1,')) {
        grown = true;
        team.all.push(cursorEvent('2026-11-23', 70, { chargedCents: '100' }));
      }
      return null;
    });
    const pull = await provider.pull(WINDOW, []);
    expect(effective(pull.charges)).toBe(expectedUsage(team) + 3n * SEAT_IN_WINDOW);
    const never = await setUp(cursorTeam(), {}, ({ endpoint }) =>
      endpoint.endsWith('usage-events')
        ? { edit: (text) => text.replace(/"totalUsageEventsCount":\d+/, '"totalUsageEventsCount":9999') }
        : null,
    );
    await expect(never.provider.pull(WINDOW, [])).rejects.toThrow(
      'Cursor announced 9999 events and gave 132 at /teams/filtered-usage-events, 3 times over. Nothing was stored.',
    );
  });

  it('asks at most 150 questions an hour for 2,000 developers and an event a second (here a tenth of both, in pages of a tenth)', async () => {
    const [member] = cursorTeam().members;
    if (member === undefined) throw new Error('no member');
    const email = (id: number) => `dev${id}@larkspur.example`;
    const members = Array.from({ length: 200 }, (_, id) => ({
      ...member,
      id: `user_${id}`,
      number: id,
      email: email(id),
    }));
    const today = '2026-11-23';
    const eventsOfToday = Array.from({ length: 8640 }, (_, index) =>
      cursorEvent(today, index * 10, { userEmail: email(index % 200) }),
    ).filter(({ timestamp }) => timestamp <= clock());
    const team = cursorTeam({
      members,
      events: (day) => (day === today ? eventsOfToday : [cursorEvent(day, 1)]),
    });
    const { fake, provider } = await setUp(team, {}, undefined, 100);
    const context = await createTestContext({ now: today, providers: [provider] });
    const first = await ingestSource(context, provider, null);
    expect(first.sentence).toContain('complete through');
    const before = fake.calls.length;
    expect(await ingestSource(context, provider, null)).toMatchObject({ ok: true });
    const later = fake.calls.slice(before);
    expect(later.length).toBeLessThanOrEqual(150);
    const starts = later.flatMap(({ endpoint, body }) =>
      endpoint.endsWith('usage-events')
        ? [JSON.stringify(body).includes(`"startDate":${Date.parse(`${today}T00:00:00Z`)}`)]
        : [],
    );
    expect(new Set(starts)).toEqual(new Set([true]));
  }, 60_000);

  it('checks the open cycle against the spend endpoint, and says what is in no event', async () => {
    const whole = range('2026-10-20', '2026-11-24');
    const { provider } = await setUp(cursorTeam());
    expect((await provider.pull(whole, [])).differences).toEqual([]);
    const odd = await setUp(cursorTeam(), {}, ({ endpoint }) =>
      endpoint === '/teams/spend'
        ? { edit: (text) => text.replace(/"spendCents":[\d.]+/, '"spendCents":999999') }
        : null,
    );
    const { differences } = await odd.provider.pull(whole, []);
    expect(differences).toMatchObject([{ control: 'on-demand spend of Cursor', period: '2026-11-03' }]);
    expect(String(differences?.[0]?.stated)).toMatch(/^999999\d{7}$|^99999\d{8}$/);
    const window = await odd.provider.pull(range('2026-11-18', '2026-11-24'), []);
    expect(window.differences).toEqual([]);
  });

  it('flags on-demand events with tokens and no money, and hands them to rating', async () => {
    const team = cursorTeam();
    team.all = [
      cursorEvent('2026-11-18', 5, { chargedCents: '0' }),
      cursorEvent('2026-11-18', 6, { chargedCents: '0' }),
    ];
    const { provider } = await setUp(team, { seatPrice: undefined });
    const { charges, unrated, remarks } = await provider.pull(WINDOW, []);
    expect(charges).toEqual([]);
    expect(
      unrated?.usage.map(({ thing, units }) => [thing.provider, thing.model, thing.tokenType, units]),
    ).toEqual([
      ['anthropic', 'claude-opus-5.5', 'uncached_input', 8240n],
      ['anthropic', 'claude-opus-5.5', 'cache_read', 804_600n],
      ['anthropic', 'claude-opus-5.5', 'cache_write_5m', 103_600n],
      ['anthropic', 'claude-opus-5.5', 'output', 12_420n],
    ]);
    expect(remarks).toContainEqual(
      expect.stringMatching(/^Cursor charges 0 for 2 on-demand events with tokens/),
    );
  });

  it('goes without billing groups and audit log where the plan has none, and says so', async () => {
    const { provider } = await setUp(cursorTeam({ groups: null, seatChanges: null }));
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(charges.length).toBeGreaterThan(0);
    expect(remarks).toEqual([
      expect.stringContaining('pulled without billing groups.'),
      expect.stringContaining('pulled without the history of seats.'),
    ]);
  });

  it('keeps the group of a member when the group is deleted, as it was remembered', async () => {
    const before = await (await setUp(cursorTeam())).provider.pull(WINDOW, []);
    const { provider } = await setUp(cursorTeam({ groups: [] }));
    const after = await provider.pull(WINDOW, before.identities);
    expect(after.charges).toEqual(before.charges);
  });

  it('is counted once when its export is imported besides', async () => {
    const { provider } = await setUp(cursorTeam());
    const path = join(mkdtempSync(join(tmpdir(), 'apportion-overlap-')), 'usage.csv');
    writeFileSync(
      path,
      'Date,User,Kind,Model,Cost\n2026-11-18T10:00:00Z,ana.ruiz@larkspur.example,On-Demand,m,500\n',
    );
    const options = { cycleStart: '2026-11-03' };
    const csv = connect('cursor-csv', { source: 'export', path, clock, options });
    const context = await createTestContext({ now: '2026-11-23', providers: [provider, csv] });
    for (const each of [csv, provider])
      expect(await ingestSource(context, each, WINDOW)).toMatchObject({ ok: true });
    const query = { by: ['source'], range: WINDOW, where: [], currency: 'USD' };
    const { rows, total } = await context.store.querySpend(query);
    expect(rows.map(({ values }) => values)).toEqual([['cursor']]);
    expect(total).toBe(expectedUsage(cursorTeam()) + 3n * SEAT_IN_WINDOW);
  });

  it('can be served on a port of its own, for the sandbox', async () => {
    const server = await startCursorServer(cursorTeam(), { pageSize: 7 });
    const pull = await providerOf(server.url, CURSOR_KEY).pull(WINDOW, []);
    await server.close();
    expect(effective(pull.charges)).toBe(expectedUsage(cursorTeam()) + 3n * SEAT_IN_WINDOW);
    expect(server.unexpected).toEqual([]);
  });
});

describe("Cursor's seats", () => {
  afterEach(closeFakes);
  const cycle = range('2026-11-03', '2026-12-03');
  const seatsOf = (charges: Awaited<ReturnType<ReturnType<typeof providerOf>['pull']>>['charges']) =>
    charges.filter(({ set }) => set.attributes.chargeCategory === 'Purchase');

  it('cost their price on the first day of the cycle, and a day of it each day', async () => {
    const { provider } = await setUp(cursorTeam());
    const pull = await provider.pull(WINDOW, []);
    const seats = seatsOf(pull.charges).filter(({ bill }) => bill.billingPeriodStart === cycle.from);
    expect(sumNanos(seats.map(({ billedCost }) => billedCost))).toBe(3n * SEAT);
    expect(
      new Set(seats.filter(({ billedCost }) => billedCost > 0n).map(({ chargeDay }) => chargeDay)),
    ).toEqual(new Set(['2026-11-03']));
    expect(seats[0]?.kind).toMatchObject({ chargeFrequency: 'Recurring', confidence: 'estimated' });
    const uses = new Map(seats.map(({ set }) => [set.attributes.email, set.tags['seatUse']]));
    expect(uses).toEqual(
      new Map([
        ['ana.ruiz@larkspur.example', 'used'],
        ['tom.brandt@larkspur.example', 'used'],
        ['ina.idle@larkspur.example', 'unused'],
      ]),
    );
    expect(
      pull.seats?.seats.map(({ seatId, lastActiveDay, releasesOn }) => [seatId, lastActiveDay, releasesOn]),
    ).toEqual([
      ['user_Ana', '2026-11-23', '2026-12-03'],
      ['user_Tom', '2026-11-23', '2026-12-03'],
      ['user_Ina', null, '2026-12-03'],
    ]);
  });

  it('that nobody uses or holds go to the owner of the licence, if the policy says so', async () => {
    const { provider } = await setUp(cursorTeam(), { unusedSeats: { team: 'IT' }, seatCount: 4 });
    const { charges, seats } = await provider.pull(WINDOW, []);
    expect(seats?.unused).toEqual({ kind: 'owner', team: 'IT' });
    const owned = seatsOf(charges).filter(({ set }) => set.attributes.seatId === 'cursor/unused-seats');
    expect(new Set(owned.map(({ set }) => set.attributes.resourceName))).toEqual(
      new Set(['ina.idle@larkspur.example', 'Seat without a holder']),
    );
    expect(owned.every(({ set }) => set.attributes.email === undefined)).toBe(true);
    expect(sumNanos(owned.map(({ billedCost }) => billedCost))).toBe(2n * SEAT);
  });

  it('are prorated for those who came in mid-cycle and paid to its end by those who left', async () => {
    const team = cursorTeam({
      seatChanges: [
        { at: '2026-11-13T09:00:00Z', type: 'add_user', email: 'Tom.Brandt@larkspur.example' },
        { at: '2026-11-08T09:00:00Z', type: 'remove_user', email: 'lea.novak@larkspur.example' },
      ],
    });
    const { provider } = await setUp(team);
    const pull = await provider.pull(WINDOW, []);
    const billed = new Map<string, bigint>();
    for (const { set, billedCost, bill } of seatsOf(pull.charges))
      if (bill.billingPeriodStart === cycle.from) {
        const id = set.attributes.seatId ?? '';
        billed.set(id, (billed.get(id) ?? 0n) + billedCost);
      }
    expect(billed).toEqual(
      new Map([
        ['user_Ana', SEAT],
        ['user_Tom', (SEAT * 20n + 15n) / 30n],
        ['user_Ina', SEAT],
        ['user_Old', SEAT],
      ]),
    );
    expect(pull.seats?.seats.find(({ seatId }) => seatId === 'user_Old')?.assignedTo).toBe('2026-11-09');
  });

  it('may follow the included usage: the fee of the cycle is spread by its nominal value', async () => {
    const { provider } = await setUp(cursorTeam(), { seatFee: 'consumption' });
    const pull = await provider.pull(range('2026-11-03', '2026-11-04'), []);
    const seats = seatsOf(pull.charges);
    expect(sumNanos(seats.map(({ billedCost }) => billedCost))).toBe(3n * SEAT);
    const of = (email: string) =>
      sumNanos(seats.filter(({ set }) => set.attributes.email === email).map(({ billedCost }) => billedCost));
    // 20 days of 13.2435 cents (today's event is still to come) against 21 days of 4.675.
    const [ana, all] = [20n * 132_435n, 20n * 132_435n + 21n * 46_750n];
    expect(of('ana.ruiz@larkspur.example')).toBe((3n * SEAT * ana * 2n + all) / (all * 2n));
    expect(of('ina.idle@larkspur.example')).toBe(0n);
  });

  it('without a price cost nothing and are named', async () => {
    const { provider } = await setUp(cursorTeam(), { seatPrice: undefined });
    const { charges, seats, remarks } = await provider.pull(WINDOW, []);
    expect(seatsOf(charges)).toEqual([]);
    expect(seats?.seats).toHaveLength(3);
    expect(remarks).toEqual([
      expect.stringMatching(/^3 of 3 seats have no price: Cursor does not tell the seat fee\./),
    ]);
  });

  it('have other prices by plan', async () => {
    const plans = { Premium: { seatPrice: '120', members: ['ana.ruiz@larkspur.example'] } };
    const { provider } = await setUp(cursorTeam(), { plans });
    const { charges } = await provider.pull(range('2026-11-03', '2026-11-04'), []);
    expect(sumNanos(seatsOf(charges).map(({ billedCost }) => billedCost))).toBe(3n * SEAT + 2n * SEAT);
  });

  it('keep the history that earlier pulls left: who has left is paid for to the end of the cycle only', async () => {
    const first = await (await setUp(cursorTeam())).provider.pull(WINDOW, []);
    const known = (first.seats?.seats ?? []).map((seat) =>
      seat.seatId === 'user_Ina'
        ? { ...seat, seatId: 'user_Gone', assignedTo: addDays(cycle.from, -1) }
        : seat,
    );
    const { provider } = await setUp(cursorTeam());
    const { charges } = await provider.pull(WINDOW, [], known);
    const gone = seatsOf(charges).filter(({ set }) => set.attributes.seatId === 'user_Gone');
    expect(new Set(gone.map(({ bill }) => bill.billingPeriodStart))).toEqual(new Set(['2026-10-03']));
  });
});
