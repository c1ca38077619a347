import { z } from 'zod';
import { parseNanos } from '../../../core/base/money.js';
import { addDays, type Day, utcDay } from '../../../core/base/time.js';
import type { Seat, SeatListing, SeatPrice } from '../../../core/seats/seat.js';
import { AmountOption, SEAT_OPTIONS, toUnusedPolicy } from '../../parts/seat-charges.js';
import type { CursorFacts } from './client.js';
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
  /** As earlier pulls left them: they know activity before the days that are asked for. */
  readonly known: readonly Seat[];
}

/** Members as seats. Those removed are listed when the audit log knows the day: held until its end. */
export function toListing({ source, facts, people, options, today, known }: SeatFacts): SeatListing {
  const active = lastActiveDays(facts.activity, known);
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

/** The price of a seat by the options; null when they do not name it. */
export function priceOf(amount: string | undefined, currency: string): SeatPrice | null {
  return amount === undefined ? null : { nanos: parseNanos(amount), currency, origin: 'options' };
}

function lastActiveDays(activity: CursorFacts['activity'], known: readonly Seat[]): ReadonlyMap<string, Day> {
  const last = new Map<string, Day>();
  for (const { holder, lastActiveDay: day } of known) {
    const email = toEmail(holder?.email);
    if (email !== null && day !== null && day > (last.get(email) ?? '')) last.set(email, day);
  }
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
    changes.set(
      address,
      type === 'add_user' ? { ...known, added: utcDay(ms) } : { ...known, removed: utcDay(ms) },
    );
  }
  return changes;
}
