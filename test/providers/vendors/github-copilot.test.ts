import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { daysIn } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { GithubDataset } from '../../../src/sandbox/vendors/github-dataset.js';
import { startGithubServer } from '../../../src/sandbox/vendors/github-server.js';
import { connect, impatientHttp, range } from '../../support/vendors/all.js';
import {
  creditRow,
  creditsOf,
  GITHUB_TOKEN,
  githubOrganization,
  netNanos,
  seatRow,
  startGithub,
} from '../../support/vendors/github.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';
import { describeVendor } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-01', '2026-11-09');
const now = () => Date.parse('2026-11-08T14:20:00Z');
type Organization = ReturnType<typeof githubOrganization>;

function providerOf(url: string, secret: string, options: object = {}, http = impatientHttp().http) {
  return connect('github-copilot', {
    source: 'copilot',
    baseUrl: url,
    adminKey: secret,
    clock: now,
    http,
    options: { organization: 'larkspur', ...options },
  });
}

function totalOf(dataset: Organization, window = WINDOW): bigint {
  return sumNanos(daysIn(window).map((day) => netNanos(dataset.bill(day))));
}

function restate(dataset: Organization): void {
  dataset.rows.get(WINDOW.from)?.splice(1, 1, creditRow('9', '1.234567891'));
}
function vanish(dataset: Organization): void {
  dataset.rows.get(WINDOW.from)?.splice(0, 1);
}
function changed(...changes: readonly ((dataset: Organization) => void)[]): Organization {
  const dataset = githubOrganization();
  dataset.rows.get(WINDOW.from)?.splice(1, 1, creditRow('8', '2.000000001'));
  for (const change of changes) change(dataset);
  return dataset;
}

describeVendor({
  vendor: 'GitHub Copilot',
  secret: GITHUB_TOKEN,
  window: WINDOW,
  async start(trouble) {
    const dataset = changed();
    const fake = await startGithub(dataset, trouble);
    return { fake, restate: () => restate(dataset), vanish: () => vanish(dataset) };
  },
  provider: (url, secret, http) => providerOf(url, secret, {}, http),
  total: (window) => totalOf(changed(), window),
  afterRestatement: totalOf(changed(restate), WINDOW),
  afterVanishing: totalOf(changed(restate, vanish), WINDOW),
  longWindow: range('2026-10-30', '2026-11-09'),
  moneyEndpoint: /settings\/billing\/usage$/,
  deform: (text) => text.replace(/"netAmount":[\d.e-]+/, '"netAmount":"a lot"'),
});

async function setUp(dataset: GithubDataset, options: object = {}, trouble?: Trouble) {
  const fake = await startGithub(dataset, trouble);
  return { fake, provider: providerOf(fake.url, GITHUB_TOKEN, options) };
}

const purchases = (charges: readonly Charge[]) =>
  charges.filter(({ set }) => set.attributes.chargeCategory === 'Purchase');
const usage = (charges: readonly Charge[]) =>
  charges.filter(({ set }) => set.attributes.chargeCategory === 'Usage');
const billed = (charges: readonly Charge[]) => sumNanos(charges.map(({ billedCost }) => billedCost));

/** Billed cost by login, or another attribute. */
function by(charges: readonly Charge[], name: 'principalId' | 'resourceName' = 'principalId') {
  const sums = new Map<string | undefined, bigint>();
  for (const { set, billedCost } of charges)
    sums.set(set.attributes[name], (sums.get(set.attributes[name]) ?? 0n) + billedCost);
  return sums;
}

describe('a pull from GitHub Copilot', () => {
  afterEach(closeFakes);

  it('divides the seats of a day among those who hold one, a person once, and names the idle', async () => {
    const { provider } = await setUp(githubOrganization());
    const { charges, seats } = await provider.pull(range('2026-11-07', '2026-11-08'), []);
    const bought = purchases(charges);
    expect(
      bought.map(({ set, billedCost, effectiveCost }) => [
        set.attributes.email,
        set.attributes.seatId,
        set.tags['seatUse'],
        billedCost,
        effectiveCost,
      ]),
    ).toEqual([
      ['ana.ruiz@larkspur.example', '900101', 'used', 633_333_334n, 633_333_334n],
      ['tom.brandt@larkspur.example', '900102', 'used', 633_333_333n, 633_333_333n],
      [undefined, '900103', 'unused', 633_333_333n, 633_333_333n],
    ]);
    expect(bought[0]?.set.attributes).toMatchObject({
      serviceName: 'GitHub Copilot',
      subAccountName: 'larkspur',
      principalId: 'aruiz-lksp',
    });
    expect(bought[0]?.kind).toMatchObject({ chargeFrequency: 'Recurring' });
    expect(
      seats?.seats.map(({ holder, cancelsOn, releasesOn, price }) => [
        holder?.login,
        cancelsOn,
        releasesOn,
        price,
      ]),
    ).toEqual([
      ['aruiz-lksp', null, '2026-12-01', { nanos: 19_000_000_000n, currency: 'USD', origin: 'bill' }],
      ['tbrandt-lksp', null, '2026-12-01', { nanos: 19_000_000_000n, currency: 'USD', origin: 'bill' }],
      ['idle-lksp', '2026-12-01', '2026-12-01', { nanos: 19_000_000_000n, currency: 'USD', origin: 'bill' }],
    ]);
  });

  it('costs nothing within the pool, keeping who used what, and divides the overage by the use of the month', async () => {
    const { provider } = await setUp(githubOrganization());
    const { charges } = await provider.pull(WINDOW, []);
    const pooled = usage(charges).filter(({ chargeDay }) => chargeDay === '2026-11-03');
    expect(
      pooled.map(({ set, listCost, billedCost }) => [
        set.attributes.email,
        set.attributes.model,
        listCost,
        billedCost,
      ]),
    ).toEqual([
      ['ana.ruiz@larkspur.example', 'Claude Opus 5.5', 4_105_000_000n, 0n],
      ['ana.ruiz@larkspur.example', 'GPT-6 Sol', 2_295_000_000n, 0n],
      ['tom.brandt@larkspur.example', 'GPT-6 Sol', 1_600_000_000n, 0n],
    ]);
    // 6.4 of 8 dollars are Ana's, on each of four days with 2.000000001 dollars beyond the pool.
    expect(by(usage(charges))).toEqual(
      new Map([
        ['aruiz-lksp', 4n * 1_600_000_001n],
        ['tbrandt-lksp', 4n * 400_000_000n],
      ]),
    );
  });

  it('may let those bear an overage who went beyond the credits of their own seat', async () => {
    const { provider } = await setUp(githubOrganization(), { overage: 'above-included' });
    const { charges } = await provider.pull(WINDOW, []);
    // Eight days of 6.40 are beyond the 19 dollars of a seat, eight of 1.60 are not.
    expect(by(usage(charges)).get('aruiz-lksp')).toBe(8_000_000_004n);
    expect(by(usage(charges)).get('tbrandt-lksp')).toBe(0n);
  });

  it('gives use that no user is known for to nobody, in plain sight', async () => {
    const dataset = githubOrganization();
    dataset.rows.set(WINDOW.from, [creditRow('10', '0')]);
    const { provider } = await setUp(dataset);
    const { charges } = await provider.pull(range('2026-11-01', '2026-11-02'), []);
    const nobody = usage(charges).filter(({ set }) => set.attributes.principalId === undefined);
    expect(nobody.map(({ listCost, billedCost }) => [listCost, billedCost])).toEqual([[2_000_000_000n, 0n]]);
  });

  it('takes a day without a report of activity as it is', async () => {
    const { provider } = await setUp(githubOrganization(), {}, ({ endpoint }) =>
      endpoint.includes('users-1-day') ? { status: 204 } : null,
    );
    expect((await provider.pull(WINDOW, [])).remarks).toEqual([]);
  });

  it('keeps no signature of the links to reports', async () => {
    const { fake, provider } = await setUp(githubOrganization());
    const { raw } = await provider.pull(WINDOW, []);
    expect(fake.calls.some(({ query }) => query.get('sig') === 'SignedForAnHour')).toBe(true);
    const reports = raw.filter(({ endpoint }) => endpoint.includes('users-1-day'));
    expect(reports.map(({ body }) => String(body)).join()).toContain('2026-11-01.ndjson"');
    expect(JSON.stringify(raw)).not.toContain('SignedForAnHour');
  });

  it("calls what is neither a seat nor a credit by the vendor's own unit", async () => {
    const dataset = githubOrganization();
    const hours = { sku: 'copilot_voice', unitType: 'agent-hours', quantity: '2' };
    dataset.rows.clear();
    dataset.rows.set(WINDOW.from, [creditRow('4', '4', hours), creditRow('1', '0')]);
    const { provider } = await setUp(dataset);
    const units = usage((await provider.pull(WINDOW, [])).charges).map(({ set, kind }) =>
      [set.attributes.skuId, set.attributes.skuMeter, kind.consumedUnit].join(),
    );
    expect([...new Set(units)].toSorted()).toEqual([
      'copilot_ai_credits,Credits,Credits',
      'copilot_voice,Agent Hours,Agent Hours',
    ]);
  });

  it('takes use of a month for that of a month where the vendor ignores the day', async () => {
    const dataset = githubOrganization({
      credits: (day) => [creditsOf(day === WINDOW.from ? 'aruiz-lksp' : 'tbrandt-lksp', 'M', '4')],
    });
    const { provider } = await setUp(dataset, {}, ({ endpoint }) =>
      endpoint.endsWith('ai_credit/usage') ? { edit: (text) => text.replace(/,"day":\d+/, '') } : null,
    );
    const { charges } = await provider.pull(WINDOW, []);
    const onFirst = usage(charges).filter(({ chargeDay }) => chargeDay === WINDOW.from);
    expect(onFirst.map(({ set }) => set.attributes.principalId)).toContain('tbrandt-lksp');
    expect(billed(charges)).toBe(totalOf(dataset));
  });

  it('wonders about an overage while the pool is not used up', async () => {
    const dataset = githubOrganization();
    dataset.rows.clear();
    dataset.rows.set(WINDOW.from, [creditRow('8', '1.5')]);
    const { provider } = await setUp(dataset);
    expect((await provider.pull(WINDOW, [])).remarks).toEqual([
      '2026-11: GitHub bills 1.5 USD of credits beyond the pool, but 3 seats bring 57 USD and 8 were used: are all seats listed?',
    ]);
  });

  it('asks users by month when there are too many days to ask for', async () => {
    const { fake, provider } = await setUp(githubOrganization(), { maxUserDays: 10 });
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(fake.calls.filter(({ endpoint }) => endpoint.endsWith('ai_credit/usage'))).toHaveLength(3);
    expect(remarks).toEqual([
      '3 users on 8 days are more than 10 questions: their use was asked for by month, so that single days are spread by it.',
    ]);
    expect(by(usage(charges)).get('tbrandt-lksp')).toBe(4n * 400_000_000n);
    expect(billed(charges)).toBe(totalOf(githubOrganization()));
  });

  it('still divides by those who have left and are no longer listed', async () => {
    const first = await (await setUp(githubOrganization())).provider.pull(WINDOW, []);
    const left = githubOrganization();
    const { provider } = await setUp({
      ...left,
      seats: left.seats.filter(({ login }) => login !== 'tbrandt-lksp'),
    });
    const { charges } = await provider.pull(WINDOW, first.identities, first.seats?.seats ?? []);
    expect(charges).toHaveLength(first.charges.length);
    expect(by(charges)).toEqual(by(first.charges));
  });

  it('earns a month that is billed on one day over the days of that month', async () => {
    const dataset = githubOrganization();
    dataset.rows.clear();
    dataset.rows.set(WINDOW.from, [seatRow(3, { quantity: '3', grossAmount: '57', netAmount: '57' })]);
    const { provider } = await setUp(dataset);
    const { charges } = await provider.pull(WINDOW, []);
    expect(billed(charges)).toBe(57_000_000_000n);
    expect(by(charges.filter(({ chargeDay }) => chargeDay > WINDOW.from)).get('tbrandt-lksp')).toBe(0n);
    expect(sumNanos(charges.map(({ effectiveCost }) => effectiveCost))).toBe(3n * 8n * 633_333_334n);
  });

  it('shows seats that are billed and not listed as seats without a holder', async () => {
    const dataset = githubOrganization();
    dataset.rows.set(WINDOW.from, [seatRow(5)]);
    const { provider } = await setUp(dataset, { unusedSeats: { team: 'IT' } });
    const { charges } = await provider.pull(range('2026-11-01', '2026-11-02'), []);
    const owned = charges.filter(({ set }) => set.attributes.seatId === 'copilot/unused-seats');
    expect(owned.map(({ set }) => set.tags['seatUse'])).toEqual(['unused', 'vacant', 'vacant']);
    expect(billed(charges)).toBe(netNanos([seatRow(5)]));
  });

  it('takes premium requests before June 2026 from their own view, when the bill by day has none', async () => {
    const premium = [creditsOf('aruiz-lksp', 'Claude Sonnet 4.6', '28')].map((row) => ({
      ...row,
      netAmount: '4',
    }));
    const { provider } = await setUp(
      githubOrganization({ premium: (month) => (month === '2026-05' ? premium : []) }),
    );
    const { charges } = await provider.pull(range('2026-05-01', '2026-06-01'), []);
    expect(
      charges.map(({ chargeDay, billedCost, listCost, set }) => [
        chargeDay,
        billedCost,
        listCost,
        set.attributes.skuId,
        set.attributes.principalId,
        set.attributes.model,
      ]),
    ).toEqual([
      [
        '2026-05-01',
        4_000_000_000n,
        28_000_000_000n,
        'copilot_premium_request',
        'aruiz-lksp',
        'Claude Sonnet 4.6',
      ],
    ]);
  });

  it('bridges logins to e-mails by single sign-on, managed users by their short code, options above all', async () => {
    const saml = [{ nameId: 'tom.brandt@larkspur.example', login: null, id: null }];
    const base = githubOrganization();
    const seats = base.seats.map((seat) =>
      seat.id === 900_102 ? { ...seat, login: 'tom-brandt_lksp' } : seat,
    );
    const { provider } = await setUp(githubOrganization({ saml, seats }), {
      logins: { 'idle-lksp': 'Ina@larkspur.example' },
    });
    const { seats: listing } = await provider.pull(range('2026-11-07', '2026-11-08'), []);
    expect(listing?.seats.map(({ holder }) => holder?.email)).toEqual([
      null,
      'tom.brandt@larkspur.example',
      'ina@larkspur.example',
    ]);
    const without = await (await setUp(githubOrganization({ saml: null }))).provider.pull(
      range('2026-11-07', '2026-11-08'),
      [],
    );
    expect(without.remarks).toEqual([
      'GitHub shows no single sign-on of larkspur (there is none). Logins have no e-mail then: name them in options.logins, or link them in the directory.',
    ]);
  });

  it('loses no money to reports of activity that are refused, and never asks for prompts', async () => {
    const { fake, provider } = await setUp(githubOrganization(), {}, ({ endpoint }) =>
      endpoint.includes('users-1-day') ? { status: 403 } : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(billed(charges)).toBe(totalOf(githubOrganization()));
    expect(remarks).toEqual([expect.stringContaining('Pulled without the activity of users by day')]);
    expect(fake.calls.some(({ endpoint }) => /usage-records|prompt/.test(endpoint))).toBe(false);
  });
});

describe('an enterprise at GitHub', () => {
  afterEach(closeFakes);
  const ENTERPRISE = { organization: undefined, enterprise: 'larkspur-inc' };
  const centres: GithubDataset['costCenters'] = [
    { id: 'cc-1', name: 'CC-410 Support', state: 'active', users: ['aruiz-lksp'] },
    { id: 'cc-0', name: 'CC-099 Gone', state: 'deleted', users: [] },
  ];
  const enterprise = () => {
    const dataset = githubOrganization({ enterprise: 'larkspur-inc', costCenters: centres });
    for (const [day, rows] of dataset.rows)
      dataset.rows.set(day, [
        ...rows,
        creditRow('6.4', '3', { costCenterId: 'cc-1' }),
        creditRow('1', '0.5', { costCenterId: 'cc-0' }),
      ]);
    return dataset;
  };

  it('is asked cost centre by cost centre, deleted ones too, and comes to all of its bill', async () => {
    const dataset = enterprise();
    const { fake, provider } = await setUp(dataset, ENTERPRISE);
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(remarks).toEqual([]);
    expect(billed(charges)).toBe(totalOf(dataset));
    const centreOf = (name: string) => charges.filter(({ set }) => set.tags['costCentre'] === name);
    expect(billed(centreOf('CC-410 Support'))).toBe(24_000_000_000n);
    expect(new Set(centreOf('CC-410 Support').map(({ set }) => set.attributes.principalId))).toEqual(
      new Set(['aruiz-lksp']),
    );
    expect(billed(centreOf('CC-099 Gone'))).toBe(4_000_000_000n);
    expect(fake.calls.some(({ endpoint }) => endpoint.includes('ai_credit'))).toBe(false);
  });

  it('gives the seat of a cost centre that holds a team of one to that one', async () => {
    const base = githubOrganization();
    const dataset = githubOrganization({
      enterprise: 'larkspur-inc',
      costCenters: [{ id: 'cc-1', name: 'Labs', state: 'active', users: [], teams: ['labs'] }],
      seats: base.seats.map((seat) => (seat.login === 'tbrandt-lksp' ? { ...seat, team: 'labs' } : seat)),
    });
    dataset.rows.clear();
    dataset.rows.set(WINDOW.from, [seatRow(1, { costCenterId: 'cc-1' })]);
    const { provider } = await setUp(dataset, ENTERPRISE);
    const { charges } = await provider.pull(range('2026-11-01', '2026-11-02'), []);
    expect(by(charges)).toEqual(new Map([['tbrandt-lksp', netNanos([seatRow(1)])]]));
  });

  it('takes answers without any of their optional lists, and keeps what seats say of people', async () => {
    const { provider } = await setUp(githubOrganization(), {}, ({ endpoint }) =>
      endpoint.endsWith('billing/usage') ? { edit: () => '{}' } : null,
    );
    expect((await provider.pull(WINDOW, [])).charges).toEqual([]);
    const bare = await setUp(enterprise(), ENTERPRISE, ({ endpoint }) =>
      /billing\/(usage|seats|cost-centers)$/.test(endpoint) ? { edit: () => '{}' } : null,
    );
    expect((await bare.provider.pull(WINDOW, [])).charges).toEqual([]);
    const named = await setUp(githubOrganization({ saml: null }), {}, ({ endpoint }) =>
      endpoint.endsWith('billing/seats')
        ? {
            edit: (text) =>
              text.replaceAll('"type":"User"', '"email":"X@larkspur.example","name":"Somebody"'),
          }
        : null,
    );
    const { seats } = await named.provider.pull(WINDOW, []);
    expect(seats?.seats[0]?.holder).toMatchObject({ email: 'x@larkspur.example', name: 'Somebody' });
  });

  it('asks for the days of a month when the month is answered in sums', async () => {
    const dataset = enterprise();
    const { provider } = await setUp(dataset, ENTERPRISE, ({ endpoint, query }) =>
      endpoint.endsWith('billing/usage') && !query.has('day')
        ? { edit: (text) => text.replaceAll(/"date":"[^"]+"/g, '"date":"2026-11-01"') }
        : null,
    );
    const { charges } = await provider.pull(range('2026-11-05', '2026-11-06'), []);
    expect(billed(charges)).toBe(totalOf(dataset, range('2026-11-05', '2026-11-06')));
  });

  it.each([
    ['an enterprise with reports', ENTERPRISE],
    ['an organisation', {}],
  ])('asks at most 300 questions for 2,000 seats and 50 cost centres of %s', async (_name, options) => {
    const base = githubOrganization();
    const [seat] = base.seats;
    if (seat === undefined) throw new Error('no seat');
    const seats = Array.from({ length: 2000 }, (_, id) => ({
      ...seat,
      login: `u${id}`,
      id,
      organizations: ['larkspur'],
    }));
    const costCenters = Array.from({ length: 50 }, (_, id) => ({
      id: `cc-${id}`,
      name: `C${id}`,
      state: 'active' as const,
      users: [`u${id}`],
    }));
    const server = await startGithubServer(
      githubOrganization({ enterprise: 'larkspur-inc', seats, costCenters }),
    );
    const pull = await providerOf(server.url, GITHUB_TOKEN, options).pull(
      range('2026-10-03', '2026-11-09'),
      [],
    );
    await server.close();
    expect(billed(pull.charges)).toBeGreaterThan(0n);
    expect(server.requests.length).toBeLessThanOrEqual(300);
  });

  it('asks users one by one when the report never comes', async () => {
    const dataset = enterprise();
    const { fake, provider } = await setUp(dataset, ENTERPRISE, ({ endpoint }) =>
      /reports\/2026/.test(endpoint) ? { edit: (text) => text.replace('"completed"', '"failed"') } : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(billed(charges)).toBe(totalOf(dataset));
    expect(remarks).toEqual([
      expect.stringMatching(/report .+ is failed, with 1 files\. Users are asked for one by one instead\.$/),
    ]);
    expect(fake.calls.some(({ endpoint }) => endpoint.includes('ai_credit'))).toBe(true);
  });

  it('can be served on a port of its own, for the sandbox', async () => {
    const server = await startGithubServer(githubOrganization());
    const pull = await providerOf(server.url, GITHUB_TOKEN).pull(WINDOW, []);
    await server.close();
    expect(billed(pull.charges)).toBe(totalOf(githubOrganization()));
    expect(server.unexpected).toEqual([]);
  });
});

describe('the options of GitHub Copilot', () => {
  it('name either an organisation or an enterprise', () => {
    const of = (options: object) => () =>
      connect('github-copilot', { source: 'copilot', adminKey: 'k', clock: now, options });
    expect(of({ organization: 'a', enterprise: 'b' })).toThrow(
      'name either an organization or an enterprise',
    );
    expect(of({})).toThrow('name either an organization or an enterprise');
    expect(of({ organization: '../../user' })).toThrow('must be a name as in the address on GitHub');
  });
});
