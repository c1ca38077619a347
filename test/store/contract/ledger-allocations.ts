import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AllocationPiece } from '../../../src/core/allocation/allocation.js';
import { addDays } from '../../../src/core/base/time.js';
import type { DimensionSet } from '../../../src/core/ledger/charge.js';
import type { Store } from '../../../src/store/store.js';
import { chargesArbitrary } from '../../support/arbitrary/charges.js';
import {
  batchOf,
  billOf,
  chargeOf,
  day,
  daysScope,
  month,
  piece,
  setOf,
  wholeMonthPieces,
} from '../../support/build/charges.js';
import { dump } from './ledger-support.js';

const OCTOBER = month('2026-10');
const RANGE = { from: day('2026-10-01'), to: day('2026-11-01') };
const USD = 1_000_000_000n;

/** The same rules again, as another edition. */
async function commitRules(store: Store): Promise<void> {
  const { version, ruleset } = await store.currentRuleset();
  const actor = { kind: 'terminal', name: 'test' } as const;
  await store.commitRuleset({
    baseVersion: version.number,
    ruleset,
    actor,
    note: null,
    atMs: 1,
    draftId: null,
    notices: [],
  });
}

/** Allocations are replaced month by month, never without proof that they conserve the money. */
export function allocationContract(open: () => Promise<Store>): void {
  it('proves every (invoice, day, currency) group and clears the mark it has seen', async () => {
    const store = await open();
    const ads = setOf({ apiKeyId: 'k-ads' });
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-10-01', '1'),
        chargeOf('2026-10-01', '2', { bill: billOf(OCTOBER, { invoiceId: 'INV-1' }) }),
        chargeOf('2026-10-01', '4', { bill: billOf(OCTOBER, { billingCurrency: 'EUR' }) }),
        chargeOf('2026-10-02', '8', { set: ads }),
      ]),
    );
    const proofs = await allocate(store, {
      team: (set) => (set.attributes.apiKeyId === 'k-ads' ? null : 'Search'),
    });
    expect(proofs).toEqual([
      {
        month: '2026-10',
        dimension: 'team',
        rulesetVersion: 7,
        provedAtMs: 99,
        groups: 4,
        totals: [
          { currency: 'EUR', ledger: 4n * USD, allocated: 4n * USD, unallocated: 0n },
          { currency: 'USD', ledger: 11n * USD, allocated: 3n * USD, unallocated: 8n * USD },
        ],
      },
    ]);
    expect(await store.listProofs(OCTOBER)).toEqual(proofs);
    expect(await store.listStaleMonths()).toEqual([]);
  });

  it('splits a set by days, and hands the pieces back as they came', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1'), chargeOf('2026-10-15', '2')]));
    const pieces = await splitPieces(store, day('2026-10-15'), day('2026-10-15'));
    await replace(store, pieces);
    expect(await store.listAllocations(OCTOBER)).toEqual(pieces);
    expect(await store.listOwners('team', RANGE, 'USD')).toEqual([
      { owner: 'Ads', cost: 2n * USD },
      { owner: 'Search', cost: USD },
    ]);
  });

  it('refuses pieces with a gap or an overlap on any charged day, and changes nothing', async () => {
    const store = await open();
    const days = Array.from({ length: 31 }, (_, index) => addDays(RANGE.from, index));
    await store.replaceCharges(batchOf(days.map((chargeDay) => chargeOf(chargeDay, '0'))));
    await replace(store, await splitPieces(store, day('2026-10-15'), day('2026-10-15')));
    await store.markStale([OCTOBER], 'test');
    const before = await dump(store);
    const cut = fc.integer({ min: 1, max: 30 });
    await fc.assert(
      fc.asyncProperty(cut, cut, async (end, start) => {
        fc.pre(end !== start);
        const pieces = await splitPieces(store, addDays(RANGE.from, end), addDays(RANGE.from, start));
        await expect(replace(store, pieces)).rejects.toMatchObject({ code: 'bug' });
      }),
    );
    expect(await dump(store)).toEqual(before);
    expect(await store.listStaleMonths()).toMatchObject([{ month: '2026-10', reasons: ['test'] }]);
  });

  it('refuses a set without any piece, and a dimension without any', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '0')]));
    await expect(replace(store, [])).rejects.toThrow(/Set 1 has 0 team pieces on 2026-10-01/);
    const pieces = await splitPieces(store, day('2026-10-15'), day('2026-10-15'));
    await expect(replace(store, pieces, ['team', 'product'])).rejects.toThrow(/0 product pieces/);
  });

  it('refuses a piece that leaves the month or belongs to a dimension that is not named', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const [whole] = await store.listMonthSets(OCTOBER);
    const over = { dimension: 'team', setId: whole!.setId, from: RANGE.from, to: addDays(RANGE.to, 1) };
    await expect(replace(store, [piece(over, 'Search')])).rejects.toThrow(/leaves 2026-10/);
    const product = piece({ ...over, to: RANGE.to, dimension: 'product' }, 'Search');
    await expect(replace(store, [product])).rejects.toThrow(/does not name/);
  });

  it('keeps the month stale when it was marked again meanwhile, and calls lost charges a conflict', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const [stale] = await store.listStaleMonths();
    const pieces = await splitPieces(store, day('2026-10-15'), day('2026-10-15'));
    await store.markStale([OCTOBER], 'New rules');
    const run = {
      month: OCTOBER,
      mark: stale!.mark,
      dimensions: ['team'],
      pieces,
      rulesetVersion: 1,
      atMs: 1,
    };
    await store.replaceAllocations(run);
    const [again] = await store.listStaleMonths();
    expect(again?.reasons).toEqual(['New charges from anthropic', 'New rules']);
    expect(again?.mark).toBeGreaterThan(stale!.mark);
    const ads = setOf({ apiKeyId: 'k-ads' });
    await store.replaceCharges(batchOf([chargeOf('2026-10-02', '1', { set: ads })]));
    await expect(store.replaceAllocations(run)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.listAllocations(OCTOBER)).toEqual(pieces);
  });

  it('never takes the work of an old run for that of a newer one, whichever comes last', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const [old] = await store.listStaleMonths();
    const pieces = await splitPieces(store, day('2026-10-15'), day('2026-10-15'));
    await replace(store, pieces);
    await store.markStale([OCTOBER], 'Directory changed');
    const run = { month: OCTOBER, dimensions: ['team'], pieces, rulesetVersion: 1, atMs: 1 };
    await store.replaceAllocations({ ...run, mark: old!.mark });
    const [newer] = await store.listStaleMonths();
    expect(newer).toMatchObject({ reasons: ['Directory changed'] });
    await store.replaceAllocations({ ...run, mark: newer!.mark });
    expect(await store.listStaleMonths()).toEqual([]);
    await store.replaceAllocations({ ...run, mark: old!.mark });
    expect(await store.listStaleMonths()).toHaveLength(1);
  });

  it('revises some sets of a month, proved, only on top of what they were worked out from', async () => {
    const store = await open();
    const ads = setOf({ apiKeyId: 'k-ads' });
    await store.replaceCharges(
      batchOf([chargeOf('2026-10-01', '1'), chargeOf('2026-10-02', '8', { set: ads })]),
    );
    const [first] = await allocate(store, { team: () => null, product: () => null });
    await commitRules(store);
    const [stale] = await store.listStaleMonths();
    expect(stale).toMatchObject({ settledVersion: 7 });
    const sets = await store.listMonthSets(OCTOBER);
    const setIds = sets.filter(({ set }) => set.attributes.apiKeyId === 'k-ads').map(({ setId }) => setId);
    const over = (to: string) =>
      piece({ dimension: 'team', setId: setIds[0]!, from: RANGE.from, to: day(to) }, 'Ads');
    const run = {
      month: OCTOBER,
      mark: stale!.mark,
      basedOn: 7,
      dimensions: ['team'],
      setIds,
      pieces: [over('2026-11-01')],
      rulesetVersion: 8,
    };
    const before = await dump(store);
    expect(await store.reviseAllocations({ ...run, basedOn: 6 })).toBeNull();
    expect(await store.reviseAllocations({ ...run, mark: run.mark - 1 })).toBeNull();
    await expect(store.reviseAllocations({ ...run, pieces: [] })).rejects.toMatchObject({ code: 'bug' });
    const short = { ...run, pieces: [over('2026-10-02')] };
    await expect(store.reviseAllocations(short)).rejects.toMatchObject({ code: 'bug' });
    const twice = { ...run, pieces: [over('2026-11-01'), over('2026-10-15')] };
    await expect(store.reviseAllocations(twice)).rejects.toMatchObject({ code: 'bug' });
    expect(await dump(store)).toEqual(before);
    expect(await store.reviseAllocations(run)).toMatchObject([
      { dimension: 'product', rulesetVersion: 8, totals: first?.totals },
      {
        dimension: 'team',
        rulesetVersion: 8,
        groups: 2,
        totals: [{ currency: 'USD', ledger: 9n * USD, allocated: 8n * USD, unallocated: USD }],
      },
    ]);
    expect(await store.listStaleMonths()).toEqual([]);
    expect(await store.listOwners('team', RANGE, 'USD')).toEqual([{ owner: 'Ads', cost: 8n * USD }]);
  });

  it('counts a month as settled by an edition only while nothing but rules has changed', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const settled = async () => (await store.listStaleMonths()).map(({ settledVersion }) => settledVersion);
    expect(await settled()).toEqual([null]);
    await allocate(store, { team: () => null });
    await commitRules(store);
    expect(await settled()).toEqual([7]);
    await store.markStale([OCTOBER], 'Directory changed');
    expect(await settled()).toEqual([null]);
    await commitRules(store);
    expect(await settled()).toEqual([null]);
  });

  it('replaces all dimensions of the month: those that are gone leave no pieces and no proof', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    await allocate(store, { team: () => 'Search', squad: () => 'Blue' });
    await allocate(store, { team: () => 'Ads' });
    expect((await store.listProofs(OCTOBER)).map(({ dimension }) => dimension)).toEqual(['team']);
    expect((await store.listAllocations(OCTOBER)).map(({ target }) => target)).toEqual(['Ads']);
  });

  it('conserves any charges in any currency: allocated and unallocated make the ledger to the nano', async () => {
    await fc.assert(
      fc.asyncProperty(chargesArbitrary(), async (charges) => {
        const store = await open();
        await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-09-01', '2026-12-01') }));
        for (const { totals } of await allocate(store, { team: keyNameOf })) {
          for (const { currency, ledger, allocated, unallocated } of totals) {
            const mine = charges.filter(({ chargeDay, bill }) => {
              return chargeDay.startsWith(OCTOBER) && bill.billingCurrency === currency;
            });
            expect(allocated + unallocated).toBe(ledger);
            expect(ledger).toBe(mine.reduce((sum, { effectiveCost }) => sum + effectiveCost, 0n));
            const owned = mine.filter(({ set }) => keyNameOf(set) !== null);
            expect(allocated).toBe(owned.reduce((sum, { effectiveCost }) => sum + effectiveCost, 0n));
          }
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('lists owners dearest first, and what nobody owns by reason and identity', async () => {
    const store = await open();
    const person = setOf({ apiKeyId: undefined, apiKeyName: undefined, email: 'ana@larkspur.example' });
    const bare = { apiKeyId: undefined, apiKeyName: undefined };
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-10-01', '1'),
        chargeOf('2026-10-03', '2', { set: setOf({ model: 'claude-haiku' }) }),
        chargeOf('2026-10-02', '9', { set: person }),
        chargeOf('2026-10-02', '1', {
          set: setOf({ ...bare, subAccountName: 'default', subAccountId: 'w-1' }),
        }),
        chargeOf('2026-10-02', '0.5', { set: setOf(bare) }),
        chargeOf('2026-10-02', '5', { set: setOf({ apiKeyId: 'k-9', apiKeyName: undefined }) }),
      ]),
    );
    const query = { dimension: 'team', range: RANGE, limit: 10 };
    expect((await store.listUnallocated(query)).map(({ reason }) => reason)).toContain('Not allocated yet');
    await allocate(store, { team: (set) => (set.attributes.apiKeyId === 'k-9' ? 'Search' : null) });
    const line = { source: 'anthropic', reason: 'No rule matches', currency: 'USD' };
    const lines = [
      { identity: 'ana@larkspur.example', cost: 9n * USD, firstDay: '2026-10-02', lastDay: '2026-10-02' },
      { identity: 'search-prod', cost: 3n * USD, firstDay: '2026-10-01', lastDay: '2026-10-03' },
      { identity: 'default', cost: USD, firstDay: '2026-10-02', lastDay: '2026-10-02' },
      { identity: 'Claude API', cost: USD / 2n, firstDay: '2026-10-02', lastDay: '2026-10-02' },
    ];
    expect(await store.listUnallocated(query)).toEqual(lines.map((each) => ({ ...line, ...each })));
    expect(await store.listUnallocated({ ...query, limit: 1 })).toHaveLength(1);
    expect(await store.listOwners('team', RANGE, 'USD')).toEqual([{ owner: 'Search', cost: 5n * USD }]);
    expect(await store.listOwners('team', RANGE, 'EUR')).toEqual([]);
  });

  it('shows each invoice with what team gave out of its billed cost', async () => {
    const store = await open();
    const issued = billOf(OCTOBER, { invoiceId: 'INV-1' });
    const late = chargeOf('2026-11-02', '4', { bill: issued, billedCost: 5n * USD });
    const unowned = setOf({ apiKeyId: 'k-0' });
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-10-01', '1', { bill: issued }),
        chargeOf('2026-10-01', '2', { bill: issued, set: unowned }),
        late,
        chargeOf('2026-11-05', '8'),
      ]),
    );
    await allocate(store, { team: (set) => (set.attributes.apiKeyId === 'k-0' ? null : 'Search') });
    expect(await store.listInvoiceTotals(OCTOBER)).toEqual([
      {
        source: 'anthropic',
        invoiceIssuerName: 'Anthropic',
        billingAccountId: 'org-1',
        invoiceId: 'INV-1',
        currency: 'USD',
        billed: 8n * USD,
        effective: 7n * USD,
        allocatedBilled: USD,
        unallocatedBilled: 7n * USD,
      },
    ]);
  });
}

/** The first set of October goes to Search until `end` and to Ads from `start` on. */
async function splitPieces(store: Store, end: typeof RANGE.from, start: typeof RANGE.from) {
  const setId = (await store.listMonthSets(OCTOBER))[0]!.setId;
  const where = { dimension: 'team', setId };
  return [
    piece({ ...where, from: RANGE.from, to: end }, 'Search'),
    piece({ ...where, from: start, to: RANGE.to }, 'Ads'),
  ];
}

async function replace(
  store: Store,
  pieces: readonly AllocationPiece[],
  dimensions: readonly string[] = ['team'],
) {
  const stale = (await store.listStaleMonths()).find(({ month: each }) => each === OCTOBER);
  const run = { month: OCTOBER, mark: stale?.mark ?? 0, dimensions, pieces };
  return store.replaceAllocations({ ...run, rulesetVersion: 7, atMs: 99 });
}

async function allocate(store: Store, owners: Parameters<typeof wholeMonthPieces>[2]) {
  const pieces = wholeMonthPieces(OCTOBER, await store.listMonthSets(OCTOBER), owners);
  return replace(store, pieces, Object.keys(owners));
}

function keyNameOf(set: DimensionSet): string | null {
  return set.attributes.apiKeyName ?? null;
}
