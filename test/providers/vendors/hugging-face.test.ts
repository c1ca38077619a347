import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import type { DayRange } from '../../../src/core/base/time.js';
import { daysIn } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { ProductAnswer } from '../../../src/providers/vendors/hugging-face/schema.js';
import { clock, connect, impatientHttp, range } from '../../support/vendors/all.js';
import {
  HF_TOKEN,
  type HfAccount,
  huggingFaceAccount,
  startHuggingFace,
} from '../../support/vendors/hugging-face.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-14', '2026-11-18');
const OPTIONS = { organization: 'larkspur' };

/** Micro-dollars of inference and the Space, a thousand nanos each. */
function expected(account: HfAccount, window: DayRange): bigint {
  const inside = account.inference.filter(({ day }) => window.from <= day && day < window.to);
  const inference = sumNanos(inside.map(({ microUsd }) => BigInt(microUsd) * 1000n));
  return inference + BigInt(account.spaceMicroUsd) * 1000n * BigInt(daysIn(window).length);
}

const total = (window: DayRange) => expected(huggingFaceAccount(), window);

describeVendor({
  vendor: 'Hugging Face',
  secret: HF_TOKEN,
  window: WINDOW,
  async start(trouble) {
    const account = huggingFaceAccount();
    const fake = await startHuggingFace(account, trouble);
    return {
      fake,
      restate() {
        account.inference = account.inference.map((row) =>
          row.day === '2026-11-15' && row.user === null ? { ...row, microUsd: row.microUsd + 50_001 } : row,
        );
      },
      vanish() {
        account.inference = account.inference.filter(
          ({ day, user }) => day !== '2026-11-16' || user !== 'gone-lksp',
        );
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('hugging-face', { source: 'hf', baseUrl, adminKey, clock, http, options: OPTIONS }),
  total,
  afterRestatement: total(WINDOW) + 50_001_000n,
  afterVanishing: total(WINDOW) + 50_001_000n - 16_000_000n,
  moneyEndpoint: /\/billing\/usage(\/inference|-v2)$/,
  deform: (text) =>
    text.replaceAll('"costCents":', '"costEuroCents":').replaceAll('"totalCostMicroUSD":', '"cost":'),
});

async function setUp(change: Partial<HfAccount> = {}, options: object = {}, trouble?: Trouble) {
  const account = { ...huggingFaceAccount(), ...change };
  const fake = await startHuggingFace(account, trouble);
  const source = { source: 'hf', baseUrl: fake.url, adminKey: HF_TOKEN, options: { ...OPTIONS, ...options } };
  return {
    account,
    fake,
    provider: connect('hugging-face', { ...source, clock, http: impatientHttp().http }),
  };
}

describe('a pull from Hugging Face', () => {
  afterEach(closeFakes);

  it('keeps tiny requests with their quantities and shows what rounding to cents took', async () => {
    const { provider } = await setUp();
    const { charges } = await provider.pull(range('2026-11-14', '2026-11-15'), []);
    const tiny = charges.find(({ set }) => set.attributes.model === 'BAAI/bge-m3');
    expect(tiny).toMatchObject({
      billedCost: 0n,
      consumedQuantity: 40_100,
      kind: { consumedUnit: 'Tokens' },
    });
    expect(tiny?.set.attributes).not.toHaveProperty('principalId');
    const rounding = charges.find(({ set }) => set.attributes.skuId === 'inference-rounding');
    // 1.432115 + 0.003217 + 0.016 dollars against 1.43 + 0.00 + 0.02
    expect(rounding).toMatchObject({ billedCost: 1_332_000n });
    expect(charges.find(({ consumedQuantity }) => consumedQuantity === 3)?.kind.consumedUnit).toBe(
      'Requests',
    );
  });

  it('leaves the rest of the open day to tomorrow, when both views have stopped growing', async () => {
    const { provider } = await setUp();
    const { charges, completeThrough } = await provider.pull(range('2026-11-23', '2026-11-24'), []);
    expect(completeThrough).toBeNull();
    expect(charges.some(({ set }) => set.attributes.skuId?.startsWith('inference-r'))).toBe(false);
  });

  it('puts a difference that rounding cannot explain on a row that says so', async () => {
    const { provider } = await setUp({}, {}, ({ endpoint }) =>
      endpoint.endsWith('/inference')
        ? { edit: (text) => text.replace('"costCents":143', '"costCents":43') }
        : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(total(WINDOW));
    const rests = charges.filter(({ set }) => set.attributes.skuId === 'inference-unexplained');
    expect(rests).toHaveLength(2);
    expect(remarks.filter((remark) => remark.includes('more than rounding'))).toHaveLength(2);
  });

  it.each(['seconds', 'milliseconds'] as const)('finds out that dates of products are %s', async (unit) => {
    const { provider, fake } = await setUp({ unit });
    const { charges } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(total(WINDOW));
    const asked = fake.calls.filter(({ endpoint }) => endpoint.endsWith('usage-v2')).length;
    expect(asked).toBe(daysIn(WINDOW).length + (unit === 'seconds' ? 0 : 1));
  });

  it('refuses products of another period than the one asked for', async () => {
    const { provider } = await setUp({}, {}, ({ endpoint }) =>
      endpoint.endsWith('usage-v2')
        ? {
            edit: (text) => text.replace(/"periodStart":"[^"]+"/, '"periodStart":"2026-11-01T00:00:00.000Z"'),
          }
        : null,
    );
    await expect(provider.pull(WINDOW, [])).rejects.toThrow(
      /for 2026-11-01T00:00:00.000Z to .+ instead of 2026-11-14/,
    );
  });

  it.each([
    ['a list', { totals: [{ product: 'spaces', totalCostMicroUSD: 5 }] }, null],
    ['a list in an object', { usage: [{ product: 'jobs', usedNanoUsd: '7' }], start: 1_794_614_400 }, null],
    [
      'a product with its own period',
      {
        usage: {
          inferenceProviders: {
            usedNanoUsd: 3_180_000_000,
            periodStart: '2026-11-14T00:00:00.000Z',
            periodEnd: '2026-11-15T00:00:00.000Z',
          },
        },
      },
      { start: '2026-11-14T00:00:00.000Z', end: '2026-11-15T00:00:00.000Z' },
    ],
    [
      'bounds in seconds',
      { usage: [], period: { start: 1_794_614_400, end: 1_794_700_800 } },
      { start: '2026-11-14T00:00:00.000Z', end: '2026-11-15T00:00:00.000Z' },
    ],
  ])('reads products as %s', (_, body, period) => {
    const answer = ProductAnswer.parse('totals' in body ? body.totals : body);
    expect(answer.period).toEqual(period);
  });

  it('refuses products without a cost that it knows', () => {
    expect(ProductAnswer.safeParse({ usage: [{ product: 'spaces', euros: 5 }] }).success).toBe(false);
  });

  it('tells the views that are not money and remarks those of an unknown form', async () => {
    const seen = await (await setUp()).provider.pull(WINDOW, []);
    expect(seen.remarks).toEqual([
      "Hugging Face's view by resource group (a check, not added) totals 10: Search 90 %, Support 10 %.",
      expect.stringMatching(/^Jobs for 4.82 USD are billed to the account of the key itself/),
    ]);
    const blind = await (await setUp({ groupUsage: { error: 'soon' } })).provider.pull(WINDOW, []);
    expect(blind.remarks[0]).toMatch(/usage-by-resource-group in an unexpected form .+could not be compared/);
    expect(blind.charges).toEqual(seen.charges);
  });

  it('says that the products are missing when the key may not ask for them', async () => {
    const { provider } = await setUp({}, {}, ({ endpoint }) =>
      endpoint.endsWith('usage-v2') ? { status: 403 } : null,
    );
    const { charges, missing } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(4n * 1_450_000_000n);
    expect(missing).toMatchObject([{ part: '/api/organizations/larkspur/billing/usage-v2' }]);
    expect(missing?.[0]?.sentence).toMatch(/403.+Only inference would be in the ledger/);
  });

  it('books seats at the price of the contract: billed on the first, earned by day, kept for those who held one', async () => {
    const { provider } = await setUp({}, { seatPrice: '20' });
    const november = range('2026-11-01', '2026-11-24');
    const pull = await provider.pull(november, []);
    const seats = pull.charges.filter(({ set }) => set.attributes.seatId !== undefined);
    expect(sumNanos(seats.map(({ billedCost }) => billedCost))).toBe(40_000_000_000n);
    // 23 of 30 days of two seats; the odd nanos of a split go to the first days.
    expect(effective(seats)).toBe(30_666_666_676n);
    expect(seats[0]).toMatchObject({ kind: { confidence: 'estimated', chargeFrequency: 'Recurring' } });
    expect(pull.seats?.seats.map(({ seatId }) => seatId)).toEqual(['mia-lksp', 'tom-lksp']);
    const joinedLater = (pull.seats?.seats ?? []).slice(0, 1);
    const next = await provider.pull(november, [], joinedLater);
    const held = next.charges.filter(({ set }) => set.attributes.seatId !== undefined);
    expect(new Set(held.map(({ set }) => set.attributes.seatId))).toEqual(new Set(['mia-lksp']));
  });

  it('is made by the catalog and checks its options', () => {
    const entry = { name: 'hf', kind: 'hugging-face', credential: 'x', baseUrl: null, path: null };
    expect(createProvider({ ...entry, options: OPTIONS }, { clock })).toMatchObject({ kind: 'hugging-face' });
    expect(() => createProvider({ ...entry, options: {} }, { clock })).toThrow(/the option organization/);
    expect(() => createProvider({ ...entry, options: { ...OPTIONS, seatPrice: '-1' } }, { clock })).toThrow(
      /the option seatPrice: must not be negative/,
    );
  });
});
