import type { Seat, SeatListing } from '../../../src/core/seats/seat.js';
import { day } from './charges.js';

/** A seat of source `cursor`, held for ever by somebody of the same name as the seat. */
export function seatOf(seatId: string, changes: Partial<Seat> = {}): Seat {
  return {
    source: 'cursor',
    product: 'Cursor',
    plan: null,
    seatId,
    holder: { login: null, email: `${seatId}@larkspur.example`, userId: seatId, name: null },
    assignedFrom: null,
    assignedTo: null,
    lastActiveDay: null,
    cancelsOn: null,
    releasesOn: null,
    price: { nanos: 40_000_000_000n, currency: 'USD', origin: 'options' },
    seenOn: day('2026-11-01'),
    ...changes,
  };
}

/** All seats as seen on a day. */
export function listingOf(seenOn: string, seats: readonly Seat[]): SeatListing {
  return {
    seenOn: day(seenOn),
    seats: seats.map((seat) => ({ ...seat, seenOn: day(seenOn) })),
    unused: { kind: 'holder' },
  };
}
