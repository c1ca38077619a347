import fc from 'fast-check';
import { addDays, monthOf } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { billOf, day, kindOf, setOf } from '../build/charges.js';

const SETS = ['a', 'b', 'c', undefined].flatMap((apiKeyName, index) => [
  setOf({ apiKeyName, apiKeyId: `key-${index}` }),
  setOf(
    { apiKeyName, apiKeyId: `key-${index}`, model: 'claude-haiku', email: 'ana@larkspur.example' },
    { env: 'x' },
  ),
  setOf({ apiKeyName, apiKeyId: 'key-same-0009', subAccountName: 'default', subAccountId: `w-${index}` }),
]);
const KINDS = [kindOf(), kindOf({ confidence: 'estimated' }), kindOf({ chargeClass: 'Correction' })];

/** Charges of source `anthropic` from September to November 2026 in one or two currencies, of either sign. */
export function chargesArbitrary(): fc.Arbitrary<readonly Charge[]> {
  // A hundred of the largest still fit into 63 bits, and one of them alone is beyond 2^53.
  const nanos = fc.oneof(
    fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }),
    fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n }),
  );
  const charge = fc
    .record({
      set: fc.constantFrom(...SETS),
      kind: fc.constantFrom(...KINDS),
      offset: fc.nat({ max: 90 }),
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
      invoiceId: fc.constantFrom(null, 'INV-1'),
      consumedQuantity: fc.constantFrom(null, 0, 1, 2.5),
      billedCost: nanos,
      effectiveCost: nanos,
      listCost: nanos,
    })
    .map(({ offset, currency, invoiceId, ...rest }): Charge => {
      const chargeDay = addDays(day('2026-09-01'), offset);
      const bill = billOf(monthOf(chargeDay), { billingCurrency: currency, invoiceId });
      return {
        ...rest,
        chargeDay,
        bill,
        pricingQuantity: rest.consumedQuantity,
        contractedCost: rest.listCost,
      };
    });
  return fc.array(charge, { maxLength: 60 });
}
