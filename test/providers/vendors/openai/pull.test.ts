import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { type Day, daysIn } from '../../../../src/core/base/time.js';
import type { OpenAiDataset } from '../../../../src/sandbox/vendors/dataset.js';
import type { VendorServer } from '../../../../src/sandbox/vendors/listen.js';
import {
  type OpenAiServerOptions,
  startOpenAiServer,
} from '../../../../src/sandbox/vendors/openai-server.js';
import {
  clock,
  connect,
  exactUnits,
  impatientHttp,
  openAiDataset,
  range,
} from '../../../support/vendors/all.js';

const servers: VendorServer[] = [];
const COSTS = '/v1/organization/costs';

afterEach(async () => {
  const closing = servers.splice(0);
  await Promise.all(closing.map((server) => server.close()));
  const unexpected = closing.flatMap((server) => server.unexpected);
  if (unexpected.length > 0) throw new Error(`The vendor has no ${unexpected.join(', ')}.`);
});

async function setUp(options: { dataset?: OpenAiDataset; adminKey?: string } & OpenAiServerOptions = {}) {
  const { dataset = openAiDataset(), adminKey = dataset.adminKey, ...serverOptions } = options;
  const server = await startOpenAiServer(dataset, serverOptions);
  servers.push(server);
  const http = impatientHttp().http;
  const provider = connect('openai', {
    source: 'openai-main',
    baseUrl: server.url,
    adminKey,
    clock,
    http,
  });
  return { dataset, server, provider };
}

function nanosOf(dataset: OpenAiDataset, day: Day): bigint {
  return sumNanos(dataset.costs(day).map(({ amountUsd }) => exactUnits(amountUsd, 9)));
}

const SHARES = /^OpenAI's view by user \(a check, not added\) totals [\d.]+: .+ \d+ %/;

describe('a pull from OpenAI', () => {
  it.each([false, true])(
    'equals the vendor to the nano, day by day (amounts as strings: %s)',
    async (asStrings) => {
      const { dataset, server, provider } = await setUp({ amountsAsStrings: asStrings, bucketsPerPage: 10 });
      const window = range('2025-11-01', '2026-11-24');
      const pull = await provider.pull(window, []);
      for (const day of daysIn(window)) {
        const charges = pull.charges.filter(({ chargeDay }) => chargeDay === day);
        expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(nanosOf(dataset, day));
      }
      expect(pull.scope).toEqual({ kind: 'charge-days', ...window });
      expect(pull.completeThrough).toBe('2026-11-22');
      expect(pull.remarks).toEqual([expect.stringMatching(SHARES)]);
      expect(pull.remarks[0]).toContain('Mia.Chen@larkspur.example');
      expect(server.requests.filter(({ page }) => page > 30).length).toBeGreaterThan(5);
      expect(pull.raw).toHaveLength(server.requests.length);
      expect(JSON.stringify(pull.raw)).not.toContain(dataset.adminKey);
    },
  );

  it('keeps keyless cost of an archived project under its name', async () => {
    const { provider } = await setUp();
    const { charges } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(charges).toHaveLength(4);
    const storage = charges.find(({ set }) => set.attributes.skuId === 'file search storage');
    expect(storage?.set.attributes).toMatchObject({ subAccountName: 'old-demo', resourceType: 'Account' });
    expect(storage?.set.attributes).not.toHaveProperty('apiKeyId');
    expect(storage?.consumedQuantity).toBeNull();
  });

  it('brings projects, keys with their owners, and users', async () => {
    const { provider } = await setUp();
    const { identities } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(identities).toContainEqual({
      source: 'openai-main',
      kind: 'api-key',
      id: 'key_Mia',
      name: 'mia-laptop',
      email: 'mia.chen@larkspur.example',
      createdBy: 'user-Mia',
      subAccountId: 'proj_Data',
      status: 'active',
      tags: {},
      seenOn: '2026-11-23',
    });
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'sub-account', id: 'proj_Old', status: 'archived' }),
    );
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'service-account', id: 'user-Router', email: null }),
    );
  });

  it('takes days before costs were had by key without it, whatever the window begins with', async () => {
    const { dataset, server, provider } = await setUp();
    const window = range('2025-12-01', '2025-12-11');
    const { charges } = await provider.pull(window, []);
    for (const day of daysIn(window)) {
      const ofDay = charges.filter(({ chargeDay }) => chargeDay === day);
      expect(sumNanos(ofDay.map(({ billedCost }) => billedCost))).toBe(nanosOf(dataset, day));
      expect(ofDay.some(({ set }) => set.attributes.apiKeyId !== undefined)).toBe(day >= '2025-12-06');
    }
    expect(server.requests.every(({ status }) => status === 200)).toBe(true);
  });

  it('names people whose address stands in the nested user only', async () => {
    const { users } = openAiDataset();
    const dataset = { ...openAiDataset(), users: users.map((user) => ({ ...user, isNested: true })) };
    const { provider } = await setUp({ dataset });
    const { identities } = await provider.pull(range('2026-11-18', '2026-11-19'), []);
    expect(identities).toContainEqual(
      expect.objectContaining({ id: 'user-Mia', name: 'Mia Chen', email: 'mia.chen@larkspur.example' }),
    );
  });

  it('covers the open month and five days after its close whenever it is pulled', async () => {
    const { provider } = await setUp();
    expect(provider.openWindowDays).toBeGreaterThanOrEqual(31 + 5);
  });
});

describe('trouble at OpenAI', () => {
  const window = range('2026-11-01', '2026-11-24');

  it('names a by-user total that is not what the charges add up to, and adds nothing', async () => {
    const { dataset, provider } = await setUp({
      misbehave: ({ query }) =>
        query.getAll('group_by[]').includes('user_id')
          ? { kind: 'edit', change: (body) => body.replace(/"value":[\d.]+/, '"value":0') }
          : null,
    });
    const pull = await provider.pull(window, []);
    expect(pull.remarks).toEqual([expect.stringMatching(SHARES)]);
    // Today's bucket still grows.
    const closed = daysIn(window).filter((day) => day < '2026-11-23');
    const got = sumNanos(closed.map((day) => nanosOf(dataset, day)));
    expect(pull.differences).toMatchObject([{ control: 'by-user total of OpenAI', period: '2026-11', got }]);
    expect(pull.differences?.[0]?.stated).toBeLessThan(got);
    const expected = sumNanos(daysIn(window).map((day) => nanosOf(dataset, day)));
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(expected);
  });

  it('goes without the check when the organisation refuses costs by user', async () => {
    const { provider } = await setUp({ refuseUserGrouping: true });
    const { remarks, charges } = await provider.pull(window, []);
    expect(charges.length).toBeGreaterThan(0);
    expect(remarks).toEqual([
      'OpenAI refuses costs by user for this organisation, so the total could not be checked against them.',
    ]);
  });

  it('loses nothing to rate limits and cut bodies', async () => {
    const clean = await (await setUp()).provider.pull(window, []);
    const { provider } = await setUp({
      bucketsPerPage: 5,
      misbehave: ({ attempt }) =>
        attempt === 1
          ? { kind: 'status', status: 429, retryAfter: '1' }
          : attempt === 2
            ? { kind: 'cut-body' }
            : null,
    });
    const pull = await provider.pull(window, []);
    expect(pull.charges).toEqual(clean.charges);
    expect(pull.remarks).toEqual(clean.remarks);
  });

  it('brings nothing at all when page 3 of 5 fails for good', async () => {
    const { server, provider } = await setUp({
      bucketsPerPage: 5,
      misbehave: ({ endpoint, page }) =>
        endpoint === COSTS && page === 3 ? { kind: 'status', status: 503 } : null,
    });
    await expect(provider.pull(window, [])).rejects.toMatchObject({ code: 'upstream' });
    expect(server.requests.some(({ page }) => page > 3)).toBe(false);
  });

  it('says which credential is refused, without any part of it', async () => {
    const { provider } = await setUp({ adminKey: 'sk-proj-abcdefgh-NotAnAdminKey' });
    const error: Error = await provider.pull(window, []).then(
      () => new Error('no error'),
      (caught: Error) => caught,
    );
    expect(error.message).toBe(
      `OpenAI refused the credential of source "openai-main" (401 at ${COSTS}): it needs ` +
        'an admin key made by an owner of the organisation; project keys are refused.',
    );
  });
});
