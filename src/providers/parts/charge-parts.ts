import { absolute, createNanoCarry, type NanoCarry, type Nanos } from '../../core/base/money.js';
import { addMonths, type Day, firstDay, type Month, monthOf } from '../../core/base/time.js';
import type { Bill, Charge } from '../../core/ledger/charge.js';
import type { ControlDifference } from '../../core/sources/hold.js';

/** The value of a key, made once: charges then share objects, by which the store interns them. */
export function createCache<V>(): (key: string, make: () => V) => V {
  const values = new Map<string, V>();
  return (key, make) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = make();
    values.set(key, value);
    return value;
  };
}

/**
 * Carries that start anew each day, so that a day's charges do not depend on the window it was pulled in: pulling
 * another window over it changes nothing.
 */
export function createDailyCarries(): (column: string, currency: string, day: Day) => NanoCarry {
  const cache = createCache<NanoCarry>();
  return (column, currency, day) => cache(`${column}|${currency}|${day}`, createNanoCarry);
}

/** The paying account of a bill. */
export type PayingAccount = Pick<Bill, 'billingAccountId' | 'billingAccountName' | 'invoiceIssuerName'>;

/** Bills by calendar month (UTC), no invoice issued: both vendors bill usage so and have no invoice API. */
export function createMonthlyBills(account: PayingAccount): (day: Day, currency: string) => Bill {
  const cache = createCache<Bill>();
  return (day, billingCurrency) => {
    const month = monthOf(day);
    return cache(`${month}|${billingCurrency}`, () => ({
      ...account,
      billingPeriodStart: firstDay(month),
      billingPeriodEnd: firstDay(addMonths(month, 1)),
      invoiceId: null,
      billingCurrency,
    }));
  };
}

/** A second view of the same money: nanos per UTC day, from a call that groups otherwise. */
export type ControlTotals = ReadonlyMap<Day, Nanos>;

// Vendors round each grouped row to 1e-8 of a unit or finer: half of that either way, twice over.
const ROUNDING_NANOS_PER_ROW = 10n;

/**
 * The months in which the charges do not add up to a second view of the same money, by more than the vendor's rounding.
 * Days after `through` are left out: they still grow between two calls.
 */
export function compareWithControl(
  charges: readonly Charge[],
  days: ControlTotals,
  through: Day | null,
  control: string,
): readonly ControlDifference[] {
  const months = new Map<Month, { got: Nanos; stated: Nanos; rows: bigint; currency: string }>();
  const entry = (day: Day) => {
    const month = monthOf(day);
    const known = months.get(month) ?? { got: 0n, stated: 0n, rows: 0n, currency: 'USD' };
    months.set(month, known);
    return known;
  };
  const closed = (day: Day) => through !== null && day <= through;
  for (const charge of charges.filter(({ chargeDay }) => closed(chargeDay))) {
    const sums = entry(charge.chargeDay);
    sums.got += charge.billedCost;
    sums.rows += 1n;
    sums.currency = charge.bill.billingCurrency;
  }
  for (const [day, nanos] of days) if (closed(day)) entry(day).stated += nanos;
  return [...months].flatMap(([period, { got, stated, rows, currency }]) =>
    absolute(stated - got) <= (rows + 1n) * ROUNDING_NANOS_PER_ROW
      ? []
      : [{ control, period, currency, stated, got }],
  );
}
