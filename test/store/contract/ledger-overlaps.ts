import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseNanos } from '../../../src/core/base/money.js';
import { addDays, monthOf } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import {
  BILL_OVERLAPS,
  countedElsewhere,
  describeSetAside,
  sharedUsage,
} from '../../../src/core/ledger/source-overlap.js';
import type { ChargeBatch } from '../../../src/store/contract/ledger.js';
import type { Store } from '../../../src/store/store.js';
import { batchOf, billOf, chargeOf, day, daysScope, month, setOf } from '../../support/build/charges.js';
import { dump } from './ledger-support.js';

interface Feed {
  readonly source: string;
  readonly kind: string;
  readonly overlaps: NonNullable<ChargeBatch['overlaps']>;
}
const ANALYTICS: Feed = {
  source: 'claude',
  kind: 'anthropic',
  overlaps: [sharedUsage('anthropic', 'cost-feed')],
};
const LEGACY: Feed = {
  source: 'claude-old',
  kind: 'anthropic-legacy',
  overlaps: [sharedUsage('anthropic', 'older-cost-feed')],
};
const CSV: Feed = { source: 'console', kind: 'console-csv', overlaps: [sharedUsage('anthropic', 'export')] };
const BILL: Feed = { source: 'bill', kind: 'focus-file', overlaps: BILL_OVERLAPS };

/** A pull of a feed: charges are given as day, amount and what differs. */
function pull(
  { source, kind, overlaps }: Feed,
  rows: readonly (readonly [string, string, Partial<Charge>?])[],
  scope = daysScope('2026-10-01', '2026-11-01'),
): ChargeBatch {
  const charges = rows.map(([on, amount, changes]) =>
    chargeOf(on, amount, {
      set: setOf({ source, apiKeyId: `key-of-${source}`, apiKeyName: source }),
      ...changes,
    }),
  );
  return batchOf(charges, { source, kind, overlaps, scope });
}

async function spendBySource(store: Store): Promise<Readonly<Record<string, bigint>>> {
  const range = { from: day('2026-01-01'), to: day('2027-01-01') };
  const { rows } = await store.querySpend({ by: ['source'], range, where: [], currency: 'USD' });
  return Object.fromEntries(rows.map(({ values, cost }) => [values[0] ?? '', cost]));
}

/** All money by source, day, key and invoice. */
async function money(store: Store): Promise<unknown> {
  const range = { from: day('2026-01-01'), to: day('2027-01-01') };
  return {
    spend: await store.querySpend({ by: ['source', 'day', 'key'], range, where: [], currency: 'USD' }),
    october: await store.listInvoiceTotals(month('2026-10')),
    november: await store.listInvoiceTotals(month('2026-11')),
  };
}

/** Money that several sources carry is counted once. */
export function overlapContract(open: () => Promise<Store>): void {
  describe('with sources that carry the same money', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });

    it('counts the cost feed day by day and sets the older feed aside, saying which days and how much', async () => {
      await store.replaceCharges(
        pull(LEGACY, [
          ['2026-10-01', '5'],
          ['2026-10-02', '6'],
          ['2026-10-09', '7'],
        ]),
      );
      await store.replaceCharges(
        pull(ANALYTICS, [
          ['2026-10-01', '5.5'],
          ['2026-10-02', '6.5'],
        ]),
      );
      expect(await spendBySource(store)).toEqual({ claude: parseNanos('12'), 'claude-old': parseNanos('7') });
      const [aside, ...more] = await store.listSetAside();
      expect(more).toEqual([]);
      expect(aside).toEqual({
        source: 'claude-old',
        money: 'anthropic',
        countedFrom: 'claude',
        days: [{ from: '2026-10-01', to: '2026-10-03' }],
        costs: [{ currency: 'USD', cost: parseNanos('11') }],
      });
      if (aside !== undefined)
        expect(describeSetAside(aside)).toBe(
          'claude-old: usage billed by Anthropic on 2026-10-01 to 2026-10-02 (11 USD) is set aside; claude carries the same money and is counted.',
        );
    });

    it('counts the older feed again, to the nano, as soon as the better one carries nothing', async () => {
      const older = pull(LEGACY, [
        ['2026-10-01', '5'],
        ['2026-10-02', '6'],
      ]);
      await store.replaceCharges(older);
      const before = await dump(store);
      await store.replaceCharges(pull(ANALYTICS, [['2026-10-01', '5.5']]));
      expect(await spendBySource(store)).toEqual({
        claude: parseNanos('5.5'),
        'claude-old': parseNanos('6'),
      });
      const { staleMonths } = await store.replaceCharges(pull(ANALYTICS, []));
      expect(staleMonths).toEqual(['2026-10']);
      expect(await store.listSetAside()).toEqual([]);
      expect(await spendBySource(store)).toEqual({ 'claude-old': parseNanos('11') });
      expect({ ...Object(await dump(store)), feeds: [] }).toEqual({ ...Object(before), feeds: [] });
      expect(await store.replaceCharges(older)).toMatchObject({ unchanged: true });
    });

    it('holds no dollar of a FOCUS file against a vendor where the cloud issues the bill: Bedrock is counted there', async () => {
      const bedrock = setOf({
        source: 'bill',
        serviceProviderName: 'AWS',
        invoiceIssuerName: 'AWS',
        serviceName: 'Amazon Bedrock',
        billingAccountId: '123456789012',
      });
      const own = setOf({ source: 'bill' });
      const tax = setOf({ source: 'bill', chargeCategory: 'Tax' });
      const aws = billOf(month('2026-10'), { billingAccountId: '123456789012', invoiceIssuerName: 'AWS' });
      await store.replaceCharges(pull(ANALYTICS, [['2026-10-01', '10']]));
      await store.replaceCharges(
        pull(BILL, [
          ['2026-10-01', '10', { set: own }],
          ['2026-10-01', '1.9', { set: tax }],
          ['2026-10-01', '40', { set: bedrock, bill: aws }],
        ]),
      );
      expect(await spendBySource(store)).toEqual({ claude: parseNanos('10'), bill: parseNanos('41.9') });
    });

    it('keeps two organisations of one vendor apart, and takes a file that names none for the one there is', async () => {
      const other = { bill: billOf(month('2026-10'), { billingAccountId: 'org-2' }) };
      const second = { ...ANALYTICS, source: 'claude-2' };
      await store.replaceCharges(pull(ANALYTICS, [['2026-10-01', '10']]));
      await store.replaceCharges(pull(second, [['2026-10-01', '20', other]]));
      expect(await spendBySource(store)).toEqual({ claude: parseNanos('10'), 'claude-2': parseNanos('20') });
      const unnamed = { bill: billOf(month('2026-10'), { billingAccountId: 'console' }) };
      await store.replaceCharges(
        pull(CSV, [
          ['2026-10-01', '10', unnamed],
          ['2026-10-02', '3', unnamed],
        ]),
      );
      expect(await spendBySource(store)).toMatchObject({ console: parseNanos('3') });
    });

    it('sets two sources of one organisation and kind aside but for the first by name', async () => {
      const twin = { ...ANALYTICS, source: 'a-claude' };
      await store.replaceCharges(pull(ANALYTICS, [['2026-10-01', '10']]));
      await store.replaceCharges(pull(twin, [['2026-10-01', '10']]));
      expect(await spendBySource(store)).toEqual({ 'a-claude': parseNanos('10') });
    });

    it('takes no money from a source that merely reports it', async () => {
      const report: Feed = {
        source: 'claude-code',
        kind: 'claude-code',
        overlaps: [countedElsewhere('the cost feed of Anthropic')],
      };
      await store.replaceCharges(
        pull(report, [
          ['2026-10-01', '99'],
          ['2026-10-02', '0'],
        ]),
      );
      expect(await spendBySource(store)).toEqual({ 'claude-code': 0n });
      const [aside] = await store.listSetAside();
      expect(aside === undefined ? '' : describeSetAside(aside)).toBe(
        'claude-code: 99 USD on 2026-10-01 is set aside; the cost feed of Anthropic is counted, this source only reports it.',
      );
      expect(
        await store.replaceCharges(
          pull(report, [
            ['2026-10-01', '99'],
            ['2026-10-02', '0'],
          ]),
        ),
      ).toMatchObject({
        unchanged: true,
      });
    });

    it("counts a marketplace purchase from the cloud's bill, not from the seller's memo of it (BilledCost 0)", async () => {
      const sold = (source: string) =>
        setOf({ source, serviceProviderName: 'Hugging Face', invoiceIssuerName: 'AWS' });
      const bill = billOf(month('2026-10'), { billingAccountId: '123456789012', invoiceIssuerName: 'AWS' });
      const seller = { ...BILL, source: 'hf-export' };
      const memo = pull(seller, [['2026-10-05', '30', { set: sold('hf-export'), billedCost: 0n }]]);
      await store.replaceCharges(memo);
      expect(await spendBySource(store)).toEqual({ 'hf-export': parseNanos('30') });
      await store.replaceCharges(pull(BILL, [['2026-10-31', '30', { set: sold('bill'), bill }]]));
      expect(await spendBySource(store)).toEqual({ bill: parseNanos('30') });
      const azure = { ...BILL, source: 'azure' };
      const second = billOf(month('2026-10'), { billingAccountId: 'sub-1', invoiceIssuerName: 'Microsoft' });
      await store.replaceCharges(pull(azure, [['2026-10-31', '8', { set: sold('azure'), bill: second }]]));
      expect(await spendBySource(store)).toEqual({ bill: parseNanos('30'), azure: parseNanos('8') });
    });

    it('leaves a locked month with the source that it was locked with', async () => {
      const actor = { kind: 'system', name: 'test' } as const;
      await store.replaceCharges(pull(LEGACY, [['2026-10-01', '5']]));
      const october = month('2026-10');
      await store.softCloseMonth({ month: october, actor, atMs: 1 });
      const [stale] = await store.listStaleMonths();
      const sets = await store.listMonthSets(october);
      const range = { from: day('2026-10-01'), to: day('2026-11-01') };
      await store.replaceAllocations({
        month: october,
        mark: stale?.mark ?? 0,
        dimensions: ['team'],
        pieces: sets.map(({ setId }) => ({
          ...range,
          dimension: 'team',
          setId,
          target: 'A',
          ruleId: 'r',
          reason: null,
        })),
        rulesetVersion: 0,
        atMs: 1,
      });
      await store.lockMonth({ month: october, actor, atMs: 2, override: { reason: 'test', openItems: [] } });
      const print = await store.monthFingerprint(october);
      const scope = daysScope('2026-10-01', '2026-12-01');
      await store.replaceCharges(
        pull(
          ANALYTICS,
          [
            ['2026-10-01', '6'],
            ['2026-11-01', '7'],
          ],
          scope,
        ),
      );
      await store.replaceCharges(
        pull(
          LEGACY,
          [
            ['2026-10-01', '5'],
            ['2026-11-01', '7'],
          ],
          scope,
        ),
      );
      expect(await store.monthFingerprint(october)).toBe(print);
      expect(await spendBySource(store)).toEqual({ 'claude-old': parseNanos('5'), claude: parseNanos('7') });
    });

    it('gives the same ledger whatever the order in which sources come, pulled once or more often', async () => {
      const row = fc.tuple(fc.nat({ max: 20 }), fc.bigInt({ min: 0n, max: 10n ** 12n }));
      const pulls = fc.uniqueArray(
        fc.record({
          feed: fc.constantFrom(ANALYTICS, LEGACY, CSV, BILL),
          rows: fc.array(row, { maxLength: 8 }),
        }),
        { selector: ({ feed }) => feed.source, minLength: 2 },
      );
      await fc.assert(
        fc.asyncProperty(pulls, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), async (chosen, order) => {
          const batches = chosen.map(({ feed, rows }) =>
            pull(
              feed,
              rows.map(([offset, nanos]) => {
                const on = addDays(day('2026-10-20'), offset);
                return [on, '0', { effectiveCost: nanos, billedCost: nanos, bill: billOf(monthOf(on)) }];
              }),
              daysScope('2026-10-01', '2026-12-01'),
            ),
          );
          const [first, second] = [await open(), await open()];
          for (const batch of batches) await first.replaceCharges(batch);
          const shuffled = [...batches, ...batches]
            .map((batch, index) => ({ batch, at: order[index] ?? 0 }))
            .toSorted((a, b) => a.at - b.at);
          for (const { batch } of shuffled) await second.replaceCharges(batch);
          expect(await money(second)).toEqual(await money(first));
          expect(await second.listSetAside()).toEqual(await first.listSetAside());
          const best = new Map<string, { standing: number; cost: bigint }>();
          for (const [rank, { source }] of [ANALYTICS, LEGACY, BILL, CSV].entries())
            for (const { chargeDay, effectiveCost } of batches.find((b) => b.source === source)?.charges ??
              []) {
              const known = best.get(chargeDay);
              if (effectiveCost === 0n) continue;
              if (known === undefined) best.set(chargeDay, { standing: rank, cost: effectiveCost });
              else if (known.standing === rank) known.cost += effectiveCost;
            }
          const counted = Object.values(await spendBySource(first)).reduce((sum, cost) => sum + cost, 0n);
          expect(counted).toBe([...best.values()].reduce((sum, { cost }) => sum + cost, 0n));
          await Promise.all([first.close(), second.close()]);
        }),
        { numRuns: 25 },
      );
    });
  });
}
