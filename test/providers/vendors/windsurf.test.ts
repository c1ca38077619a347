import { afterEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../src/core/base/json.js';
import { splitNanos, sumNanos } from '../../../src/core/base/money.js';
import { type DayRange, daysIn, monthRange, parseMonth } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { clock, connect, impatientHttp, range } from '../../support/vendors/all.js';
import { closeFakes } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';
import { startWindsurf, USER_API_KEY, WINDSURF_KEY, windsurfTeam } from '../../support/vendors/windsurf.js';

const WINDOW = range('2026-11-10', '2026-11-16');
const OPTIONS = { seatPrice: '60', currency: 'USD' };

/** Two seats of 60 dollars, earned by the days of November. */
function total(window: DayRange): bigint {
  const days = daysIn(monthRange(parseMonth('2026-11'))).map((id) => ({ id, weight: 1n }));
  const perDay = splitNanos(60_000_000_000n, days);
  return 2n * sumNanos(daysIn(window).map((day) => perDay?.get(day) ?? 0n));
}

describeVendor({
  vendor: 'Windsurf',
  secret: WINDSURF_KEY,
  window: WINDOW,
  async start(trouble) {
    const team = windsurfTeam();
    const fake = await startWindsurf(team, trouble);
    return {
      fake,
      restate() {
        team.runs = team.runs.map((run) => (run.day === '2026-11-12' ? { ...run, promptsUsed: 400 } : run));
      },
      vanish() {
        team.runs = team.runs.filter(({ day }) => day !== '2026-11-13');
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('windsurf', { source: 'windsurf', baseUrl, adminKey, clock, http, options: OPTIONS }),
  total,
  afterRestatement: total(WINDOW),
  afterVanishing: total(WINDOW),
  moneyEndpoint: /\/(UserPage|Cascade)Analytics$/,
  deform: (text) =>
    text.replaceAll('"userTableStats":', '"users":').replaceAll('"queryResults":', '"results":'),
});

async function setUp(options: object = OPTIONS) {
  const team = windsurfTeam();
  const fake = await startWindsurf(team);
  const source = { source: 'windsurf', baseUrl: fake.url, adminKey: WINDSURF_KEY };
  const provider = connect('windsurf', {
    ...source,
    clock,
    http: impatientHttp().http,
    options: { currency: 'USD', ...options },
  });
  return { fake, team, provider };
}

describe('a pull from Windsurf', () => {
  afterEach(closeFakes);

  it('sends the service key in the body and keeps neither it nor the keys of the users', async () => {
    const { provider, fake } = await setUp();
    const pull = await provider.pull(WINDOW, []);
    expect(fake.calls.every(({ body }) => JSON.stringify(body).includes(WINDSURF_KEY))).toBe(true);
    expect(fake.calls.every(({ query }) => query.size === 0)).toBe(true);
    const kept = encodeJson(pull);
    expect(kept).not.toContain(WINDSURF_KEY);
    expect(kept).not.toContain('service_key');
    expect(kept).not.toContain(USER_API_KEY);
    expect(pull.raw[1]?.parameters).toContain('"start_timestamp":"2026-11-10T00:00:00Z"');
  });

  it('counts credits by user and model at no cost, of former members under nobody', async () => {
    const { provider } = await setUp();
    const { charges, measures } = await provider.pull(range('2026-11-10', '2026-11-11'), []);
    const credits = charges.filter(({ set }) => set.attributes.skuMeter === 'Prompt Credits');
    expect(credits.map(({ set, consumedQuantity }) => [set.attributes.email, consumedQuantity])).toEqual([
      ['ana.ruiz@larkspur.example', 1.75],
      ['tom.lee@larkspur.example', 1],
      [undefined, 0.5],
    ]);
    expect(effective(credits)).toBe(0n);
    expect(measures).toEqual([
      {
        date: '2026-11-10',
        measure: 'windsurf-credits',
        label: 'ana.ruiz@larkspur.example',
        amount: 1_750_000_000n,
      },
      {
        date: '2026-11-10',
        measure: 'windsurf-credits',
        label: 'tom.lee@larkspur.example',
        amount: 1_000_000_000n,
      },
    ]);
  });

  it('bills a seat per approved member on the first, and says when there is no price', async () => {
    const { provider } = await setUp();
    const { charges, seats } = await provider.pull(range('2026-11-01', '2026-11-24'), []);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(120_000_000_000n);
    expect(seats?.seats).toMatchObject([{ lastActiveDay: '2026-11-20' }, { lastActiveDay: null }]);
    const longer = await provider.pull(range('2026-09-10', '2026-11-24'), []);
    expect(sumNanos(longer.charges.map(({ billedCost }) => billedCost))).toBe(240_000_000_000n);
    expect(longer.remarks).toEqual([
      'Windsurf does not say since when its members have a seat: 2026-09 to 2026-10 count those of today.',
    ]);
    const told = await provider.pull(range('2026-09-10', '2026-11-24'), [], longer.seats?.seats ?? []);
    expect(told.remarks).toEqual([]);
    expect(told.charges).toEqual(longer.charges);
    const free = await (await setUp({})).provider.pull(WINDOW, []);
    expect(effective(free.charges)).toBe(0n);
    expect(free.remarks).toEqual([expect.stringContaining('without the option seatPrice')]);
  });

  it('is made by the catalog', () => {
    const entry = {
      name: 'w',
      kind: 'windsurf',
      credential: 'x',
      baseUrl: null,
      path: null,
      options: OPTIONS,
    };
    expect(createProvider(entry, { clock })).toMatchObject({ source: 'w', kind: 'windsurf' });
  });
});
