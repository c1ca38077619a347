import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { addDays, monthOf, monthsIn } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reconcile } from '../../../src/usecases/allocation/reconcile.js';
import { explainNumber } from '../../../src/usecases/explain/explain-number.js';
import { batchOf, billOf, chargeOf, day, daysScope, month, setOf } from '../../support/build/charges.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { createFilledCompany } from '../../support/company/filled.js';

const RANGE = { from: day('2026-09-01'), to: day('2026-12-01') };
const SCOPE = daysScope(RANGE.from, RANGE.to);
const ANA = { kind: 'slack', userId: 'U1', name: 'Ana' } as const;
const LARGEST = 10n ** 24n;
const BIT_63 = 2n ** 63n;

/** Up to 10^15 units with nine decimals, most of them near where 53, 63 or 64 bits end. */
const amount = fc.oneof(
  fc.bigInt({ min: -LARGEST, max: LARGEST }),
  fc
    .tuple(
      fc.constantFrom(2n ** 53n, BIT_63, 2n * BIT_63, 2n ** 31n, 2n ** 32n),
      fc.bigInt({ min: -3n, max: 3n }),
      fc.boolean(),
    )
    .map(([base, off, isNegative]) => (isNegative ? -(base + off) : base + off)),
  fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }),
);

const charge = fc
  .record({
    key: fc.constantFrom('a', 'b', 'pool'),
    offset: fc.nat(20),
    currency: fc.constantFrom('KRW', 'IDR', 'USD'),
    effective: amount,
    billed: amount,
    list: amount,
  })
  .map(({ key, offset, currency, effective, billed, list }): Charge => {
    const on = addDays(day('2026-09-15'), offset * 2);
    const bill = billOf(monthOf(on), { billingCurrency: currency });
    const costs = { effectiveCost: effective, billedCost: billed, listCost: list, contractedCost: list };
    return { ...chargeOf(on, '1', { set: setOf({ apiKeyName: key, apiKeyId: key }), bill }), ...costs };
  });

const key = (name: string) => ({ attribute: 'apiKeyName', is: name }) as const;
const RULES = ruleset({
  team: [
    rule('a', key('a'), { value: 'A' }),
    rule('b', key('b'), { value: 'B' }),
    rule('pool', key('pool'), { split: { method: 'even', among: ['A', 'B', 'C'] } }),
  ],
  product: [rule('p', key('pool'), { split: { method: 'even', among: ['X', 'Y'] } })],
});

const sum = (charges: readonly Charge[], currency: string, cost: 'effectiveCost' | 'billedCost') =>
  sumNanos(charges.filter(({ bill }) => bill.billingCurrency === currency).map((each) => each[cost]));

describe('amounts and sums of any size up to 10^15 units each', () => {
  it('are exact in the ledger, in allocations, reports, explanations, reconciliation and after a lock', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(charge, { minLength: 1, maxLength: 12 }),
        fc.array(charge, { maxLength: 4 }),
        async (first, late) => {
          const context = await createFilledCompany({ charges: first, rules: RULES });
          const { store } = context;
          if ((await store.listMonths())[0] === month('2026-09')) {
            await store.softCloseMonth({ month: month('2026-09'), actor: ANA, atMs: 1 });
            await store.lockMonth({ month: month('2026-09'), actor: ANA, atMs: 1, override: null });
          }
          const all = [...first.slice(1), ...late];
          await store.replaceCharges(batchOf(all, { scope: SCOPE }));
          expect((await store.replaceCharges(batchOf(all, { scope: SCOPE }))).unchanged).toBe(true);
          await reallocate(context);
          for (const currency of ['KRW', 'IDR', 'USD']) {
            const effective = sum(all, currency, 'effectiveCost');
            for (const by of [
              ['team'],
              ['team', 'product'],
              ['day', 'key'],
              ['confidence', 'team'],
            ] as const) {
              const { total, rows } = await store.querySpend({
                by: [...by],
                range: RANGE,
                where: [],
                currency,
              });
              expect([by, total, sumNanos(rows.map(({ cost }) => cost))]).toEqual([by, effective, effective]);
            }
            const days = await store.listSetDays(RANGE);
            expect(
              sumNanos(days.filter((each) => each.currency === currency).map((each) => each.effectiveCost)),
            ).toBe(effective);
            const figure = { dimension: 'team', range: RANGE, where: [], currency };
            expect((await explainNumber(context, { figure })).cost).toBe(effective);
            let billed = 0n;
            for (const period of monthsIn(RANGE))
              for (const invoice of (await reconcile(context, { period })).invoices)
                if (invoice.currency === currency) {
                  billed += exact(invoice.allocated) + exact(invoice.unallocated);
                  expect(invoice.residual).toBe('0');
                }
            expect(billed).toBe(sum(all, currency, 'billedCost'));
          }
          await store.suggestValues('apiKeyName', '', 5);
          await store.close();
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 40) },
    );
  });

  it('are refused beyond that with a sentence, naming source, service, day and cost', async () => {
    const context = await createFilledCompany({ charges: [], rules: RULES });
    const absurd = { ...chargeOf('2026-10-05', '1'), billedCost: LARGEST + 1n };
    await expect(context.store.replaceCharges(batchOf([absurd]))).rejects.toThrow(
      'anthropic: billedCost of Claude API on 2026-10-05 is 1000000000000000.000000001 USD, beyond 10^15',
    );
    await context.store.close();
  });
});

/** A decimal text in nanos, however large: sums may be beyond what an amount may be. */
function exact(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const magnitude = BigInt(whole + fraction.padEnd(9, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}
