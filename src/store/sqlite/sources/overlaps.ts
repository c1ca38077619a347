import { fromEpochDay, type Month, monthOf, toEpochDay } from '../../../core/base/time.js';
import type { Charge, DimensionSet, ReplaceScope } from '../../../core/ledger/charge.js';
import {
  ANY_ACCOUNT,
  type HeldMoney,
  overlapDay,
  type SourceOverlap,
  STANDINGS,
  settleDay,
  UNKNOWN_ACCOUNT,
} from '../../../core/ledger/source-overlap.js';
import type { ChargeBatch } from '../../contract/ledger.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import {
  FACT_COLUMNS,
  type FactScope,
  FROM_VENDOR,
  insertFacts,
  OF_SOURCE,
  toFacts,
} from '../ledger/facts.js';
import type { Interner } from '../ledger/intern.js';

/** A batch's charges, distinguished by whether they count. */
export interface Divided {
  readonly counted: readonly Charge[];
  /** `from`: who is counted, in words, where the source only reports; null where another source carries it. */
  readonly aside: readonly { readonly charge: Charge; readonly from: string | null }[];
  /** Months of other sources whose charges are now set aside, or counted again. */
  readonly moved: readonly { readonly source: string; readonly month: Month }[];
}

/** A row of held_day. */
interface Held extends HeldMoney {
  readonly money: string;
  readonly billingAccountId: string;
  readonly billingPeriod: string;
  readonly day: number;
  readonly meetsOn: number;
}

/** Where a charge belongs: shared money or a mere report; charges that are neither have no place. */
type Place = { readonly held: Held; readonly hasMoney: boolean } | { readonly from: string };
type Places = ReadonlyMap<Charge, Place>;

/**
 * Notes which shared money the batch carries, settles with all other sources who is counted, and tells the batch's
 * charges apart accordingly. Charges of others that yield now, or are counted again, change their place.
 */
export function divideByOverlap(db: Database, batch: ChargeBatch, intern: Interner): Divided {
  const before = heldInScope(db, batch.source, batch.scope);
  const overlaps = batch.overlaps ?? [];
  if (overlaps.length === 0 && before.length === 0) return { counted: batch.charges, aside: [], moved: [] };
  const places = placesOf(batch, overlaps);
  putSharedSets(db, places, intern);
  const fresh = replaceHeld(db, batch, { before, places });
  const moved = settle(db, { touched: [...before, ...fresh.values()], fresh });
  const yielding = new Set(
    heldInScope(db, batch.source, batch.scope)
      .filter((held) => held.countedBy !== null)
      .map(keyOf),
  );
  const counted: Charge[] = [];
  const aside: { charge: Charge; from: string | null }[] = [];
  for (const charge of batch.charges) {
    const place = places.get(charge);
    if (place === undefined) counted.push(charge);
    else if ('from' in place) aside.push({ charge, from: place.from });
    else if (yielding.has(keyOf(place.held))) aside.push({ charge, from: null });
    else counted.push(charge);
  }
  return { counted, aside, moved };
}

/** Puts what is set aside in the place of what stood aside in the batch's scope. */
export function putAside(
  db: Database,
  batch: ChargeBatch,
  { intern, scope, aside }: { intern: Interner; scope: FactScope; aside: Divided['aside'] },
): void {
  db.handle.prepare(`delete from aside_fact where ${scope.sql}`).run(...scope.params);
  for (const from of new Set(aside.map((each) => each.from))) {
    const charges = aside.filter((each) => each.from === from).map(({ charge }) => charge);
    for (const [month, facts] of toFacts(charges, batch.scope, intern))
      insertFacts(db, 'aside_fact', month, facts);
    if (from === null) continue;
    const ids = [...new Set(charges.map(({ set }) => intern.set(set)))];
    db.handle
      .prepare('update aside_fact set counted_from = ? where set_id in (select value from json_each(?))')
      .run(from, JSON.stringify(ids));
  }
}

function placesOf(batch: ChargeBatch, overlaps: readonly SourceOverlap[]): Places {
  const bySet = new Map<DimensionSet, { overlap: SourceOverlap; money: string } | null>();
  const places = new Map<Charge, Place>();
  for (const charge of batch.charges) {
    let found = bySet.get(charge.set);
    if (found === undefined) {
      found = overlapOf(charge.set, overlaps);
      bySet.set(charge.set, found);
    }
    const place = found === null ? null : placeOf(batch, charge, found);
    if (place !== null) places.set(charge, place);
  }
  return places;
}

function overlapOf(
  set: DimensionSet,
  overlaps: readonly SourceOverlap[],
): { overlap: SourceOverlap; money: string } | null {
  for (const overlap of overlaps) {
    const money = overlap.kind === 'shared' ? overlap.money(set) : overlap.covers(set) ? '' : null;
    if (money !== null) return { overlap, money };
  }
  return null;
}

function placeOf(
  batch: ChargeBatch,
  charge: Charge,
  found: { overlap: SourceOverlap; money: string },
): Place | null {
  const { overlap, money } = found;
  const hasMoney = charge.billedCost !== 0n || charge.effectiveCost !== 0n;
  if (overlap.kind === 'elsewhere') return hasMoney ? { from: overlap.countedFrom } : null;
  const { billingAccountId, billingPeriodStart } = charge.bill;
  const own = billingAccountId === batch.source ? UNKNOWN_ACCOUNT : billingAccountId;
  const asBilled = charge.billedCost === 0n ? 'memo' : 'bill';
  return {
    hasMoney,
    held: {
      source: batch.source,
      kind: batch.kind,
      money,
      account: overlap.accounts === 'any' ? ANY_ACCOUNT : own,
      billingAccountId,
      billingPeriod: monthOf(billingPeriodStart),
      day: toEpochDay(charge.chargeDay),
      meetsOn: toEpochDay(overlapDay(overlap.grain, charge.chargeDay)),
      standing: STANDINGS.indexOf(overlap.standing === 'as-billed' ? asBilled : overlap.standing),
      countedBy: undefined,
    },
  };
}

function putSharedSets(db: Database, places: Places, intern: Interner): void {
  const put = db.handle.prepare('insert or replace into shared_set (set_id, money) values (?, ?)');
  const done = new Set<number>();
  for (const [{ set }, place] of places) {
    if (!('held' in place)) continue;
    const id = intern.set(set);
    if (!done.has(id)) put.run(id, place.held.money);
    done.add(id);
  }
}

/** Replaces the claims of the scope; one that stood before keeps how it was settled. */
function replaceHeld(
  db: Database,
  { source, scope }: ChargeBatch,
  { before, places }: { before: readonly Held[]; places: Places },
): ReadonlyMap<string, Held> {
  const settled = new Map(before.map((held) => [keyOf(held), held.countedBy]));
  const fresh = new Map<string, Held>();
  for (const place of places.values()) {
    // What costs nothing keeps no other source from being counted.
    if (!('held' in place) || !place.hasMoney) continue;
    const key = keyOf(place.held);
    const known = fresh.get(key);
    if (known === undefined) fresh.set(key, { ...place.held, countedBy: settled.get(key) });
    else if (place.held.standing < known.standing)
      fresh.set(key, { ...known, standing: place.held.standing });
  }
  const where = heldScope(source, scope);
  db.handle.prepare(`delete from held_day where ${where.sql}`).run(...where.params);
  const insert = db.handle.prepare(
    `insert into held_day (source, money, account, billing_account_id, billing_period, day, meets_on, kind, standing, counted_by)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const held of fresh.values())
    insert.run(...keyParts(held), held.meetsOn, held.kind, held.standing, held.countedBy ?? null);
  return fresh;
}

/** Settles every day that the batch touches; answers the months of others whose charges changed their place. */
function settle(
  db: Database,
  { touched, fresh }: { touched: readonly Held[]; fresh: ReadonlyMap<string, Held> },
): Divided['moved'] {
  const closed = closedThrough(db);
  const update = db.handle.prepare(
    `update held_day set counted_by = ? where source = ? and money = ? and account = ? and billing_account_id = ?
     and billing_period = ? and day = ?`,
  );
  const moved = new Map<string, { source: string; month: Month }>();
  for (const claims of meetings(db, touched)) {
    const day = fromEpochDay(claims[0]?.day ?? 0);
    const isClosed = closed !== null && monthOf(day) <= closed;
    const known = claims.map((claim) => fresh.get(keyOf(claim)) ?? claim);
    for (const [claim, countedBy] of settleDay(known, isClosed)) {
      const held = known.find((each) => each === claim);
      const isFresh = held !== undefined && fresh.has(keyOf(held));
      if (held === undefined || (isClosed && !isFresh) || held.countedBy === countedBy) continue;
      update.run(countedBy, ...keyParts(held));
      if (isFresh || (held.countedBy === null) === (countedBy === null)) continue;
      move(db, held, countedBy === null ? 'back' : 'aside');
      const month = monthOf(fromEpochDay(held.day));
      moved.set(JSON.stringify([held.source, month]), { source: held.source, month });
    }
  }
  return [...moved.values()];
}

/** All claims of the touched money, by the day on which they meet. */
function meetings(db: Database, touched: readonly Held[]): readonly (readonly Held[])[] {
  const read = db.handle.prepare<[string, number], Held>(
    `select ${HELD_COLUMNS} from held_day where money = ? and meets_on = ? order by source, account, day`,
  );
  const days = new Map(touched.map((held) => [JSON.stringify([held.money, held.meetsOn]), held]));
  return [...days.values()]
    .map(({ money, meetsOn }) => read.all(money, meetsOn))
    .filter((rows) => rows.length > 0);
}

/** Takes the charges of a claim out of the count, or back into it. */
function move(db: Database, held: Held, to: 'aside' | 'back'): void {
  const [from, into] = to === 'aside' ? ['fact', 'aside_fact'] : ['aside_fact', 'fact'];
  const where = `month = ? and day = ? and ${OF_SOURCE} and ${FROM_VENDOR}
    and set_id in (select set_id from shared_set where money = ?)
    and bill_id in (select id from bill where billing_account_id = ? and billing_period = ?)`;
  const month = toMonthNumber(monthOf(fromEpochDay(held.day)));
  const params = [month, held.day, held.source, held.money, held.billingAccountId, held.billingPeriod];
  const columns = FACT_COLUMNS.join(', ');
  db.handle
    .prepare(`insert into ${into} (${columns}) select ${columns} from ${from} where ${where}`)
    .run(params);
  db.handle.prepare(`delete from ${from} where ${where}`).run(params);
}

const HELD_COLUMNS = `source, money, account, billing_account_id as billingAccountId, billing_period as billingPeriod,
  day, meets_on as meetsOn, kind, standing, counted_by as countedBy`;

function heldInScope(db: Database, source: string, scope: ReplaceScope): readonly Held[] {
  const where = heldScope(source, scope);
  return db.handle
    .prepare<(string | number)[], Held>(`select ${HELD_COLUMNS} from held_day where ${where.sql}`)
    .all(...where.params);
}

function heldScope(source: string, scope: ReplaceScope): FactScope {
  if (scope.kind === 'charge-days')
    return {
      sql: 'source = ? and day >= ? and day < ?',
      params: [source, toEpochDay(scope.from), toEpochDay(scope.to)],
    };
  const periods = scope.periods.map((key) => [key.billingAccountId, key.billingPeriod]);
  return {
    sql: `source = ? and (billing_account_id, billing_period)
      in (select value ->> 0, value ->> 1 from json_each(?))`,
    params: [source, JSON.stringify(periods)],
  };
}

function keyParts(held: Held): [string, string, string, string, string, number] {
  return [held.source, held.money, held.account, held.billingAccountId, held.billingPeriod, held.day];
}

function keyOf(held: Held): string {
  return JSON.stringify(keyParts(held));
}
