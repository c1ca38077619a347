import type { MoneyCell, SplitPart } from '../../core/allocation/allocation.js';
import { crossParts, type OwnedPart, type Owners } from '../../core/allocation/cross-parts.js';
import { compareText, type Nanos } from '../../core/money.js';
import { DEFAULT_DIMENSIONS } from '../../core/rules/rule.js';
import { type DayRange, fromEpochDay } from '../../core/time.js';
import { daysCondition } from './allocated-money.js';
import type { Database } from './database.js';
import { readWays } from './ledger-shares.js';
import type { Words } from './ledger-words.js';
import { fromMonthNumber } from './numbers.js';

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
  const waysOf = createWayReader(db, words);
  const wholeOwnersOf = createOwnerReader(db, words, dimensions);
  const confidencesOf = createConfidenceReader(db);
  for (const cell of readCells(db, query)) {
    const divided = dimensions.flatMap(({ id, name }) => {
      const shares = cell.shares.filter(({ dimensionId }) => dimensionId === id);
      const parts = shares.map(({ part, cost }): OwnedPart => {
        const { basis, target } = waysOf(cell.month)(part);
        return ownedPart({ ...basis, [name]: target }, cell, cost);
      });
      return parts.length === 0 ? [] : [parts];
    });
    const [first = [], ...others] = query.withConfidence ? [confidencesOf(cell), ...divided] : divided;
    const wholeOwners = wholeOwnersOf(cell);
    const { month, day, setId, currency } = cell;
    for (const { owners, cells } of others.reduce<readonly OwnedPart[]>(crossParts, first))
      for (const { effectiveCost: cost } of cells)
        yield { month, day, setId, currency, owners: { ...owners, ...wholeOwners }, cost };
  }
}

interface DividedCell extends SetDay {
  readonly billId: number;
  readonly shares: readonly { readonly dimensionId: number; readonly part: number; readonly cost: Nanos }[];
}

type ShareRow = [bigint, bigint, bigint, bigint, string, bigint, bigint, bigint];

/** The cells that are divided in at least two of the dimensions, or in one where the confidence is wanted. */
function* readCells(db: Database, query: CrossedQuery): Iterable<DividedCell> {
  const ids = query.dimensions.map(({ id }) => id).join(', ');
  const rows = db.handle
    .prepare<[], ShareRow>(
      `select x.month, x.day, x.set_id, x.bill_id, b.currency, x.dimension_id, x.part, x.effective
       from allocation_share x cross join bill b on b.id = x.bill_id
       where ${daysCondition('x', query.range)} and x.dimension_id in (${ids})
         and (select count(*) from allocation a where a.month = x.month and a.dimension_id in (${ids})
                and a.set_id = x.set_id and a.from_day <= x.day and x.day < a.to_day and a.is_split)
             >= ${query.withConfidence ? 1 : 2}
       order by x.set_id, x.day, x.bill_id, x.dimension_id, x.part`,
    )
    .raw()
    .safeIntegers();
  let cell: (DividedCell & { shares: DividedCell['shares'][number][] }) | null = null;
  // Read as a whole: the consumer asks the same handle for more meanwhile.
  for (const [month, day, setId, billId, currency, dimensionId, part, cost] of rows.all()) {
    const share = { dimensionId: Number(dimensionId), part: Number(part), cost };
    const place = { month: Number(month), day: Number(day), setId: Number(setId), billId: Number(billId) };
    if (cell?.setId === place.setId && cell.day === place.day && cell.billId === place.billId) {
      cell.shares.push(share);
      continue;
    }
    if (cell !== null) yield cell;
    cell = { ...place, currency, shares: [share] };
  }
  if (cell !== null) yield cell;
}

type Way = Omit<SplitPart, 'cells'>;

function createWayReader(db: Database, words: Words): (month: number) => (part: number) => Way {
  const months = new Map<number, ReadonlyMap<number, Way>>();
  return (month) => {
    const ways = months.get(month) ?? readWays(db, words, fromMonthNumber(month));
    months.set(month, ways);
    return (part) => ways.get(part) ?? NOWHERE;
  };
}

/** Parts are stored with their shares, so that this is never met. */
const NOWHERE: Way = { target: null, reason: null, ruleId: null, steps: [], basis: {} };

/** The owners in those of the dimensions in which the set is not divided on the day. */
function createOwnerReader(
  db: Database,
  words: Words,
  dimensions: readonly NamedDimension[],
): (at: SetDay) => Owners {
  const names = new Map(dimensions.map(({ id, name }) => [id, name]));
  const find = db.handle.prepare<number[], { dimensionId: number; target: number | null }>(
    `select dimension_id as dimensionId, target_id as target from allocation
     where month = ? and set_id = ? and from_day <= ? and ? < to_day and is_split = 0
       and dimension_id in (${[...names.keys()].join(', ')})`,
  );
  return ({ month, setId, day }) =>
    Object.fromEntries(
      find
        .all(month, setId, day, day)
        .map(({ dimensionId, target }) => [
          names.get(dimensionId) ?? '',
          target === null ? null : words.text(target),
        ]),
    );
}

function createConfidenceReader(db: Database): (cell: DividedCell) => readonly OwnedPart[] {
  const find = db.handle
    .prepare<number[], [string, bigint]>(
      `select k.confidence, sum(f.effective) from fact f cross join charge_kind k on k.id = f.kind_id
       where f.month = ? and f.set_id = ? and f.day = ? and f.bill_id = ? group by 1`,
    )
    .raw()
    .safeIntegers();
  return (cell) =>
    find
      .all(cell.month, cell.setId, cell.day, cell.billId)
      .map(([confidence, cost]) => ownedPart({ [CONFIDENCE]: confidence }, cell, cost));
}

function ownedPart(owners: Owners, { day, billId, currency }: DividedCell, effectiveCost: Nanos): OwnedPart {
  const cell: MoneyCell = {
    day: fromEpochDay(day),
    billId,
    currency,
    effectiveCost,
    billedCost: 0n,
    listCost: 0n,
  };
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
