import { afterEach, describe, expect, it } from 'vitest';
import { type Nanos, sumNanos } from '../../../src/core/base/money.js';
import { type DayRange, monthOf, parseMonth } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { exactProduct } from '../../../src/providers/parts/amounts.js';
import { bookingDay } from '../../../src/providers/vendors/mistral/focus.js';
import { UsageAnswer } from '../../../src/providers/vendors/mistral/schema.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, connect, exactUnits, impatientHttp, NOW_MS, range } from '../../support/vendors/all.js';
import {
  MISTRAL_KEY,
  type MistralOrganisation,
  mistralOrganisation,
  startMistral,
} from '../../support/vendors/mistral.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-10-01', '2026-11-24');

/** Tokens at 1700 and 5100 nano-euros, chat by month: of whole months. */
function expected({ tokens, chat }: MistralOrganisation, window: DayRange): Nanos {
  const inside = (month: string) => monthOf(window.from) <= month && `${month}-01` < window.to;
  const priced = tokens
    .filter(({ day }) => inside(monthOf(day)) && day < '2026-11-24')
    .map(({ group, tokens: count }) => BigInt(count) * (group === 'input' ? 1700n : 5100n));
  return sumNanos([
    ...priced,
    ...chat.filter(({ month }) => inside(month)).map(({ eur }) => exactUnits(eur, 9)),
  ]);
}
const total = (window: DayRange) => expected(mistralOrganisation(), window);

describeVendor({
  vendor: 'Mistral',
  secret: MISTRAL_KEY,
  window: WINDOW,
  currency: 'EUR',
  async start(trouble) {
    const organisation = mistralOrganisation();
    const fake = await startMistral(organisation, trouble);
    return {
      fake,
      restate() {
        organisation.chat = organisation.chat.map((row) =>
          row.eur === '80.25' ? { ...row, eur: '81.25' } : row,
        );
      },
      vanish() {
        organisation.chat = organisation.chat.filter(({ workspace }) => workspace !== 'ws-gone');
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('mistral', { source: 'mistral', baseUrl, adminKey, clock, http }),
  total,
  afterRestatement: total(WINDOW) + 1_000_000_000n,
  afterVanishing: total(WINDOW) + 1_000_000_000n - 3_010_000_000n,
  moneyEndpoint: /\/usage$/,
  deform: (text) => text.replaceAll('"chat":{"cost":', '"chat":{"euros":'),
});

async function setUp(change: Partial<MistralOrganisation> = {}, trouble?: Trouble, now = clock) {
  const fake = await startMistral({ ...mistralOrganisation(), ...change }, trouble);
  const source = { source: 'mistral', baseUrl: fake.url, adminKey: MISTRAL_KEY };
  return { fake, provider: connect('mistral', { ...source, clock: now, http: impatientHttp().http }) };
}

describe('a pull from Mistral', () => {
  afterEach(closeFakes);

  it('keeps dated usage on its day and books the rest of a month on its last complete day', async () => {
    const { provider } = await setUp();
    const { charges, remarks, scope } = await provider.pull(range('2026-11-20', '2026-11-24'), []);
    expect(scope).toEqual({ kind: 'charge-days', from: '2026-11-01', to: '2026-11-24' });
    const chat = charges.filter(({ set }) => set.attributes.skuId === 'chat|all|all');
    expect(
      chat.map(({ set, chargeDay, effectiveCost }) => [
        set.attributes.subAccountName,
        chargeDay,
        effectiveCost,
      ]),
    ).toEqual([
      ['prod', '2026-11-22', 80_250_000_000n],
      [undefined, '2026-11-22', 3_010_000_000n],
    ]);
    expect(chat[0]).toMatchObject({
      bill: { billingCurrency: 'EUR' },
      kind: { extra: { x_Grain: 'Month' } },
    });
    const dated = charges.find(({ chargeDay, set }) => chargeDay === '2026-11-05' && set.attributes.model);
    expect(dated).toMatchObject({ kind: { consumedUnit: 'Tokens', confidence: 'estimated' } });
    expect(remarks).toEqual([
      '2026-11: Mistral dates no day of some usage: its month so far stands on 2026-11-22.',
    ]);
  });

  it('moves the open month on with each day in the ledger and never counts it twice', async () => {
    let nowMs = Date.parse('2026-11-20T10:00:00Z');
    const tokens: MistralOrganisation['tokens'] = [];
    const { provider } = await setUp({ tokens }, undefined, () => nowMs);
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    const held = async () =>
      (
        await context.store.querySpend({
          by: ['day'],
          range: range('2026-10-01', '2026-12-01'),
          where: [],
          currency: 'EUR',
        })
      ).rows.map(({ values, cost }) => [values[0], cost]);
    await ingestSource(context, provider, range('2026-10-01', '2026-11-21'));
    expect(await held()).toEqual([
      ['2026-10-31', 120_500_000_000n],
      ['2026-11-19', 83_260_000_000n],
    ]);
    nowMs = NOW_MS;
    await ingestSource(context, provider, range('2026-11-22', '2026-11-24'));
    expect(await held()).toEqual([
      ['2026-10-31', 120_500_000_000n],
      ['2026-11-22', 83_260_000_000n],
    ]);
  });

  it.each([
    ['2026-10', '2026-11-23', '2026-10-31'],
    ['2026-11', '2026-11-23', '2026-11-22'],
    ['2026-11', '2026-11-01', '2026-11-01'],
    ['2026-11', '2026-12-01', '2026-11-30'],
  ])('books undated usage of %s, seen on %s, on %s', (month, today, booked) => {
    expect(bookingDay(parseMonth(month), range(today, today).from)).toBe(booked);
  });

  it('goes on without workspaces, and says so', async () => {
    const { provider } = await setUp({}, ({ endpoint }) =>
      endpoint.endsWith('workspaces') ? { status: 403 } : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(total(WINDOW));
    expect(charges.every(({ set }) => set.attributes.subAccountId === undefined)).toBe(true);
    expect(remarks[0]).toMatch(/403.+split by the workspaces known before/);
  });

  it('refuses another month than the one asked for, and names metrics that have no price', async () => {
    const other = await setUp({}, ({ endpoint }) =>
      endpoint.endsWith('usage')
        ? { edit: (text) => text.replace(/"start_date":"[^"]+"/, '"start_date":"2025-10-01"') }
        : null,
    );
    await expect(other.provider.pull(WINDOW, [])).rejects.toThrow(/for 2025-10-01 when asked for 2026-10/);
    const prices = mistralOrganisation().prices.filter(
      ({ billing_metric: metric }) => !metric.startsWith('codestral'),
    );
    const { charges, missing } = await (await setUp({ prices })).provider.pull(WINDOW, []);
    expect(missing?.map(({ sentence }) => sentence)).toContain(
      '2026-11: Mistral gives no price for codestral-2508: what they cost would be missing.',
    );
    expect(charges.some(({ set }) => set.attributes.model === 'codestral-2508')).toBe(false);
  });

  it('takes plain amounts by category and checks the total that is stated', async () => {
    const body = {
      chat: 12.5,
      ocr: { total_cost: '0.25' },
      total: 13,
      currency: 'EUR',
      start_date: '2026-11-01',
    };
    const { provider } = await setUp({ workspaces: [] }, ({ endpoint, query }) =>
      endpoint.endsWith('usage') && query.get('month') === '11' ? { edit: () => JSON.stringify(body) } : null,
    );
    const { charges, differences } = await provider.pull(range('2026-11-01', '2026-11-24'), []);
    expect(effective(charges)).toBe(12_750_000_000n);
    const period = { period: '2026-11', currency: 'EUR' };
    expect(differences).toEqual([
      { control: 'total of Mistral', ...period, stated: 13_000_000_000n, got: 12_750_000_000n },
    ]);
    const listed = UsageAnswer.parse({
      usage: [{ category: 'ocr', amount: '1.5' }],
      period: { start_date: '2026-11-01', end_date: '2026-11-30' },
      currency: 'EUR',
    });
    expect(listed).toMatchObject({ startDate: '2026-11-01', lines: [{ category: 'ocr', cost: '1.5' }] });
    expect(UsageAnswer.safeParse({ chat: { tokens: 5 }, currency: 'EUR' }).success).toBe(false);
    expect(UsageAnswer.safeParse({ chat: 5 }).success).toBe(false);
  });

  it('multiplies decimals exactly', () => {
    expect(exactProduct('1234567', '0.0000017')).toBe('20987639e-7');
    expect(exactProduct('-1.5e3', '2e-1')).toBe('-30e1');
    expect(() => exactProduct('x', '1')).toThrow('is not a decimal amount');
  });

  it('is made by the catalog', () => {
    const entry = { name: 'm', kind: 'mistral', credential: 'x', baseUrl: null, path: null, options: {} };
    expect(createProvider(entry, { clock })).toMatchObject({ source: 'm', kind: 'mistral' });
  });
});
