import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  formatNanos,
  parseNanos,
  roundedQuotient,
  splitNanos,
  sumNanos,
} from '../../../src/core/base/money.js';
import { NO_TOKENS, type StoredUse, type TokenCounts } from '../../../src/core/gateways/token-use.js';
import type { TokenFact } from '../../../src/core/gateways/vendor-use.js';
import { recordedWeights } from '../../../src/core/gateways/weights.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { ALWAYS, type TokenType } from '../../../src/core/prices/price.js';
import { UNALLOCATED } from '../../../src/core/rules/target.js';
import { createProvider } from '../../../src/providers/catalog.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { OpenAiDataset } from '../../../src/sandbox/vendors/dataset.js';
import { startOpenAiServer } from '../../../src/sandbox/vendors/openai-server.js';
import { tieOutMessage } from '../../../src/slack/invoices/message.js';
import { reconciliationText } from '../../../src/terminal/reconcile-output.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reconcile } from '../../../src/usecases/allocation/reconcile.js';
import { enterInvoices } from '../../../src/usecases/invoices/enter-invoice.js';
import { tieInvoices } from '../../../src/usecases/invoices/tie-invoices.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { showWorkMix } from '../../../src/usecases/spend/show-work-mix.js';
import { billOf, chargeOf, day, kindOf, month, setOf } from '../../support/build/charges.js';
import { invoiceOf, lineOf } from '../../support/build/invoices.js';
import { priceOfList } from '../../support/build/prices.js';
import { createTestContext, type TestContext } from '../../support/context.js';
import { clock, impatientHttp, openAiDataset, openAiUsageRow, range } from '../../support/vendors/all.js';
import { type LogRow, logRow, PROXY_KEY, startLiteLlm } from '../../support/vendors/recorders.js';
import { closeFakes } from '../../support/vendors/server.js';

const NOV = month('2026-11');
const WINDOW = range('2026-11-01', '2026-11-23');
const MODEL = 'gpt-5.6-sol';
const BILL = billOf(NOV, { billingAccountId: 'openai', invoiceIssuerName: 'OpenAI' });

/** What OpenAI bills of a kind of token on 10 November. */
function billed(meter: string, tokens: number, cost: string, changes: Partial<Charge> = {}): Charge {
  return chargeOf('2026-11-10', cost, {
    set: setOf({
      serviceProviderName: 'OpenAI',
      serviceName: 'OpenAI API',
      source: 'openai',
      billingAccountId: 'openai',
      apiKeyId: 'key_Router',
      apiKeyName: 'router-prod',
      model: MODEL,
      skuId: `${MODEL}, ${meter}`,
      skuMeter: meter,
    }),
    kind: kindOf({ chargeDescription: null }),
    bill: BILL,
    consumedQuantity: tokens,
    ...changes,
  });
}

/** litellm#34801: 65,304 of 73,550 tokens of input were cached; 0.865846 for all. */
const CHARGES = [
  billed('Input Tokens', 8_246, '0.041230'),
  billed('Cache Read Input Tokens', 65_304, '0.032652'),
  billed('Output Tokens', 20_480, '0.791964'),
];

function openAi(charges: readonly Charge[] = CHARGES): Provider {
  return {
    source: 'openai',
    kind: 'openai',
    openWindowDays: 7,
    reachDays: null,
    async pull() {
      return {
        scope: { kind: 'charge-days', ...WINDOW },
        charges,
        raw: [],
        identities: [],
        completeThrough: day('2026-11-22'),
        remarks: [],
      };
    },
  };
}

/** The same forty requests as LiteLLM has them: 49,563 cached, 0.939487; customers in turn, every eighth unnamed. */
function fortyRequests(): readonly LogRow[] {
  return Array.from({ length: 40 }, (_, i) =>
    logRow(`r${i}`, '2026-11-10', {
      model: `openai/${MODEL}`,
      spend: i === 0 ? '0.023519' : '0.023486358974358974',
      prompt_tokens: i === 0 ? 1_838 + 30 : 1_838,
      completion_tokens: 512,
      end_user: i % 8 === 7 ? null : i % 2 === 0 ? 'acme' : 'globex',
      metadata: {
        user_api_key_team_alias: 'Search',
        user_api_key_alias: 'router-prod',
        attempted_retries: i === 3 ? 2 : 0,
        usage_object: { prompt_tokens_details: { cached_tokens: i === 0 ? 1_239 + 3 : 1_239 } },
      },
    }),
  );
}

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-23' });
  const prices = (['uncached_input', 'cache_read', 'cache_write_5m', 'output'] satisfies TokenType[]).map(
    (tokenType, i) => {
      const nanosPerMillion = parseNanos(['5', '0.5', '6.25', '30'][i] ?? '');
      return priceOfList({ model: MODEL, tokenType, nanosPerMillion, validFrom: ALWAYS });
    },
  );
  const { actor } = context;
  await context.store.putPrices({
    source: 'list',
    contentHash: '1',
    prices,
    aliases: [],
    day: day('2026-11-23'),
    actor,
    atMs: 1,
  });
});
afterEach(async () => {
  await context.store.close();
  await closeFakes();
});

async function gateway(rows: readonly LogRow[], options = {}): Promise<Provider> {
  const fake = await startLiteLlm({ key: PROXY_KEY, rows: [...rows] });
  return createProvider(
    { name: 'gateway', kind: 'litellm', credential: PROXY_KEY, baseUrl: fake.url, path: null, options },
    { clock, http: impatientHttp().http },
  );
}

async function ingestAll(...providers: readonly Provider[]): Promise<void> {
  for (const provider of providers)
    expect(await ingestSource({ ...context, providers }, provider, WINDOW)).toMatchObject({ ok: true });
}

/** The tie-out as Slack shows it, as one text. */
async function card(): Promise<string> {
  const { blocks } = tieOutMessage(await tieInvoices(context, { period: NOV }), { mayEdit: true });
  return JSON.stringify(blocks);
}

async function byCustomer(among?: readonly string[], fallback?: string) {
  const split = {
    method: 'measure' as const,
    measure: 'gateway:customer',
    ...(among && { among: [...among] }),
  };
  const rule = {
    id: 'by-use',
    name: 'By use',
    when: { attribute: 'source' as const, is: 'openai' },
    allocateTo: { split: { ...split, ...(fallback !== undefined && { fallback }) } },
  };
  const ruleset = { version: 1 as const, dimensions: [{ id: 'customer', rules: [rule] }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
  await reallocate(context);
  const asked = { range: WINDOW, where: [], currency: 'USD' };
  const { rows, total } = await context.store.querySpend({ by: ['customer'], ...asked });
  const reasons = await context.store.listUnallocated({ dimension: 'customer', range: WINDOW, limit: 10 });
  return {
    total: formatNanos(total),
    spent: new Map(rows.map(({ values, cost }) => [values[0] ?? '', cost] as const)),
    reasons: [...new Set(reasons.map(({ reason }) => reason))],
  };
}

describe('a gateway beside the bill', () => {
  it.each([
    ['the gateway last', false],
    ['the bill last', true],
  ])('shows LiteLLM’s difference on the tie-out card with its cause, %s', async (_, isBillLast) => {
    const litellm = await gateway(fortyRequests());
    await ingestAll(...(isBillLast ? [litellm, openAi()] : [openAi(), litellm]));
    const invoice = invoiceOf([lineOf('usage', '0.865846')], {
      source: 'openai',
      invoiceIssuerName: 'OpenAI',
      billingAccountId: 'openai',
      billingPeriod: NOV,
    });
    await enterInvoices(context, { invoices: [{ ...invoice, billingAccountId: null }], isNew: true });
    await reallocate(context);
    const [tieOut] = (await tieInvoices(context, { period: NOV })).tieOuts;
    expect(tieOut).toMatchObject({ residual: 0n, isTied: true, reasons: [] });
    expect(await card()).toMatch(/Gateway difference.+\+0\.073641 USD: .+cached tokens of gpt-5\.6-sol/);
    const [reconciled] = (await reconcile(context, { period: NOV })).invoices;
    expect(reconciled?.tieOut?.causes).toEqual([
      {
        kind: 'gateway-difference',
        amount: '0.073641',
        sentence:
          'gateway says 0.939487 USD where OpenAI billed 0.865846 USD: +0.073641 USD (+8.5 %). Cause: cached tokens of gpt-5.6-sol (49,563 at gateway, 65,304 on the bill): 15,741 were priced as uncached input or cache writes.',
      },
    ]);
  });

  const who = { projectId: 'proj_Support', apiKeyId: 'key_Router', userId: 'user-Router' };
  const counts = {
    input_tokens: 73_550,
    input_cached_tokens: 65_304,
    output_tokens: 20_480,
    num_model_requests: 40,
  };
  const ingestOpenAi = async (
    lines: readonly (readonly [item: string, usd: string, quantity: number | null])[],
  ) => {
    const { adminKey, ...rest } = openAiDataset();
    const dataset: OpenAiDataset = {
      ...rest,
      adminKey,
      costs: (on) =>
        lines.flatMap(([lineItem, amountUsd, quantity]) => {
          const quantityUnit = quantity === null ? null : 'tokens';
          return on === '2026-11-10' ? [{ ...who, lineItem, amountUsd, quantity, quantityUnit }] : [];
        }),
      usage: (on) => (on === '2026-11-10' ? [openAiUsageRow({ ...who, model: MODEL, counts })] : []),
    };
    const server = await startOpenAiServer(dataset, {});
    const entry = {
      name: 'openai',
      kind: 'openai',
      credential: adminKey,
      baseUrl: server.url,
      path: null,
      options: {},
    };
    await ingestAll(createProvider(entry, { clock, ...impatientHttp() }), await gateway(fortyRequests()));
    await server.close();
  };

  it('finds the same in what OpenAI itself answers: cost lines, and usage whose input holds cached tokens', async () => {
    await ingestOpenAi([
      [`${MODEL}, input_tokens`, '0.041230', 8_246],
      [`${MODEL}, cached_input_tokens`, '0.032652', 65_304],
      [`${MODEL}, output_tokens`, '0.791964', 20_480],
    ]);
    const causes = await context.store.listTieOutCauses(NOV);
    expect(causes).toMatchObject([{ source: 'openai', amount: parseNanos('0.073641') }]);
    const report = await reconcile(context, { period: NOV });
    expect(report.invoices[0]?.knownCauses).toMatchObject([
      { kind: 'gateway-difference', amount: '0.073641' },
    ]);
    expect(await card()).toMatch(/openai: Gateway difference.+\+0\.073641 USD: .+cached tokens/);
    expect(reconciliationText(report)).toContain('15,741 were priced as uncached input or cache writes');
  });

  it('goes by list prices, and says so, where the vendor has tokens and money but not together', async () => {
    await ingestOpenAi([['platform usage', '0.865846', null]]);
    const [cause] = await context.store.listTieOutCauses(NOV);
    expect(cause?.sentence).toMatch(/OpenAI's usage comes to 0\.688282 USD \(.+list price\)/);
    expect(cause?.sentence).toContain('Cause: cached tokens');
    expect(cause?.amount).toBe(parseNanos('0.0708345'));
  });

  it('forgets a difference that a restatement has settled', async () => {
    const litellm = await gateway(fortyRequests());
    await ingestAll(openAi(), litellm);
    expect(await context.store.listTieOutCauses(NOV)).toHaveLength(1);
    const settled = CHARGES.map((charge, i) => {
      const cost = parseNanos(['0.114871', '0.032652', '0.791964'][i] ?? '');
      return {
        ...charge,
        consumedQuantity: [23_987, 49_563, 20_480][i] ?? 0,
        effectiveCost: cost,
        billedCost: cost,
      };
    });
    await ingestAll(openAi(settled));
    expect(await context.store.listTieOutCauses(NOV)).toEqual([]);
  });

  it('tells requests that the gateway has no event of from those that it counts twice', async () => {
    const rows = fortyRequests();
    const litellm = await gateway([...rows.slice(1, 21), ...rows.slice(1, 3)], {
      vendorKeys: { openai: 'key_Router' },
    });
    await ingestAll(openAi(), litellm);
    const causes = await context.store.listTieOutCauses(NOV);
    const sentences = causes.map(({ sentence }) => sentence).join(' ');
    expect(sentences).toMatch(
      /requests missing: gateway has no event for [\d,]+ tokens of gpt-5.6-sol that OpenAI billed/,
    );
    expect(sentences).toMatch(/counted twice: 2 requests of gpt-5.6-sol/);
    const said = roundedQuotient(22n * 23_486_358_974_358_974n, 10n ** 9n);
    expect(sumNanos(causes.map(({ amount }) => amount))).toBe(said - parseNanos('0.865846'));
  });
});

describe('money that is split by token records', () => {
  it('follows customers cell by cell; what no record names or covers stays Unallocated with its reason', async () => {
    await ingestAll(openAi(), await gateway(fortyRequests().slice(0, 20)));
    const { total, spent, reasons } = await byCustomer();
    expect(total).toBe('0.865846');
    expect(sumNanos(spent.values())).toBe(parseNanos('0.865846'));
    // Half of the requests have no record, and two of the twenty name nobody: 10,240 + 2 x 512 tokens of output.
    const output = (share: bigint) => (parseNanos('0.791964') * share) / 20_480n;
    expect(Number(spent.get(UNALLOCATED))).toBeGreaterThan(Number(output(10_240n + 1_024n)));
    expect(Number(spent.get('acme'))).toBeGreaterThan(Number(output(5_120n)));
    expect(reasons).toEqual(['no record says whose it is']);
  });

  it('is the same whichever feed came first, and gives the rest to a fallback only where one is declared', async () => {
    const litellm = await gateway(fortyRequests().slice(0, 20));
    await ingestAll(litellm, openAi());
    const first = await byCustomer();
    await ingestAll(litellm);
    expect(await byCustomer()).toEqual(first);
    const declared = await byCustomer(undefined, 'Shared');
    expect(declared.spent.get('Shared')).toBe(first.spent.get(UNALLOCATED));
    expect(declared.reasons).toEqual([]);
    const named = await byCustomer(['acme']);
    expect(named.spent.get('acme')).toBe(first.spent.get('acme'));
    expect(named.total).toBe('0.865846');
  });

  it('leaves the money of other keys alone where the records know theirs, and other vendors to the month', async () => {
    const own = billed('Output Tokens', 250_000, '7.5');
    const set = setOf({ ...own.set.attributes, apiKeyId: 'key_Batch', apiKeyName: 'batch' });
    const other = chargeOf('2026-11-11', '8', {
      set: setOf({ source: 'openai', serviceProviderName: 'Pinecone' }),
    });
    const requests = Array.from({ length: 4 }, (_, i) =>
      logRow(`k${i}`, '2026-11-10', {
        model: MODEL,
        completion_tokens: 62_500,
        prompt_tokens: 0,
        metadata: null,
        end_user: i === 0 ? 'globex' : 'acme',
      }),
    );
    const vendorKeys = { openai: 'key_Router' };
    await ingestAll(openAi([own, { ...own, set }, other]), await gateway(requests, { vendorKeys }));
    const { spent } = await byCustomer();
    // A quarter of the router's 7.5 and of the 8 of a vendor that no record names; the other key's 7.5 are nobody's.
    expect(Object.fromEntries([...spent].map(([label, cost]) => [label, formatNanos(cost)]))).toEqual({
      acme: '11.625',
      globex: '3.875',
      Unallocated: '7.5',
    });
  });

  it('tells retries by team and by key', async () => {
    await ingestAll(openAi(), await gateway(fortyRequests()));
    await byCustomer();
    const [mix] = await showWorkMix(context, { by: 'key', range: WINDOW, where: [] });
    expect(mix).toMatchObject({ label: 'router-prod', retries: 2 });
    expect((await context.store.measureTotals(NOV, ['retries'])).get('retries')?.get('Search')).toBe(
      2_000_000_000n,
    );
  });

  it('leaves exactly the part of a cell’s money that its records do not cover', () => {
    const counts = (input: bigint, read: bigint, output: bigint): TokenCounts => ({
      ...NO_TOKENS,
      uncached_input: input,
      cache_read: read,
      output,
    });
    const some = fc.bigInt(0n, 10_000n);
    const use = fc.tuple(fc.constantFrom('acme', 'globex', null), some, some, some);
    fc.assert(
      fc.property(
        fc.array(use, { maxLength: 6 }),
        fc.tuple(some, some, some),
        fc.bigInt(1n, 10n ** 12n),
        (rows, [input, read, output], money) => {
          const uses = rows.map(([customer, ...tokens]) => storedUse(customer, counts(...tokens)));
          const facts = (['Input Tokens', 'Cache Read Input Tokens', 'Output Tokens'] as const).map(
            (meter, i) => factOf(meter, [input, read, output][i] ?? 0n),
          );
          const records = recordedWeights([...uses, storedUse('acme', NO_TOKENS)], facts);
          for (const { set } of facts) {
            const weights = records.weigh('gateway:customer', set, day('2026-11-10')) ?? [];
            const parts = splitNanos(money, weights) ?? new Map([[UNALLOCATED, money]]);
            expect(sumNanos(parts.values())).toBe(money);
            const isOutput = set.attributes.skuMeter === 'Output Tokens';
            const covered = uses.reduce(
              (sum, { tokens: t }) => sum + (isOutput ? t.output : t.uncached_input + t.cache_read),
              0n,
            );
            const all = isOutput ? output : input + read;
            const least = all > covered ? (money * (all - covered)) / all : 0n;
            expect((parts.get(UNALLOCATED) ?? 0n) >= least).toBe(true);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

function storedUse(customer: string | null, tokens: TokenCounts): StoredUse {
  return {
    source: 'gateway',
    day: day('2026-11-10'),
    vendor: 'openai',
    model: MODEL,
    key: null,
    callerKey: null,
    serviceTier: 'standard',
    customer,
    feature: null,
    team: null,
    user: null,
    tellsCache: true,
    tokens,
    requests: 1,
    retries: null,
    replays: 0,
    repeated: { requests: 0, tokens: NO_TOKENS, cost: 0n },
    ownCost: null,
    rated: null,
  };
}

function factOf(meter: string, quantity: bigint): TokenFact {
  const { set, kind, chargeDay } = billed(meter, 0, '1');
  return { day: chargeDay, set, kind, currency: 'USD', cost: 1n, quantity: Number(quantity) };
}
