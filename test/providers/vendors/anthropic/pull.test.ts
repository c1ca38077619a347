import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { type Day, daysIn } from '../../../../src/core/base/time.js';
import {
  type AnthropicServerOptions,
  startAnthropicServer,
} from '../../../../src/sandbox/vendors/anthropic-server.js';
import type { AnthropicDataset, AnthropicUsage } from '../../../../src/sandbox/vendors/dataset.js';
import type { VendorServer } from '../../../../src/sandbox/vendors/listen.js';
import {
  anthropicDataset,
  clock,
  connect,
  exactUnits,
  impatientHttp,
  NOW_MS,
  range,
} from '../../../support/vendors/all.js';

const servers: VendorServer[] = [];
const COST = '/v1/organizations/analytics/cost';

afterEach(async () => {
  const closing = servers.splice(0);
  await Promise.all(closing.map((server) => server.close()));
  const unexpected = closing.flatMap((server) => server.unexpected);
  if (unexpected.length > 0) throw new Error(`The vendor has no ${unexpected.join(', ')}.`);
});

async function setUp(
  options: { dataset?: AnthropicDataset; adminKey?: string; now?: number } & AnthropicServerOptions = {},
) {
  const {
    dataset = anthropicDataset(),
    adminKey = dataset.adminKey,
    now = NOW_MS,
    ...serverOptions
  } = options;
  const server = await startAnthropicServer(dataset, { clock, ...serverOptions });
  servers.push(server);
  const provider = connect('anthropic', {
    source: 'anthropic-main',
    baseUrl: server.url,
    adminKey,
    clock: () => now,
    http: impatientHttp().http,
  });
  return { dataset, server, provider };
}

/** Cents with six decimals are 1e-8 dollars: ten nanos. */
function nanosOf(dataset: AnthropicDataset, day: Day, column: 'amountCents' | 'listCents'): bigint {
  return sumLines(
    dataset.usage(day).flatMap(({ lines }) => lines),
    column,
  );
}

type Line = AnthropicUsage['lines'][number];

function sumLines(lines: readonly Line[], column: 'amountCents' | 'listCents'): bigint {
  return sumNanos(lines.map((line) => exactUnits(line[column], 6) * 10n));
}

describe('a pull from Anthropic', () => {
  it('equals the vendor to the nano, day by day, over months and pages', async () => {
    const { dataset, server, provider } = await setUp({ dataset: anthropicDataset({ keys: 30 }) });
    const window = range('2026-08-20', '2026-11-24');
    const pull = await provider.pull(window, []);
    for (const day of daysIn(window)) {
      const charges = pull.charges.filter(({ chargeDay }) => chargeDay === day);
      const sum = (column: 'billedCost' | 'listCost') => sumNanos(charges.map((charge) => charge[column]));
      expect(sum('billedCost')).toBe(nanosOf(dataset, day, 'amountCents'));
      expect(sum('listCost')).toBe(nanosOf(dataset, day, 'listCents'));
    }
    const tokens = pull.charges.reduce((sum, charge) => sum + (charge.consumedQuantity ?? 0), 0);
    const expected = daysIn(window)
      .flatMap((day) => dataset.usage(day))
      .flatMap(({ lines }) => lines)
      .reduce((sum, line) => sum + line.tokens, 0);
    expect(tokens).toBe(expected);
    expect(pull.scope).toEqual({ kind: 'charge-days', ...window });
    expect(pull.completeThrough).toBe('2026-11-22');
    expect(pull.remarks).toEqual([]);
    expect(server.requests.filter(({ page }) => page > 3).length).toBeGreaterThan(5);
    expect(pull.raw).toHaveLength(server.requests.filter(({ status }) => status === 200).length);
    expect(JSON.stringify(pull.raw)).not.toContain(dataset.adminKey);
  });

  it('is the same when pulled twice', async () => {
    const { provider } = await setUp();
    const window = range('2026-11-01', '2026-11-10');
    expect((await provider.pull(window, [])).charges).toEqual((await provider.pull(window, [])).charges);
  });

  it('shares sets, kinds and bills between charges', async () => {
    const { provider } = await setUp();
    const { charges } = await provider.pull(range('2026-11-01', '2026-11-21'), []);
    const perDay = charges.length / 20;
    expect(new Set(charges.map(({ set }) => set)).size).toBe(perDay);
    expect(new Set(charges.map(({ bill }) => bill)).size).toBe(1);
    expect(new Set(charges.map(({ kind }) => kind)).size).toBe(10);
  });

  it('keeps the cost of deleted people and of nobody', async () => {
    const { dataset, provider } = await setUp();
    const window = range('2026-11-18', '2026-11-19');
    const { charges, identities } = await provider.pull(window, []);
    const [, gone, nobody] = dataset.usage(window.from);
    const costOf = (principal: string | undefined, subAccountId: string) =>
      sumNanos(
        charges
          .filter(({ set }) => set.attributes.principalId === principal)
          .filter(({ set }) => set.attributes.subAccountId === subAccountId)
          .map(({ billedCost }) => billedCost),
      );
    expect(costOf('user_Gone', 'wrkspc_Search')).toBe(sumLines(gone?.lines ?? [], 'amountCents'));
    expect(costOf(undefined, 'default')).toBe(sumLines(nobody?.lines ?? [], 'amountCents'));
    expect(identities).toContainEqual(
      expect.objectContaining({ id: 'user_Gone', name: 'Former Colleague', status: 'deleted', email: null }),
    );
  });

  it('calls the work of the Claude Code workspace Claude Code and the rest Claude API', async () => {
    const { provider } = await setUp();
    const { charges } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    const ana = charges.filter(({ set }) => set.attributes.email === 'ana.ruiz@larkspur.example');
    expect(ana).toHaveLength(5);
    for (const { set, kind } of ana) {
      expect(set.attributes).toMatchObject({
        serviceName: 'Claude Code',
        serviceCategory: 'Developer Tools',
        subAccountName: 'Claude Code',
      });
      expect(kind.serviceSubcategory).toBe('Development Environments');
    }
    const services = new Set(charges.map(({ set }) => set.attributes.serviceName));
    expect(services).toEqual(new Set(['Claude Code', 'Claude API']));
  });

  it('brings keys, people and workspaces, archived ones too', async () => {
    const { provider } = await setUp();
    const { identities } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(identities).toContainEqual({
      source: 'anthropic-main',
      kind: 'sub-account',
      id: 'wrkspc_Search',
      name: 'search-prod',
      email: null,
      createdBy: null,
      subAccountId: null,
      status: 'active',
      tags: { product: 'search', env: 'prod' },
      seenOn: '2026-11-23',
    });
    expect(identities).toContainEqual(expect.objectContaining({ id: 'wrkspc_Old', status: 'archived' }));
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'user', id: 'user_Ana', email: 'ana.ruiz@larkspur.example' }),
    );
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'api-key', id: 'apikey_000', subAccountId: 'wrkspc_Search' }),
    );
  });

  it('reads keys in the older shape just as well', async () => {
    const { provider } = await setUp({ legacyApiKeys: true });
    const { charges, identities } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(charges.some(({ set }) => set.attributes.apiKeyName === 'search-001')).toBe(true);
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'api-key', id: 'apikey_001', subAccountId: 'wrkspc_Search' }),
    );
  });
});

describe('the window of a pull from Anthropic', () => {
  it('says what lies before the reach and pulls the rest', async () => {
    const { provider } = await setUp();
    const pull = await provider.pull(range('2025-11-01', '2026-01-15'), []);
    expect(pull.scope).toMatchObject({ from: '2026-01-01', to: '2026-01-15' });
    expect(pull.remarks).toEqual([
      'Anthropic answers only from 2026-01-01 on: the days 2025-11-01 to 2026-01-01 were not pulled.',
    ]);
    expect(pull.completeThrough).toBe('2026-01-14');
  });

  it('refuses a window of which nothing is left', async () => {
    const { provider } = await setUp();
    await expect(provider.pull(range('2025-10-01', '2025-11-01'), [])).rejects.toThrow(
      'Anthropic answers for 2026-01-01 to 2026-11-23; nothing of 2025-10-01 to 2025-11-01 is left.',
    );
  });

  it('does not take days after the last refresh for free days', async () => {
    const { provider } = await setUp({ clock: () => Date.parse('2026-11-20T06:10:00Z') });
    const pull = await provider.pull(range('2026-11-10', '2026-11-24'), []);
    expect(pull.scope).toMatchObject({ from: '2026-11-10', to: '2026-11-21' });
    expect(pull.completeThrough).toBe('2026-11-19');
    expect(pull.remarks).toContain(
      'Anthropic last refreshed its data on 2026-11-20; later days were not pulled.',
    );
    expect(pull.charges.every(({ chargeDay }) => chargeDay < '2026-11-21')).toBe(true);
  });
});

describe('trouble at Anthropic', () => {
  const window = range('2026-11-01', '2026-11-24');
  const big = anthropicDataset({ keys: 40 });

  it('names an ungrouped total that is not what the rows add up to', async () => {
    const dropFirst = {
      kind: 'edit',
      change: (body: string) => {
        const page = JSON.parse(body) as { data: unknown[] };
        return JSON.stringify({ ...page, data: page.data.slice(1) });
      },
    } as const;
    const { provider } = await setUp({
      misbehave: ({ endpoint, query, page }) =>
        endpoint === COST && query.has('group_by[]') && page === 1 ? dropFirst : null,
    });
    const { differences } = await provider.pull(window, []);
    expect(differences).toMatchObject([{ control: 'ungrouped total of Anthropic', period: '2026-11' }]);
    const [difference] = differences ?? [];
    expect(difference?.stated).toBeGreaterThan(difference?.got ?? 0n);
  });

  it('loses nothing to rate limits, errors and cut bodies', async () => {
    const { provider } = await setUp({ dataset: big });
    const clean = await provider.pull(window, []);
    const faults = [
      { kind: 'status', status: 429, retryAfter: '2' },
      { kind: 'cut-body' },
      { kind: 'garbage' },
    ];
    const rough = await setUp({
      dataset: big,
      misbehave: ({ attempt }) => (faults[attempt - 1] as { kind: 'cut-body' } | undefined) ?? null,
    });
    const pull = await rough.provider.pull(window, []);
    expect(pull.charges).toEqual(clean.charges);
    expect(pull.remarks).toEqual([]);
  });

  it('brings nothing at all when page 3 fails for good', async () => {
    const { server, provider } = await setUp({
      dataset: big,
      misbehave: ({ endpoint, page }) =>
        endpoint === COST && page === 3 ? { kind: 'status', status: 500 } : null,
    });
    await expect(provider.pull(window, [])).rejects.toMatchObject({
      code: 'upstream',
      message: `Anthropic did not answer ${COST} in 6 attempts: it says 500. Nothing was stored; try again later.`,
    });
    expect(server.requests.some(({ page }) => page > 3)).toBe(false);
  });

  it('fails on a cursor that repeats', async () => {
    const { provider } = await setUp({
      dataset: big,
      misbehave: ({ page }) => (page === 2 ? { kind: 'repeat-cursor' } : null),
    });
    await expect(provider.pull(window, [])).rejects.toThrow('gave the same page cursor twice');
  });

  it('names the field whose type changed', async () => {
    const { provider } = await setUp({
      misbehave: () => ({
        kind: 'edit',
        change: (body) => body.replace(/"amount":"([\d.]+)"/, '"amount":$1'),
      }),
    });
    await expect(provider.pull(window, [])).rejects.toThrow(
      `Anthropic answered ${COST} in an unexpected form at data[0].cost.amount: ` +
        'Invalid input: expected string, received number. Nothing was stored.',
    );
  });

  it('says which credential is refused, without showing it', async () => {
    const { provider } = await setUp({ adminKey: 'sk-ant-api03-NotAnAdminKey' });
    const error: Error = await provider.pull(window, []).then(
      () => new Error('no error'),
      (caught: Error) => caught,
    );
    expect(error.message).toBe(
      `Anthropic refused the credential of source "anthropic-main" (401 at ${COST}): it needs ` +
        'an Admin API key of the organisation (or an analytics key with scope read:analytics).',
    );
  });

  it('calls the account after the source when the organisation is not told', async () => {
    const { provider } = await setUp({
      misbehave: ({ endpoint }) => (endpoint.endsWith('/me') ? { kind: 'status', status: 403 } : null),
    });
    const pull = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(pull.charges[0]?.bill.billingAccountId).toBe('anthropic-main');
    expect(pull.remarks).toEqual([
      'Anthropic does not name the organisation to this key; the account is called "anthropic-main".',
    ]);
  });
});
