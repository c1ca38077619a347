import type { ChargeBatch, ReplaceResult } from '../ledger-store.js';
import type { Database } from './database.js';
import { bookSource, groupsTouched, stampCharges } from './invoice-booking.js';
import { toFacts } from './ledger-facts.js';
import { putIdentities, putRawResponses, recordFeedSuccess } from './ledger-feeds.js';
import { createInterner } from './ledger-intern.js';
import { putFacts, rollUp } from './ledger-put.js';
import { markMonthsStale } from './stale.js';

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
  const intern = createInterner(db, source);
  const charges = stampCharges(db, batch);
  const facts = toFacts(charges, scope, intern);
  const vendor = putFacts(db, { source, scope, intern, facts, origin: 'vendor' });
  const invoices = bookSource(db, { source, intern, groups: groupsTouched(db, source, scope) });
  const changed = [...new Set([...vendor.open, ...vendor.posted, ...invoices])].toSorted();
  for (const month of changed) rollUp(db, source, month);
  markMonthsStale(db, vendor.open, `New charges from ${source}`);
  markMonthsStale(db, vendor.posted, `Prior-period lines from ${source}`);
  markMonthsStale(db, invoices, `Invoices of ${source}`);
  if (changed.length > 0) putRawResponses(db, batch);
  putIdentities(db, batch.identities);
  recordFeedSuccess(db, batch);
  return {
    unchanged: changed.length === 0,
    charges: batch.charges.length,
    newSets: intern.newSets(),
    staleMonths: changed,
  };
}
