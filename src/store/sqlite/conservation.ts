import type { ConservationProof, CurrencyTotals } from '../../core/allocation/allocation.js';
import { AppError } from '../../core/errors.js';
import { compareText, formatNanos, type Nanos } from '../../core/money.js';
import { fromEpochDay, type Month, monthRange } from '../../core/time.js';
import { allocatedMoney, daysCondition, pieceAlias, pieceJoin } from './allocated-money.js';
import type { Database } from './database.js';
import { exactSum } from './numbers.js';
import { ownedBySets, proveSets } from './set-conservation.js';
import { coverSets, readSetsOnBills, type SetOnBill } from './set-coverage.js';

/** Money of one (invoice, day, currency), as the charges say or as the allocations say. */
interface Group {
  readonly invoice: string;
  readonly day: number;
  readonly currency: string;
  readonly effective: Nanos;
  readonly billed: Nanos;
  /** Effective cost that went to an owner; the rest is Unallocated. */
  readonly owned: Nanos;
}

type Proof = Pick<ConservationProof, 'dimension' | 'groups' | 'totals'>;

/**
 * Proves for each dimension of a month that what is stored conserves its money: every set is covered exactly once
 * on every day on which it has charges, and in each (invoice, day, currency) what was given out adds up to the
 * charges, effective and billed. Where nothing is divided the second follows from the first: each charge goes whole
 * to the one owner of its piece.
 * @throws AppError `bug` naming the first place where that does not hold.
 */
export function proveConservation(
  db: Database,
  month: Month,
  dimensions: readonly string[],
  idOf: (dimension: string) => number,
): readonly Proof[] {
  const ledger = readGroups(db, month, null);
  const sets = readSetsOnBills(db, month);
  return dimensions.map((name) => {
    const dimension = { name, id: idOf(name) };
    const { isDivided } = allocatedMoney(db, 'fact', [dimension.id], monthRange(month));
    const owned = isDivided
      ? proveDivided(db, month, dimension, ledger)
      : proveWhole(db, month, dimension, sets);
    return { dimension: name, groups: ledger.size, totals: totalsOf(ledger, owned) };
  });
}

interface Dimension {
  readonly name: string;
  readonly id: number;
}

/** Effective cost that has an owner, by currency. */
type Owned = ReadonlyMap<string, Nanos>;

/** Most sets have one owner all month; only the others are followed day by day. */
function proveWhole(db: Database, month: Month, dimension: Dimension, sets: readonly SetOnBill[]): Owned {
  const { owned, others } = coverSets(db, month, dimension.id, sets);
  if (others.length === 0) return owned;
  refuseMiscovered(db, month, dimension, others);
  proveSets(db, { month, setIds: others }, dimension);
  const sums = new Map(owned);
  for (const { currency, cost } of ownedBySets(db, { month, setIds: others }, dimension.id))
    sums.set(currency, (sums.get(currency) ?? 0n) + cost);
  return sums;
}

function proveDivided(
  db: Database,
  month: Month,
  dimension: Dimension,
  ledger: ReadonlyMap<string, Group>,
): Owned {
  refuseMiscovered(db, month, dimension, null);
  const allocated = readGroups(db, month, dimension.id);
  for (const key of new Set([...ledger.keys(), ...allocated.keys()]))
    refuseUnequal(dimension.name, ledger.get(key), allocated.get(key));
  const owned = new Map<string, Nanos>();
  for (const group of allocated.values())
    owned.set(group.currency, (owned.get(group.currency) ?? 0n) + group.owned);
  return owned;
}

/** One look-up for each set, day and currency: a join that finds no piece or two betrays a gap or an overlap. */
function refuseMiscovered(
  db: Database,
  month: Month,
  { name, id }: Dimension,
  setIds: readonly number[] | null,
): void {
  const pieces = `sum(${pieceAlias(id)}.set_id is not null)`;
  const chosen = setIds === null ? '' : 'and d.set_id in (select value from json_each(?))';
  const found = db.handle
    .prepare<string[], { setId: number; day: number; pieces: number }>(
      `select d.set_id as setId, d.day, ${pieces} as pieces from set_day d ${pieceJoin(id, 'd')}
       where ${daysCondition('d', monthRange(month))} ${chosen}
       group by d.day, d.set_id, d.currency having ${pieces} <> 1 limit 1`,
    )
    .get(...(setIds === null ? [] : [JSON.stringify(setIds)]));
  if (found === undefined) return;
  throw new AppError(
    'bug',
    `Set ${found.setId} has ${found.pieces} ${name} pieces on ${fromEpochDay(found.day)} where it must have one.`,
  );
}

interface GroupRow {
  readonly account: string;
  readonly issuer: string;
  readonly invoice: string | null;
  readonly period: string;
  readonly currency: string;
  readonly day: number;
  readonly effective: string;
  readonly billed: string;
  readonly owned: string;
}

/** Groups by key: of the charges alone (null), or of the charges seen through a dimension's pieces. */
function readGroups(db: Database, month: Month, dimensionId: number | null): ReadonlyMap<string, Group> {
  const money = allocatedMoney(db, 'fact', dimensionId === null ? [] : [dimensionId], monthRange(month));
  const covered = dimensionId === null ? '' : `and ${money.isCovered(dimensionId)}`;
  const owned =
    dimensionId === null
      ? '0'
      : `case when ${money.owner(dimensionId)} is null then 0 else ${money.effective} end`;
  const rows = db.handle
    .prepare<[], GroupRow>(
      `select b.billing_account_id as account, b.invoice_issuer_name as issuer, b.invoice_id as invoice,
              b.billing_period as period, g.currency, g.day, g.effective, g.billed, g.owned
       from (select d.bill_id, d.currency, d.day, ${exactSum(money.effective)} as effective,
                    ${exactSum(money.billed)} as billed, ${exactSum(owned)} as owned
             from ${money.from} where ${daysCondition('d', monthRange(month))} ${covered}
             group by d.bill_id, d.day) g
       join bill b on b.id = g.bill_id`,
    )
    .all();
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const invoice = `${row.issuer} ${row.account} ${row.invoice ?? `(not issued, ${row.period})`}`;
    const key = JSON.stringify([
      row.issuer,
      row.account,
      row.invoice ?? { period: row.period },
      row.day,
      row.currency,
    ]);
    const before = groups.get(key);
    groups.set(key, {
      invoice,
      day: row.day,
      currency: row.currency,
      effective: BigInt(row.effective) + (before?.effective ?? 0n),
      billed: BigInt(row.billed) + (before?.billed ?? 0n),
      owned: BigInt(row.owned) + (before?.owned ?? 0n),
    });
  }
  return groups;
}

function refuseUnequal(dimension: string, ledger: Group | undefined, allocated: Group | undefined): void {
  // Parts of nothing are not stored, so that a group may be missing among the allocations.
  const [effective, billed] = [allocated?.effective ?? 0n, allocated?.billed ?? 0n];
  if (ledger?.effective === effective && ledger.billed === billed) return;
  const group = ledger ?? allocated;
  const day = group === undefined ? '' : fromEpochDay(group.day);
  const amount = (side: Group | undefined) => formatNanos(side?.effective ?? 0n);
  throw new AppError(
    'bug',
    `Dimension ${dimension} does not conserve invoice ${group?.invoice} on ${day}: charges of ${amount(ledger)} ${group?.currency}, allocations of ${amount(allocated)}.`,
  );
}

function totalsOf(groups: ReadonlyMap<string, Group>, owned: Owned): readonly CurrencyTotals[] {
  const sums = new Map<string, Nanos>();
  for (const { currency, effective } of groups.values())
    sums.set(currency, (sums.get(currency) ?? 0n) + effective);
  return [...sums]
    .map(([currency, ledger]) => {
      const allocated = owned.get(currency) ?? 0n;
      return { currency, ledger, allocated, unallocated: ledger - allocated };
    })
    .toSorted((a, b) => compareText(a.currency, b.currency));
}
