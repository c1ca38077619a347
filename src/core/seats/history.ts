import { compareText } from '../base/money.js';
import { addDays, type Day } from '../base/time.js';
import type { Seat, SeatHolder, SeatListing } from './seat.js';

/**
 * What is known of a source's seats after a listing: `history` is what was known before (all spans). Seats that are no longer
 * listed end on the listing's day, those that are back (or changed hands) begin a new span; no span is ever lost. An
 * older listing than the last one changes nothing, the same one again neither. Sorted by product, seat and start.
 */
export function applyListing(history: readonly Seat[], listing: SeatListing): readonly Seat[] {
  const lastSeen = history.reduce<Day | null>(
    (last, { seenOn }) => (last === null || seenOn > last ? seenOn : last),
    null,
  );
  if (lastSeen !== null && listing.seenOn < lastSeen) return inOrder(history);
  const spans = new Map<string, Seat[]>();
  for (const seat of inOrder(history)) spans.set(keyOf(seat), [...(spans.get(keyOf(seat)) ?? []), seat]);
  const listed = new Set(listing.seats.map(keyOf));
  for (const seat of listing.seats)
    spans.set(keyOf(seat), sight(spans.get(keyOf(seat)) ?? [], seat, lastSeen === null));
  for (const [key, known] of spans) if (!listed.has(key)) spans.set(key, endOpen(known, listing.seenOn));
  return inOrder([...spans.values()].flat());
}

function keyOf({ product, seatId }: Seat): string {
  return `${product}\0${seatId}`;
}

function sortKey(seat: Seat): string {
  return `${keyOf(seat)}\0${seat.assignedFrom ?? ''}`;
}

function inOrder(seats: readonly Seat[]): readonly Seat[] {
  return seats.toSorted((a, b) => compareText(sortKey(a), sortKey(b)));
}

/** The spans of one seat after it was listed; `first`: nothing of the source was ever listed before. */
function sight(known: readonly Seat[], seen: Seat, first: boolean): Seat[] {
  const last = known.at(-1);
  if (last === undefined) {
    // A seat that yesterday's listing did not have is new, whatever the vendor leaves out.
    return [{ ...seen, assignedFrom: seen.assignedFrom ?? (first ? null : startOf(seen)) }];
  }
  if (last.assignedTo !== null) return sightAgain(known, last, seen);
  const isRetaken = seen.assignedFrom !== null && seen.assignedFrom > last.seenOn;
  if (isRetaken || !isSameHolder(last.holder, seen.holder)) {
    const from = isRetaken && seen.assignedFrom !== null ? seen.assignedFrom : startOf(seen);
    const next = addDays(last.seenOn, 1);
    const ended = endOpen(known, next < from ? next : from);
    return [...ended, { ...seen, assignedFrom: from }];
  }
  return [...known.slice(0, -1), updated(last, seen, known.at(-2)?.assignedTo ?? null)];
}

/** A seat whose last span has ended: the same ended span again, or a new one. */
function sightAgain(known: readonly Seat[], last: Seat, seen: Seat): Seat[] {
  if (seen.assignedTo !== null && last.assignedTo !== null && seen.assignedTo <= last.assignedTo)
    return [...known.slice(0, -1), { ...last, lastActiveDay: later(last.lastActiveDay, seen.lastActiveDay) }];
  const stated = seen.assignedFrom;
  const from = stated !== null && last.assignedTo !== null && stated >= last.assignedTo ? stated : null;
  return [...known, { ...seen, assignedFrom: from ?? startOf(seen) }];
}

/** When a span begins whose beginning the vendor does not give: when it was first seen, or used before that. */
function startOf({ seenOn, assignedTo }: Seat): Day {
  return assignedTo !== null && assignedTo <= seenOn ? addDays(assignedTo, -1) : seenOn;
}

/** Vendors go on naming the first start of a seat that was taken again: not before `floor`, the end of its last span. */
function updated(last: Seat, seen: Seat, floor: Day | null): Seat {
  const stated = seen.assignedFrom;
  const takesStated = stated !== null && (floor === null || stated >= floor);
  const assignedFrom = takesStated ? earlier(last.assignedFrom, stated) : last.assignedFrom;
  return {
    ...seen,
    assignedFrom,
    lastActiveDay: later(last.lastActiveDay, seen.lastActiveDay),
    price: seen.price ?? last.price,
  };
}

function endOpen(known: readonly Seat[], on: Day): Seat[] {
  return known.map((seat) => {
    if (seat.assignedTo !== null) return seat;
    // Seen and gone on one day: it was held on that day.
    const earliest = seat.assignedFrom === null ? on : addDays(seat.assignedFrom, 1);
    return { ...seat, assignedTo: on > earliest ? on : earliest };
  });
}

function isSameHolder(a: SeatHolder | null, b: SeatHolder | null): boolean {
  if (a === null || b === null) return a === b;
  for (const name of ['userId', 'email', 'login'] as const)
    if (a[name] !== null && b[name] !== null) return a[name] === b[name];
  return true;
}

/** The earlier of two starts; an unknown one gives way. */
function earlier(a: Day | null, b: Day): Day {
  return a === null || b < a ? b : a;
}

function later(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
