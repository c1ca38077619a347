import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Day } from '../../../core/base/time.js';
import type { SeatHolder } from '../../../core/seats/seat.js';

/** Licence seats by source, product, seat and span (counted from 0); spans are ended, never deleted. */
export const seat = sqliteTable(
  'seat',
  {
    source: text('source').notNull(),
    product: text('product').notNull(),
    seatId: text('seat_id').notNull(),
    span: integer('span').notNull(),
    plan: text('plan'),
    /** Null: nobody sits on it. */
    holder: text('holder', { mode: 'json' }).$type<SeatHolder>(),
    assignedFrom: text('assigned_from').$type<Day>(),
    assignedTo: text('assigned_to').$type<Day>(),
    lastActiveDay: text('last_active_day').$type<Day>(),
    cancelsOn: text('cancels_on').$type<Day>(),
    releasesOn: text('releases_on').$type<Day>(),
    /** Per month, nanos as text: no driver rounds it. */
    price: text('price'),
    priceCurrency: text('price_currency'),
    priceOrigin: text('price_origin', { enum: ['bill', 'options'] }),
    seenOn: text('seen_on').$type<Day>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.product, table.seatId, table.span] })],
);
