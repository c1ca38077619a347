import { z } from 'zod';
import type { Bill, Charge, ChargeKind } from '../../core/charge.js';
import { formatNanos, type Nanos, parseNanos, roundedQuotient } from '../../core/money.js';
import type { Seat, SeatListing, SeatPrice } from '../../core/seat.js';
import { applyListing } from '../../core/seat-history.js';
import { addDays, type Day, daysBetween, daysIn, utcDay } from '../../core/time.js';
import { createCache } from '../charge-parts.js';
import { AmountOption, type BilledSeats, SEAT_OPTIONS, toSeatCharges, toUnusedPolicy } from '../seat-charges.js';
import type { CursorFacts } from './client.js';
import type { Cycle } from './cycles.js';
import { CURSOR } from './focus.js';
import { type People, type Person, toEmail } from './people.js';

const Plan = z.strictObject({ seatPrice: AmountOption, members: z.array(z.email()).default([]) });

/** Options of a source of kind `cursor`: the seat fee is nowhere in the vendor's API. */
export const CursorOptions = z.strictObject({
  ...SEAT_OPTIONS,
  /** Per seat and cycle. Absent: seats are listed, but cost nothing here (their invoice comes otherwise). */
  seatPrice: AmountOption.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
    .default('USD'),
  /** Other plans by name, with the e-mails of those who are on them. */
  plans: z.record(z.string().min(1), Plan).default({}),
  /** Seats paid for, held or not. Absent: as many as are held. */
  seatCount: z.number().int().min(0).optional(),
  /** How the fee is spread: by active days, or by what was used of the included value. */
  seatFee: z.enum(['active-days', 'consumption']).default('active-days'),
});
export type CursorOptions = z.infer<typeof CursorOptions>;

const PRODUCT = 'Cursor';

/** What seats are worked out from. */
export interface SeatFacts {
  readonly source: string;
  readonly facts: Pick<CursorFacts, 'activity' | 'seatChanges' | 'cycles'>;
  readonly people: Pick<People, 'members'>;
  readonly options: CursorOptions;
  readonly today: Day;
}

/** Members as seats. Those removed are listed when the audit log knows the day: held until its end. */
export function toListing({ source, facts, people, options, today }: SeatFacts): SeatListing {
  const active = lastActiveDays(facts.activity);
  const changes = seatChanges(facts.seatChanges ?? []);
  const held = people.members.flatMap((person): Seat[] => {
    const change = person.email === null ? undefined : changes.get(person.email);
    const removed = person.isRemoved ? (change?.removed ?? null) : null;
    if (person.isRemoved && removed === null) return [];
    const { plan, price } = planOf(person, options);
    return [
      {
        source,
        product: PRODUCT,
        plan,
        seatId: person.memberId,
        holder: { login: null, email: person.email, userId: person.memberId, name: person.name },
        assignedFrom: change?.added ?? null,
        assignedTo: removed === null ? null : addDays(removed, 1),
        lastActiveDay: active.get(person.email ?? '') ?? null,
        cancelsOn: removed === null ? null : facts.cycles.current.to,
        releasesOn: facts.cycles.current.to,
        price,
        seenOn: today,
      },
    ];
  });
  const vacant = Math.max(
    0,
    (options.seatCount ?? 0) - held.filter(({ assignedTo }) => assignedTo === null).length,
  );
  const seats = [
    ...held,
    ...Array.from({ length: vacant }, (_, index) => vacantSeat(index, { source, options, facts, today })),
  ];
  return { seenOn: today, seats, unused: toUnusedPolicy(options.unusedSeats) };
}

function vacantSeat(
  index: number,
  { source, options, facts, today }: Pick<SeatFacts, 'source' | 'options' | 'facts' | 'today'>,
): Seat {
  return {
    source,
    product: PRODUCT,
    plan: null,
    seatId: `vacant/${index + 1}`,
    holder: null,
    assignedFrom: null,
    assignedTo: null,
    lastActiveDay: null,
    cancelsOn: null,
    releasesOn: facts.cycles.current.to,
    price: priceOf(options.seatPrice, options.currency),
    seenOn: today,
  };
}

function planOf(
  { email }: Person,
  options: CursorOptions,
): { readonly plan: string | null; readonly price: SeatPrice | null } {
  for (const [plan, { seatPrice, members }] of Object.entries(options.plans))
    if (email !== null && members.some((member) => member.toLowerCase() === email))
      return { plan, price: priceOf(seatPrice, options.currency) };
  return { plan: null, price: priceOf(options.seatPrice, options.currency) };
}

function priceOf(amount: string | undefined, currency: string): SeatPrice | null {
  return amount === undefined ? null : { nanos: parseNanos(amount), currency, origin: 'options' };
}

function lastActiveDays(activity: CursorFacts['activity']): ReadonlyMap<string, Day> {
  const last = new Map<string, Day>();
  for (const { email: address, day: text, date, isActive } of activity) {
    const email = toEmail(address);
    const ms = text ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : (date ?? Number.NaN);
    if (email === null || isActive === false || Number.isNaN(ms)) continue;
    const day = utcDay(ms);
    if (day > (last.get(email) ?? '')) last.set(email, day);
  }
  return last;
}

/** The last day on which each address was added and removed. */
function seatChanges(
  events: NonNullable<CursorFacts['seatChanges']>,
): ReadonlyMap<string, { readonly added?: Day; readonly removed?: Day }> {
  const changes = new Map<string, { added?: Day; removed?: Day }>();
  const timed = events.map((event) => ({ ...event, ms: Date.parse(String(event.timestamp)) }));
  for (const { ms, event_type: type, event_data: data } of timed.toSorted((a, b) => a.ms - b.ms)) {
    const email = Object.values(data ?? {}).find((value) => typeof value === 'string' && value.includes('@'));
    if (typeof email !== 'string' || Number.isNaN(ms)) continue;
    const address = toEmail(email) ?? '';
    const known = changes.get(address) ?? {};
    changes.set(address, type === 'add_user' ? { ...known, added: utcDay(ms) } : { ...known, removed: utcDay(ms) });
  }
  return changes;
}

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
  const feeOf = (seats: readonly HeldSeat[], { id, from, price }: HeldSeat): BilledSeats => {
    const whole = daysBetween(cycle.from, cycle.to);
    const amount = roundedQuotient(price.nanos * BigInt(daysBetween(from, cycle.to)), BigInt(whole));
    const shares = options.seatFee === 'consumption' ? seats : seats.filter((seat) => seat.id === id);
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
  };
  return held.map((seat) => feeOf(held, seat));
}

/** Where a seat's included value of a cycle is found. */
export function usageKey(seat: Pick<Seat, 'holder'> | null, { fromMs }: Pick<Cycle, 'fromMs'>): string {
  return `${seat?.holder?.email ?? ''}|${fromMs}`;
}

/** Seats that the cycle is billed for: held ones, then those paid for but vacant. */
function heldIn({ cycle, spans, options }: CycleParts): readonly HeldSeat[] {
  const held = new Map<string, HeldSeat>();
  for (const seat of spans) {
    const from = seat.assignedFrom !== null && seat.assignedFrom > cycle.from ? seat.assignedFrom : cycle.from;
    const isHeld = from < cycle.to && (seat.assignedTo === null || seat.assignedTo > cycle.from);
    const { price } = seat;
    // Taken again within the cycle it is the same seat: the first of its spans counts.
    if (isHeld && price !== null && !held.has(seat.seatId))
      held.set(seat.seatId, { seat, id: seat.seatId, from, price });
  }
  const price = priceOf(options.seatPrice, options.currency);
  const vacant = price === null ? 0 : Math.max(0, (options.seatCount ?? 0) - held.size);
  return [
    ...held.values(),
    ...Array.from({ length: price === null ? 0 : vacant }, (_, index): HeldSeat[] =>
      price === null ? [] : [{ seat: null, id: `vacant/${index + 1}`, from: cycle.from, price }],
    ).flat(),
  ];
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
    serviceSubcategory: 'Generative AI',
    confidence: 'estimated',
    extra: {},
  };
}
