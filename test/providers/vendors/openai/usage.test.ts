import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { type Day, daysIn } from '../../../../src/core/base/time.js';
import type { Charge } from '../../../../src/core/ledger/charge.js';
import type { OpenAiCost, OpenAiDataset, OpenAiUsage } from '../../../../src/sandbox/vendors/dataset.js';
import type { VendorServer } from '../../../../src/sandbox/vendors/listen.js';
import {
  type OpenAiServerOptions,
  startOpenAiServer,
} from '../../../../src/sandbox/vendors/openai-server.js';
import { acceptPull } from '../../../../src/usecases/sources/accept-pull.js';
import { ingestSource } from '../../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../../support/context.js';
import {
  clock,
  connect,
  exactUnits,
  impatientHttp,
  openAiDataset,
  openAiUsageRow,
  range,
} from '../../../support/vendors/all.js';

const servers: VendorServer[] = [];
afterEach(async () => {
  const closing = servers.splice(0);
  await Promise.all(closing.map((server) => server.close()));
  const unexpected = closing.flatMap((server) => server.unexpected);
  if (unexpected.length > 0) throw new Error(`The vendor has no ${unexpected.join(', ')}.`);
});

const USAGE = '/v1/organization/usage/';
const ENDPOINTS = [
  'completions',
  'embeddings',
  'moderations',
  'images',
  'audio_speeches',
  'audio_transcriptions',
  'vector_stores',
  'code_interpreter_sessions',
  'file_search_calls',
  'web_search_calls',
];
const MIA = { projectId: 'proj_Data', apiKeyId: 'key_Mia', userId: 'user-Mia' };

/** Usage that fits the small organisation's costs, and one row of everything else. */
function usageOf(): readonly OpenAiUsage[] {
  return [
    openAiUsageRow({
      counts: { input_tokens: 3_000_000, input_uncached_tokens: 1_000_000, input_cached_tokens: 2_000_000 },
    }),
    openAiUsageRow({ batch: true, counts: { input_tokens: 500_000, input_cached_tokens: 0 } }),
    openAiUsageRow({ ...MIA, model: 'gpt-6-luna', counts: { output_tokens: 250_000 } }),
    openAiUsageRow({
      ...MIA,
      endpoint: 'moderations',
      model: 'omni-moderation',
      counts: { input_tokens: 77 },
    }),
    openAiUsageRow({
      ...MIA,
      endpoint: 'embeddings',
      model: 'text-embedding-3-small',
      counts: { input_tokens: 9 },
    }),
    openAiUsageRow({
      ...MIA,
      endpoint: 'images',
      model: 'gpt-image-2',
      size: '1024x1024',
      counts: { images: 3 },
    }),
    openAiUsageRow({ endpoint: 'vector_stores', counts: { usage_bytes: 5_000_000_000 } }),
    openAiUsageRow({ endpoint: 'web_search_calls', counts: { num_requests: 4 } }),
  ];
}

function withUsage(changes: Partial<OpenAiDataset> = {}): OpenAiDataset {
  return { ...openAiDataset(), usage: usageOf, ...changes };
}

async function setUp(options: { dataset?: OpenAiDataset } & OpenAiServerOptions = {}) {
  const { dataset = withUsage(), ...serverOptions } = options;
  const server = await startOpenAiServer(dataset, serverOptions);
  servers.push(server);
  const provider = connect('openai', {
    source: 'openai-main',
    baseUrl: server.url,
    adminKey: dataset.adminKey,
    clock,
    http: impatientHttp().http,
  });
  return { dataset, server, provider };
}

const WINDOW = range('2026-11-10', '2026-11-20');
const ONE_DAY = range('2026-11-18', '2026-11-19');
const billed = (charges: readonly Charge[]) => sumNanos(charges.map(({ billedCost }) => billedCost));
const vendorTotal = (dataset: OpenAiDataset, window = WINDOW) =>
  sumNanos(
    daysIn(window).flatMap((day) => dataset.costs(day).map(({ amountUsd }) => exactUnits(amountUsd, 9))),
  );

describe('usage of OpenAI beside its costs', () => {
  it('splits batches from the rest, names tiers, and keeps the total to the nano', async () => {
    const { dataset, provider } = await setUp();
    const { charges, remarks } = await provider.pull(ONE_DAY, []);
    expect(billed(charges)).toBe(vendorTotal(dataset, ONE_DAY));
    const input = charges.filter(({ set }) => set.attributes.skuId === 'gpt-6-sol, input_tokens');
    expect(
      input.map(({ consumedQuantity, kind }) => [
        consumedQuantity,
        kind.confidence,
        kind.extra['x_ServiceTier'],
      ]),
    ).toEqual([
      [500_000, 'spread', 'batch'],
      [1_000_000, 'spread', undefined],
    ]);
    // A million at full price and half a million at half: four fifths and one fifth.
    const [batch = 0n, standard = 0n] = input.map(({ billedCost }) => billedCost);
    expect((batch * 4n - standard) / 10n).toBe(0n);
    const cached = charges.find(({ set }) => set.attributes.skuId === 'gpt-6-sol, cached_input_tokens');
    expect(cached).toMatchObject({ consumedQuantity: 2_000_000, kind: { confidence: 'billed' } });
    expect(remarks.join(' ')).toContain('omni-moderation (input), text-embedding-3-small (input)');
  });

  it('keeps usage that nothing was billed for as rows of no cost', async () => {
    const { provider } = await setUp();
    const { charges } = await provider.pull(ONE_DAY, []);
    const free = charges.filter(({ kind }) => kind.confidence === 'estimated');
    expect(
      free.map(({ set, billedCost, consumedQuantity }) => [
        set.attributes.model,
        billedCost,
        consumedQuantity,
      ]),
    ).toEqual([
      ['text-embedding-3-small', 0n, 9],
      ['omni-moderation', 0n, 77],
      ['gpt-image-2', 0n, 3],
      ['gpt-6-sol', 0n, 4],
    ]);
    expect(free[0]?.set.attributes).toMatchObject({
      apiKeyId: 'key_Mia',
      email: 'mia.chen@larkspur.example',
    });
  });

  it('reads older rows, which tell the cached part only', async () => {
    const { provider } = await setUp({ olderUsage: true });
    const { charges } = await provider.pull(ONE_DAY, []);
    const input = charges.filter(({ set }) => set.attributes.skuId === 'gpt-6-sol, input_tokens');
    expect(input.map(({ consumedQuantity }) => consumedQuantity)).toEqual([500_000, 1_000_000]);
  });

  it('asks again without users where the organisation refuses them', async () => {
    const { dataset, server, provider } = await setUp({ refuseUserGrouping: true });
    const { charges } = await provider.pull(ONE_DAY, []);
    expect(billed(charges)).toBe(vendorTotal(dataset, ONE_DAY));
    const asked = server.requests.filter(({ endpoint }) => endpoint === `${USAGE}completions`);
    expect(asked.map(({ status }) => status)).toEqual([400, 400, 200]);
  });

  it('does without the source of requests where the organisation does not know it, and tells it by usage', async () => {
    const costs = (): readonly OpenAiCost[] => [
      { ...MIA, lineItem: 'gpt-6-sol, output_tokens', amountUsd: '3', quantity: 30, quantityUnit: 'tokens' },
    ];
    const usage = () => [
      openAiUsageRow({ ...MIA, apiSource: 'agents_api', counts: { output_tokens: 10 } }),
      openAiUsageRow({ ...MIA, counts: { output_tokens: 20 } }),
    ];
    const dataset = withUsage({ costs, usage });
    const told = async (setting: OpenAiServerOptions) => {
      const { provider } = await setUp({ dataset, ...setting });
      const { charges } = await provider.pull(ONE_DAY, []);
      expect(billed(charges)).toBe(vendorTotal(dataset, ONE_DAY));
      return charges.map(({ set, consumedQuantity }) => [set.tags['api_source'], consumedQuantity]);
    };
    expect(await told({})).toEqual([
      ['agents_api', 10],
      [undefined, 20],
    ]);
    expect(await told({ refuseSourceGrouping: true })).toEqual([[undefined, 30]]);
  });

  it('tells file searches by vector store, which the vendor groups by in place of a model', async () => {
    const costs = (): readonly OpenAiCost[] => [
      { ...MIA, lineItem: 'file search', amountUsd: '4', quantity: null, quantityUnit: null },
    ];
    const usage = () =>
      [1, 3].map((num_requests) =>
        openAiUsageRow({
          ...MIA,
          endpoint: 'file_search_calls',
          model: null,
          vectorStoreId: `vs_${num_requests}`,
          counts: { num_requests },
        }),
      );
    const { provider } = await setUp({ dataset: withUsage({ costs, usage }) });
    const { charges } = await provider.pull(ONE_DAY, []);
    expect(charges.map(({ set, billedCost }) => [set.tags['vector_store_id'], billedCost])).toEqual([
      ['vs_1', 1_000_000_000n],
      ['vs_3', 3_000_000_000n],
    ]);
  });

  it('finds whose the playground is by the user of the usage', async () => {
    const playground = { projectId: 'proj_Data', apiKeyId: null };
    const costs = (): readonly OpenAiCost[] => [
      {
        ...playground,
        userId: null,
        lineItem: 'gpt-6-sol, output_tokens',
        amountUsd: '3',
        quantity: 30,
        quantityUnit: 'tokens',
      },
    ];
    const usage = () => [
      openAiUsageRow({ ...playground, userId: 'user-Mia', counts: { output_tokens: 30 } }),
    ];
    const { provider } = await setUp({ dataset: withUsage({ costs, usage }) });
    const { charges } = await provider.pull(ONE_DAY, []);
    expect(charges).toHaveLength(1);
    expect(charges[0]?.set.attributes).toMatchObject({
      principalId: 'user-Mia',
      email: 'mia.chen@larkspur.example',
    });
    expect(charges[0]?.kind.confidence).toBe('spread');
  });

  it('tolerates a tier that nobody has documented', async () => {
    const usage = () => [
      openAiUsageRow({ serviceTier: 'incentivized-tier', counts: { input_tokens: 1_500_000 } }),
    ];
    const { provider } = await setUp({ dataset: withUsage({ usage }) });
    const { charges } = await provider.pull(ONE_DAY, []);
    const input = charges.find(({ set }) => set.attributes.skuId === 'gpt-6-sol, input_tokens');
    expect(input?.kind).toMatchObject({
      confidence: 'billed',
      extra: { x_ServiceTier: 'incentivized-tier' },
    });
  });
});

describe('keys that OpenAI has deleted', () => {
  const event = {
    projectId: 'proj_Support',
    keyId: 'key_Gone',
    actor: { id: 'user-Ana', email: 'Ana@larkspur.example' },
  };
  const admin = { id: 'user-Boss', email: 'boss@larkspur.example' };
  const keyEvents = [
    { ...event, id: 'e2', type: 'api_key.deleted' as const, effectiveAt: 20, name: null, actor: admin },
    { ...event, id: 'e1', type: 'api_key.created' as const, effectiveAt: 10, name: 'old-router' },
  ];
  const costs = (): readonly OpenAiCost[] => [
    {
      projectId: 'proj_Support',
      apiKeyId: 'key_Gone',
      userId: null,
      lineItem: 'gpt-6-sol, output_tokens',
      amountUsd: '2',
      quantity: null,
      quantityUnit: null,
    },
  ];

  it('are named by the audit log, with who made them, not who deleted them', async () => {
    const { provider } = await setUp({ dataset: withUsage({ costs, usage: () => [], keyEvents }) });
    const { charges, identities } = await provider.pull(ONE_DAY, []);
    expect(charges[0]?.set.attributes).toMatchObject({
      apiKeyName: 'old-router',
      email: 'ana@larkspur.example',
    });
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'api-key', id: 'key_Gone', name: 'old-router', status: 'deleted' }),
    );
  });

  it('cost no look into the audit log when all keys are known', async () => {
    const { server, provider } = await setUp();
    await provider.pull(ONE_DAY, []);
    expect(server.requests.filter(({ endpoint }) => endpoint.endsWith('/audit_logs'))).toEqual([]);
  });

  it('stay without a name, with a remark, where the audit log is refused', async () => {
    const { provider } = await setUp({
      dataset: withUsage({ costs, usage: () => [], keyEvents }),
      misbehave: ({ endpoint }) =>
        endpoint.endsWith('/audit_logs') ? { kind: 'status', status: 403 } : null,
    });
    const { charges, remarks } = await provider.pull(ONE_DAY, []);
    expect(charges[0]?.set.attributes).not.toHaveProperty('apiKeyName');
    expect(remarks.join(' ')).toContain('refuses the audit log');
  });
});

describe.each(ENDPOINTS)('trouble at usage of %s', (name) => {
  const endpoint = `${USAGE}${name}`;

  it('is retried when it passes, and brings the whole pull down when it stays', async () => {
    const { provider, dataset } = await setUp({
      usageBucketsPerPage: 4,
      misbehave: (call) => {
        if (call.endpoint !== endpoint || call.attempt > 3) return null;
        if (call.attempt === 1) return { kind: 'status', status: 429, retryAfter: '1' };
        return call.attempt === 2 ? { kind: 'cut-body' } : { kind: 'garbage' };
      },
    });
    expect(billed((await provider.pull(WINDOW, [])).charges)).toBe(vendorTotal(dataset));
    const broken = await setUp({
      usageBucketsPerPage: 4,
      misbehave: (call) =>
        call.endpoint === endpoint && call.page === 2 ? { kind: 'status', status: 503 } : null,
    });
    await expect(broken.provider.pull(WINDOW, [])).rejects.toMatchObject({ code: 'upstream' });
  });

  it('is said where a field has another form, or where the vendor does not have it', async () => {
    const changed = await setUp({
      misbehave: (call) =>
        call.endpoint === endpoint
          ? { kind: 'edit', change: () => '{"data":[{"start_time":"soon","results":[]}],"has_more":false}' }
          : null,
    });
    const odd = await changed.provider.pull(ONE_DAY, []);
    expect(odd.remarks.join(' ')).toMatch(/unexpected form at data\[0\]\.start_time/);
    expect(billed(odd.charges)).toBe(vendorTotal(changed.dataset, ONE_DAY));
    const missing = await setUp({
      misbehave: (call) => (call.endpoint === endpoint ? { kind: 'status', status: 404 } : null),
    });
    const { remarks, charges } = await missing.provider.pull(ONE_DAY, []);
    expect(remarks.join(' ')).toContain(`do not tell what ${name.replaceAll('_', ' ')} were used`);
    expect(billed(charges)).toBe(vendorTotal(missing.dataset, ONE_DAY));
  });
});

describe('one endpoint of OpenAI', () => {
  const isCosts = (endpoint: string) => endpoint === '/v1/organization/costs';
  const emptied = (body: string) => body.replace(/"data":\[.*\]/s, '"data":[]');

  it.each([
    ['refused', { kind: 'status', status: 403 }],
    ['not there', { kind: 'status', status: 404 }],
    ['empty', { kind: 'edit', change: emptied }],
  ] as const)('that is %s stops no cost, unless it is the costs themselves', async (_, fault) => {
    let failing: string | null = null;
    const { provider, server, dataset } = await setUp({
      misbehave: ({ endpoint, query }) =>
        `${endpoint} ${query.getAll('group_by[]').join()}` === failing ? fault : null,
    });
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    const total = vendorTotal(dataset, ONE_DAY);
    expect(await ingestSource(context, provider, ONE_DAY)).toMatchObject({ ok: true });
    const asked = server.requests.map(
      ({ endpoint, query }) => `${endpoint} ${new URLSearchParams(query).getAll('group_by[]').join()}`,
    );
    expect(new Set(asked).size).toBeGreaterThan(16);
    for (const each of new Set(asked)) {
      failing = each;
      const report = await ingestSource(context, provider, ONE_DAY);
      const by = { by: ['source'], range: ONE_DAY, where: [], currency: 'USD' };
      expect((await context.store.querySpend(by)).total, each).toBe(total);
      if (!isCosts(each.split(' ')[0] ?? '')) expect(report, each).toMatchObject({ ok: true });
    }
  });
});

describe('OpenAI in the ledger', () => {
  it('follows the vendor: twice, overlapping, restated, a vanished row', async () => {
    const context = await createTestContext({ now: '2026-11-23' });
    let without: string | null = null;
    let raised: Day | null = null;
    const whole = withUsage();
    const dataset: OpenAiDataset = {
      ...whole,
      costs: (day) =>
        whole
          .costs(day)
          .filter(({ lineItem }) => lineItem !== without)
          .map((cost) => (day === raised ? { ...cost, amountUsd: '7.000000001' } : cost)),
    };
    const { provider } = await setUp({ dataset });
    const total = async () => {
      const { total: sum } = await context.store.querySpend({
        by: ['source'],
        range: WINDOW,
        where: [],
        currency: 'USD',
      });
      return sum;
    };
    const pull = (window: typeof WINDOW) => ingestSource(context, provider, window);
    expect(await pull(WINDOW)).toMatchObject({ ok: true, unchanged: false });
    expect(await total()).toBe(vendorTotal(dataset));
    expect(await pull(WINDOW)).toMatchObject({ ok: true, unchanged: true });
    expect(await pull(range('2026-11-15', '2026-11-23'))).toMatchObject({ ok: true });
    expect(await total()).toBe(vendorTotal(dataset));
    raised = daysIn(WINDOW)[0] ?? null;
    expect(await pull(WINDOW)).toMatchObject({ unchanged: false });
    expect(await total()).toBe(vendorTotal(dataset));
    without = 'gpt-6-luna, output_tokens';
    // A line item that is gone on all days is more than a fifth: a person looks first.
    const before = await total();
    expect(await pull(WINDOW)).toMatchObject({ ok: false, unchanged: true });
    expect(await total()).toBe(before);
    await acceptPull(context, { source: provider.source });
    expect(await pull(WINDOW)).toMatchObject({ unchanged: false });
    expect(await total()).toBe(vendorTotal(dataset));
  });
});
