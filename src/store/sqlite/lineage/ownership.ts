import type { Nanos } from '../../../core/base/money.js';
import { type DayRange, monthsIn } from '../../../core/base/time.js';
import type { PortionWay } from '../../../core/lineage/portion.js';
import { daysCondition } from '../allocation/allocated-money.js';
import type { NamedDimension } from '../allocation/crossed-money.js';
import { readWays } from '../allocation/shares.js';
import type { Database } from '../base/database.js';
import { fromMonthNumber, readNanos, type StoredNanos, toMonthNumber } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import type { CellPlace } from './portion-charges.js';

/** Who has a cell in a dimension: one owner has all of it, or parts of it went several ways. */
export type Held =
  /** Null: the cell was never allocated. */
  | { readonly kind: 'whole'; readonly way: PortionWay | null }
  /** In the order in which the parts are stored. */
  | { readonly kind: 'parts'; readonly parts: readonly { readonly way: PortionWay; readonly cost: Nanos }[] };

/** The stored allocations of some dimensions over some days, by cell. */
export interface Ownership {
  readonly of: (dimension: NamedDimension, place: CellPlace) => Held;
}

/** Reads the allocations of some sets at once. */
export function createOwnership(
  db: Database,
  words: Words,
  asked: {
    readonly dimensions: readonly NamedDimension[];
    readonly range: DayRange;
    readonly setIds: ReadonlySet<number>;
  },
): Ownership {
  const pieces = readPieces(db, words, asked);
  const shares = readShares(db, words, asked);
  return {
    of({ id }, place) {
      const { month, setId, day, billId } = place;
      const covering = (pieces.get(`${month}/${id}/${setId}`) ?? []).find(
        ({ from, to }) => from <= day && day < to,
      );
      if (covering === undefined) return { kind: 'whole', way: null };
      if (covering.way !== null) return { kind: 'whole', way: covering.way };
      return { kind: 'parts', parts: shares.get(`${id}/${setId}/${day}/${billId}`) ?? [] };
    },
  };
}

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Null where it is split. */
  readonly way: PortionWay | null;
}

type PieceRow = [number, number, number, number, number, number | null, number | null, number | null, number];
type Asked = Parameters<typeof createOwnership>[2];

function readPieces(db: Database, words: Words, asked: Asked): ReadonlyMap<string, readonly Piece[]> {
  const textOrNull = (id: number | null) => (id === null ? null : words.text(id));
  const months = monthsIn(asked.range).map(toMonthNumber);
  const ways = new Map<string, PortionWay>();
  const pieces = new Map<string, Piece[]>();
  const rows = db.handle
    .prepare<[string], PieceRow>(
      `select a.month, a.dimension_id, a.set_id, a.from_day, a.to_day, a.rule_id, a.target_id, a.reason_id, a.is_split
       from allocation a
       where a.month between ${months[0] ?? 0} and ${months.at(-1) ?? 0} and a.dimension_id in (${idsOf(asked)}) and a.set_id in (select value from json_each(?))`,
    )
    .raw();
  for (const [month, dimension, set, from, to, rule, target, reason, isSplit] of rows.iterate(
    setsOf(asked),
  )) {
    const key = `${month}/${dimension}/${rule}/${target}/${reason}`;
    const way = ways.get(key) ?? {
      ruleId: textOrNull(rule),
      target: textOrNull(target),
      reason: textOrNull(reason),
      steps: [],
      basis: {},
    };
    ways.set(key, way);
    const place = `${month}/${dimension}/${set}`;
    const ofSet = pieces.get(place) ?? [];
    pieces.set(place, ofSet);
    ofSet.push({ from, to, way: isSplit === 0 ? way : null });
  }
  return pieces;
}

type ShareRow = [bigint, bigint, bigint, bigint, bigint, bigint, StoredNanos];

function readShares(db: Database, words: Words, asked: Asked) {
  const shares = new Map<string, { way: PortionWay; cost: Nanos }[]>();
  const waysOf = new Map<bigint, ReadonlyMap<number, PortionWay>>();
  const rows = db.handle
    .prepare<[string], ShareRow>(
      `select x.month, x.dimension_id, x.set_id, x.day, x.bill_id, x.part, x.effective from allocation_share x
       where ${daysCondition('x', asked.range)} and x.dimension_id in (${idsOf(asked)})
         and x.set_id in (select value from json_each(?))
       order by x.month, x.dimension_id, x.set_id, x.day, x.bill_id, x.part`,
    )
    .raw()
    .safeIntegers();
  // Read as a whole: the ways are asked of the same handle meanwhile.
  for (const [month, dimension, set, day, bill, part, cost] of rows.all(setsOf(asked))) {
    const ways = waysOf.get(month) ?? readWays(db, words, fromMonthNumber(Number(month)));
    waysOf.set(month, ways);
    const way = ways.get(Number(part));
    if (way === undefined) continue;
    const place = `${dimension}/${set}/${day}/${bill}`;
    const ofCell = shares.get(place) ?? [];
    shares.set(place, ofCell);
    ofCell.push({ way, cost: readNanos(cost) });
  }
  return shares;
}

function idsOf({ dimensions }: Asked): string {
  return dimensions.map(({ id }) => id).join(', ');
}

function setsOf({ setIds }: Asked): string {
  return JSON.stringify([...setIds]);
}
