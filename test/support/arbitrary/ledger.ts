import fc from 'fast-check';
import { monthOf } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { billOf, chargeOf } from '../build/charges.js';
import { anyMonthSets } from './rules.js';

const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => `${thousandths / 1_000}`);

/** Charges of sets that the arbitrary rules know the words of: two days each, in one of two currencies. */
export const anyLedger: fc.Arbitrary<readonly Charge[]> = fc
  .tuple(
    anyMonthSets,
    fc.array(fc.tuple(amount, amount, fc.constantFrom('EUR', 'USD')), { minLength: 8, maxLength: 8 }),
  )
  .map(([sets, costs]) =>
    sets.flatMap(({ set, firstDay, lastDay }, index) => {
      const [first = '1', last = '1', billingCurrency = 'USD'] = costs[index] ?? [];
      const on = (day: typeof firstDay, cost: string) =>
        chargeOf(day, cost, { set, bill: billOf(monthOf(day), { billingCurrency }) });
      return [on(firstDay, first), on(lastDay, last)];
    }),
  );
