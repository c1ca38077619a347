import { formatNanos, type Nanos, roundedQuotient, sumNanos } from '../../../core/base/money.js';
import { addDays, type Day, daysBetween, daysIn } from '../../../core/base/time.js';
import type { Bill, Charge, ChargeKind } from '../../../core/ledger/charge.js';
import { applyListing } from '../../../core/seats/history.js';
import type { Seat, SeatPrice } from '../../../core/seats/seat.js';
import { CODING } from '../../parts/bill-rows.js';
import { createCache } from '../../parts/charge-parts.js';
import { type BilledSeats, toSeatCharges } from '../../parts/seat-charges.js';
import type { Cycle } from './cycles.js';
import { CURSOR } from './focus.js';
import { type CursorOptions, priceOf, type SeatFacts, toListing } from './seats.js';

/** Charges for seats, and what people should know of them. */
export interface SeatCharges {
  readonly charges: readonly Charge[];
  readonly remarks: readonly string[];
}

/**
 * The fee of each cycle: a seat held at its start costs the whole price on its first day, one taken later the part
 * that is left, on the day it was taken; a seat that is given up stays paid to the end of the cycle. `included` is the
 * value of included usage by e-mail and cycle start, for the policy `consumption`.
 */
export function chargeSeats(
  seatFacts: SeatFacts & { readonly cycles: readonly Cycle[] },
  known: { readonly seats: readonly Seat[]; readonly included: ReadonlyMap<string, Nanos> },
): SeatCharges {
  const { source, options, today } = seatFacts;
  const listing = toListing(seatFacts);
  const spans = applyListing(known.seats, listing).filter(({ holder }) => holder !== null);
  const unpriced = listing.seats.filter(({ price }) => price === null).length;
  const kinds = createCache<ChargeKind>();
  const fees = seatFacts.cycles
    .filter(({ from }) => from <= today)
    .flatMap((cycle) => feesOf({ cycle, spans, options, source, today, kinds }, known.included));
  const rules = { source, unused: listing.unused, idleDays: options.idleDays };
  const hint =
    `${unpriced} of ${listing.seats.length} seats have no price: Cursor does not tell the seat fee. ` +
    `Set options.seatPrice of source "${source}", or book its invoice.`;
  return { charges: toSeatCharges(fees, rules), remarks: unpriced === 0 ? [] : [hint] };
}

interface CycleParts {
  readonly cycle: Cycle;
  readonly spans: readonly Seat[];
  readonly options: CursorOptions;
  readonly source: string;
  readonly today: Day;
  readonly kinds: (key: string, make: () => ChargeKind) => ChargeKind;
}

interface HeldSeat {
  readonly seat: Seat | null;
  readonly id: string;
  readonly from: Day;
  readonly price: SeatPrice;
}

function feesOf(parts: CycleParts, included: ReadonlyMap<string, Nanos>): readonly BilledSeats[] {
  const { cycle, options, source, today } = parts;
  const held = heldIn(parts);
  const tomorrow = addDays(today, 1);
  const common = {
    usedBefore: cycle.to < tomorrow ? cycle.to : tomorrow,
    bill: billOf(cycle, source, options.currency),
    attributes: { ...CURSOR, billingAccountId: source, skuMeter: 'Seats', source },
    tags: {},
  };
  return feeGroups(held, options).map((group): BilledSeats => {
    const [{ from, price }] = group;
    const shares = options.seatFee === 'consumption' ? held : group;
    const amount = sumNanos(group.map((seat) => feeOf(seat, cycle)));
    return {
      ...common,
      amount,
      listAmount: amount,
      billedOn: from,
      kind: parts.kinds(formatNanos(price.nanos), () => seatKind(price)),
      parts: shares.map((share) => ({
        seat: share.seat,
        id: share.id,
        days: daysIn({ from: share.from, to: cycle.to }),
        ...(options.seatFee === 'consumption' && { weight: included.get(usageKey(share.seat, cycle)) ?? 0n }),
      })),
    };
  });
}

/** Each seat pays for itself; by consumption all fees of one day and price are one pot. */
function feeGroups(
  held: readonly HeldSeat[],
  { seatFee }: CursorOptions,
): readonly (readonly [HeldSeat, ...HeldSeat[]])[] {
  const groups = new Map<string, [HeldSeat, ...HeldSeat[]]>();
  for (const seat of held) {
    const key = seatFee === 'consumption' ? `${seat.from}|${seat.price.nanos}` : seat.id;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [seat]);
    else group.push(seat);
  }
  return [...groups.values()];
}

/** The price for the part of the cycle in which the seat is held. */
function feeOf({ from, price }: HeldSeat, cycle: Cycle): Nanos {
  const [held, whole] = [daysBetween(from, cycle.to), daysBetween(cycle.from, cycle.to)];
  return roundedQuotient(price.nanos * BigInt(held), BigInt(whole));
}

/** Where a seat's included value of a cycle is found. */
export function usageKey(seat: Pick<Seat, 'holder'> | null, { fromMs }: Pick<Cycle, 'fromMs'>): string {
  return `${seat?.holder?.email ?? ''}|${fromMs}`;
}

/** Seats that the cycle is billed for: held ones, then those paid for but vacant. */
function heldIn({ cycle, spans, options }: CycleParts): readonly HeldSeat[] {
  const held = new Map<string, HeldSeat>();
  for (const seat of spans) {
    const from =
      seat.assignedFrom !== null && seat.assignedFrom > cycle.from ? seat.assignedFrom : cycle.from;
    const isHeld = from < cycle.to && (seat.assignedTo === null || seat.assignedTo > cycle.from);
    const { price } = seat;
    // Taken again within the cycle it is the same seat: the first of its spans counts.
    if (isHeld && price !== null && !held.has(seat.seatId))
      held.set(seat.seatId, { seat, id: seat.seatId, from, price });
  }
  const price = priceOf(options.seatPrice, options.currency);
  if (price === null) return [...held.values()];
  const vacant = Math.max(0, (options.seatCount ?? 0) - held.size);
  const empty = (index: number): HeldSeat => ({
    seat: null,
    id: `vacant/${index + 1}`,
    from: cycle.from,
    price,
  });
  return [...held.values(), ...Array.from({ length: vacant }, (_, index) => empty(index))];
}

function billOf({ from, to }: Cycle, source: string, billingCurrency: string): Bill {
  return {
    billingAccountId: source,
    billingAccountName: null,
    billingPeriodStart: from,
    billingPeriodEnd: to,
    invoiceId: null,
    invoiceIssuerName: CURSOR.invoiceIssuerName,
    billingCurrency,
  };
}

/** Estimated until an invoice is there: the price is a setting, not a bill. */
function seatKind(price: SeatPrice): ChargeKind {
  return {
    chargeClass: null,
    chargeDescription: `Seat at ${formatNanos(price.nanos)} ${price.currency} a cycle`,
    chargeFrequency: 'Recurring',
    pricingCategory: 'Standard',
    pricingUnit: 'Seats',
    consumedUnit: null,
    skuPriceId: null,
    serviceSubcategory: CODING.subcategory,
    confidence: 'estimated',
    extra: {},
  };
}
