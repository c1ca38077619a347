import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { roundedQuotient, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type DayRange, parseDay } from '../../../src/core/base/time.js';
import type { VendorIdentity } from '../../../src/core/people/data.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { trackPurchases } from '../../../src/providers/vendors/openrouter/purchases.js';
import { clock, connect, exactUnits, impatientHttp, range } from '../../support/vendors/all.js';
import {
  openRouterAccount,
  ROUTER_FIRST,
  ROUTER_KEY,
  type RouterAccount,
  startOpenRouter,
} from '../../support/vendors/openrouter.js';
import { closeFakes, groupBy, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-10', '2026-11-22');
const NONE = { purchases: [] };
const CREDITS: VendorIdentity = {
  source: 'router',
  kind: 'sub-account',
  id: 'prepaid-credits',
  name: null,
  email: null,
  createdBy: null,
  subAccountId: null,
  status: null,
  tags: {},
  seenOn: WINDOW.from,
};

/** Day totals, each rounded once to the nano: amounts carry ten decimals. */
function total(window: DayRange): bigint {
  const inside = openRouterAccount().uses.filter(({ day }) => window.from <= day && day < window.to);
  const days = [...groupBy(inside, ({ day }) => day).values()];
  return sumNanos(
    days.map((uses) => roundedQuotient(sumNanos(uses.map(({ usd }) => exactUnits(usd, 12))), 1000n)),
  );
}

describeVendor({
  vendor: 'OpenRouter',
  secret: ROUTER_KEY,
  window: WINDOW,
  async start(trouble) {
    const account = openRouterAccount();
    const fake = await startOpenRouter(account, trouble);
    return {
      fake,
      restate() {
        account.uses = account.uses.map((use) =>
          use.day === '2026-11-12' && use.usd === '0.05' ? { ...use, usd: '0.06' } : use,
        );
      },
      vanish() {
        account.uses = account.uses.filter(({ day, hash }) => day !== '2026-11-12' || hash !== 'gone');
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('openrouter', { source: 'router', baseUrl, adminKey, clock, http, options: NONE }),
  total,
  afterRestatement: total(WINDOW) + 10_000_000n,
  afterVanishing: total(WINDOW) + 10_000_000n - 250_000_000n,
  moneyEndpoint: /\/activity$/,
  deform: (text) => text.replaceAll('"usage":', '"usage_usd":'),
});

async function setUp(options: object = NONE, change: Partial<RouterAccount> = {}, trouble?: Trouble) {
  const fake = await startOpenRouter({ ...openRouterAccount(), ...change }, trouble);
  const source = { source: 'router', baseUrl: fake.url, adminKey: ROUTER_KEY };
  const http = impatientHttp().http;
  return {
    fake,
    provider: connect('openrouter', { ...source, clock, http, options: { ...NONE, ...options } }),
  };
}

describe('a pull from OpenRouter', () => {
  afterEach(closeFakes);

  it('gives each key its usage by name, and what no listed key explains to nobody', async () => {
    const { provider } = await setUp();
    const { charges, identities } = await provider.pull(range('2026-11-20', '2026-11-21'), []);
    const parts = charges
      .filter(({ set }) => set.attributes.model === 'openai/gpt-6-luna')
      .map(({ set, effectiveCost, consumedQuantity }) => [
        set.attributes.apiKeyName,
        effectiveCost,
        consumedQuantity,
      ]);
    expect(parts).toEqual([
      ['growth-experiments', 413_000_000n, 1000],
      ['search-prod', 1_100_000_000n, 1000],
      [undefined, 250_000_000n, 1000],
    ]);
    expect(identities.map(({ id }) => id)).toEqual([
      'search',
      'idle',
      'growth',
      'ws-default',
      'ws-growth',
      'booked-purchases',
      'prepaid-credits',
    ]);
  });

  it('asks for deleted keys that it remembers, and not for keys that were never used', async () => {
    const { provider, fake } = await setUp();
    const { identities } = await provider.pull(WINDOW, []);
    const remembered = identities
      .filter(({ id }) => id === 'growth')
      .map((key) => ({ ...key, id: 'gone', name: 'old-demo', seenOn: parseDay('2026-11-20') }));
    const before = fake.calls.length;
    const { charges } = await provider.pull(WINDOW, remembered);
    expect(charges.every(({ set }) => set.attributes.apiKeyId !== undefined)).toBe(true);
    expect(charges.some(({ set }) => set.attributes.apiKeyName === 'old-demo')).toBe(true);
    expect(effective(charges)).toBe(total(WINDOW));
    const asked = fake.calls.slice(before).map(({ query }) => query.get('api_key_hash'));
    expect(asked.filter((hash) => hash !== null)).toEqual(['search', 'growth', 'gone']);
  });

  it('bills the purchase of credits, not their use', async () => {
    const purchases = [
      { date: '2026-11-12', amount: '300', invoiceId: 'OR-77' },
      { date: '2026-01-02', amount: '150' },
    ];
    const { provider } = await setUp({ purchases });
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(300_000_000_000n);
    expect(effective(charges)).toBe(total(WINDOW));
    const bought = charges.find(({ set }) => set.attributes.chargeCategory === 'Purchase');
    expect(bought).toMatchObject({
      effectiveCost: 0n,
      chargeDay: '2026-11-12',
      bill: { invoiceId: 'OR-77' },
    });
    expect(remarks[0]).toMatch(/credits for 50 USD were bought before the first pull and have no date/);
  });

  it('books credits on the day on which their total has grown, once, until the options name them', async () => {
    const bought = async (totalCredits: number, known: readonly VendorIdentity[], options: object = NONE) => {
      const { provider } = await setUp(options, { totalCredits });
      const pull = await provider.pull(range('2026-11-01', '2026-11-24'), known);
      const rows = pull.charges.filter(({ set }) => set.attributes.chargeCategory === 'Purchase');
      return {
        ...pull,
        rows: rows.map(({ chargeDay, billedCost, kind }) => [chargeDay, billedCost, kind.confidence]),
      };
    };
    const first = await bought(500, []);
    expect(first.rows).toEqual([]);
    const second = await bought(620.5, first.identities);
    expect(second.rows).toEqual([['2026-11-23', 120_500_000_000n, 'estimated']]);
    const again = await bought(620.5, second.identities);
    expect(again.rows).toEqual(second.rows);
    expect(again.identities).toEqual(second.identities);
    const purchases = [
      { date: '2026-11-21', amount: '120.5' },
      { date: '2026-01-05', amount: '500' },
    ];
    const named = await bought(620.5, again.identities, { purchases });
    expect(named.rows).toEqual([['2026-11-21', 120_500_000_000n, 'billed']]);
    expect(named.remarks.some((remark) => remark.includes('before the first pull'))).toBe(false);
    const tooMuch = await bought(500, [], { purchases });
    expect(tooMuch.remarks[0]).toMatch(
      /names 120.5 USD more of purchases than OpenRouter says were ever bought/,
    );
  });

  it('keeps purchases adding up to the total whatever is bought and named', () => {
    const today = parseDay('2026-11-23');
    const steps = fc.array(fc.record({ growth: fc.nat(500), named: fc.nat(300), day: fc.nat(20) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(steps, (history) => {
        let total = 0;
        let tags: Readonly<Record<string, string>> | null = null;
        const purchases: { date: string; amount: string }[] = [];
        for (const { growth, named, day } of history) {
          total += growth;
          const spoken = purchases.reduce((sum, { amount }) => sum + Number(amount), 0);
          const amount = Math.min(named, total - spoken);
          if (amount > 0) purchases.push({ date: '2026-11-02', amount: String(amount) });
          const known = tags === null ? undefined : { ...CREDITS, tags };
          const at = addDays(today, day);
          const seen = trackPurchases(String(total), { purchases }, known, at);
          expect(seen.undated + sumNanos(seen.purchases.map((purchase) => purchase.amount))).toBe(
            BigInt(total) * 1_000_000_000n,
          );
          const twice = trackPurchases(String(total), { purchases }, { ...CREDITS, tags: seen.tags }, at);
          expect(twice).toEqual(seen);
          ({ tags } = seen);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says of a named purchase that no pull reaches that it is in no billed cost, unless one has booked it', async () => {
    const purchases = [{ date: '2026-09-01', amount: '100' }];
    const { provider } = await setUp({ purchases });
    const late = 'The purchase of 2026-09-01 (100 USD) lies before';
    const first = await provider.pull(range('2026-11-01', '2026-11-21'), []);
    expect(first.remarks.join()).toContain(late);
    const recent = await setUp({ purchases: [{ date: '2026-11-02', amount: '100' }] });
    const { identities } = await recent.provider.pull(range('2026-11-01', '2026-11-21'), []);
    const later = await recent.provider.pull(range('2026-11-10', '2026-11-21'), identities);
    expect(later.remarks.join()).not.toContain('lies before');
  });

  it('counts no money and no tokens of own keys, and says what they came to', async () => {
    const { provider } = await setUp();
    const { charges, remarks, measures } = await provider.pull(WINDOW, []);
    const own = charges.filter(({ set }) => set.attributes.skuMeter === 'Own Key Fee');
    expect(effective(own)).toBe(12n * 50_000_000n);
    expect(own.every(({ consumedQuantity }) => consumedQuantity === null)).toBe(true);
    expect(measures).toHaveLength(24);
    expect(measures?.slice(0, 2)).toEqual([
      { date: '2026-11-10', measure: 'openrouter-own-key-cost', label: 'search', amount: 1_500_000_000n },
      {
        date: '2026-11-10',
        measure: 'openrouter-own-key-tokens',
        label: 'search',
        amount: 1_000_000_000_000n,
      },
    ]);
    expect(remarks.at(-1)).toMatch(/^Inference worth 45 USD ran through OpenRouter on keys of your own/);
  });

  it('answers for 30 completed days and closes yesterday', async () => {
    const { provider } = await setUp();
    const pull = await provider.pull(range('2026-01-01', '2026-11-24'), []);
    expect(pull.scope).toEqual({ kind: 'charge-days', from: ROUTER_FIRST, to: '2026-11-24' });
    expect(pull.completeThrough).toBe('2026-11-22');
    expect(pull.remarks[0]).toMatch(/answers only from 2026-10-24 on/);
    expect(effective(pull.charges)).toBe(total({ from: ROUTER_FIRST, to: parseDay('2026-11-23') }));
  });

  it('goes on without workspaces and credits where the key may not ask, and says so', async () => {
    const { provider } = await setUp(NONE, {}, ({ endpoint }) =>
      /workspaces|credits/.test(endpoint) ? { status: 403 } : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(total(WINDOW));
    expect(remarks.slice(0, 2)).toEqual([
      expect.stringMatching(/workspaces\).+Only keys of the default workspace/),
      expect.stringMatching(/credits\).+Purchases are those known before/),
    ]);
  });

  it('is made by the catalog and checks its options', () => {
    const entry = { name: 'or', kind: 'openrouter', credential: 'x', baseUrl: null, path: null };
    expect(createProvider({ ...entry, options: {} }, { clock })).toMatchObject({
      kind: 'openrouter',
      reachDays: 31,
    });
    const purchases = [{ date: '2026-13-01', amount: '1' }];
    expect(() => createProvider({ ...entry, options: { purchases } }, { clock })).toThrow(
      /purchases\[0\]\.date/,
    );
  });
});
