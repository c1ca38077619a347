import type { ConservationProof, CurrencyTotals } from '../../core/allocation/allocation.js';
import { AppError } from '../../core/errors.js';
import { compareText, formatNanos, type Nanos } from '../../core/money.js';
import { fromEpochDay, type Month, monthRange } from '../../core/time.js';
import { allocatedMoney, daysCondition, pieceAlias, pieceJoin } from './allocated-money.js';
import type { Database } from './database.js';
import { exactSum } from './numbers.js';

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
 * Proves for each dimension of a month that what is stored conserves its money: every set is covered exactly
 * once on every day on which it has charges, and in each (invoice, day, currency) the charges joined to the
 * pieces add up to the charges alone, effective and billed.
 * @throws AppError `bug` naming the first place where that does not hold.
 */
export function proveConservation(
  db: Database,
  month: Month,
  dimensions: readonly string[],
  idOf: (dimension: string) => number,
): readonly Proof[] {
  const ledger = readGroups(db, month, null);
  return dimensions.map((dimension) => {
    refuseMiscovered(db, month, { name: dimension, id: idOf(dimension) });
    const allocated = readGroups(db, month, idOf(dimension));
    for (const key of new Set([...ledger.keys(), ...allocated.keys()])) {
      refuseUnequal(dimension, ledger.get(key), allocated.get(key));
    }
    return { dimension, groups: ledger.size, totals: totalsOf(ledger, allocated) };
  });
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

function totalsOf(
  ledger: ReadonlyMap<string, Group>,
  allocated: ReadonlyMap<string, Group>,
): readonly CurrencyTotals[] {
  const totals = new Map<string, CurrencyTotals>();
  for (const [key, group] of ledger) {
    const before = totals.get(group.currency);
    const owned = allocated.get(key)?.owned ?? 0n;
    totals.set(group.currency, {
      currency: group.currency,
      ledger: group.effective + (before?.ledger ?? 0n),
      allocated: owned + (before?.allocated ?? 0n),
      unallocated: group.effective - owned + (before?.unallocated ?? 0n),
    });
  }
  return [...totals.values()].toSorted((a, b) => compareText(a.currency, b.currency));
}
