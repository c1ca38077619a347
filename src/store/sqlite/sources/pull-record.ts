import { gunzipSync, gzipSync } from 'node:zlib';
import { asc, desc, eq, sql } from 'drizzle-orm';
import { monthRange, parseDay, toEpochDay } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { FeedStatus, RawResponse } from '../../../core/sources/feed.js';
import type { ChargeBatch, LedgerStore } from '../../contract/ledger.js';
import { type Database, type Methods } from '../base/database.js';
import { feed, rawResponse, vendorIdentity } from '../schema/sources.js';

type FeedPart = Pick<LedgerStore, 'recordFeedFailure' | 'listFeeds' | 'listIdentities' | 'listRawResponses'>;

/** The part of the ledger that remembers pulls: how they went, what they listed, what the vendor answered. */
export const pullMethods: Methods<FeedPart> = {
  recordFeedFailure,
  listFeeds: (db) => db.orm.select().from(feed).orderBy(asc(feed.source)).all().map(toFeedStatus),
  listIdentities(db) {
    const { source, kind, id } = vendorIdentity;
    const rows = db.orm.select().from(vendorIdentity).orderBy(asc(source), asc(kind), asc(id)).all();
    return rows.map((row): VendorIdentity => ({ ...row, seenOn: parseDay(row.seenOn) }));
  },
  listRawResponses(db, source, limit) {
    const rows = db.orm
      .select()
      .from(rawResponse)
      .where(eq(rawResponse.source, source))
      .orderBy(desc(rawResponse.id))
      .limit(limit)
      .all();
    return rows.map(toRawResponse);
  },
};

/** The day through which the feed is complete never goes back: re-pulling an old window proves nothing new. */
export function recordFeedSuccess(db: Database, batch: ChargeBatch): void {
  const { source, kind, receivedAtMs, completeThrough } = batch;
  const success = {
    kind,
    lastAttemptMs: receivedAtMs,
    lastSuccessMs: receivedAtMs,
    lastError: null,
    failingSinceMs: null,
  };
  const latest = sql`nullif(max(coalesce(${feed.completeThrough}, ''), ${completeThrough ?? ''}), '')`;
  db.orm
    .insert(feed)
    .values({ source, completeThrough, ...success })
    .onConflictDoUpdate({ target: feed.source, set: { completeThrough: latest, ...success } })
    .run();
}

function recordFeedFailure(
  db: Database,
  { source, kind, atMs, sentence }: Parameters<LedgerStore['recordFeedFailure']>[0],
): void {
  const failure = { kind, lastAttemptMs: atMs, lastError: sentence };
  db.orm
    .insert(feed)
    .values({ source, failingSinceMs: atMs, ...failure })
    .onConflictDoUpdate({
      target: feed.source,
      set: { failingSinceMs: sql`coalesce(${feed.failingSinceMs}, ${atMs})`, ...failure },
    })
    .run();
}

function toFeedStatus(row: typeof feed.$inferSelect): FeedStatus {
  return { ...row, completeThrough: row.completeThrough === null ? null : parseDay(row.completeThrough) };
}

/** Keeps the responses of a pull, gzipped, with the charge days that they cover. */
export function putRawResponses(db: Database, batch: ChargeBatch): void {
  const { source, receivedAtMs } = batch;
  const { coversFrom, coversTo } = coverOf(batch);
  for (const { endpoint, parameters, fetchedAtMs, body } of batch.raw) {
    const isText = typeof body === 'string';
    const pull = { source, receivedAtMs, coversFrom, coversTo };
    db.orm
      .insert(rawResponse)
      .values({ ...pull, endpoint, parameters, fetchedAtMs, isText, body: gzipSync(body) })
      .run();
  }
}

/** A pull of billing periods covers their days, and those of charges that stand beside them (corrections). */
function coverOf({ scope, charges }: ChargeBatch): { coversFrom: number; coversTo: number } {
  const ranges =
    scope.kind === 'charge-days' ? [scope] : scope.periods.map((period) => monthRange(period.billingPeriod));
  let from = ranges.map((range) => toEpochDay(range.from)).toSorted((a, b) => a - b)[0] ?? 0;
  let to = ranges.map((range) => toEpochDay(range.to)).toSorted((a, b) => b - a)[0] ?? 0;
  if (scope.kind === 'billing-periods')
    for (const day of new Set(charges.map(({ chargeDay }) => chargeDay))) {
      from = Math.min(from, toEpochDay(day));
      to = Math.max(to, toEpochDay(day) + 1);
    }
  return { coversFrom: from, coversTo: to };
}

function toRawResponse(row: typeof rawResponse.$inferSelect): RawResponse {
  const { endpoint, parameters, fetchedAtMs } = row;
  const bytes = gunzipSync(row.body);
  return { endpoint, parameters, fetchedAtMs, body: row.isText ? bytes.toString('utf8') : bytes };
}

/** Takes a vendor's listing; what it no longer lists stays, and an older listing does not overwrite a newer one. */
export function putIdentities(db: Database, identities: readonly VendorIdentity[]): void {
  for (const identity of identities) {
    const { source, kind, id, ...seen } = { ...identity, tags: { ...identity.tags } };
    db.orm
      .insert(vendorIdentity)
      .values({ source, kind, id, ...seen })
      .onConflictDoUpdate({
        target: [vendorIdentity.source, vendorIdentity.kind, vendorIdentity.id],
        set: seen,
        setWhere: sql`excluded.seen_on >= ${vendorIdentity.seenOn}`,
      })
      .run();
  }
}
