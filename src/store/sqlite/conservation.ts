import type { ConservationGroup, GroupMoney } from '../../core/allocation/allocation.js';
import { proveConservation } from '../../core/allocation/prove.js';
import { AppError } from '../../core/errors.js';
import type { Nanos } from '../../core/money.js';
import { fromEpochDay, type Month, monthRange } from '../../core/time.js';
import { allocatedMoney, daysCondition, pieceAlias, pieceJoin } from './allocated-money.js';
import type { Database } from './database.js';
import { exactSum } from './numbers.js';

/** Money of one (invoice, day, currency), as the charges say or as the allocations say. */
interface Group extends GroupMoney {
  readonly invoice: string;
  readonly day: number;
  readonly currency: string;
  readonly owned: Nanos;
}

const NOTHING: GroupMoney = { effective: 0n, billed: 0n };

/**
 * Proves for each dimension of a month that what is stored conserves its money: every set is covered exactly
 * once on every day on which it has charges, and in each (invoice, day, currency) the charges joined to the
 * pieces add up to the charges alone.
 * @throws AppError `bug` naming the first places where that does not hold.
 */
export function proveMonth(
  db: Database,
  month: Month,
  dimensions: readonly string[],
  idOf: (dimension: string) => number,
): readonly ReturnType<typeof proveConservation>[] {
  const ledger = readGroups(db, month, null);
  return dimensions.map((dimension) => {
    refuseMiscovered(db, month, { name: dimension, id: idOf(dimension) });
    return proveConservation(dimension, besideEachOther(ledger, readGroups(db, month, idOf(dimension))));
  });
}

/** The groups of either side; what one side lacks is nothing there, and so a difference. */
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
function refuseMiscovered(db: Database, month: Month, dimension: { name: string; id: number }): void {
  const { id } = dimension;
  const pieces = `sum(${pieceAlias(id)}.set_id is not null)`;
  const found = db.handle
    .prepare<[], { setId: number; day: number; pieces: number }>(
      `select d.set_id as setId, d.day, ${pieces} as pieces from set_day d ${pieceJoin(id, 'd')}
       where ${daysCondition('d', monthRange(month))}
       group by d.day, d.set_id, d.currency having ${pieces} <> 1 limit 1`,
    )
    .get();
  if (found === undefined) return;
  throw new AppError(
    'bug',
    `Set ${found.setId} has ${found.pieces} ${dimension.name} pieces on ${fromEpochDay(found.day)} where it must have one.`,
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
