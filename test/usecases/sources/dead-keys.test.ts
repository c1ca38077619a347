import { beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/providers/provider.js';
import { startAnthropicServer } from '../../../src/sandbox/vendors/anthropic-server.js';
import type { AnthropicDataset, OpenAiDataset } from '../../../src/sandbox/vendors/dataset.js';
import { startOpenAiServer } from '../../../src/sandbox/vendors/openai-server.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestProvider } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';
import {
  anthropicDataset,
  clock,
  connect,
  impatientHttp,
  openAiDataset,
  range,
} from '../../support/vendors/all.js';

const WINDOW = range('2026-11-10', '2026-11-20');

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-23' });
});

/** Pulls from a vendor that knows what `dataset` says, and is gone afterwards. */
async function ingestFrom<Dataset extends { readonly adminKey: string }>(
  vendor: {
    start: (dataset: Dataset) => Promise<{ url: string; close: () => Promise<void> }>;
    kind: string;
  },
  dataset: Dataset,
) {
  const server = await vendor.start(dataset);
  const provider = connect(vendor.kind, {
    source: 'main',
    baseUrl: server.url,
    adminKey: dataset.adminKey,
    clock,
    http: impatientHttp().http,
  });
  const report = await ingestSource(context, provider, WINDOW);
  await server.close();
  return report;
}

const ANTHROPIC = {
  start: (dataset: AnthropicDataset) => startAnthropicServer(dataset, { clock }),
  kind: 'anthropic',
};
const OPENAI = {
  start: (dataset: OpenAiDataset) => startOpenAiServer(dataset, {}),
  kind: 'openai',
};

async function namesOf(key: string): Promise<readonly string[]> {
  const query = { by: [key], range: WINDOW, where: [], currency: 'USD' };
  return (await context.store.querySpend(query)).rows.map(({ values }) => values[0] ?? '').toSorted();
}

describe('what a vendor has forgotten', () => {
  it('keeps its name at Anthropic: a deleted key, workspace or person changes no charge', async () => {
    const before = anthropicDataset();
    await ingestFrom(ANTHROPIC, before);
    const names = await namesOf('key');
    expect(names).toContain('search-001');
    const after: AnthropicDataset = {
      ...before,
      apiKeys: before.apiKeys.filter(({ id }) => id !== 'apikey_001'),
      workspaces: before.workspaces.filter(({ id }) => id !== 'wrkspc_Code'),
      users: [],
      usage: (day) =>
        before.usage(day).map((usage) => {
          const { actor } = usage;
          if (actor?.type !== 'user_actor') return usage;
          return { ...usage, actor: { ...actor, email_address: null, deleted: true } };
        }),
    };
    // Twice: forgetting must not be forgotten either.
    for (let pull = 0; pull < 2; pull++)
      expect(await ingestFrom(ANTHROPIC, after)).toMatchObject({ ok: true, unchanged: true });
    expect(await namesOf('key')).toEqual(names);
    expect(await namesOf('person')).toContain('ana.ruiz@larkspur.example');
  });

  it('keeps name and owner at OpenAI', async () => {
    const before = openAiDataset();
    await ingestFrom(OPENAI, before);
    const after: OpenAiDataset = {
      ...before,
      projects: before.projects.map((project) => ({ ...project, apiKeys: [] })),
      users: [],
    };
    for (let pull = 0; pull < 2; pull++)
      expect(await ingestFrom(OPENAI, after)).toMatchObject({ ok: true, unchanged: true });
    expect(await namesOf('key')).toEqual(expect.arrayContaining(['mia-laptop', 'router-prod']));
    expect(await namesOf('person')).toContain('mia.chen@larkspur.example');
  });

  it('gives way to what is listed today', async () => {
    const before = openAiDataset();
    await ingestFrom(OPENAI, before);
    const renamed: OpenAiDataset = {
      ...before,
      projects: before.projects.map((project) => ({
        ...project,
        apiKeys: project.apiKeys.map((key) => ({ ...key, name: `${key.name}-2` })),
      })),
    };
    expect(await ingestFrom(OPENAI, renamed)).toMatchObject({ unchanged: false });
    expect(await namesOf('key')).toEqual(expect.arrayContaining(['mia-laptop-2', 'router-prod-2']));
  });

  it('is not taken from another source', async () => {
    await ingestFrom(ANTHROPIC, anthropicDataset());
    const told: number[] = [];
    const other = createTestProvider(() => ({}), { source: 'other' });
    const listening: Provider = {
      ...other,
      pull(window, known) {
        told.push(known.length);
        return other.pull(window, known);
      },
    };
    await ingestSource(context, listening, WINDOW);
    await ingestSource(context, { ...listening, source: 'main' }, WINDOW);
    expect(told).toEqual([0, expect.any(Number)]);
    expect(told[1]).toBeGreaterThan(5);
  });
});
