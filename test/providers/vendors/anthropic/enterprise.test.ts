import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { addDays, type Day, type DayRange, daysBetween, daysIn } from '../../../../src/core/base/time.js';
import { clock, connect, impatientHttp, range } from '../../../support/vendors/all.js';
import { buckets, cents, rangeOf, tokenFields } from '../../../support/vendors/anthropic.js';
import {
  closeFakes,
  type FakeCall,
  need,
  pageOf,
  refuse,
  startFake,
  type Trouble,
} from '../../../support/vendors/server.js';
import { describeVendor } from '../../../support/vendors/suite.js';

const KEY = 'sk-ant-api01-TopSecretAnalyticsKeyOfLarkspur';
const window = range('2026-11-12', '2026-11-16');

/** One row of the truth; `user` null: cost of nobody, in the report of all cost alone. */
interface Spend {
  readonly day: Day;
  readonly user: string | null;
  readonly product: string;
  readonly model: string;
  readonly kind: string;
  readonly units: number;
  readonly micro: bigint;
}

interface Enterprise {
  spend: Spend[];
  refreshedAt: string;
  emailField: 'email' | 'email_address';
  refused?: RegExp;
}

function enterprise({ from, to }: DayRange = window): Enterprise {
  const spend = daysIn({ from, to }).flatMap((day, index): Spend[] => {
    const put = (user: string | null, product: string, seed: number): Spend[] =>
      ['uncached_input_tokens', 'output_tokens', 'cache_read_input_tokens', 'web_search'].map((kind, at) => ({
        day,
        user,
        product,
        model: 'claude-opus-5-5',
        kind,
        units: seed * 100 + at,
        micro: BigInt(seed * 7_919_000 + index * 104_729 + at),
      }));
    return [
      ...put('user_Ana', 'claude_code', 3),
      ...put('user_Ana', 'chat', 1),
      ...put('user_Ben', 'claude_code', 2),
      ...put('user_Left', 'cowork', 5),
      ...put(null, 'claude-tag', 4),
      ...put(null, 'code_review', 6),
    ];
  });
  return { spend, refreshedAt: '2026-11-23T14:00:00Z', emailField: 'email_address' };
}

const truth = ({ spend }: Enterprise, { from, to }: DayRange): bigint =>
  10n * sumNanos(spend.filter(({ day }) => from <= day && day < to).map(({ micro }) => micro));

const MEMBERS: Readonly<Record<string, { email: string | null; name: string; deleted: boolean }>> = {
  user_Ana: { email: 'Ana.Ruiz@Larkspur.example', name: 'Ana Ruiz', deleted: false },
  user_Ben: { email: 'ben.okoye@larkspur.example', name: 'Ben Okoye', deleted: false },
  user_Left: { email: null, name: 'Deleted User', deleted: true },
};

function actorOf(world: Enterprise, id: string) {
  const { email, name, deleted } = MEMBERS[id]!;
  return { type: 'user_actor', user_id: id, [world.emailField]: email, name, deleted };
}

/** The legacy Enterprise reports as documented: spans, group names, required ends, a page of few rows. */
function answer(world: Enterprise, call: FakeCall): unknown {
  const { endpoint, query, headers } = call;
  if (headers['x-api-key'] !== KEY) refuse(401, 'invalid x-api-key');
  if (world.refused?.test(endpoint)) refuse(403, 'not allowed');
  const name = endpoint.replace('/v1/organizations/', '');
  const groups = query.getAll('group_by[]');
  if (query.get('exclude_deleted_users') === 'true') throw new Error('former staff must stay');
  switch (name) {
    case 'analytics/user_cost_report':
      return userRows(world, query, [...groups, 'user']);
    case 'analytics/user_usage_report':
      if (groups.some((group) => group === 'cost_type' || group === 'token_type')) {
        refuse(400, 'group_by: not a dimension of usage');
      }
      return userUsage(world, query);
    case 'analytics/cost_report':
      return {
        ...buckets(query, (day) => {
          const products = [
            ...new Set(world.spend.filter((row) => row.day === day).map((row) => row.product)),
          ];
          return products.map((product) => {
            const micro = sumNanos(
              world.spend.filter((row) => row.day === day && row.product === product).map((row) => row.micro),
            );
            return { currency: 'USD', amount: cents(micro), list_amount: cents((micro * 5n) / 4n), product };
          });
        }),
        data_refreshed_at: world.refreshedAt,
      };
    case 'analytics/summaries':
      need(query, 'starting_date');
      return {
        data: [
          { starting_at: '2026-11-20T00:00:00Z', ending_at: '2026-11-21T00:00:00Z', assigned_seat_count: 9 },
          { starting_at: '2026-11-21T00:00:00Z', ending_at: '2026-11-22T00:00:00Z', assigned_seat_count: 3 },
        ],
        next_page: null,
      };
    case 'analytics/users':
      return {
        data: [
          {
            user: { id: 'user_Ana', email_address: 'ana.ruiz@larkspur.example' },
            last_activity_date: '2026-11-20',
          },
        ],
        next_page: null,
      };
    case 'spend_limits/effective':
      if (headers['anthropic-beta'] !== 'spend-limit-reads-2026-09-26') refuse(400, 'beta header missing');
      return {
        data: ['user_Ana', 'user_Ben'].map((id) => ({
          actor: actorOf(world, id),
          amount: null,
          currency: 'USD',
          period: 'monthly',
          period_to_date_spend: '0.000000',
          source: id === 'user_Ana' ? { type: 'seat_tier', seat_tier: 'premium' } : { type: 'organization' },
        })),
        next_page: null,
      };
    case 'me':
      return { id: 'org_Enterprise', type: 'organization', name: 'Larkspur' };
    default:
      return null;
  }
}

function checkSpan(query: URLSearchParams): DayRange {
  const asked = rangeOf(query);
  if (query.get('bucket_width') !== '1d') refuse(400, 'bucket_width: only 1d here');
  if (daysBetween(asked.from, asked.to) > 31) refuse(400, 'the range may span at most 31 days');
  return asked;
}

function userRows(world: Enterprise, query: URLSearchParams, groups: readonly string[]) {
  const { from, to } = checkSpan(query);
  const rows = world.spend.filter(({ day, user }) => user !== null && from <= day && day < to);
  const { items, next } = pageOf(rows, query.get('page'), 7);
  return {
    data: items.map((row) => ({
      actor: actorOf(world, row.user!),
      starting_at: `${row.day}T00:00:00Z`,
      ending_at: `${addDays(row.day, 1)}T00:00:00Z`,
      product: groups.includes('product') ? row.product : null,
      model: groups.includes('model') ? row.model : null,
      cost_type: row.kind === 'web_search' ? 'web_search' : 'tokens',
      token_type: row.kind === 'web_search' ? null : row.kind,
      currency: 'USD',
      amount: cents(row.micro),
      list_amount: cents((row.micro * 5n) / 4n),
      requests: null,
      rbac_group_id: null,
    })),
    has_more: next !== null,
    next_page: next === null ? null : `c${next}`,
    data_refreshed_at: world.refreshedAt,
  };
}

function userUsage(world: Enterprise, query: URLSearchParams) {
  const { from, to } = checkSpan(query);
  const cells = new Map<string, { row: Spend; units: Record<string, number> }>();
  for (const row of world.spend) {
    if (row.user === null || row.day < from || row.day >= to) continue;
    const key = JSON.stringify([row.day, row.user, row.product, row.model]);
    const cell = cells.get(key) ?? { row, units: {} };
    cells.set(key, cell);
    cell.units[row.kind] = row.units;
  }
  const { items, next } = pageOf([...cells.values()], query.get('page'), 5);
  return {
    data: items.map(({ row, units }) => ({
      actor: actorOf(world, row.user!),
      starting_at: `${row.day}T00:00:00Z`,
      product: row.product,
      model: row.model,
      ...tokenFields(units),
      requests: 3,
    })),
    has_more: next !== null,
    next_page: next === null ? null : `c${next}`,
    data_refreshed_at: world.refreshedAt,
  };
}

const restate = (world: Enterprise) => {
  world.spend = world.spend.map((row, index) =>
    index === 2 ? { ...row, micro: row.micro + 123_457n } : row,
  );
};
const vanish = (world: Enterprise) => {
  world.spend = world.spend.slice(1);
};
const changed = (...changes: ((world: Enterprise) => void)[]) => {
  const world = enterprise();
  for (const change of changes) change(world);
  return truth(world, window);
};

describeVendor({
  vendor: 'Claude Enterprise',
  secret: KEY,
  window,
  async start(trouble?: Trouble) {
    const world = enterprise();
    const fake = await startFake((call) => answer(world, call), trouble);
    return { fake, restate: () => restate(world), vanish: () => vanish(world) };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('claude-enterprise', { source: 'claude', baseUrl, adminKey, clock, http }),
  total: (within) => truth(enterprise(), within),
  afterRestatement: changed(restate),
  afterVanishing: changed(restate, vanish),
  moneyEndpoint: /user_cost_report$/,
  deform: (text) => text.replace(/"amount":"([\d.]+)"/, '"amount":$1'),
});

describe('what Claude Enterprise tells', () => {
  afterEach(closeFakes);
  const pullFrom = async (world: Enterprise, options = {}, within = window) => {
    const fake = await startFake((call) => answer(world, call));
    const { http } = impatientHttp();
    const source = { source: 'claude', baseUrl: fake.url, adminKey: KEY, options };
    const provider = connect('claude-enterprise', { ...source, clock, http });
    return await provider.pull(within, []);
  };

  it.each(['email', 'email_address'] as const)(
    'who spent what on which product, by %s',
    async (emailField) => {
      const { charges, identities } = await pullFrom({ ...enterprise(), emailField });
      const first = charges.filter(({ chargeDay }) => chargeDay === window.from);
      expect(first).toHaveLength(4 * 4 + 2);
      const output = first.find(
        ({ set }) =>
          set.attributes.email === 'ana.ruiz@larkspur.example' &&
          set.attributes.serviceName === 'Claude Code' &&
          set.attributes.skuMeter === 'Output Tokens',
      );
      expect(output).toMatchObject({
        billedCost: 237_570_010n,
        listCost: 296_962_510n,
        consumedQuantity: 301,
        set: {
          attributes: {
            principalId: 'user_Ana',
            model: 'claude-opus-5-5',
            billingAccountId: 'org_Enterprise',
          },
        },
        kind: { confidence: 'billed' },
      });
      expect(output?.set.attributes).not.toHaveProperty('subAccountId');
      expect(identities).toContainEqual(expect.objectContaining({ id: 'user_Ana', status: 'active' }));
      expect(identities).toContainEqual(
        expect.objectContaining({ id: 'user_Left', status: 'deleted', email: null }),
      );
    },
  );

  it('what nobody is named for: a row per day and product, so that the totals tie', async () => {
    const { charges, remarks } = await pullFrom(enterprise());
    const nobody = charges.filter(({ kind }) => kind.extra['x_UnattributedReason'] !== undefined);
    expect(new Set(nobody.map(({ set }) => set.attributes.serviceName))).toEqual(
      new Set(['Claude Tag', 'Claude Code Review']),
    );
    expect(nobody).toHaveLength(8);
    const left = enterprise().spend.filter(({ user }) => user === null);
    expect(sumNanos(nobody.map(({ billedCost }) => billedCost))).toBe(
      10n * sumNanos(left.map(({ micro }) => micro)),
    );
    expect(remarks).toEqual([
      expect.stringMatching(/^2026-11: [\d.]+ USD are cost without a user, such as Code Review/),
      '1 of 3 assigned seats are of members whom Anthropic does not list.',
    ]);
  });

  it('the address of a deleted member, where an earlier pull has seen it', async () => {
    const world = enterprise();
    const fake = await startFake((call) => answer(world, call));
    const http = impatientHttp().http;
    const provider = connect('claude-enterprise', {
      source: 'claude',
      baseUrl: fake.url,
      adminKey: KEY,
      clock,
      http,
    });
    const seen = {
      source: 'claude',
      kind: 'user',
      id: 'user_Left',
      name: 'Lee',
      email: 'lee@larkspur.example',
      createdBy: null,
      subAccountId: null,
      status: 'active',
      tags: {},
      seenOn: window.from,
    } as const;
    const { charges } = await provider.pull(window, [seen]);
    const left = charges.filter(({ set }) => set.attributes.principalId === 'user_Left');
    expect(new Set(left.map(({ set }) => set.attributes.email))).toEqual(new Set(['lee@larkspur.example']));
  });

  it('nothing of the days after its last refresh, which are unknown and not free', async () => {
    const pull = await pullFrom({ ...enterprise(), refreshedAt: '2026-11-14T04:00:00Z' });
    expect(pull).toMatchObject({
      scope: { from: '2026-11-12', to: '2026-11-15' },
      completeThrough: '2026-11-13',
    });
    expect(pull.charges.every(({ chargeDay }) => chargeDay < '2026-11-15')).toBe(true);
  });

  it('seats with their tier and last activity, and their price where the contract is known', async () => {
    const { seats, charges } = await pullFrom(
      enterprise(),
      { seatPrice: '60' },
      range('2026-11-01', '2026-11-16'),
    );
    expect(seats?.seats).toMatchObject([
      { seatId: 'user_Ana', plan: 'premium', lastActiveDay: '2026-11-20', product: 'Claude Enterprise' },
      {
        seatId: 'user_Ben',
        plan: null,
        lastActiveDay: null,
        holder: { email: 'ben.okoye@larkspur.example' },
      },
    ]);
    const fees = charges.filter(({ set }) => set.attributes.seatId !== undefined);
    expect(sumNanos(fees.map(({ billedCost }) => billedCost))).toBe(120_000_000_000n);
    expect(sumNanos(fees.map(({ effectiveCost }) => effectiveCost))).toBe(60_000_000_000n);
  });

  it('money alone where the key may read no usage, members or organisation', async () => {
    const world = { ...enterprise(), refused: /user_usage_report|summaries|users|spend_limits|me$/ };
    const pull = await pullFrom(world);
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(truth(world, window));
    expect(pull.charges.every(({ consumedQuantity }) => consumedQuantity === null)).toBe(true);
    expect(pull.seats).toBeUndefined();
    expect(pull.remarks).toContain(
      'Anthropic does not let this key read usage: the charges stand without tokens.',
    );
  });

  it('months in parts of 31 days', async () => {
    const long = range('2026-09-01', '2026-11-16');
    const world = enterprise(long);
    const { charges } = await pullFrom(world, {}, long);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(truth(world, long));
  });
});
