import type { Seat, SeatListing } from '../../core/seats/seat.js';

/** Licence seats, effective-dated; a span is ended, never deleted. */
export interface SeatStore {
  /**
   * Takes a complete listing of a source's seats (see `applyListing`); `replaceCharges` does the same with the
   * listing of its batch, in its own transaction. Answers how many spans are new or changed: 0 for the same one again.
   */
  putSeats(source: string, listing: SeatListing): Promise<{ readonly changed: number }>;
  /** All spans, of one source if named, by source, product, seat and start. */
  listSeats(source?: string): Promise<readonly Seat[]>;
}
