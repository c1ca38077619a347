import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { createFocusReader } from '../../../src/providers/vendors/focus-file/focus.js';

const HEADER = [
  'BilledCost',
  'EffectiveCost',
  'BillingAccountId',
  'BillingCurrency',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'ChargeCategory',
  'ProviderName',
  'ChargePeriodStart',
  'ChargePeriodEnd',
];

/** A decimal text of up to 15 decimals, as bills carry, with its value in units of 1e-15. */
const amount = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }).map((units) => {
  const digits = (units < 0n ? -units : units).toString().padStart(16, '0');
  return { units, text: `${units < 0n ? '-' : ''}${digits.slice(0, -15)}.${digits.slice(-15)}` };
});

const row = fc.record({
  billed: amount,
  effective: amount,
  provider: fc.constantFrom('AWS', 'Oracle'),
  currency: fc.constantFrom('USD', 'EUR'),
  days: fc.integer({ min: 1, max: 40 }),
});

describe('money in a FOCUS file', () => {
  it('adds up per provider and currency to the exact sum, rounded once, however it is spread', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const reader = createFocusReader('bill', 'bill.csv');
        reader.row(HEADER, 1);
        rows.forEach(({ billed, effective, provider, currency, days }, index) => {
          const end = new Date(Date.UTC(2026, 9, 1 + days)).toISOString();
          const bill = ['org_1', currency, '2026-10-01', '2026-11-01', 'Usage', provider];
          reader.row([billed.text, effective.text, ...bill, '2026-10-01', end], index + 2);
        });
        const { charges } = reader.finish();
        for (const provider of ['AWS', 'Oracle']) {
          for (const currency of ['USD', 'EUR']) {
            const given = rows.filter((each) => each.provider === provider && each.currency === currency);
            const made = charges.filter(
              ({ set, bill }) =>
                set.attributes.serviceProviderName === provider && bill.billingCurrency === currency,
            );
            for (const cost of ['billed', 'effective'] as const) {
              const exact = given.reduce((sum, each) => sum + each[cost].units, 0n);
              const total = sumNanos(made.map((charge) => charge[`${cost}Cost`]));
              expect(total).toBe(parseNanos(`${exact}e-15`));
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
