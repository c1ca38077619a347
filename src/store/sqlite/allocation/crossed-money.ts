import type { MoneyCell } from '../../../core/allocation/allocation.js';
import { crossParts, type OwnedPart, type Owners } from '../../../core/allocation/cross-parts.js';
import { compareText, type Nanos } from '../../../core/base/money.js';
import { type Day, type DayRange, fromEpochDay, type Month, monthsIn } from '../../../core/base/time.js';
import { DEFAULT_DIMENSIONS } from '../../../core/rules/rule.js';
import type { Database } from '../base/database.js';
import { readNanos, type StoredNanos, storedSum, toMonthNumber } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import { daysCondition } from './allocated-money.js';
import { readWays } from './shares.js';

/** Where the confidence of divided money stands among its owners. */
export const CONFIDENCE = 'confidence';

/** A dimension by its id in dim_value and by its name. */
export interface NamedDimension {
  readonly id: number;
  readonly name: string;
}

/** Money of one set on one day: month and day as stored. */
export interface SetDay {
  readonly month: number;
  readonly day: number;
  readonly setId: number;
  readonly currency: string;
}

/** Effective cost that has one owner in each of some dimensions. */
export interface CrossedMoney extends SetDay {
  /** By dimension; under `confidence` the confidence, if that was asked for. Null is Unallocated. */
  readonly owners: Owners;
  readonly cost: Nanos;
}

interface CrossedQuery {
  readonly dimensions: readonly NamedDimension[];
  readonly range: DayRange;
  readonly withConfidence: boolean;
}

/**
 * The money that `allocatedMoney` leaves out: divided in several of the dimensions, or in one while its confidence
 * is asked for. A part of a dimension that looked at another one says from which part of that one it came.
 * Otherwise nothing says which nano is where, and the dimensions are combined in proportion, by largest remainder:
 * the rows add up to the charges exactly, and so do those of one confidence, or of one owner in the first dimension.
 */
export function* readCrossedMoney(db: Database, words: Words, query: CrossedQuery): Iterable<CrossedMoney> {
  const dimensions = query.dimensions.toSorted(inWorkingOrder);
  const wholeOwnersOf = createOwnerReader(db, words);
  const confidencesOf = createConfidenceReader(db);
  for (const month of monthsIn(query.range)) {
    const ownersOf = createPartOwners(db, words, month);
    for (const cell of readCells(db, query, month)) {
      const axes = dimensions.map((dimension) => {
        const shares = cell.shares.filter(({ dimensionId }) => dimensionId === dimension.id);
        return shares.map(({ part, cost }) => ownedPart(ownersOf(dimension, part), cell, cost));
      });
      const whole = dimensions.filter((_, index) => axes[index]?.length === 0);
      if (dimensions.length - whole.length < (query.withConfidence ? 1 : 2)) continue;
      const divided = axes.filter(({ length }) => length > 0);
      const [first = [], ...others] = query.withConfidence ? [confidencesOf(cell), ...divided] : divided;
      const wholeOwners = wholeOwnersOf(cell, whole);
      const { month: number, day, setId, currency } = cell;
      for (const { owners, cells } of others.reduce<readonly OwnedPart[]>(crossParts, first))
        for (const { effectiveCost: cost } of cells)
          yield { month: number, day, setId, currency, owners: { ...owners, ...wholeOwners }, cost };
    }
  }
}

interface DividedCell extends SetDay {
  readonly date: Day;
  readonly billId: number;
  readonly shares: { readonly dimensionId: number; readonly part: number; readonly cost: Nanos }[];
}

type ShareRow = [bigint, bigint, bigint, string, bigint, bigint, StoredNanos];

/** The cells of a month that are divided in any of the dimensions. */
function* readCells(db: Database, query: CrossedQuery, month: Month): Iterable<DividedCell> {
  const ids = query.dimensions.map(({ id }) => id).join(', ');
  const number = toMonthNumber(month);
  const rows = db.handle
    .prepare<[], ShareRow>(
      `select x.day, x.set_id, x.bill_id, b.currency, x.dimension_id, x.part, x.effective
       from allocation_share x cross join bill b on b.id = x.bill_id
       where ${daysCondition('x', query.range)} and x.month = ${number} and x.dimension_id in (${ids})
       order by x.set_id, x.day, x.bill_id, x.dimension_id, x.part`,
    )
    .raw()
    .safeIntegers();
  let cell: DividedCell | null = null;
  // Read as a whole: the consumer asks the same handle for more meanwhile.
  for (const [day, setId, billId, currency, dimensionId, part, cost] of rows.all()) {
    const share = { dimensionId: Number(dimensionId), part: Number(part), cost: readNanos(cost) };
    const place = { day: Number(day), setId: Number(setId), billId: Number(billId) };
    if (cell?.setId === place.setId && cell.day === place.day && cell.billId === place.billId) {
      cell.shares.push(share);
      continue;
    }
    if (cell !== null) yield cell;
    cell = { ...place, month: number, date: fromEpochDay(place.day), currency, shares: [share] };
  }
  if (cell !== null) yield cell;
}

/** The owners of a stored part: in its own dimension and in those that this one looked at. */
function createPartOwners(
  db: Database,
  words: Words,
  month: Month,
): (dimension: NamedDimension, part: number) => Owners {
  const ways = readWays(db, words, month);
  const known = new Map<number, Owners>();
  return ({ name }, part) => {
    const way = ways.get(part);
    const owners = known.get(part) ?? { ...way?.basis, [name]: way?.target ?? null };
    known.set(part, owners);
    return owners;
  };
}

/** The owners in the dimensions in which a set is not divided on a day. */
function createOwnerReader(
  db: Database,
  words: Words,
): (at: SetDay, dimensions: readonly NamedDimension[]) => Owners {
  const find = db.handle
    .prepare<number[], number | null>(
      `select target_id from allocation
       where month = ? and dimension_id = ? and set_id = ? and from_day <= ? and ? < to_day`,
    )
    .pluck();
  return ({ month, setId, day }, dimensions) =>
    Object.fromEntries(
      dimensions.map(({ id, name }) => {
        const target = find.get(month, id, setId, day, day) ?? null;
        return [name, target === null ? null : words.text(target)];
      }),
    );
}

function createConfidenceReader(db: Database): (cell: DividedCell) => readonly OwnedPart[] {
  const find = db.handle
    .prepare<number[], [string, StoredNanos]>(
      `select k.confidence, ${storedSum('f.effective')} from fact f cross join charge_kind k on k.id = f.kind_id
       where f.month = ? and f.set_id = ? and f.day = ? and f.bill_id = ? group by 1`,
    )
    .raw()
    .safeIntegers();
  return (cell) =>
    find
      .all(cell.month, cell.setId, cell.day, cell.billId)
      .map(([confidence, cost]) => ownedPart({ [CONFIDENCE]: confidence }, cell, readNanos(cost)));
}

function ownedPart(
  owners: Owners,
  { date: day, billId, currency }: DividedCell,
  effectiveCost: Nanos,
): OwnedPart {
  const cell: MoneyCell = { day, billId, currency, effectiveCost, billedCost: 0n, listCost: 0n };
  return { owners, cells: [cell] };
}

/** Default dimensions first, in their order. */
export function inWorkingOrder(a: NamedDimension, b: NamedDimension): number {
  return placeOf(a) - placeOf(b) || compareText(a.name, b.name);
}

function placeOf({ name }: NamedDimension): number {
  const place = DEFAULT_DIMENSIONS.findIndex((id) => id === name);
  return place < 0 ? DEFAULT_DIMENSIONS.length : place;
}
