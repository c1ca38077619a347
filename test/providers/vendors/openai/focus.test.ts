import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNanos, roundedQuotient, sumNanos } from '../../../../src/core/base/money.js';
import { parseDay, utcDay } from '../../../../src/core/base/time.js';
import { toCharges } from '../../../../src/providers/vendors/openai/focus.js';
import { parseLineItem } from '../../../../src/providers/vendors/openai/line-item.js';
import { ApiKeyList, CostPage, type CostResult } from '../../../../src/providers/vendors/openai/schema.js';
import { exactUnits } from '../../../support/vendors/all.js';

const { data: keys } = ApiKeyList.parse({
  data: [
    {
      id: 'key_User',
      name: 'mia-laptop',
      owner: { type: 'user', user: { id: 'user-Mia', name: 'Mia', email: 'Mia@Larkspur.example' } },
    },
    {
      id: 'key_Robot',
      name: 'router',
      owner: { type: 'service_account', service_account: { id: 'user-Robot', name: 'router' } },
    },
  ],
  has_more: false,
});
const ACCOUNT = { source: 'openai-main', billingAccountId: 'openai-main', billingAccountName: null };
const listings = {
  projects: [{ id: 'proj_A', name: 'search' }],
  apiKeys: keys.map((key) => ({ ...key, projectId: 'proj_A' })),
  users: [],
  usage: [],
};

function fixtureCharges() {
  const text = readFileSync(new URL('../../../fixtures/openai/costs-page.json', import.meta.url), 'utf8');
  const costs = CostPage.parse(JSON.parse(text)).data.flatMap(({ start_time, results }) =>
    results.map((result) => ({ ...result, day: utcDay(start_time * 1000) })),
  );
  return toCharges({ ...listings, costs }, ACCOUNT).charges;
}

const find = (sku: string | undefined) => {
  const charge = fixtureCharges().find(({ set }) => set.attributes.skuId === sku);
  if (charge === undefined) throw new Error(`no charge of ${sku}`);
  return charge;
};

describe('OpenAI cost results as charges', () => {
  it("names the owner of a user's key and prices tokens by the million", () => {
    const charge = find('gpt-6-sol, input_tokens');
    expect(charge.set).toEqual({
      attributes: {
        serviceProviderName: 'OpenAI',
        publisherName: 'OpenAI',
        invoiceIssuerName: 'OpenAI',
        serviceName: 'OpenAI API',
        serviceCategory: 'AI and Machine Learning',
        billingAccountId: 'openai-main',
        subAccountId: 'proj_A',
        subAccountName: 'search',
        resourceId: 'openai/apikey/key_User',
        resourceName: 'mia-laptop',
        resourceType: 'API Key',
        skuId: 'gpt-6-sol, input_tokens',
        skuMeter: 'Input Tokens',
        chargeCategory: 'Usage',
        source: 'openai-main',
        apiKeyId: 'key_User',
        apiKeyName: 'mia-laptop',
        principalId: 'user-Mia',
        email: 'mia@larkspur.example',
        model: 'gpt-6-sol',
      },
      tags: {},
    });
    expect(charge).toMatchObject({
      chargeDay: '2026-10-31',
      billedCost: 31_200_000_000n,
      effectiveCost: 31_200_000_000n,
      listCost: 31_200_000_000n,
      contractedCost: 31_200_000_000n,
      consumedQuantity: 15_600_000,
      pricingQuantity: 15.6,
      kind: { pricingUnit: '1000000 Tokens', consumedUnit: 'Tokens', chargeFrequency: 'Usage-Based' },
      bill: { billingPeriodStart: '2026-10-01', billingPeriodEnd: '2026-11-01', billingCurrency: 'USD' },
    });
  });

  it('takes amounts and quantities that come as strings, and gives a robot no e-mail', () => {
    const charge = find('gpt-6-sol, cached input');
    expect(charge).toMatchObject({ billedCost: 123n, consumedQuantity: 2400 });
    expect(charge.set.attributes).toMatchObject({
      principalId: 'user-Robot',
      apiKeyName: 'router',
      skuMeter: 'Cache Read Input Tokens',
    });
    expect(charge.set.attributes).not.toHaveProperty('email');
  });

  it('keeps a line item of another form, without key and of a project no listing knows', () => {
    const charge = find('assistants api | file search');
    expect(charge).toMatchObject({
      billedCost: 150n,
      consumedQuantity: 3,
      kind: { consumedUnit: 'GiB-Hours' },
    });
    expect(charge.set.attributes).toMatchObject({
      skuMeter: 'assistants api | file search',
      subAccountName: 'proj_Gone',
      resourceId: 'openai/account/proj_Gone',
      resourceType: 'Account',
    });
    expect(charge.set.attributes).not.toHaveProperty('model');
  });

  it('keeps money that names nothing at all, exponent and minus included', () => {
    const charge = find(undefined);
    expect(charge.billedCost).toBe(-42_000_000_000n);
    expect(charge.set.attributes).toMatchObject({ resourceId: 'openai/account/openai-main' });
    expect(charge.set.attributes).not.toHaveProperty('subAccountId');
    expect(charge.kind).toMatchObject({ skuPriceId: null, pricingUnit: null });
  });

  it('leaves out results of neither money nor quantity', () => {
    expect(fixtureCharges()).toHaveLength(4);
  });
});

describe('a line item', () => {
  it.each([
    ['gpt-6-astra, input_tokens', 'gpt-6-astra', 'Input Tokens'],
    ['gpt-6-astra, cached_input_tokens', 'gpt-6-astra', 'Cache Read Input Tokens'],
    ['gpt-6-astra, cache_write_input_tokens', 'gpt-6-astra', 'Cache Write Input Tokens'],
    ['gpt-4o-2024-08-06, output', 'gpt-4o-2024-08-06', 'Output Tokens'],
    ['ft:gpt-6-luna:larkspur, v2, Input Tokens', 'ft:gpt-6-luna:larkspur, v2', 'Input Tokens'],
    ['dall-e-9, 1024x1024', 'dall-e-9', '1024x1024'],
    ['web search tool calls', null, 'web search tool calls'],
    ['ends in a comma,', null, 'ends in a comma,'],
    [', starts with one', null, ', starts with one'],
  ])('%s is of model %s and meter %s', (lineItem, model, meter) => {
    expect(parseLineItem(lineItem)).toEqual({ model, meter });
  });
});

const dollars = fc
  .tuple(fc.nat(9999), fc.nat(9_999_999_999))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(10, '0')}`);

describe('amounts from OpenAI', () => {
  it('add up to each exact daily total to the nearest nano, as numbers and as strings alike', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(dollars, fc.boolean()), { maxLength: 30 }), (amounts) => {
        const results = amounts.map(([text, asString], i) => ({
          amount: { value: asString ? text : Number(text), currency: 'usd' },
          api_key_id: `key_${i}`,
        }));
        const page = CostPage.parse({ data: [{ start_time: 0, results }], has_more: false });
        const day = parseDay('2026-11-18');
        const costs = (page.data[0]?.results ?? []).map((result: CostResult) => ({ ...result, day }));
        const charges = toCharges({ ...listings, costs }, ACCOUNT).charges;
        const exact = amounts.reduce((sum, [text]) => sum + exactUnits(text, 10), 0n);
        expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(roundedQuotient(exact, 10n));
      }),
    );
  });

  it('refuses what is no number, naming the field', () => {
    for (const value of ['NaN', 'Infinity', '', '12,5', null]) {
      const page = {
        data: [{ start_time: 0, results: [{ amount: { value, currency: 'usd' } }] }],
        has_more: false,
      };
      const parsed = CostPage.safeParse(page);
      expect(parsed.success).toBe(false);
      expect(parsed.error?.issues[0]?.path.slice(0, 6)).toEqual(['data', 0, 'results', 0, 'amount', 'value']);
    }
  });

  it('keeps the shortest form of a number: 31.2 is 31.2', () => {
    const page = CostPage.parse({
      data: [{ start_time: 0, results: [{ amount: { value: 31.2, currency: 'usd' } }] }],
      has_more: false,
    });
    expect(page.data[0]?.results[0]?.amount.value).toBe('31.2');
    expect(parseNanos('31.2')).toBe(31_200_000_000n);
  });
});
