import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../../src/sandbox/vendors/anthropic-server.js';
import type { VendorServer } from '../../../src/sandbox/vendors/listen.js';
import { startOpenAiServer } from '../../../src/sandbox/vendors/openai-server.js';
import { anthropicDataset, clock, openAiDataset } from '../../support/vendors/all.js';

interface Body {
  readonly data: readonly Record<string, unknown>[];
  readonly has_more: boolean;
  readonly next_page: string;
  readonly type: string;
  readonly error: { readonly type: string; readonly message: string };
}

const servers: VendorServer[] = [];
const ANTHROPIC = {
  'x-api-key': anthropicDataset().adminKey,
  'anthropic-version': '2023-06-01',
  'anthropic-beta': 'analytics-usage-cost-2026-08-24',
};
const OPENAI = { authorization: `Bearer ${openAiDataset().adminKey}` };
const COST = '/v1/organizations/analytics/cost';
const DAY = 'time_bucket_width=1d&starting_at=2026-11-18T00:00:00Z';
const ONE_DAY = `${DAY}&ending_at=2026-11-19T00:00:00Z`;
const COSTS = '/v1/organization/costs';
const START = Date.parse('2026-11-01T00:00:00Z') / 1000;
const MONTH = `start_time=${START}&end_time=${START + 20 * 86_400}`;

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function anthropic() {
  const server = await startAnthropicServer(anthropicDataset({ keys: 8 }), { clock });
  servers.push(server);
  return server;
}

async function openai() {
  const server = await startOpenAiServer(openAiDataset(), { bucketsPerPage: 5 });
  servers.push(server);
  return server;
}

async function get(server: VendorServer, path: string, headers: Record<string, string>) {
  const response = await fetch(`${server.url}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('the fake Anthropic', () => {
  it.each([
    ['a span over 31 days', `${DAY}&ending_at=2026-12-20T00:00:00Z`, 'ending_at'],
    ['an end before the start', `${DAY}&ending_at=2026-11-18T00:00:00Z`, 'ending_at'],
    [
      'a start before the reach',
      'time_bucket_width=1d&starting_at=2025-12-31T00:00:00Z&ending_at=2026-01-02T00:00:00Z',
      'starting_at',
    ],
    ['an unknown group', `${ONE_DAY}&group_by[]=department`, 'group_by'],
    [
      'six dimensions',
      `${ONE_DAY}&${['actor', 'api_key_id', 'workspace_id', 'model', 'service_tier', 'product'].map((d) => `group_by[]=${d}`).join('&')}`,
      'group_by',
    ],
    ['a limit over 1000', `${ONE_DAY}&limit=1001`, 'limit'],
    ['a foreign cursor', `${ONE_DAY}&page=page_bm9uc2Vuc2U`, 'page'],
  ])('refuses %s with 400 in its own words', async (_name, query, field) => {
    const { status, body } = await get(await anthropic(), `${COST}?${query}`, ANTHROPIC);
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
    expect(body.error.message).toContain(field);
  });

  it('lets token and cost type come on top of five dimensions', async () => {
    const groups = [
      'actor',
      'api_key_id',
      'workspace_id',
      'model',
      'service_tier',
      'token_type',
      'cost_type',
    ];
    const query = groups.map((group) => `group_by[]=${group}`).join('&');
    const { status } = await get(await anthropic(), `${COST}?${ONE_DAY}&${query}`, ANTHROPIC);
    expect(status).toBe(200);
  });

  it('wants key, version and beta header', async () => {
    const server = await anthropic();
    const without = async (name: keyof typeof ANTHROPIC) =>
      (await get(server, `${COST}?${ONE_DAY}`, { ...ANTHROPIC, [name]: 'other' })).status;
    expect(await without('x-api-key')).toBe(401);
    expect(await without('anthropic-version')).toBe(400);
    expect(await without('anthropic-beta')).toBe(400);
  });

  it('binds a cursor to its query', async () => {
    const server = await anthropic();
    const query = `${ONE_DAY}&group_by[]=api_key_id&limit=4`;
    const first = await get(server, `${COST}?${query}`, ANTHROPIC);
    const cursor = first.body.next_page;
    expect(first.body.has_more).toBe(true);
    expect((await get(server, `${COST}?${query}&page=${cursor}`, ANTHROPIC)).status).toBe(200);
    const other = await get(
      server,
      `${COST}?${query.replace('limit=4', 'limit=5')}&page=${cursor}`,
      ANTHROPIC,
    );
    expect(other.status).toBe(400);
  });

  it('pages lists by the last id and hides archived workspaces unless asked', async () => {
    const server = await anthropic();
    const ids = async (path: string) =>
      (await get(server, path, ANTHROPIC)).body.data.map((item) => item['id']);
    expect(await ids('/v1/organizations/api_keys?limit=3&after_id=apikey_001')).toEqual([
      'apikey_002',
      'apikey_003',
      'apikey_004',
    ]);
    expect(await ids('/v1/organizations/workspaces')).not.toContain('wrkspc_Old');
    expect(await ids('/v1/organizations/workspaces?include_archived=true')).toContain('wrkspc_Old');
  });

  it('notes what it was asked for but does not have', async () => {
    const server = await anthropic();
    expect((await get(server, '/v1/organizations/invoices', ANTHROPIC)).status).toBe(404);
    expect(server.unexpected).toEqual(['/v1/organizations/invoices']);
  });
});

describe('the fake OpenAI', () => {
  it.each([
    ['an unknown group', `${MONTH}&group_by[]=team`],
    ['users with projects', `${MONTH}&group_by[]=project_id&group_by[]=user_id`],
    ['a limit over 180', `${MONTH}&limit=181`],
    ['an end before the start', `start_time=${START}&end_time=${START}`],
    ['no start', `end_time=${START}`],
    ['hours', `${MONTH}&bucket_width=1h`],
    ['a foreign cursor', `${MONTH}&page=page_bm9uc2Vuc2U`],
  ])('refuses %s with 400', async (_name, query) => {
    const { status, body } = await get(await openai(), `${COSTS}?${query}`, OPENAI);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('pages by buckets, each cursor bound to its query', async () => {
    const server = await openai();
    const first = await get(server, `${COSTS}?${MONTH}&limit=180`, OPENAI);
    expect(first.body.data).toHaveLength(5);
    const cursor = first.body.next_page;
    const second = await get(server, `${COSTS}?${MONTH}&limit=180&page=${cursor}`, OPENAI);
    expect(second.body.data[0]).toMatchObject({ start_time: START + 5 * 86_400 });
    expect((await get(server, `${COSTS}?${MONTH}&limit=7&page=${cursor}`, OPENAI)).status).toBe(400);
  });

  it('quotes part of a wrong key, as the real one does', async () => {
    const { status, body } = await get(await openai(), COSTS, { authorization: 'Bearer sk-proj-123456789' });
    expect(status).toBe(401);
    expect(body.error.message).toContain('sk-proj-*****6789');
  });
});
