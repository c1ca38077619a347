import { afterEach, describe, expect, it } from 'vitest';
import { parseMonth } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { enterInvoices } from '../../../src/usecases/invoices/enter-invoice.js';
import { tieInvoices } from '../../../src/usecases/invoices/tie-invoices.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { invoiceOf, lineOf } from '../../support/build/invoices.js';
import { createTestContext } from '../../support/context.js';
import { clock, connect, impatientHttp, range } from '../../support/vendors/all.js';
import { REPLIT_KEY, replitAccount, replitNanos, startReplit } from '../../support/vendors/replit.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-17', '2026-11-22');
const spend = replitAccount().spend.filter(({ day }) => WINDOW.from <= day && day < WINDOW.to);
const TOTAL = replitNanos(spend);

describeVendor({
  vendor: 'Replit',
  secret: REPLIT_KEY,
  window: WINDOW,
  async start(trouble) {
    const account = replitAccount();
    const fake = await startReplit(account, trouble);
    return {
      fake,
      restate() {
        account.spend = account.spend.map((row) =>
          row.day === '2026-11-18' && row.usd === '3.05' ? { ...row, usd: '4.05' } : row,
        );
      },
      vanish() {
        account.spend = account.spend.filter(({ day, usd }) => day !== '2026-11-18' || usd !== '0.7');
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('replit', { source: 'replit-main', baseUrl, adminKey, clock, http }),
  total: () => TOTAL,
  afterRestatement: TOTAL + 1_000_000_000n,
  afterVanishing: TOTAL + 300_000_000n,
  moneyEndpoint: /^\/v1\/usage$/,
  deform: (text) => text.replaceAll('"totalCostUsd":', '"totalCost":'),
});

async function setUp(trouble?: Trouble) {
  const fake = await startReplit(replitAccount(), trouble);
  const { http, waits } = impatientHttp();
  const source = { source: 'replit-main', baseUrl: fake.url, adminKey: REPLIT_KEY };
  return { fake, waits, provider: connect('replit', { ...source, clock, http }) };
}

describe('a pull from Replit', () => {
  afterEach(closeFakes);

  it('asks once per day and grouping with an exclusive end, and paces itself by the rate limit', async () => {
    const { fake, provider, waits } = await setUp();
    await provider.pull(range('2026-11-17', '2026-11-19'), []);
    const asked = fake.calls
      .filter(({ endpoint, query }) => endpoint === '/v1/usage' && !query.has('cursor'))
      .map(({ query }) => [query.get('groupBy'), query.get('startTime'), query.get('endTime')]);
    expect(asked).toEqual(
      ['member', 'project'].flatMap((groupBy) => [
        [groupBy, '2026-11-17T00:00:00Z', '2026-11-18T00:00:00Z'],
        [groupBy, '2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z'],
      ]),
    );
    expect(waits).toEqual([3000, 3000, 3000, 3000]);
  });

  it('names members by e-mail, former ones as remembered, and says that the money is gross', async () => {
    const { provider } = await setUp();
    const gone = {
      source: 'replit-main',
      kind: 'user',
      id: '5519999',
      name: 'Former Colleague',
      email: 'gone@larkspur.example',
      createdBy: null,
      subAccountId: null,
      status: null,
      tags: {},
      seenOn: WINDOW.from,
    } as const;
    const { charges, remarks, identities, completeThrough } = await provider.pull(WINDOW, [gone]);
    const emails = new Set(charges.map(({ set }) => set.attributes.email));
    expect(emails).toEqual(
      new Set(['ana.ruiz@larkspur.example', 'mia.chen@larkspur.example', 'gone@larkspur.example', undefined]),
    );
    expect(new Set(charges.map(({ kind }) => kind.confidence))).toEqual(new Set(['estimated']));
    expect(charges.every(({ kind }) => kind.extra['x_CostBasis']?.startsWith('Gross ledger'))).toBe(true);
    expect(identities).toContainEqual(expect.objectContaining({ kind: 'sub-account', name: 'Larkspur' }));
    expect(completeThrough).toBe('2026-11-21');
    expect(remarks).toEqual([
      expect.stringContaining('estimates until the invoice is there'),
      expect.stringMatching(
        /^Replit's view by project \(a check, not added\) totals [\d.]+: Shop demo \d+ %, prj-docs/,
      ),
    ]);
  });

  it('names a project view that differs and adds none of it', async () => {
    const { provider } = await setUp(({ query }) =>
      query.get('groupBy') === 'project'
        ? { edit: (text) => text.replaceAll(/"totalCostUsd":[\d.]+/g, '"totalCostUsd":1') }
        : null,
    );
    const { charges, differences } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(TOTAL);
    expect(differences).toMatchObject([{ control: 'total by project of Replit', stated: 10_000_000_000n }]);
  });

  it('does without directories of another form, and says so; without usage it does not', async () => {
    const { provider } = await setUp(({ endpoint }) =>
      endpoint === '/v1/members' ? { edit: () => '{"people":[]}' } : null,
    );
    const { charges, remarks } = await provider.pull(WINDOW, []);
    expect(effective(charges)).toBe(TOTAL);
    expect(remarks).toContainEqual(
      expect.stringMatching(
        /^Replit answered \/v1\/members in an unexpected form .+keep the e-mail addresses/,
      ),
    );
  });

  it('puts what the metrics do not explain on a row of its own', async () => {
    const { provider } = await setUp(({ query }) =>
      query.get('groupBy') === 'member' && query.get('startTime') === '2026-11-17T00:00:00Z'
        ? { edit: (text) => text.replace('"totalCostUsd":3.05', '"totalCostUsd":3.25') }
        : null,
    );
    const { charges } = await provider.pull(WINDOW, []);
    const rest = charges.filter(({ set }) => set.attributes.skuId === 'unexplained');
    expect(rest).toMatchObject([{ billedCost: 200_000_000n, chargeDay: '2026-11-17' }]);
    expect(effective(charges)).toBe(TOTAL + 200_000_000n);
  });

  it('is trued up to the invoice of the month, credits and seats included, once that is entered', async () => {
    const { provider } = await setUp();
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    await ingestSource(context, provider, WINDOW);
    const lines = [lineOf('seat', '420'), lineOf('usage', '39.5'), lineOf('credit', '-12')];
    const invoice = {
      ...invoiceOf(lines, { invoiceId: 'RPL-2026-11' }),
      source: 'replit-main',
      invoiceIssuerName: 'Replit',
      billingPeriod: parseMonth('2026-11'),
      billingAccountId: null,
    };
    await enterInvoices(context, { invoices: [invoice], isNew: true });
    await reallocate(context);
    const { tieOuts } = await tieInvoices(context, { period: parseMonth('2026-11') });
    expect(tieOuts).toMatchObject([{ residual: 0n, isTied: true, trueUp: 39_500_000_000n - TOTAL }]);
    await ingestSource(context, provider, WINDOW);
    await reallocate(context);
    const again = await tieInvoices(context, { period: parseMonth('2026-11') });
    expect(again.tieOuts[0]).toMatchObject({ residual: 0n, trueUp: 39_500_000_000n - TOTAL });
  });

  it('is made by the catalog', () => {
    const source = { name: 'r', kind: 'replit', credential: 'x', baseUrl: null, path: null, options: {} };
    expect(createProvider(source, { clock })).toMatchObject({
      source: 'r',
      kind: 'replit',
      openWindowDays: 14,
    });
  });
});
