import type { ConservationGroup, CurrencyTotals, GroupMoney } from '../../../core/allocation/allocation.js';
import { proveConservation } from '../../../core/allocation/prove.js';
import { AppError } from '../../../core/base/errors.js';
import { compareText, type Nanos } from '../../../core/base/money.js';
import { fromEpochDay, type Month, monthRange } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import { allocatedMoney, daysCondition, pieceAlias, pieceJoin } from './allocated-money.js';
import { ownedBySets, proveSets } from './set-conservation.js';
import { coverSets, readSetsOnBills, type SetOnBill } from './set-coverage.js';

/** Money of one (invoice, day, currency), as the charges say or as the allocations say. */
interface Group extends GroupMoney {
  readonly invoice: string;
  readonly day: number;
  readonly currency: string;
  readonly owned: Nanos;
}

/** What a proof says of one dimension. */
type Proof = ReturnType<typeof proveConservation>;

const NOTHING: GroupMoney = { effective: 0n, billed: 0n };

/**
 * Proves for each dimension of a month that what is stored conserves its money: every set is covered exactly once
 * on every day on which it has charges, and in each (invoice, day, currency) what was given out adds up to the
 * charges, effective and billed. Where nothing is divided the second follows from the first: each charge goes whole
 * to the one owner of its piece.
 * @throws AppError `bug` naming the first place where that does not hold.
 */
export function proveMonth(
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
    if (isDivided) return proveDivided(db, month, dimension, ledger);
    const owned = proveWhole(db, month, dimension, sets);
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

/** Where money is divided, every (invoice, day, currency) is added up and compared. */
function proveDivided(
  db: Database,
  month: Month,
  dimension: Dimension,
  ledger: ReadonlyMap<string, Group>,
): Proof {
  refuseMiscovered(db, month, dimension, null);
  return proveConservation(dimension.name, besideEachOther(ledger, readGroups(db, month, dimension.id)));
}

/** The groups of either side; what one side lacks is nothing there, and so a difference unless the other has nothing. */
function besideEachOther(
  ledger: ReadonlyMap<string, Group>,
  allocated: ReadonlyMap<string, Group>,
): readonly ConservationGroup[] {
  return [...new Map([...allocated, ...ledger])].map(([key, { invoice, day, currency }]) => ({
    invoice,
    day: fromEpochDay(day),
    currency,
    ledger: ledger.get(key) ?? NOTHING,
    allocated: allocated.get(key) ?? NOTHING,
    owned: allocated.get(key)?.owned ?? 0n,
  }));
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
