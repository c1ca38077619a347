import { afterEach, describe, expect, it } from 'vitest';
import { compareBigint, sumNanos } from '../../../../src/core/base/money.js';
import type { DayRange } from '../../../../src/core/base/time.js';
import type { Charge } from '../../../../src/core/ledger/charge.js';
import { ingestSource } from '../../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../../support/context.js';
import { clock, connect, impatientHttp, range } from '../../../support/vendors/all.js';
import {
  ADMIN_KEY,
  answerLegacy,
  type ClaudeOrganization,
  claudeOrganization,
  microCentsOf,
} from '../../../support/vendors/anthropic.js';
import { closeFakes, startFake, type Trouble } from '../../../support/vendors/server.js';
import { describeVendor } from '../../../support/vendors/suite.js';

const window = range('2026-11-12', '2026-11-16');
const truth = (organization: ClaudeOrganization, { from, to }: DayRange): bigint => {
  const within = (day: string) => from <= day && day < to;
  const uses = organization.uses.filter(({ day }) => within(day)).map(microCentsOf);
  const bare = organization.bare.filter(({ day }) => within(day)).map(({ microCents }) => microCents);
  return 10n * sumNanos([...uses, ...bare]);
};
const fresh = () => claudeOrganization(window.from, 4);
const providerAt = (baseUrl: string, adminKey = ADMIN_KEY, http = impatientHttp().http) =>
  connect('anthropic-legacy', { source: 'anthropic-old', baseUrl, adminKey, clock, http });

const restated = fresh();
restate(restated);
const vanished = fresh();
restate(vanished);
vanish(vanished);

function restate(organization: ClaudeOrganization): void {
  organization.uses = organization.uses.map((use, index) =>
    index === 0 ? { ...use, units: use.units + 1000 } : use,
  );
}

function vanish(organization: ClaudeOrganization): void {
  organization.uses = organization.uses.slice(1);
}

describeVendor({
  vendor: 'Anthropic by its legacy reports',
  secret: ADMIN_KEY,
  window,
  async start(trouble?: Trouble) {
    const organization = fresh();
    const fake = await startFake((call) => answerLegacy(organization, call), trouble);
    return { fake, restate: () => restate(organization), vanish: () => vanish(organization) };
  },
  provider: (url, secret, http) => providerAt(url, secret, http),
  total: (within) => truth(fresh(), within),
  afterRestatement: truth(restated, window),
  afterVanishing: truth(vanished, window),
  moneyEndpoint: /cost_report$/,
  deform: (text) => text.replace(/"amount":"([\d.]+)"/, '"amount":$1'),
});

const keyOf = ({ set }: Charge) => set.attributes.apiKeyId ?? set.attributes.principalId ?? 'none';

describe('money of workspaces among their keys and people', () => {
  afterEach(closeFakes);
  const pullFrom = async (organization: ClaudeOrganization, within = window) => {
    const fake = await startFake((call) => answerLegacy(organization, call));
    return { fake, pull: await providerAt(fake.url).pull(within, []) };
  };

  it('is what each of them cost, to the nano, with its tokens', async () => {
    const organization = fresh();
    const { pull } = await pullFrom(organization);
    const paid = organization.uses.filter((use) => microCentsOf(use) > 0n);
    const who = (use: (typeof paid)[number]) => use.key ?? use.account ?? 'none';
    for (const key of new Set(paid.map(who))) {
      const charges = pull.charges.filter(
        (charge) => keyOf(charge) === key && charge.set.attributes.skuMeter !== 'Code Execution',
      );
      const mine = paid.filter((use) => who(use) === key);
      expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(
        10n * sumNanos(mine.map(microCentsOf)),
      );
      expect(charges.reduce((sum, { consumedQuantity }) => sum + (consumedQuantity ?? 0), 0)).toBe(
        mine.reduce((sum, { units }) => sum + units, 0),
      );
    }
  });

  it('is billed where a cell has one user, spread where it has several', async () => {
    const { pull } = await pullFrom(fresh());
    const confidence = (key: string, sku: string) =>
      new Set(
        pull.charges
          .filter((charge) => keyOf(charge) === key && charge.set.attributes.skuId === sku)
          .map(({ kind }) => kind.confidence),
      );
    const sonnet = 'claude-sonnet-5|output_tokens|standard';
    expect(confidence('apikey_A', sonnet)).toEqual(new Set(['spread']));
    expect(confidence('apikey_A', `${sonnet}|200k-1M`)).toEqual(new Set(['billed']));
    expect(confidence('apikey_B', `${sonnet}|us`)).toEqual(new Set(['billed']));
    expect(confidence('user_Ana', 'claude-opus-5-5|output_tokens|standard|fast')).toEqual(
      new Set(['billed']),
    );
    expect(confidence('apikey_Batch', 'claude-haiku-4-5|output_tokens|batch')).toEqual(new Set(['billed']));
  });

  it('names keys, people, the default workspace and the Workbench', async () => {
    const { pull } = await pullFrom(fresh());
    const find = (key: string) => pull.charges.find((charge) => keyOf(charge) === key)?.set;
    expect(find('apikey_A')).toMatchObject({
      attributes: { apiKeyName: 'search-a', subAccountName: 'search-prod', principalId: 'svac_A' },
      tags: { product: 'search' },
    });
    expect(find('user_Ana')?.attributes).toMatchObject({
      email: 'ana.ruiz@larkspur.example',
      serviceName: 'Claude Code',
    });
    expect(pull.charges.map(({ set }) => set.attributes)).toContainEqual(
      expect.objectContaining({ subAccountName: 'Default', resourceName: 'Workbench' }),
    );
    expect(pull.identities).toContainEqual(
      expect.objectContaining({ kind: 'service-account', id: 'svac_A', name: 'search-service' }),
    );
    expect(pull.identities).toContainEqual(
      expect.objectContaining({ kind: 'user', id: 'user_Gone', status: 'unlisted' }),
    );
  });

  it('keeps the names of keys, workspaces and people that the vendor has forgotten', async () => {
    const organization = fresh();
    const first = await pullFrom(organization);
    const gone = { ...organization, keys: [], users: [], workspaces: [], services: [] };
    const fake = await startFake((call) => answerLegacy(gone, call));
    const second = await providerAt(fake.url).pull(window, first.pull.identities);
    expect(second.charges).toEqual(first.pull.charges);
  });

  it('stays with its workspace where no usage explains it, and says so once a month', async () => {
    const { pull } = await pullFrom(fresh());
    const bare = pull.charges.filter(({ set }) => set.attributes.skuMeter === 'Code Execution');
    expect(bare).toHaveLength(4);
    expect(bare[0]).toMatchObject({
      billedCost: 55_000_000n,
      set: { attributes: { resourceId: 'anthropic/unattributed/wrkspc_Search' } },
      kind: {
        confidence: 'billed',
        extra: { x_UnattributedReason: 'no usage of code_execution to spread it by' },
      },
    });
    expect(pull.remarks).toEqual([
      '2026-11: 0.22 USD stay with their workspace, no key or person: no usage of code_execution to spread it by.',
    ]);
  });

  it('hands the Priority Tier to the price table, for it is in no cost report', async () => {
    const organization = fresh();
    const { pull } = await pullFrom(organization);
    const priority = organization.uses.filter(({ tier }) => tier === 'priority');
    expect(pull.unrated?.billed).toEqual([]);
    expect(pull.unrated?.usage.map(({ units }) => units).toSorted(compareBigint)).toEqual(
      priority.map(({ units }) => BigInt(units)).toSorted(compareBigint),
    );
    expect(pull.unrated?.usage).toContainEqual(
      expect.objectContaining({
        chargeDay: window.from,
        account: 'org_Larkspur',
        units: 16_400n,
        thing: expect.objectContaining({
          tokenType: 'output',
          serviceTier: 'priority',
          model: 'claude-sonnet-5',
        }) as unknown,
      }),
    );
    const context = await createTestContext({ now: '2026-11-23' });
    const { remarks } = await ingestSource(context, { ...providerAt(''), pull: async () => pull }, window);
    expect(remarks).toContainEqual(expect.stringMatching(/^Unpriced: .*claude-sonnet-5/));
  });

  it('asks again without speed or accounts where the organisation may not group by them', async () => {
    const organization = { ...fresh(), refusedGroups: ['speed', 'account_id'] };
    const { pull } = await pullFrom(organization);
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
    expect(pull.charges.some(({ set }) => set.attributes.principalId !== undefined)).toBe(false);
    expect(pull.remarks).toContain(
      'Anthropic does not group usage by account here: keys are known, people are not.',
    );
  });

  it('meets usage that lacks a trait which the cost names rather than leaving the money alone', async () => {
    const organization = fresh();
    const fake = await startFake((call) => {
      const answer = answerLegacy(organization, call);
      if (!call.endpoint.endsWith('/messages')) return answer;
      return JSON.parse(JSON.stringify(answer).replaceAll('"inference_geo":"us"', '"inference_geo":null'));
    });
    const { charges } = await providerAt(fake.url).pull(window, []);
    const found = charges.filter(
      ({ set }) => set.attributes.apiKeyId === 'apikey_B' && set.attributes.skuId?.endsWith('|standard|us'),
    );
    expect(found).toHaveLength(0);
    const left = charges.filter(({ kind }) => kind.extra['x_UnattributedReason'] !== undefined);
    expect(left.every(({ set }) => set.attributes.skuMeter === 'Code Execution')).toBe(true);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
  });

  it('walks a window of months in parts and pages', async () => {
    const long = range('2026-09-10', '2026-11-16');
    const organization = claudeOrganization(long.from, 67);
    const { fake, pull } = await pullFrom(organization, long);
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, long));
    const spans = new Set(fake.calls.map(({ query }) => query.get('starting_at')));
    expect([...spans].filter((start) => start !== null)).toHaveLength(3);
    expect(pull.completeThrough).toBe('2026-11-15');
  });
});
