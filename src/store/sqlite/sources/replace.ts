import { type Month, monthRange } from '../../../core/base/time.js';
import type { ChargeBatch, ReplaceResult } from '../../contract/ledger.js';
import type { Database } from '../base/database.js';
import { markMonthsStale } from '../base/stale.js';
import { bookSource, groupsTouched, rebook, stampCharges } from '../invoices/booking.js';
import { factScope, toFacts } from '../ledger/facts.js';
import { createInterner } from '../ledger/intern.js';
import { putFacts, rollUp } from '../ledger/put.js';
import { putSeats } from '../seats/seats.js';
import { requireLease } from './feeds.js';
import { type Divided, divideByOverlap, putAside } from './overlaps.js';
import { putIdentities, putRawResponses, recordFeedSuccess } from './pull-record.js';

/**
 * The body of `LedgerStore.replaceCharges`. Closed months are left alone: what the vendor now says of them becomes
 * prior-period lines in the first open month. Of the others only those that differ
 * from what is stored are written, so that pulling an unchanged window again costs a comparison and wakes nobody.
 */
export function replaceCharges(db: Database, batch: ChargeBatch): ReplaceResult {
  return db.handle.transaction(() => replace(db, batch)).immediate();
}

function replace(db: Database, batch: ChargeBatch): ReplaceResult {
  const { source, scope } = batch;
  if (batch.leaseOwner !== undefined) requireLease(db, source, batch.leaseOwner);
  const intern = createInterner(db, source);
  const stamped = { ...batch, charges: stampCharges(db, batch) };
  const divided = divideByOverlap(db, stamped, intern);
  const facts = toFacts(divided.counted, scope, intern);
  const vendor = putFacts(db, { source, scope, intern, facts, origin: 'vendor' });
  const invoices = bookSource(db, { source, intern, groups: groupsTouched(db, source, scope) });
  const changed = [...new Set([...vendor.open, ...vendor.posted, ...invoices])].toSorted();
  for (const month of changed) rollUp(db, source, month);
  putAside(db, stamped, { intern, scope: factScope(source, scope), aside: divided.aside });
  const moved = settleOthers(db, source, divided.moved);
  markMonthsStale(db, vendor.open, `New charges from ${source}`);
  markMonthsStale(db, vendor.posted, `Prior-period lines from ${source}`);
  markMonthsStale(db, invoices, `Invoices of ${source}`);
  if (changed.length > 0) putRawResponses(db, batch);
  putIdentities(db, batch.identities);
  if (batch.seats !== undefined) putSeats(db, source, batch.seats);
  recordFeedSuccess(db, batch);
  return {
    unchanged: changed.length === 0,
    charges: batch.charges.length,
    newSets: intern.newSets(),
    staleMonths: [...new Set([...changed, ...moved])].toSorted(),
  };
}

/** Brings sources whose charges were set aside, or counted again, in line: their roll-ups and their invoices. */
function settleOthers(db: Database, source: string, moved: Divided['moved']): readonly Month[] {
  return moved.flatMap((other) => {
    const scope = { kind: 'charge-days', ...monthRange(other.month) } as const;
    const months = [other.month, ...rebook(db, groupsTouched(db, other.source, scope))];
    rollUp(db, other.source, other.month);
    markMonthsStale(db, [other.month], `${source} and ${other.source} carry the same money`);
    return months;
  });
}
