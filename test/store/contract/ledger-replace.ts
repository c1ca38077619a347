import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { VendorIdentity } from '../../../src/core/people/data.js';
import type { RawResponse } from '../../../src/core/sources/feed.js';
import type { Store } from '../../../src/store/store.js';
import { chargesArbitrary } from '../../support/arbitrary/charges.js';
import {
  batchOf,
  billOf,
  chargeOf,
  day,
  daysScope,
  kindOf,
  month,
  setOf,
} from '../../support/build/charges.js';
import { dump } from './ledger-support.js';

const OCTOBER = { from: day('2026-10-01'), to: day('2026-11-01') };

/** Charges replace what stood there; everything else about a pull is kept beside them. */
export function replaceContract(open: () => Promise<Store>): void {
  it('takes the same batch twice and changes nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(chargesArbitrary(), async (charges) => {
        const store = await open();
        const batch = batchOf(charges, { scope: daysScope('2026-09-01', '2026-12-01') });
        const first = await store.replaceCharges(batch);
        const [once, stale] = [await dump(store), await store.listStaleMonths()];
        const second = await store.replaceCharges({ ...batch, charges: charges.toReversed() });
        expect(first.charges).toBe(charges.length);
        expect(second).toEqual({ unchanged: true, charges: charges.length, newSets: 0, staleMonths: [] });
        expect(await dump(store)).toEqual(once);
        expect(await store.listStaleMonths()).toEqual(stale);
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('lets rows that vanished from the window go and leaves the days around it alone', async () => {
    const store = await open();
    const ads = setOf({ apiKeyName: 'ads', apiKeyId: 'k-2' });
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-10-01', '1'),
        chargeOf('2026-10-02', '2'),
        chargeOf('2026-10-02', '4', { set: ads }),
        chargeOf('2026-10-03', '8'),
      ]),
    );
    const again = batchOf([chargeOf('2026-10-02', '16')], { scope: daysScope('2026-10-02', '2026-10-03') });
    expect(await store.replaceCharges(again)).toMatchObject({ unchanged: false, newSets: 0 });
    expect(await spendBy(store, 'day')).toEqual({
      '2026-10-01': 1_000_000_000n,
      '2026-10-02': 16_000_000_000n,
      '2026-10-03': 8_000_000_000n,
    });
    expect((await store.listMonthSets(month('2026-10'))).length).toBe(1);
  });

  it('leaves other sources alone, also on the same days', async () => {
    const store = await open();
    const openai = setOf({ source: 'openai' });
    await store.replaceCharges(batchOf([chargeOf('2026-10-02', '5')]));
    await store.replaceCharges(batchOf([chargeOf('2026-10-02', '7', { set: openai })], { source: 'openai' }));
    await store.replaceCharges(batchOf([], { scope: daysScope('2026-10-01', '2026-11-01') }));
    expect(await spendBy(store, 'source')).toEqual({ openai: 7_000_000_000n });
    expect(await spendBy(store, 'confidence')).toEqual({ billed: 7_000_000_000n });
  });

  it('replaces whole billing periods of an account, corrections in other charge months included', async () => {
    const store = await open();
    const october = billOf(month('2026-10'));
    const correction = chargeOf('2026-09-30', '-1', { bill: october });
    const other = chargeOf('2026-10-05', '64', { bill: { ...october, billingAccountId: 'org-2' } });
    const scope = {
      kind: 'billing-periods' as const,
      periods: [
        { billingAccountId: 'org-1', billingPeriod: month('2026-10') },
        { billingAccountId: 'org-2', billingPeriod: month('2026-10') },
      ],
    };
    await store.replaceCharges(batchOf([correction, chargeOf('2026-10-04', '2'), other], { scope }));
    const issued = { ...october, invoiceId: 'INV-7' };
    const result = await store.replaceCharges(
      batchOf([chargeOf('2026-10-04', '2', { bill: issued })], {
        scope: { ...scope, periods: scope.periods.slice(0, 1) },
      }),
    );
    expect(result.staleMonths).toEqual(['2026-09', '2026-10']);
    expect(await store.listMonths()).toEqual(['2026-10']);
    expect(
      (await store.listInvoiceTotals(month('2026-10'))).map((line) => [line.invoiceId, line.billed]),
    ).toEqual([
      [null, 64_000_000_000n],
      ['INV-7', 2_000_000_000n],
    ]);
  });

  it('adds up charges with equal keys, as the hours of a day are, and keeps corrections apart', async () => {
    const store = await open();
    const correction = kindOf({ chargeClass: 'Correction' });
    const hours = [chargeOf('2026-10-01', '0.1'), chargeOf('2026-10-01', '0.2')];
    await store.replaceCharges(batchOf([...hours, chargeOf('2026-10-01', '-0.05', { kind: correction })]));
    expect(await spendBy(store, 'day')).toEqual({ '2026-10-01': 250_000_000n });
  });

  it('marks only the months whose charges changed as stale, and says why', async () => {
    const store = await open();
    const september = chargeOf('2026-09-30', '1');
    await store.replaceCharges(batchOf([september, chargeOf('2026-10-01', '2')]));
    for (const { month: stale, mark } of await store.listStaleMonths()) {
      await store.replaceAllocations({ ...emptyRun, month: stale, mark });
    }
    expect(await store.listStaleMonths()).toEqual([]);
    const result = await store.replaceCharges(batchOf([september, chargeOf('2026-10-01', '3')]));
    expect(result.staleMonths).toEqual(['2026-10']);
    expect(await store.listStaleMonths()).toMatchObject([
      { month: '2026-10', reasons: ['New charges from anthropic'] },
    ]);
  });

  it('notices a changed quantity, bill or list price though the cost is the same', async () => {
    const store = await open();
    const charge = chargeOf('2026-10-01', '1');
    for (const changed of [
      charge,
      { ...charge, consumedQuantity: 2 },
      { ...charge, bill: billOf(month('2026-10'), { invoiceId: 'INV-1' }) },
      { ...charge, listCost: 2n },
    ]) {
      expect(await store.replaceCharges(batchOf([changed]))).toMatchObject({ staleMonths: ['2026-10'] });
    }
  });

  it('refuses a charge outside the scope, or of another source, and stays as it was', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const before = await dump(store);
    const outside = batchOf([chargeOf('2026-10-01', '5'), chargeOf('2026-10-09', '1')], {
      scope: daysScope('2026-10-01', '2026-10-02'),
    });
    await expect(store.replaceCharges(outside)).rejects.toThrow(/2026-10-09.*outside the scope/);
    const stranger = batchOf([chargeOf('2026-10-01', '5', { set: setOf({ source: 'openai' }) })]);
    await expect(store.replaceCharges(stranger)).rejects.toThrow(/"openai"/);
    expect(await dump(store)).toEqual(before);
  });

  it('hands sets back as they came, one id for one set, tags and capital letters kept apart', async () => {
    const store = await open();
    const sets = [
      setOf(),
      setOf({}, { env: 'prod' }),
      setOf({}, { ENV: 'prod' }),
      setOf({ model: 'CLAUDE' }),
    ];
    const charges = [...sets, structuredClone(setOf())].map((set) => chargeOf('2026-10-01', '1', { set }));
    expect(await store.replaceCharges(batchOf(charges))).toMatchObject({ newSets: 4 });
    expect((await store.listMonthSets(month('2026-10'))).map(({ set }) => set)).toEqual(sets);
  });

  it('fills in the source of a set that does not name it', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1', { set: setOf({ source: undefined }) })]));
    expect((await store.listMonthSets(month('2026-10')))[0]?.set).toEqual(setOf());
  });

  it('keeps the raw responses of pulls that changed something, newest first', async () => {
    const store = await open();
    const batch = batchOf([chargeOf('2026-10-01', '1')], { raw: rawOf('{"a":"ä"}') });
    await store.replaceCharges(batch);
    await store.replaceCharges(batch);
    await store.replaceCharges(
      batchOf([chargeOf('2026-10-01', '2')], { raw: rawOf(new Uint8Array([1, 255])) }),
    );
    const bodies = (await store.listRawResponses('anthropic', 10)).map(({ body }) =>
      typeof body === 'string' ? body : [...body],
    );
    expect(bodies).toEqual([[1, 255], '{"a":"ä"}']);
    expect(await store.listRawResponses('openai', 10)).toEqual([]);
  });

  it('remembers identities that the vendor no longer lists, and their latest state', async () => {
    const store = await open();
    const pull = (identities: readonly VendorIdentity[]) => store.replaceCharges(batchOf([], { identities }));
    await pull([identityOf('k-1', '2026-10-01', 'active'), identityOf('k-2', '2026-10-01', 'active')]);
    await pull([identityOf('k-1', '2026-10-05', 'archived')]);
    await pull([identityOf('k-1', '2026-10-03', 'active')]);
    expect((await store.listIdentities()).map(({ id, seenOn, status }) => [id, seenOn, status])).toEqual([
      ['k-1', '2026-10-05', 'archived'],
      ['k-2', '2026-10-01', 'active'],
    ]);
  });

  it('tells how each feed fares: complete through a day that never goes back, and since when it fails', async () => {
    const store = await open();
    const failure = (atMs: number) =>
      store.recordFeedFailure({ source: 'anthropic', kind: 'anthropic', atMs, sentence: 'Key refused.' });
    await failure(10);
    expect(await store.listFeeds()).toMatchObject([
      { completeThrough: null, lastSuccessMs: null, failingSinceMs: 10 },
    ]);
    await store.replaceCharges(batchOf([], { completeThrough: day('2026-10-08'), receivedAtMs: 20 }));
    await store.replaceCharges(batchOf([], { completeThrough: day('2026-10-01'), receivedAtMs: 30 }));
    await failure(40);
    await failure(50);
    expect(await store.listFeeds()).toEqual([
      {
        source: 'anthropic',
        kind: 'anthropic',
        completeThrough: '2026-10-08',
        lastAttemptMs: 50,
        lastSuccessMs: 30,
        lastError: 'Key refused.',
        failingSinceMs: 40,
      },
    ]);
  });

  it('knows the days, months, set days, tags and values it holds', async () => {
    const store = await open();
    expect([await store.chargedDays(), await store.listMonths()]).toEqual([null, []]);
    const prod = setOf({ apiKeyName: 'Search-PROD' }, { env: 'prod' });
    const dev = setOf({ apiKeyName: 'search-dev' }, { env: 'dev', team: 'x' });
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-09-29', '1', { set: dev }),
        chargeOf('2026-10-02', '3', { set: prod }),
        chargeOf('2026-10-04', '3', { set: dev }),
        chargeOf('2026-10-05', '1', { set: prod }),
      ]),
    );
    expect(await store.chargedDays()).toEqual({ from: '2026-09-29', to: '2026-10-06' });
    expect(await store.listMonths()).toEqual(['2026-09', '2026-10']);
    const sets = await store.listMonthSets(month('2026-10'));
    const devId = sets.find(({ set }) => set.tags['env'] === 'dev')!.setId;
    const prodId = sets.find(({ set }) => set.tags['env'] === 'prod')!.setId;
    expect(sets.find(({ setId }) => setId === prodId)).toMatchObject({
      firstDay: '2026-10-02',
      lastDay: '2026-10-05',
    });
    const days = await store.listSetDays(OCTOBER);
    const costsOf = (setId: number) =>
      days.filter((each) => each.setId === setId).map((each) => each.effectiveCost);
    expect([costsOf(prodId), costsOf(devId)]).toEqual([[3_000_000_000n, 1_000_000_000n], [3_000_000_000n]]);
    expect(days.map(({ setId }) => setId)).toEqual(days.map(({ setId }) => setId).toSorted((a, b) => a - b));
    expect(await store.listSetDays(OCTOBER, [devId])).toEqual([
      { setId: devId, day: '2026-10-04', currency: 'USD', effectiveCost: 3_000_000_000n },
    ]);
    expect(await store.listTagKeys()).toEqual(['env', 'team']);
    expect(await store.suggestValues('apiKeyName', 'SEARCH', 5)).toEqual(['Search-PROD', 'search-dev']);
    expect(await store.suggestValues('tag:env', 'd', 1)).toEqual(['dev']);
    expect(await store.suggestValues('email', '', 5)).toEqual([]);
  });
}

const emptyRun = { dimensions: [], pieces: [], rulesetVersion: 1, atMs: 1 };

async function spendBy(store: Store, key: string): Promise<Record<string, bigint>> {
  const range = { from: day('2026-01-01'), to: day('2027-01-01') };
  const { rows } = await store.querySpend({ by: [key], range, where: [], currency: 'USD' });
  return Object.fromEntries(rows.map(({ values, cost }) => [values[0]!, cost]));
}

function rawOf(body: string | Uint8Array): readonly RawResponse[] {
  return [{ endpoint: '/v1/costs', parameters: '{}', fetchedAtMs: 5, body }];
}

function identityOf(id: string, seenOn: string, status: string): VendorIdentity {
  const nothing = { email: null, createdBy: null, subAccountId: null };
  return {
    source: 'anthropic',
    kind: 'api-key',
    id,
    name: id,
    ...nothing,
    status,
    tags: {},
    seenOn: day(seenOn),
  };
}
