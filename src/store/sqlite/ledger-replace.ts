import { addDays, type Month, monthOf, monthRange, toEpochDay } from '../../core/time.js';
import type { ChargeBatch, ReplaceResult } from '../ledger-store.js';
import { closedThrough } from './closed-months.js';
import type { Database } from './database.js';
import { requireLease } from './feeds.js';
import {
  type Fact,
  type FactScope,
  factScope,
  holdsExactly,
  OF_SOURCE,
  replaceFacts,
  toFacts,
} from './ledger-facts.js';
import { putIdentities, putRawResponses, recordFeedSuccess } from './ledger-feeds.js';
import { createInterner } from './ledger-intern.js';
import { toMonthNumber } from './numbers.js';
import { divideByOverlap, putAside } from './overlaps.js';
import { postPriorPeriods } from './prior-periods.js';
import { putSeats } from './seats.js';
import { chargedMonths, markMonthsStale } from './stale.js';

/**
 * The body of `LedgerStore.replaceCharges`. Closed months are left alone: what the vendor now says of them becomes
 * prior-period lines in the first open month. Of the others only those that differ
 * from what is stored are written, so that pulling an unchanged window again costs a comparison and wakes nobody.
 */
export function replaceCharges(db: Database, batch: ChargeBatch): ReplaceResult {
  return db.handle.transaction(() => replace(db, batch)).immediate();
}

function replace(db: Database, batch: ChargeBatch): ReplaceResult {
  if (batch.leaseOwner !== undefined) requireLease(db, batch.source, batch.leaseOwner);
  const intern = createInterner(db, batch.source);
  const divided = divideByOverlap(db, batch, intern);
  const facts = toFacts(divided.counted, batch.scope, intern);
  const scope = factScope(batch.source, batch.scope);
  const differing = changedMonths(db, batch, scope, facts);
  const closed = closedThrough(db);
  const isClosed = (month: Month) => closed !== null && month <= closed;
  const open = differing.filter((month) => !isClosed(month));
  for (const month of open) replaceFacts(db, month, scope, facts.get(month) ?? []);
  const restated = new Map(differing.filter(isClosed).map((month) => [month, facts.get(month) ?? []]));
  const { source } = batch;
  const posted = postPriorPeriods(db, { source, scope: batch.scope, factScope: scope, intern, restated });
  const changed = [...new Set([...open, ...posted])].toSorted();
  for (const month of changed) rollUp(db, source, month);
  putAside(db, batch, { intern, scope, aside: divided.aside });
  for (const other of divided.moved) {
    rollUp(db, other.source, other.month);
    markMonthsStale(db, [other.month], `${source} and ${other.source} carry the same money`);
  }
  markMonthsStale(db, open, `New charges from ${source}`);
  markMonthsStale(db, posted, `Prior-period lines from ${source}`);
  if (changed.length > 0) putRawResponses(db, batch);
  putIdentities(db, batch.identities);
  if (batch.seats !== undefined) putSeats(db, source, batch.seats);
  recordFeedSuccess(db, batch);
  return {
    unchanged: changed.length === 0,
    charges: batch.charges.length,
    newSets: intern.newSets(),
    staleMonths: [...new Set([...changed, ...divided.moved.map(({ month }) => month)])].toSorted(),
  };
}

function changedMonths(
  db: Database,
  batch: ChargeBatch,
  scope: FactScope,
  facts: ReadonlyMap<Month, readonly Fact[]>,
): readonly Month[] {
  const stored = chargedMonths(db).filter((month) => mayHold(batch.scope, month));
  const months = [...new Set([...facts.keys(), ...stored])].toSorted();
  return months.filter((month) => !holdsExactly(db, month, scope, facts.get(month) ?? []));
}

/** A correction may stand in any charge month, so a scope of billing periods touches them all. */
function mayHold(scope: ChargeBatch['scope'], month: Month): boolean {
  if (scope.kind === 'billing-periods') return true;
  return scope.from < scope.to && monthOf(scope.from) <= month && month <= monthOf(addDays(scope.to, -1));
}

/** Works out the source's part of the month's roll-ups anew. */
function rollUp(db: Database, source: string, month: Month): void {
  const number = toMonthNumber(month);
  const { from, to } = monthRange(month);
  const days = [toEpochDay(from), toEpochDay(to)];
  db.handle.prepare(`delete from set_day where day >= ? and day < ? and ${OF_SOURCE}`).run(...days, source);
  db.handle
    .prepare(
      `insert into set_day (day, set_id, currency, month, list, effective, billed)
       select f.day, f.set_id, b.currency, f.month, sum(f.list), sum(f.effective), sum(f.billed)
       from fact f join bill b on b.id = f.bill_id
       where f.month = ? and ${OF_SOURCE} group by 1, 2, 3 order by 1, 2, 3`,
    )
    .run(number, source);
  db.handle.prepare(`delete from set_month where month = ? and ${OF_SOURCE}`).run(number, source);
  db.handle
    .prepare(
      `insert into set_month (month, set_id, currency, first_day, last_day, effective)
       select month, set_id, currency, min(day), max(day), sum(effective) from set_day
       where day >= ? and day < ? and ${OF_SOURCE} group by 1, 2, 3 order by 1, 2, 3`,
    )
    .run(...days, source);
}
