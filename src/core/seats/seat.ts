import type { Nanos } from '../base/money.js';
import { type Day, type DayInterval, daysBetween, parseDay } from '../base/time.js';

/** Who sits on a seat, by whatever the vendor names them; e-mails in lower case. */
export interface SeatHolder {
  readonly login: string | null;
  readonly email: string | null;
  /** The vendor's own id of the user. */
  readonly userId: string | null;
  readonly name: string | null;
}

/** What one seat costs in a month, and who says so: the vendor's bill, or the options of the source. */
export interface SeatPrice {
  readonly nanos: Nanos;
  /** ISO 4217. */
  readonly currency: string;
  readonly origin: 'bill' | 'options';
}

/** One span of one licence seat, as last listed. A seat that is given up and taken again has two spans. */
export interface Seat {
  readonly source: string;
  /** What the seat is for: `Cursor`, `GitHub Copilot`. */
  readonly product: string;
  /** The vendor's plan, `business` for example; null when it does not say. */
  readonly plan: string | null;
  /** Unique among the seats of the source's product. */
  readonly seatId: string;
  /** Null: paid for, but nobody sits on it. */
  readonly holder: SeatHolder | null;
  /** First day; null: earlier than we know. */
  readonly assignedFrom: Day | null;
  /** Half-open: the first day without the seat; null while it is held. */
  readonly assignedTo: Day | null;
  /** Last UTC day with any activity; null: none that the vendor knows of. */
  readonly lastActiveDay: Day | null;
  /** Set when the seat is cancelled already: the day on which it ends. */
  readonly cancelsOn: Day | null;
  /** From when on the vendor would bill it no more if it were given back now; null when not known. */
  readonly releasesOn: Day | null;
  /** Null: not known. */
  readonly price: SeatPrice | null;
  /** Last day on which the vendor listed it. */
  readonly seenOn: Day;
}

/** Who bears seats that nobody uses: their holder's team, or the team that owns the licence. */
export type UnusedSeatPolicy =
  | { readonly kind: 'holder' }
  | { readonly kind: 'owner'; readonly team: string };

/** All seats of a source as listed on a day, complete: a seat that is missing has ended. */
export interface SeatListing {
  readonly seenOn: Day;
  readonly seats: readonly Seat[];
  readonly unused: UnusedSeatPolicy;
}

/** Days without activity after which a seat counts as idle, unless somebody says otherwise. */
export const IDLE_DAYS = 30;

/**
 * The `seatId` of charges for unused seats that the owner of the licence bears (and of seats without a holder): a
 * link of this seat to a team in the directory gives them to it.
 */
export function unusedSeatId(source: string): string {
  return `${source}/unused-seats`;
}

/** Where a start lies that nobody knows. */
export const BEFORE_EVERYTHING = parseDay('1900-01-01');

/** A seat's days as an interval; a start that is not known lies before everything. */
export function seatInterval({ assignedFrom, assignedTo }: Seat): DayInterval {
  return { from: assignedFrom ?? BEFORE_EVERYTHING, to: assignedTo };
}

/** Whether nobody has used the seat in the `days` days before `end` (half-open). A vacant seat is never used. */
export function isUnused(seat: Seat, end: Day, days: number): boolean {
  if (seat.holder === null) return true;
  if (seat.lastActiveDay !== null) return daysBetween(seat.lastActiveDay, end) > days;
  // Somebody who was given a seat yesterday is not idle yet.
  return seat.assignedFrom === null || daysBetween(seat.assignedFrom, end) > days;
}

/** A seat that costs money and is not used. */
export interface IdleSeat {
  readonly seat: Seat;
  /** Days since the last activity, today excluded; null when there never was any. */
  readonly idleDays: number | null;
  /** What a month without it saves; null while the price is unknown. Zero for one that is cancelled already. */
  readonly savingPerMonth: SeatPrice | null;
}

/** Seats held on `today` that nobody has used for `days` days: vacant ones first, then the longest idle. */
export function findIdleSeats(
  seats: readonly Seat[],
  { today, days }: { readonly today: Day; readonly days: number },
): readonly IdleSeat[] {
  return seats
    .filter((seat) => seat.assignedTo === null || seat.assignedTo > today)
    .filter((seat) => isUnused(seat, today, days - 1))
    .map((seat): IdleSeat => {
      const { lastActiveDay, price, cancelsOn } = seat;
      return {
        seat,
        idleDays: lastActiveDay === null ? null : daysBetween(lastActiveDay, today),
        savingPerMonth: price !== null && cancelsOn !== null ? { ...price, nanos: 0n } : price,
      };
    })
    .toSorted((a, b) => compareRank(rank(a), rank(b)));
}

/** Vacant, never used, longest idle, then by id. */
function rank({ seat, idleDays }: IdleSeat): readonly [number, string, string] {
  return [
    seat.holder === null ? 0 : 1,
    idleDays === null ? '' : String(1e9 - idleDays),
    `${seat.source}\0${seat.seatId}`,
  ];
}

function compareRank(a: readonly [number, string, string], b: readonly [number, string, string]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? left;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
