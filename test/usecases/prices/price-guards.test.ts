import { describe, expect, it } from 'vitest';
import { addDays, type DayRange, daysIn } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Unrated } from '../../../src/core/prices/rating.js';
import type { Provider } from '../../../src/providers/provider.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { currentPrices, importPrices } from '../../../src/usecases/prices/import-prices.js';
import { acceptPull } from '../../../src/usecases/sources/accept-pull.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { billOf, chargeOf, day, kindOf, month, setOf } from '../../support/build/charges.js';
import { priceOfList } from '../../support/build/prices.js';
import { createTestContext, type TestContext } from '../../support/context.js';
import { range } from '../../support/vendors/all.js';

const OPENAI = {
  serviceProviderName: 'OpenAI',
  model: 'gpt-6-sol',
  skuMeter: 'Input Tokens',
  source: 'main',
};

/** Ten million tokens of input, twenty dollars at list price. */
function usage(on: string, amount: string, changes: { model?: string } = {}): Charge {
  return chargeOf(on, amount, {
    set: setOf({ ...OPENAI, ...changes }),
    kind: kindOf(),
    consumedQuantity: 1e7,
  });
}

function sourceOf(pull: (window: DayRange) => { charges?: readonly Charge[]; unrated?: Unrated }): Provider {
  return {
    source: 'main',
    kind: 'test',
    openWindowDays: 7,
    reachDays: null,
    async pull(window) {
      const { charges = [], ...rest } = pull(window);
      const scope = { kind: 'charge-days', ...window } as const;
      const completeThrough = addDays(window.to, -1);
      return { scope, charges, raw: [], identities: [], completeThrough, remarks: [], ...rest };
    },
  };
}

async function setUp(): Promise<TestContext> {
  const context = await createTestContext({ now: '2026-11-18' });
  const prices = [priceOfList(), priceOfList({ model: 'gpt-6-luna' })];
  await importPrices(context, { source: 'list', contentHash: '1', prices, aliases: [], remarks: [] });
  return context;
}

const OCTOBER = range('2026-10-01', '2026-10-04');
const WEEK = range('2026-11-10', '2026-11-18');
const wordsOf = (notice: Parameters<typeof noticeMessage>[0]) => JSON.stringify(noticeMessage(notice));

describe('the first pull of a source', () => {
  it('is held back when cents were read as dollars, and nothing of it is stored', async () => {
    const context = await setUp();
    const source = sourceOf(() => ({ charges: [usage('2026-10-02', '2000')] }));
    const report = await ingestSource({ ...context, providers: [source] }, source, OCTOBER);
    expect(report).toMatchObject({ ok: false, fault: 'input', charges: 0 });
    expect(report.sentence).toContain('OpenAI billed 2000 USD for 2026-10');
    expect(report.sentence).toContain('costs 20 USD at list price');
    expect(report.sentence).toContain('accept-pull main');
    expect(await context.store.listMonths()).toEqual([]);
    expect(await context.store.listFeeds()).toMatchObject([{ source: 'main', lastSuccessMs: null }]);
    const told = await context.store.findNotice('data-quality:first-sync:main');
    expect(told?.notice.audience).toEqual({ kind: 'finops' });
    if (told !== null) expect(wordsOf(told.notice.body)).toContain('100.00 times as much');
    expect(await context.store.findNotice('feed:main:2026-11-18')).toBeNull();
  });

  it('is published when a person has accepted it, and the message says who', async () => {
    const context = await setUp();
    const source = sourceOf(() => ({ charges: [usage('2026-10-02', '2000')] }));
    const configured = { ...context, providers: [source] };
    await ingestSource(configured, source, OCTOBER);
    await ingestSource(configured, source, OCTOBER);
    expect((await context.store.findNotice('data-quality:first-sync:main'))?.revision).toBe(1);
    await acceptPull(context, { source: 'main' });
    expect(await ingestSource(configured, source, OCTOBER)).toMatchObject({ ok: true, charges: 1 });
    const told = await context.store.findNotice('data-quality:first-sync:main');
    expect(told?.revision).toBe(2);
    if (told !== null) expect(wordsOf(told.notice.body)).toContain('Fin Ops says that it is right');
  });

  it.each([
    ['a discount of three quarters', '5'],
    ['four times the list', '80'],
  ])('passes with %s', async (_name, amount) => {
    const context = await setUp();
    const source = sourceOf(() => ({ charges: [usage('2026-10-02', amount)] }));
    expect(await ingestSource(context, source, OCTOBER)).toMatchObject({ ok: true });
  });

  it('passes when no price is known to compare with, or little money is at stake', async () => {
    const context = await setUp();
    const unknown = sourceOf(() => ({ charges: [usage('2026-10-02', '2000', { model: 'gpt-99' })] }));
    expect(await ingestSource(context, unknown, OCTOBER)).toMatchObject({ ok: true });
    const tiny = sourceOf(() => ({ charges: [{ ...usage('2026-10-02', '0.9'), consumedQuantity: 10 }] }));
    expect(await ingestSource(await setUp(), tiny, OCTOBER)).toMatchObject({ ok: true });
  });
});

describe('a later pull', () => {
  const steady = (from: DayRange, price: (on: string) => string, model?: string) =>
    daysIn(from).map((on) => usage(on, price(on), model === undefined ? {} : { model }));

  it('tells a step of more than ten points once a source and day, with the models', async () => {
    const context = await setUp();
    let charges = steady(WEEK, () => '20');
    const source = sourceOf(() => ({ charges }));
    await ingestSource(context, source, WEEK);
    charges = [
      ...steady(WEEK, (on) => (on >= '2026-11-15' ? '15' : '20')),
      ...steady(WEEK, () => '20', 'gpt-6-luna'),
    ];
    await ingestSource(context, source, WEEK);
    await ingestSource(context, source, WEEK);
    const told = await context.store.findNotice('data-quality:price-drift:main:2026-11-15');
    expect(told?.revision).toBe(1);
    if (told !== null) {
      expect(wordsOf(told.notice.body)).toContain('bills 0.88 times the list price, 1.00 on 2026-11-14');
      expect(wordsOf(told.notice.body)).toContain('The price of gpt-6-sol has changed');
    }
    expect(await context.store.findNotice('data-quality:price-drift:main:2026-11-16')).toBeNull();
  });

  it('does not take a change of models for a change of price', async () => {
    const context = await setUp();
    const mixed = (on: string) => [usage(on, '20'), usage(on, '5', { model: 'gpt-6-luna' })];
    const charges = daysIn(WEEK).flatMap((on) => (on < '2026-11-15' ? mixed(on) : mixed(on).slice(1)));
    const source = sourceOf(() => ({ charges }));
    await ingestSource(context, source, range('2026-11-10', '2026-11-11'));
    expect(await ingestSource(context, source, WEEK)).toMatchObject({ ok: true });
    expect(await context.store.findNotice('data-quality:price-drift:main:2026-11-15')).toBeNull();
  });

  it('names a model that the list lacks, and a discount when all models moved', async () => {
    const context = await setUp();
    const models = ['gpt-6-sol', 'gpt-6-luna'];
    let unknown: readonly Charge[] = [];
    const charges = () => [
      ...models.flatMap((model) => steady(WEEK, (on) => (on >= '2026-11-17' ? '16' : '20'), model)),
      ...unknown,
    ];
    const source = sourceOf(() => ({ charges: charges() }));
    await ingestSource(context, source, WEEK);
    await ingestSource(context, source, WEEK);
    const told = async () => {
      const entry = await context.store.findNotice('data-quality:price-drift:main:2026-11-17');
      return entry === null ? '' : wordsOf(entry.notice.body);
    };
    expect(await told()).toContain('All models moved alike');
    unknown = [usage('2026-11-17', '9', { model: 'gpt-99' })];
    await ingestSource(context, source, WEEK);
    expect(await told()).toContain('No price is known of gpt-99');
  });
});

describe('usage without money', () => {
  const row = (key: string, units: bigint, model = 'gpt-6-sol') => ({
    set: setOf({ ...OPENAI, model, apiKeyId: key, apiKeyName: key }),
    kind: kindOf(),
    bill: billOf(month('2026-10')),
    chargeDay: day('2026-10-02'),
    consumedQuantity: Number(units),
    pricingQuantity: null,
    account: 'org',
    thing: { provider: 'openai', model, tokenType: 'uncached_input' as const },
    units,
  });
  const unrated: Unrated = {
    usage: [row('a', 10_000_000n), row('b', 30_000_000n), row('c', 5n, 'gpt-99')],
    billed: [
      {
        account: 'org',
        currency: 'USD',
        from: day('2026-10-02'),
        to: day('2026-10-03'),
        billed: 60_000_000_001n,
        leftover: {
          set: setOf({ ...OPENAI, apiKeyId: undefined }),
          kind: kindOf(),
          bill: billOf(month('2026-10')),
        },
      },
    ],
  };

  it('is rated and met with its bill on the way in, and what has no price is named', async () => {
    const context = await setUp();
    const report = await ingestSource(
      context,
      sourceOf(() => ({ unrated })),
      OCTOBER,
    );
    expect(report).toMatchObject({ ok: true, charges: 3 });
    expect(report.remarks.join(' ')).toContain('no price is known of the model gpt-99; 5 units in 1 row');
    const { total, rows } = await context.store.querySpend({
      by: ['key'],
      range: OCTOBER,
      where: [],
      currency: 'USD',
    });
    expect(total).toBe(60_000_000_001n);
    expect(Object.fromEntries(rows.map(({ values, cost }) => [values[0], cost]))).toMatchObject({
      a: 15_000_000_000n,
      b: 45_000_000_001n,
    });
  });
});

describe('the price list of the installation', () => {
  it('is taken in by itself, once, and again when it has changed', async () => {
    const context = await createTestContext({ now: '2026-11-18' });
    const list = (nanosPerMillion: bigint, contentHash: string) => {
      const prices = [priceOfList({ nanosPerMillion })];
      return {
        ...context,
        bundledPrices: () => ({ source: 'list', contentHash, prices, aliases: [], remarks: [] }),
      };
    };
    const first = list(2n, 'a');
    await currentPrices(first);
    await currentPrices(first);
    expect(await context.store.listPriceSnapshots()).toHaveLength(1);
    const table = await currentPrices(list(3n, 'b'));
    expect(
      table.list('gpt-6-sol').map(({ validFrom, nanosPerMillion }) => [validFrom, nanosPerMillion]),
    ).toEqual([
      ['1970-01-01', 2n],
      ['2026-11-18', 3n],
    ]);
  });
});
