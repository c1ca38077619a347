import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundedQuotient, sumNanos } from '../../../../src/core/base/money.js';
import { parseDay } from '../../../../src/core/base/time.js';
import { toCharges } from '../../../../src/providers/vendors/anthropic/focus.js';
import { toIdentities } from '../../../../src/providers/vendors/anthropic/identities.js';
import {
  ApiKeyList,
  CostPage,
  type CostRow,
  UsagePage,
} from '../../../../src/providers/vendors/anthropic/schema.js';
import { exactUnits } from '../../../support/vendors/all.js';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/anthropic/${name}`, import.meta.url), 'utf8'));

const account = { source: 'anthropic-main', billingAccountId: 'org_1', billingAccountName: 'Larkspur' };
const workspaces = [{ id: 'wrkspc_Web', name: 'web', tags: { product: 'web' } }];
const apiKeys = [{ id: 'apikey_Web', name: 'web-prod' }];

function fixtureCharges() {
  const facts = {
    costs: CostPage.parse(read('cost-page.json')).data,
    usage: UsagePage.parse(read('usage-page.json')).data,
    apiKeys,
    workspaces,
  };
  return toCharges(facts, account);
}

const find = (sku: string) => {
  const charge = fixtureCharges().find(({ set }) => set.attributes.skuId === sku);
  if (charge === undefined) throw new Error(`no charge of ${sku}`);
  return charge;
};

describe('Anthropic cost rows as charges', () => {
  it('reads cents digit by digit and joins tokens of the same group', () => {
    const charge = find('claude-haiku-4-5|output_tokens|batch');
    expect(charge).toMatchObject({
      chargeDay: '2026-10-31',
      billedCost: 123_456_789n,
      effectiveCost: 123_456_789n,
      contractedCost: 123_456_789n,
      listCost: 150_000_000n,
      consumedQuantity: 60_000,
      pricingQuantity: 0.06,
      kind: {
        chargeFrequency: 'Usage-Based',
        pricingUnit: '1000000 Tokens',
        consumedUnit: 'Tokens',
        confidence: 'billed',
        serviceSubcategory: 'Generative AI',
      },
      bill: {
        billingAccountId: 'org_1',
        billingPeriodStart: '2026-10-01',
        billingPeriodEnd: '2026-11-01',
        invoiceId: null,
        invoiceIssuerName: 'Anthropic',
        billingCurrency: 'USD',
      },
    });
  });

  it('keeps a federated identity as the principal and a null workspace as the default one', () => {
    expect(find('claude-haiku-4-5|output_tokens|batch').set).toEqual({
      attributes: {
        serviceProviderName: 'Anthropic',
        publisherName: 'Anthropic',
        invoiceIssuerName: 'Anthropic',
        serviceName: 'Claude API',
        serviceCategory: 'AI and Machine Learning',
        billingAccountId: 'org_1',
        subAccountId: 'default',
        subAccountName: 'Default',
        resourceId: 'anthropic/account/arn:aws:iam::111122223333:role/batch',
        resourceType: 'Account',
        skuId: 'claude-haiku-4-5|output_tokens|batch',
        skuMeter: 'Output Tokens',
        chargeCategory: 'Usage',
        source: 'anthropic-main',
        principalId: 'arn:aws:iam::111122223333:role/batch',
        model: 'claude-haiku-4-5',
      },
      tags: {},
    });
  });

  it('takes the key from the actor when only the actor names it, with its name and the workspace tags', () => {
    const charge = find('claude-sonnet-5|web_search|standard');
    expect(charge.set.attributes).toMatchObject({
      apiKeyId: 'apikey_Web',
      apiKeyName: 'web-prod',
      resourceId: 'anthropic/apikey/apikey_Web',
      resourceType: 'API Key',
      skuMeter: 'Web Searches',
    });
    expect(charge.set.tags).toEqual({ product: 'web' });
    expect(charge).toMatchObject({ consumedQuantity: 120, pricingQuantity: 120 });
    expect(charge.kind).toMatchObject({ pricingUnit: 'Requests', consumedUnit: 'Requests' });
  });

  it('keeps the cost of an actor type it has never seen, of a workspace no listing knows, below zero too', () => {
    const charge = find('none|code_execution|none');
    expect(charge.billedCost).toBe(-55_000_000n);
    expect(charge.set.attributes).toMatchObject({
      subAccountId: 'wrkspc_Gone',
      subAccountName: 'wrkspc_Gone',
    });
    expect(charge.set.attributes).not.toHaveProperty('principalId');
    expect(charge.set.attributes).not.toHaveProperty('model');
    expect(charge.kind).toMatchObject({ pricingUnit: null, skuPriceId: null, pricingCategory: null });
    expect(charge.consumedQuantity).toBeNull();
  });

  it('keeps a free row that has tokens and leaves out one that has neither money nor tokens', () => {
    expect(find('claude-opus-5-5|cache_read_input_tokens|standard')).toMatchObject({
      billedCost: 0n,
      consumedQuantity: 700,
      set: { attributes: { email: 'lee@larkspur.example', skuMeter: 'Cache Read Input Tokens' } },
    });
    expect(fixtureCharges()).toHaveLength(4);
  });
});

const amount = fc
  .tuple(fc.nat(10_000_000), fc.nat(9_999_999_999))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(10, '0')}`);

function rowOf(amountCents: string, index: number, day: string): CostRow {
  return {
    starting_at: `${day}T00:00:00Z`,
    group: {
      actor: null,
      api_key_id: `apikey_${index}`,
      workspace_id: null,
      model: 'claude-sonnet-5',
      service_tier: 'standard',
      cost_type: 'tokens',
      token_type: 'output_tokens',
    },
    cost: { amount: amountCents, list_amount: amountCents, currency: 'USD' },
  };
}

describe('rounding of cents', () => {
  it('gives each day its exact total to the nearest nano, in any order of rows and whatever else was pulled', () => {
    fc.assert(
      fc.property(
        fc.array(amount, { maxLength: 40 }),
        fc.array(amount, { maxLength: 5 }),
        (cents, others) => {
          const rows = cents.map((text, i) => rowOf(text, i, '2026-11-18'));
          const before = others.map((text, i) => rowOf(text, i, '2026-11-17'));
          const facts = { usage: [], apiKeys: [], workspaces: [] };
          const charges = toCharges({ ...facts, costs: [...before, ...rows.toReversed()] }, account).filter(
            ({ chargeDay }) => chargeDay === '2026-11-18',
          );
          const exact = cents.reduce((sum, text) => sum + exactUnits(text, 10), 0n); // 1e-12 of a dollar
          expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(roundedQuotient(exact, 1000n));
          expect(charges).toEqual(toCharges({ ...facts, costs: rows }, account));
        },
      ),
    );
  });
});

describe('Anthropic identities', () => {
  const facts = { users: [], workspaces: [], actors: [] };
  it('reads keys of the older, flat shape', () => {
    const { data } = ApiKeyList.parse({
      data: [
        {
          id: 'apikey_Old',
          type: 'api_key',
          name: 'nightly',
          status: 'active',
          created_by: { id: 'user_Ana', type: 'user' },
          workspace_id: 'wrkspc_Web',
        },
      ],
      has_more: false,
      first_id: 'apikey_Old',
      last_id: 'apikey_Old',
    });
    expect(toIdentities({ ...facts, apiKeys: data }, 's', parseDay('2026-11-23'))).toEqual([
      {
        source: 's',
        kind: 'api-key',
        id: 'apikey_Old',
        name: 'nightly',
        email: null,
        createdBy: 'user_Ana',
        subAccountId: 'wrkspc_Web',
        status: 'active',
        tags: {},
        seenOn: '2026-11-23',
      },
    ]);
  });

  it('remembers people whom only the cost still knows', () => {
    const { data } = CostPage.parse(read('cost-page.json'));
    const identities = toIdentities(
      { ...facts, apiKeys: [], actors: data.map(({ group }) => group.actor) },
      's',
      parseDay('2026-11-23'),
    );
    expect(identities).toMatchObject([
      { kind: 'user', id: 'user_Lee', email: 'lee@larkspur.example', status: 'unlisted' },
    ]);
  });
});
