import { and, asc, eq } from 'drizzle-orm';
import { canonicalJson } from '../../../core/base/json.js';
import { applyListing } from '../../../core/seats/history.js';
import type { Seat, SeatListing } from '../../../core/seats/seat.js';
import type { SeatStore } from '../../contract/seats.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { seat } from '../schema/seats.js';

type SeatRow = typeof seat.$inferSelect;

/** The seat store on SQLite. */
export const seatMethods: Methods<SeatStore> = {
  putSeats: inTransaction((db, source, listing) => ({ changed: putSeats(db, source, listing) })),
  listSeats: readSeats,
};

/** The body of `putSeats`, for use inside another transaction; answers how many spans are new or changed. */
export function putSeats(db: Database, source: string, listing: SeatListing): number {
  const known = readSeats(db, source);
  const held = new Map(toRows(known).map((row) => [spanKey(row), canonicalJson(row)]));
  const changed = toRows(applyListing(known, listing)).filter(
    (row) => held.get(spanKey(row)) !== canonicalJson(row),
  );
  for (const row of changed) putRow(db, row);
  return changed.length;
}

function readSeats(db: Database, source: string | undefined): readonly Seat[] {
  return db.orm
    .select()
    .from(seat)
    .where(source === undefined ? undefined : eq(seat.source, source))
    .orderBy(asc(seat.source), asc(seat.product), asc(seat.seatId), asc(seat.span))
    .all()
    .map(toSeat);
}

/** Spans are counted per seat in the order of their starts; a new one always starts last. */
function toRows(seats: readonly Seat[]): readonly SeatRow[] {
  const spans = new Map<string, number>();
  return seats.map(({ price, ...rest }) => {
    const key = `${rest.product}\0${rest.seatId}`;
    const span = spans.get(key) ?? 0;
    spans.set(key, span + 1);
    return {
      ...rest,
      span,
      price: price?.nanos.toString() ?? null,
      priceCurrency: price?.currency ?? null,
      priceOrigin: price?.origin ?? null,
    };
  });
}

function toSeat({ span: _span, price, priceCurrency, priceOrigin, ...rest }: SeatRow): Seat {
  const isPriced = price !== null && priceCurrency !== null && priceOrigin !== null;
  return {
    ...rest,
    price: isPriced ? { nanos: BigInt(price), currency: priceCurrency, origin: priceOrigin } : null,
  };
}

function spanKey({ product, seatId, span }: SeatRow): string {
  return `${product}\0${seatId}\0${span}`;
}

function putRow(db: Database, row: SeatRow): void {
  const key = and(
    eq(seat.source, row.source),
    eq(seat.product, row.product),
    eq(seat.seatId, row.seatId),
    eq(seat.span, row.span),
  );
  const exists = db.orm.select({ span: seat.span }).from(seat).where(key).get() !== undefined;
  if (exists) db.orm.update(seat).set(row).where(key).run();
  else db.orm.insert(seat).values(row).run();
}
