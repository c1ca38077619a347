import { parseNanos } from '../../core/base/money.js';
import {
  addMonths,
  covers,
  type Day,
  type DayRange,
  daysIn,
  firstDay,
  monthOf,
  monthRange,
  monthsIn,
} from '../../core/base/time.js';
import { applyListing } from '../../core/seats/history.js';
import { spreadSeatFee } from '../../core/seats/money.js';
import { type Seat, type SeatHolder, type SeatListing, seatInterval } from '../../core/seats/seat.js';
import { type BillRow, slugOf } from './bill-rows.js';

/** Seats of a vendor that says who has one but not what it costs. */
export interface ContractPlan {
  readonly source: string;
  /** Product and seller in one. */
  readonly vendor: string;
  /** Per seat and month, in the options of the source; null: not given, then seats cost nothing here. */
  readonly price: string | null;
  readonly currency: string;
}

/** A member as listed. */
export interface SeatMember extends SeatHolder {
  readonly seatId: string;
  readonly lastActiveDay: Day | null;
}

/** Members as seats; the vendor renews on the first of each month, so that one is released on the next. */
export function toSeatListing(
  { source, vendor, price, currency }: ContractPlan,
  members: readonly SeatMember[],
  seenOn: Day,
): SeatListing {
  const seats = members.map(
    ({ seatId, lastActiveDay, ...holder }): Seat => ({
      source,
      product: vendor,
      plan: null,
      seatId,
      holder: { ...holder, email: holder.email?.toLowerCase() ?? null },
      assignedFrom: null,
      assignedTo: null,
      lastActiveDay,
      cancelsOn: null,
      releasesOn: firstDay(addMonths(monthOf(seenOn), 1)),
      price: price === null ? null : { nanos: parseNanos(price), currency, origin: 'options' },
      seenOn,
    }),
  );
  return { seenOn, seats, unused: { kind: 'holder' } };
}

/**
 * The fee of every seat held on the first of a month: billed on that day, earned evenly over the days of the month,
 * of which those within the range make rows. `estimated`: the price is the contract's, not a bill's. Who joined
 * before the first listing is not known: whoever is on it counts for the months before too. Without a listing (null)
 * the seats are those of the last one.
 */
export function toSeatRows(
  plan: ContractPlan,
  range: DayRange,
  listing: SeatListing | null,
  earlier: readonly Seat[],
): readonly BillRow[] {
  if (plan.price === null) return [];
  const amount = parseNanos(plan.price);
  const spans = listing === null ? earlier : applyListing(earlier, listing);
  return monthsIn(range).flatMap((month) => {
    const billedOn = firstDay(month);
    const held = spans.filter((seat) => covers(seatInterval(seat), billedOn));
    return held.flatMap((seat) => {
      const shares = [{ id: seat.seatId, days: daysIn(monthRange(month)) }];
      return spreadSeatFee({ amount, billedOn, shares })
        .filter(({ day }) => range.from <= day && day < range.to)
        .map(({ day, billed, effective }): BillRow => {
          const costs = { billedCost: billed, effectiveCost: effective };
          return toRow(plan, seat, day, { ...costs, listCost: effective, contractedCost: effective });
        });
    });
  });
}

/** Says that months before the present one are counted by today's members, as long as nothing else is known. */
export function remarkOnSeats(
  plan: ContractPlan,
  range: DayRange,
  earlier: readonly Seat[],
  today: Day,
): readonly string[] {
  const guessed = monthsIn(range).filter((month) => month < monthOf(today));
  const [first] = guessed;
  if (plan.price === null || earlier.length > 0 || first === undefined) return [];
  return [
    `${plan.vendor} does not say since when its members have a seat: ${first} to ${guessed.at(-1)} count those of today.`,
  ];
}

function toRow(plan: ContractPlan, seat: Seat, day: Day, costs: BillRow['costs']): BillRow {
  return {
    day,
    currency: plan.currency,
    costs,
    category: 'Usage',
    frequency: 'Recurring',
    skuId: 'seat',
    meter: 'Seats',
    description: `${plan.vendor} seat, price by contract`,
    quantity: costs.billedCost === 0n ? null : { amount: 1, unit: 'Seats' },
    confidence: 'estimated',
    attributes: {
      principalId: seat.holder?.userId,
      email: seat.holder?.email,
      seatId: seat.seatId,
      resourceId: `${slugOf(plan.vendor)}/seat/${seat.seatId}`,
      resourceName: seat.holder?.name,
      resourceType: 'Seat',
    },
  };
}
