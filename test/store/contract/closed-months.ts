import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, addMonths, type Month, monthOf, monthsIn } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { ChargeBatch } from '../../../src/store/contract/ledger.js';
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
import { ANA, settle } from './support.js';

const OCT = month('2026-10');
const AUTUMN = daysScope('2026-08-01', '2027-01-01');
const BEN = { kind: 'slack', userId: 'U2', name: 'Ben Osei' } as const;
const CEM = { kind: 'slack', userId: 'U3', name: 'Cem Aydin' } as const;

/** Soft-closes and locks a month whose stale marks are cleared. */
async function close(store: Store, which: Month): Promise<void> {
  await settle(store);
  if ((await store.findMonthRecord(which)).stage === 'open')
    await store.softCloseMonth({ month: which, actor: ANA, atMs: 1 });
  await store.lockMonth({ month: which, actor: ANA, atMs: 2, override: null });
}

/** Effective cost per model and billed cost in all, per currency. */
function totals(charges: readonly Charge[]): Readonly<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  for (const { set, bill, effectiveCost, billedCost } of charges) {
    add(sums, [set.attributes.model, bill.billingCurrency], effectiveCost);
    add(sums, ['billed', bill.billingCurrency], billedCost);
  }
  return withMoney(sums);
}

/** The same as the ledger has it. */
async function ledgerTotals(store: Store): Promise<Readonly<Record<string, bigint>>> {
  const sums: Record<string, bigint> = {};
  const range = { from: day('2026-08-01'), to: day('2028-01-01') };
  for (const currency of ['USD', 'EUR']) {
    const { rows } = await store.querySpend({ by: ['model'], range, where: [], currency });
    for (const { values, cost } of rows) add(sums, [values[0], currency], cost);
  }
  for (const period of monthsIn(range))
    for (const { currency, billed } of await store.listInvoiceTotals(period))
      add(sums, ['billed', currency], billed);
  return withMoney(sums);
}

function add(sums: Record<string, bigint>, key: readonly unknown[], cost: bigint): void {
  const text = JSON.stringify(key);
  sums[text] = (sums[text] ?? 0n) + cost;
}

function withMoney(sums: Readonly<Record<string, bigint>>): Readonly<Record<string, bigint>> {
  return Object.fromEntries(Object.entries(sums).filter(([, cost]) => cost !== 0n));
}

async function spendOf(store: Store, which: string): Promise<bigint> {
  const from = day(`${which}-01`);
  const to = day(`${addMonths(month(which), 1)}-01`);
  return (await store.querySpend({ by: [], range: { from, to }, where: [], currency: 'USD' })).total;
}

/** What any ledger does with a month that is closed. */
export function describeClosedMonths(open: () => Promise<Store>): void {
  describe('a locked month', () => {
    let store: Store;
    const pull = (charges: readonly Charge[], changes: Partial<ChargeBatch> = {}) =>
      store.replaceCharges(batchOf(charges, { scope: AUTUMN, ...changes }));
    beforeEach(async () => {
      store = await open();
      await pull([chargeOf('2026-10-05', '10'), chargeOf('2026-10-17', '20'), chargeOf('2026-11-03', '5')]);
      await close(store, OCT);
    });
    afterEach(() => store.close());

    it('stays bit-identical under a late bill, which is posted on the first day of the next month', async () => {
      const before = await store.monthFingerprint(OCT);
      const late = chargeOf('2026-10-17', '7', { set: setOf({ apiKeyId: 'late' }) });
      const newest = [
        chargeOf('2026-10-05', '10'),
        chargeOf('2026-10-17', '20'),
        late,
        chargeOf('2026-11-03', '5'),
      ];
      const result = await pull(newest);
      expect(result).toMatchObject({ unchanged: false, staleMonths: ['2026-11'] });
      expect(await store.monthFingerprint(OCT)).toBe(before);
      expect([await spendOf(store, '2026-10'), await spendOf(store, '2026-11')]).toEqual([
        30n * 10n ** 9n,
        12n * 10n ** 9n,
      ]);
      const posted = await store.listSetDays({ from: day('2026-11-01'), to: day('2026-11-02') });
      expect(posted.map((each) => each.effectiveCost)).toEqual([7_000_000_000n]);
      expect(await pull(newest)).toMatchObject({ unchanged: true, staleMonths: [] });
    });

    it('takes vanished and restated rows as negative and signed lines, and none when they come back', async () => {
      await pull([chargeOf('2026-10-17', '19.5'), chargeOf('2026-11-03', '5')]);
      expect(await spendOf(store, '2026-10')).toBe(30_000_000_000n);
      expect(await spendOf(store, '2026-11')).toBe(5_000_000_000n - 10_500_000_000n);
      await pull([chargeOf('2026-10-05', '10'), chargeOf('2026-10-17', '20'), chargeOf('2026-11-03', '5')]);
      expect(await spendOf(store, '2026-11')).toBe(5_000_000_000n);
      const posted = await store.listSetDays({ from: day('2026-11-01'), to: day('2026-11-02') });
      expect(posted).toEqual([]);
    });

    it('keeps the lines when the open month itself is pulled again', async () => {
      await pull([chargeOf('2026-10-05', '11'), chargeOf('2026-10-17', '20'), chargeOf('2026-11-03', '5')]);
      await pull([chargeOf('2026-11-01', '4')], { scope: daysScope('2026-11-01', '2026-12-01') });
      expect(await spendOf(store, '2026-11')).toBe(5_000_000_000n);
      const periods = [{ billingAccountId: 'org-1', billingPeriod: month('2026-11') }];
      await pull([chargeOf('2026-11-02', '3')], { scope: { kind: 'billing-periods', periods } });
      expect(await spendOf(store, '2026-11')).toBe(4_000_000_000n);
    });

    it('puts a line on the vendor’s own bill when that is still open, else on the next one without an invoice', async () => {
      const bill = billOf(month('2026-11'), { invoiceId: 'INV-11' });
      await pull([
        chargeOf('2026-10-05', '10', { bill: billOf(OCT, { invoiceId: 'INV-10' }) }),
        chargeOf('2026-10-17', '21', { bill: billOf(OCT, { invoiceId: 'INV-10' }) }),
        chargeOf('2026-10-18', '2', { bill }),
        chargeOf('2026-11-03', '5'),
      ]);
      const october = await store.listInvoiceTotals(OCT);
      expect(october.map(({ invoiceId, billed }) => [invoiceId, billed])).toEqual([[null, 30_000_000_000n]]);
      const november = await store.listInvoiceTotals(month('2026-11'));
      expect(november.map(({ invoiceId, billed }) => [invoiceId, billed])).toEqual([
        [null, 6_000_000_000n],
        ['INV-11', 2_000_000_000n],
      ]);
    });

    it('corrects lines that a lock has frozen with new lines in the month after', async () => {
      const november = chargeOf('2026-11-03', '5');
      await pull([chargeOf('2026-10-05', '13'), chargeOf('2026-10-17', '20'), november]);
      await close(store, month('2026-11'));
      const frozen = [await store.monthFingerprint(OCT), await store.monthFingerprint(month('2026-11'))];
      await pull([chargeOf('2026-10-05', '13'), chargeOf('2026-10-17', '20'), november]);
      expect(await spendOf(store, '2026-12')).toBe(0n);
      await pull([chargeOf('2026-10-05', '12'), chargeOf('2026-10-17', '20'), november]);
      expect(await spendOf(store, '2026-12')).toBe(-1_000_000_000n);
      expect([await store.monthFingerprint(OCT), await store.monthFingerprint(month('2026-11'))]).toEqual(
        frozen,
      );
    });

    it('takes its lines back once it is unlocked and pulled again', async () => {
      const newest = [chargeOf('2026-10-05', '13'), chargeOf('2026-11-03', '5')];
      await pull(newest);
      await store.requestUnlock({ month: OCT, actor: BEN, atMs: 3, reason: 'wrong file' });
      await store.confirmUnlock({ month: OCT, actor: CEM, atMs: 4 });
      await pull(newest);
      expect([await spendOf(store, '2026-10'), await spendOf(store, '2026-11')]).toEqual([
        13_000_000_000n,
        5_000_000_000n,
      ]);
    });

    it('is not opened by what a vendor calls a prior period', async () => {
      const kind = kindOf({ extra: { x_PriorPeriod: '2026-10-05' } });
      await pull([
        chargeOf('2026-10-05', '10'),
        chargeOf('2026-10-17', '20'),
        chargeOf('2026-11-03', '5', { kind }),
      ]);
      expect(await spendOf(store, '2026-11')).toBe(5_000_000_000n);
      await pull([chargeOf('2026-10-05', '10'), chargeOf('2026-10-17', '20')]);
      expect(await spendOf(store, '2026-11')).toBe(0n);
    });

    it('refuses allocations of its own', async () => {
      const run = { month: OCT, mark: 1, dimensions: [], pieces: [], rulesetVersion: 0, atMs: 1 };
      await expect(store.replaceAllocations(run)).rejects.toThrow(/2026-10 is locked/);
    });
  });

  it('conserves the vendor’s newest truth to the nano whatever was locked, unlocked or pulled in parts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary(), { minLength: 2, maxLength: 6 }), async (steps) => {
        const store = await open();
        const locked = new Map<Month, string>();
        let truth: readonly Charge[] = [];
        for (const { charges, scope, step } of steps) {
          const pulled = charges.filter((charge) => isIn(scope, charge));
          truth = [...truth.filter((charge) => !isIn(scope, charge)), ...pulled];
          await store.replaceCharges(batchOf(pulled, { scope }));
          expect(await ledgerTotals(store)).toEqual(totals(truth));
          expect((await store.replaceCharges(batchOf(pulled, { scope }))).unchanged).toBe(true);
          for (const [which, fingerprint] of locked)
            expect(await store.monthFingerprint(which)).toBe(fingerprint);
          const last = await store.closedThrough();
          const [next] = (await store.listMonths()).filter((each) => last === null || each > last);
          if (step === 'lock' && next !== undefined) {
            await close(store, next);
            locked.set(next, await store.monthFingerprint(next));
          }
          if (step === 'unlock' && last !== null) {
            await store.requestUnlock({ month: last, actor: BEN, atMs: 3, reason: 'a test' });
            await store.confirmUnlock({ month: last, actor: CEM, atMs: 4 });
            locked.delete(last);
          }
        }
        await store.close();
      }),
      { numRuns: 30 },
    );
  });
}

/** A pull of some days or billing periods, and what finance does after it. */
function stepArbitrary() {
  const window = fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 120 })).map(([a, b]): ChargeBatch['scope'] => ({
    kind: 'charge-days',
    from: addDays(day('2026-08-20'), Math.min(a, b)),
    to: addDays(day('2026-08-20'), Math.max(a, b) + 1),
  }));
  const period = fc.constantFrom('2026-09', '2026-10', '2026-11').map((text): ChargeBatch['scope'] => ({
    kind: 'billing-periods',
    periods: [{ billingAccountId: 'org-1', billingPeriod: month(text) }],
  }));
  return fc.record({
    charges: chargesArbitrary(),
    scope: fc.oneof(fc.constant(AUTUMN), window, period),
    step: fc.constantFrom('lock', 'lock', 'unlock', null),
  });
}

function isIn(scope: ChargeBatch['scope'], { chargeDay, bill }: Charge): boolean {
  if (scope.kind === 'charge-days') return scope.from <= chargeDay && chargeDay < scope.to;
  return scope.periods.some(({ billingPeriod }) => billingPeriod === monthOf(bill.billingPeriodStart));
}
