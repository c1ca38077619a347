import { type Day, fromEpochDay, type Month, monthRange } from '../../../core/base/time.js';
import { type SetAside, stretches } from '../../../core/ledger/source-overlap.js';
import type { ChargeBatch, LedgerStore, ReplaceResult } from '../../contract/ledger.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import { markMonthsStale } from '../base/stale.js';
import { bookSource, groupsTouched, rebook, stampCharges } from '../invoices/booking.js';
import { factScope, toFacts } from '../ledger/facts.js';
import { createInterner } from '../ledger/intern.js';
import { putFacts, rollUp } from '../ledger/put.js';
import { putSeats } from '../seats/seats.js';
import { requireLease } from './feeds.js';
import { type Divided, divideByOverlap, putAside } from './overlaps.js';
import { putIdentities, putRawResponses, recordFeedSuccess } from './pull-record.js';

/** Charges as sources bring them, and those that are set aside because another source carries the same money. */
export const chargeMethods: Methods<Pick<LedgerStore, 'replaceCharges' | 'listSetAside'>> = {
  replaceCharges: inTransaction(replaceCharges),
  listSetAside,
};

/**
 * Locked months are left alone: what the vendor now says of them becomes prior-period lines in the first open month.
 * Of the others only those that differ from what is stored are written, so that pulling an unchanged window again
 * costs a comparison and marks nothing stale.
 */
function replaceCharges(db: Database, batch: ChargeBatch): ReplaceResult {
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

interface AsideRow {
  readonly source: string;
  readonly money: string;
  readonly countedFrom: string;
  readonly day: number;
  readonly currency: string;
  readonly cost: string;
}

function listSetAside(db: Database): readonly SetAside[] {
  const rows = db.handle
    .prepare<[], AsideRow>(
      `select v.value as source, coalesce(s.money, '') as money,
         coalesce(a.counted_from, h.counted_by, '') as countedFrom, a.day as day, b.currency as currency,
         ${exactSum('a.effective')} as cost
       from aside_fact a
       join dim_set d on d.id = a.set_id join dim_value v on v.id = d.source
       join bill b on b.id = a.bill_id
       left join shared_set s on s.set_id = a.set_id and a.counted_from is null
       left join held_day h on h.source = v.value and h.money = s.money and h.day = a.day
         and h.billing_account_id = b.billing_account_id and h.billing_period = b.billing_period
       group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    )
    .all();
  const groups = new Map<string, { head: AsideRow; days: Day[]; costs: Map<string, bigint> }>();
  for (const row of rows) {
    const key = JSON.stringify([row.source, row.money, row.countedFrom]);
    const group = groups.get(key) ?? { head: row, days: [], costs: new Map<string, bigint>() };
    groups.set(key, group);
    group.days.push(fromEpochDay(row.day));
    group.costs.set(row.currency, (group.costs.get(row.currency) ?? 0n) + BigInt(row.cost));
  }
  return [...groups.values()].map(({ head, days, costs }) => ({
    source: head.source,
    money: head.money,
    countedFrom: head.countedFrom,
    days: stretches(days),
    costs: [...costs].map(([currency, cost]) => ({ currency, cost })),
  }));
}
