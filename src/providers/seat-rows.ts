import type { VendorIdentity } from '../core/directory/directory-data.js';
import { type Nanos, parseNanos } from '../core/money.js';
import { type DayRange, daysIn, firstDay, monthOf } from '../core/time.js';
import { sameCosts } from './amounts.js';
import { type BillRow, slugOf } from './bill-rows.js';

/** Seats of a vendor that says who has one but not what it costs. */
export interface SeatPlan {
  readonly vendor: string;
  /** Per seat and month, from the contract: a decimal of `currency`. */
  readonly price: string;
  readonly currency: string;
}

/**
 * One row per seat on each first of a month within the range: the vendor renews then, by the number of members at
 * that moment. Whoever is listed now had a seat, and whoever was still listed on that day or later; when somebody
 * joined is not known, so that months before the present one are counted by those whom we know of. `estimated`.
 */
export function toSeatRows(
  plan: SeatPlan,
  range: DayRange,
  listed: readonly VendorIdentity[],
  known: readonly VendorIdentity[],
): readonly BillRow[] {
  const price: Nanos = parseNanos(plan.price);
  const current = new Set(listed.map(({ id }) => id));
  const former = known.filter(({ kind, id }) => kind === 'user' && !current.has(id));
  return daysIn(range)
    .filter((day) => day === firstDay(monthOf(day)))
    .flatMap((day) =>
      [...listed, ...former.filter(({ seenOn }) => seenOn >= day)].map(
        (person): BillRow => ({
          day,
          currency: plan.currency,
          costs: sameCosts(price),
          category: 'Usage',
          frequency: 'Recurring',
          skuId: 'seat',
          meter: 'Seats',
          description: `${plan.vendor} seat, price by contract`,
          quantity: { amount: 1, unit: 'Seats' },
          confidence: 'estimated',
          attributes: {
            principalId: person.id,
            email: person.email,
            seatId: person.id,
            resourceId: `${slugOf(plan.vendor)}/seat/${person.id}`,
            resourceName: person.name,
            resourceType: 'Seat',
          },
        }),
      ),
    );
}
