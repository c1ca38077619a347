import { afterEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../src/core/base/json.js';
import type { DayRange } from '../../../src/core/base/time.js';
import { inputTokens, type TokenUse, totalTokens } from '../../../src/core/gateways/token-use.js';
import { createProvider } from '../../../src/providers/catalog.js';
import type { HttpOptions } from '../../../src/providers/http/http.js';
import type { Provider } from '../../../src/providers/provider.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { day } from '../../support/build/charges.js';
import { createTestContext } from '../../support/context.js';
import { clock, impatientHttp, range } from '../../support/vendors/all.js';
import {
  type LangfuseRow,
  logRow,
  PROJECT_KEY,
  PROXY_KEY,
  type Project,
  type Proxy,
  startLangfuse,
  startLiteLlm,
} from '../../support/vendors/recorders.js';
import { closeFakes, type FakeVendor, type Trouble } from '../../support/vendors/server.js';

const WINDOW = range('2026-11-10', '2026-11-13');
const LAST = 1_000;

interface Case {
  readonly kind: string;
  readonly secret: string;
  start(trouble?: Trouble): Promise<{ fake: FakeVendor; restate(): void; vanish(): void }>;
  readonly total: bigint;
  readonly afterRestatement: bigint;
  readonly afterVanishing: bigint;
  readonly deform: (text: string) => string;
}

const langfuseRow = (on: string, changes: Partial<LangfuseRow> = {}): LangfuseRow => ({
  day: day(on),
  userId: 'acme',
  tags: ['feature:summary', 'prod'],
  providedModelName: 'gpt-6-sol-2026-09-01',
  inputTokens: 1000,
  outputTokens: 200,
  totalCost: 0.01,
  ...changes,
});

const litellm: Case = {
  kind: 'litellm',
  secret: PROXY_KEY,
  async start(trouble) {
    const proxy: Proxy = {
      key: PROXY_KEY,
      rows: [
        logRow('a', '2026-11-10'),
        logRow('b', '2026-11-11'),
        logRow('c', '2026-11-11', { end_user: null }),
      ],
    };
    return {
      fake: await startLiteLlm(proxy, trouble),
      restate() {
        proxy.rows[1] = logRow('b', '2026-11-11', { completion_tokens: 300 });
      },
      vanish() {
        proxy.rows = proxy.rows.filter(({ request_id: id }) => id !== 'c');
      },
    };
  },
  total: 3600n,
  afterRestatement: 3700n,
  afterVanishing: 2500n,
  deform: (text) => text.replaceAll('"prompt_tokens":', '"prompt":'),
};

const langfuseOf = (version: 3 | 4): Case => ({
  kind: 'langfuse',
  secret: PROJECT_KEY,
  async start(trouble) {
    const project: Project = {
      key: PROJECT_KEY,
      version,
      rows: [
        langfuseRow('2026-11-10'),
        langfuseRow('2026-11-11'),
        langfuseRow('2026-11-11', { userId: null }),
      ],
    };
    return {
      fake: await startLangfuse(project, trouble),
      restate() {
        project.rows[1] = langfuseRow('2026-11-11', { outputTokens: 300 });
      },
      vanish() {
        project.rows.pop();
      },
    };
  },
  total: 3600n,
  afterRestatement: 3700n,
  afterVanishing: 2500n,
  deform: (text) =>
    text.replaceAll('"sum_totalTokens":', '"totalTokens":').replaceAll('"startTime":', '"start":'),
});

function providerOf(
  kind: string,
  { baseUrl, credential, http }: { baseUrl: string; credential: string; http: HttpOptions },
  options = {},
): Provider {
  return createProvider(
    { name: 'recorder', kind, credential, baseUrl, path: null, options },
    { clock, http },
  );
}

function tokensIn(uses: readonly TokenUse[] | undefined): bigint {
  return (uses ?? []).reduce((sum, { tokens }) => sum + totalTokens(tokens), 0n);
}

describe.each([litellm, langfuseOf(3), langfuseOf(4)])('$kind in good and bad days', (recorder) => {
  const setUp = async (trouble?: Trouble, secret = recorder.secret) => {
    const { fake, ...change } = await recorder.start(trouble);
    const { http, waits } = impatientHttp();
    return {
      fake,
      change,
      waits,
      provider: providerOf(recorder.kind, { baseUrl: fake.url, credential: secret, http }),
    };
  };
  afterEach(closeFakes);

  it('brings weights and no money, and keeps neither the credential nor a prompt', async () => {
    const { provider } = await setUp();
    const pull = await provider.pull(WINDOW, []);
    expect(pull.charges).toEqual([]);
    expect(tokensIn(pull.uses)).toBe(recorder.total);
    expect(encodeJson(pull)).not.toMatch(/TopSecret|the prompt/);
    expect(pull.completeThrough).toBe('2026-11-12');
    expect(await provider.check?.()).toEqual([]);
  });

  it('loses nothing to 429, 5xx, half answers and garbage', async () => {
    const clean = await (await setUp()).provider.pull(WINDOW, []);
    const troubles = [
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503 },
      'cut',
      'garbage',
    ] as const;
    const { provider, waits } = await setUp(({ attempt }) => troubles[attempt - 1] ?? null);
    expect((await provider.pull(WINDOW, [])).uses).toEqual(clean.uses);
    expect(waits).toContain(7000);
  });

  it('brings nothing when a later answer fails for good, or a field has another form', async () => {
    let answered = 0;
    const failing = await setUp(({ attempt }) => (attempt > 1 || ++answered > 1 ? { status: 500 } : null));
    await expect(failing.provider.pull(WINDOW, [])).rejects.toMatchObject({ code: 'upstream' });
    const deformed = await setUp(() => ({ edit: recorder.deform }));
    await expect(deformed.provider.pull(WINDOW, [])).rejects.toThrow(
      /unexpected form at .+Nothing was stored/s,
    );
    const refused = await setUp(undefined, 'pk-Wrong:sk-Wrong');
    await expect(refused.provider.pull(WINDOW, [])).rejects.toThrow(
      /refused the credential of source "recorder"/,
    );
  });

  it('changes nothing when pulled twice or in overlapping windows, and follows restatements and vanished rows', async () => {
    const { provider, change } = await setUp();
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    const pull = (window: DayRange = WINDOW) => ingestSource(context, provider, window);
    const held = async () => tokensIn(await context.store.listTokenUses(WINDOW));
    expect(await pull()).toMatchObject({ ok: true, unchanged: false, charges: 0 });
    expect(await held()).toBe(recorder.total);
    expect(await pull()).toMatchObject({ ok: true, unchanged: true });
    expect(await pull(range('2026-11-11', '2026-11-14'))).toMatchObject({ ok: true, unchanged: true });
    expect(await held()).toBe(recorder.total);
    change.restate();
    expect(await pull()).toMatchObject({ ok: true, unchanged: false });
    expect(await held()).toBe(recorder.afterRestatement);
    change.vanish();
    expect(await pull()).toMatchObject({ ok: true, unchanged: false });
    expect(await held()).toBe(recorder.afterVanishing);
    await context.store.close();
  });
});

describe('a LiteLLM proxy', () => {
  afterEach(closeFakes);
  const pullOf = async (rows: Proxy['rows'], options = {}) => {
    const fake = await startLiteLlm({ key: PROXY_KEY, rows });
    return providerOf(
      'litellm',
      { baseUrl: fake.url, credential: PROXY_KEY, ...impatientHttp() },
      options,
    ).pull(WINDOW, []);
  };

  it('counts a request once, however often it is logged, and an answer from its own cache not at all', async () => {
    const { uses, remarks } = await pullOf([
      logRow('a', '2026-11-10'),
      logRow('a', '2026-11-10'),
      logRow('b', '2026-11-10', { cache_hit: 'True', spend: 0 }),
      logRow('c', '2026-11-10', { status: 'failure' }),
      logRow('d', '2026-11-10', { prompt_tokens: 0, completion_tokens: 0, metadata: null }),
    ]);
    expect(uses).toMatchObject([
      {
        requests: 1,
        retries: 1,
        replays: 1,
        ownCost: 10_000_000n,
        tokens: { uncached_input: 600n, cache_read: 400n, output: 200n },
        repeated: { requests: 1, cost: 10_000_000n },
      },
    ]);
    expect(remarks).toEqual([
      '1 record was left out: it counts no tokens.',
      '1 record was left out: the request failed.',
      'Of requests recorded more than once 1 further record was left out.',
    ]);
  });

  it('reads cached tokens wherever a version puts them, and the input of all vendors as uncached', async () => {
    const usage = { cache_read_input_tokens: 300, cache_creation_input_tokens: 100 };
    const { uses = [] } = await pullOf([
      logRow('a', '2026-11-10', { model: 'a', metadata: { usage_object: usage } }),
      logRow('b', '2026-11-10', { model: 'b', metadata: JSON.stringify({ additional_usage_values: usage }) }),
      // Cached tokens beside the prompt rather than in it: they cannot be more than their whole.
      logRow('c', '2026-11-10', { model: 'c', metadata: null, ...usage, prompt_tokens: 200 }),
    ]);
    expect(
      uses.map(({ tokens }) => [tokens.uncached_input, tokens.cache_read, tokens.cache_write_5m]),
    ).toEqual([
      [600n, 300n, 100n],
      [600n, 300n, 100n],
      [200n, 300n, 100n],
    ]);
  });

  it('takes customer, feature and team from where they are, or from the tags that the settings name', async () => {
    const row = logRow('a', '2026-11-10', {
      metadata: { spend_logs_metadata: { account: 'globex' } },
      api_key: 'sk-master1234',
    });
    const [usual] = (await pullOf([row])).uses ?? [];
    expect(usual).toMatchObject({
      customer: 'acme',
      feature: 'summary',
      team: 'team-search',
      user: 'search-svc',
      callerKey: 'sk-…1234',
      key: null,
    });
    const options = { customerTag: 'account', vendorKeys: { openai: 'key_Router' } };
    expect((await pullOf([row], options)).uses).toMatchObject([{ customer: 'globex', key: 'key_Router' }]);
  });
});

describe('a Langfuse project', () => {
  afterEach(closeFakes);

  it('fails rather than bring a part when a day has more rows than an answer can hold', async () => {
    const rows = Array.from({ length: LAST }, (_, i) => langfuseRow('2026-11-10', { userId: `u${i}` }));
    const fake = await startLangfuse({ key: PROJECT_KEY, rows, version: 3 });
    const provider = providerOf('langfuse', {
      baseUrl: fake.url,
      credential: PROJECT_KEY,
      ...impatientHttp(),
    });
    await expect(provider.pull(WINDOW, [])).rejects.toThrow(/cuts the answer off/);
  });

  it('reads every observation by cursor, with cached tokens apart, however many a day has', async () => {
    const usage = { input_cached_tokens: 40, cache_creation_input_tokens: 7, output_reasoning_tokens: 5 };
    const rows = Array.from({ length: 2 * LAST + 1 }, (_, i) =>
      langfuseRow('2026-11-10', { userId: `u${i % 1_500}`, usage }),
    );
    const fake = await startLangfuse({ key: PROJECT_KEY, rows });
    const { uses = [] } = await providerOf('langfuse', {
      baseUrl: fake.url,
      credential: PROJECT_KEY,
      ...impatientHttp(),
    }).pull(WINDOW, []);
    expect(new Set(uses.map(({ customer }) => customer)).size).toBe(1_500);
    expect(tokensIn(uses)).toBe(BigInt(rows.length) * 1_252n);
    expect(uses[0]).toMatchObject({ tellsCache: true, feature: 'summary', vendor: 'openai' });
    const cached = uses.reduce((sum, { tokens }) => sum + tokens.cache_read, 0n);
    expect(cached).toBe(BigInt(rows.length) * 40n);
  });

  it('keeps what it cannot tell apart together: input as a whole, of no vendor where no model is said', async () => {
    const rows = [langfuseRow('2026-11-10', { providedModelName: null, totalCost: null })];
    const fake = await startLangfuse({ key: PROJECT_KEY, rows, version: 3 });
    const { uses = [] } = await providerOf('langfuse', {
      baseUrl: fake.url,
      credential: PROJECT_KEY,
      ...impatientHttp(),
    }).pull(WINDOW, []);
    expect(uses).toMatchObject([{ vendor: 'unknown', tellsCache: false, ownCost: null, feature: 'summary' }]);
    expect(uses.map(({ tokens }) => inputTokens(tokens))).toEqual([1000n]);
  });
});
