import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import type { DayRange } from '../../../../src/core/base/time.js';
import type { Charge } from '../../../../src/core/ledger/charge.js';
import { clock, connect, impatientHttp, range } from '../../../support/vendors/all.js';
import {
  ADMIN_KEY,
  answerAnalytics,
  type ClaudeOrganization,
  type ClaudeUse,
  claudeOrganization,
  microCentsOf,
} from '../../../support/vendors/anthropic.js';
import { closeFakes, type FakeCall, refuse, startFake } from '../../../support/vendors/server.js';
import { describeVendor } from '../../../support/vendors/suite.js';

const window = range('2026-11-14', '2026-11-16');
const truth = (organization: ClaudeOrganization, { from, to }: DayRange): bigint => {
  const within = ({ day }: { day: string }) => from <= day && day < to;
  const uses = organization.uses.filter(within).map(microCentsOf);
  return 10n * sumNanos([...uses, ...organization.bare.filter(within).map(({ microCents }) => microCents)]);
};
const fresh = () => claudeOrganization(window.from, 2);
const restate = (organization: ClaudeOrganization) => {
  organization.uses = organization.uses.map((use, i) => (i === 3 ? { ...use, units: use.units + 77 } : use));
};
const vanish = (organization: ClaudeOrganization) => {
  // Of the default workspace: its row goes altogether.
  organization.uses = organization.uses.filter(({ workspace, key }) => workspace !== null || key !== null);
};
const after = (...changes: ((organization: ClaudeOrganization) => void)[]) => {
  const organization = fresh();
  for (const change of changes) change(organization);
  return truth(organization, window);
};

describeVendor({
  vendor: 'Anthropic by its analytics reports',
  secret: ADMIN_KEY,
  window,
  async start(trouble) {
    const organization = fresh();
    const fake = await startFake((call) => answerAnalytics(organization, call), trouble);
    return { fake, restate: () => restate(organization), vanish: () => vanish(organization) };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('anthropic', {
      source: 'anthropic-main',
      baseUrl,
      adminKey,
      clock,
      http,
      options: { details: ['product', 'user_profile_id', 'context_window'] },
    }),
  total: (within) => truth(fresh(), within),
  afterRestatement: after(restate),
  afterVanishing: after(restate, vanish),
  moneyEndpoint: /analytics\/cost$/,
  deform: (text) => text.replace(/"amount":"([\d.]+)"/, '"amount":$1'),
});

describe('further dimensions of Anthropic', () => {
  afterEach(closeFakes);
  const pullFrom = async (
    organization: ClaudeOrganization,
    options: { details?: string[]; edit?: (call: FakeCall) => unknown } = {},
  ) => {
    const fake = await startFake((call) => options.edit?.(call) ?? answerAnalytics(organization, call));
    const http = impatientHttp().http;
    const source = { source: 's', baseUrl: fake.url, adminKey: ADMIN_KEY };
    const details = options.details ?? [];
    return await connect('anthropic', { ...source, clock, http, options: { details } }).pull(window, []);
  };
  const use = (part: Partial<ClaudeUse>): ClaudeUse => ({
    day: window.from,
    workspace: 'wrkspc_Search',
    key: 'apikey_A',
    account: null,
    service: 'svac_A',
    model: 'claude-sonnet-5',
    tier: 'standard',
    context: '0-200k',
    geo: 'global',
    speed: 'standard',
    kind: 'output_tokens',
    units: 1000,
    ...part,
  });
  const world = (uses: readonly ClaudeUse[]): ClaudeOrganization => ({
    ...fresh(),
    uses: [...uses],
    bare: [],
  });
  const view = ({ set, billedCost, consumedQuantity, kind }: Charge) => [
    set.attributes.customerId ?? set.attributes.serviceName,
    billedCost,
    consumedQuantity,
    kind.confidence,
  ];

  it('are told exactly within a cell: customers of one key, each with their tokens', async () => {
    const organization = world([
      use({ profile: 'uprof_1', units: 333 }),
      use({ profile: 'uprof_2', units: 50 }),
      use({ units: 7 }),
    ]);
    const { charges, remarks } = await pullFrom(organization, { details: ['user_profile_id'] });
    expect(charges.map(view)).toEqual([
      ['Claude API', 7n * 15_000n, 7, 'billed'],
      ['uprof_1', 333n * 15_000n, 333, 'billed'],
      ['uprof_2', 50n * 15_000n, 50, 'billed'],
    ]);
    expect(remarks).toEqual([]);
  });

  it('are told one after another: the product of a person, then the context window and the speed', async () => {
    const ana = { key: null, service: null, account: 'user_Ana', workspace: null };
    const organization = world([
      use({ ...ana, product: 'claude_code' }),
      use({ ...ana, product: 'claude_code', context: '200k-1M' }),
      use({ ...ana, product: 'a_new_one', speed: 'fast' }),
    ]);
    const { charges } = await pullFrom(organization, { details: ['product'] });
    expect(charges.map(view)).toEqual([
      ['Claude A New One', 6n * 15_000_000n, 1000, 'billed'],
      ['Claude Code', 3n * 15_000_000n, 2000, 'billed'],
    ]);
    const all = await pullFrom(organization, { details: ['product', 'context_window', 'speed'] });
    expect(sumNanos(all.charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
  });

  it('stay untold, and are named, where one actor has several workspaces and values', async () => {
    const both = { key: null, service: null, account: 'user_Ana' };
    const organization = world([
      use({ ...both, workspace: 'wrkspc_Search', product: 'chat' }),
      use({ ...both, workspace: 'wrkspc_Code', product: 'claude_code' }),
    ]);
    const { charges, remarks } = await pullFrom(organization, { details: ['product'] });
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
    expect(remarks).toEqual(['The product of 0.03 USD cannot be told: several workspaces share it.']);
  });

  it('are a share, and say so, when the second call counts other money than the first', async () => {
    const organization = world([
      use({ profile: 'uprof_1', units: 300 }),
      use({ profile: 'uprof_2', units: 100 }),
    ]);
    const { charges } = await pullFrom(organization, {
      details: ['user_profile_id'],
      edit: (call) => {
        if (!call.query.getAll('group_by[]').includes('user_profile_id')) return null;
        return answerAnalytics(
          world(organization.uses.map((row) => ({ ...row, units: row.units * 2 }))),
          call,
        );
      },
    });
    expect(charges.map(view)).toEqual([
      ['uprof_1', 4_500_000n, 300, 'spread'],
      ['uprof_2', 1_500_000n, 100, 'spread'],
    ]);
  });

  it('keep the cost of federated identities apart, and of actors of tomorrow', async () => {
    const federated = (type: string) => ({ type: 'federated_actor', provider: { type }, subject: 'batch' });
    const organization = world([
      use({ actor: federated('aws'), key: null }),
      use({ actor: federated('gcp'), key: null, units: 10 }),
      use({ actor: { type: 'robot_actor', robot_id: 'r2' }, key: null, units: 20 }),
      use({ actor: { type: 'api_actor', api_key_id: 'apikey_B' }, key: null, units: 30 }),
    ]);
    const { charges } = await pullFrom(organization);
    expect(
      charges.map(({ set, consumedQuantity }) => [
        set.attributes.principalId,
        set.attributes.apiKeyId,
        consumedQuantity,
      ]),
    ).toEqual([
      [undefined, 'apikey_B', 30],
      ['batch', undefined, 1000],
      ['batch', undefined, 10],
      [undefined, undefined, 20],
    ]);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
  });

  it('are not needed: money stands alone for a key that may read no usage and list nothing', async () => {
    const organization = fresh();
    const { charges, remarks } = await pullFrom(organization, {
      edit: ({ endpoint }) => (endpoint.endsWith('analytics/cost') ? null : refuse(403, 'not allowed')),
    });
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(truth(organization, window));
    expect(charges.every(({ consumedQuantity }) => consumedQuantity === null)).toBe(true);
    expect(remarks).toEqual([
      'Anthropic does not let this key list api keys, users, workspaces: names are those of earlier pulls.',
      'Anthropic does not let this key read usage: the charges stand without tokens.',
      'Anthropic does not name the organisation to this key; the account is called "s".',
    ]);
  });
});
