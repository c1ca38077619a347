import type { AllocationPiece, MoneyCell, SplitPart } from '../../../core/allocation/allocation.js';
import { inOrderOfWay, wayOf } from '../../../core/allocation/way.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import { fromEpochDay, type Month, toEpochDay } from '../../../core/base/time.js';
import { insertRows } from '../base/bulk.js';
import type { Database } from '../base/database.js';
import { bindNanos, readNanos, type StoredNanos, toMonthNumber } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';

/** The part of a way that has no column of its own. */
type Way = Pick<SplitPart, 'steps' | 'basis'>;

interface ShareRow {
  readonly dimensionId: number;
  readonly setId: number;
  readonly day: number;
  readonly part: number;
  readonly cell: MoneyCell;
}

/** Stores the parts of the pieces that are split, which come in primary-key order of `allocation`. */
export function insertShares(
  db: Database,
  month: Month,
  pieces: readonly AllocationPiece[],
  intern: (text: string) => number,
): void {
  const number = toMonthNumber(month);
  const parts = new Map<string, { id: number; dimension: string; part: SplitPart }>();
  const shares = pieces.flatMap((piece) => {
    const dimensionId = intern(piece.dimension);
    const rows = (piece.split ?? []).flatMap((part): ShareRow[] => {
      const key = `${piece.dimension} ${wayOf(part)}`;
      const known = parts.get(key) ?? { id: parts.size + 1, dimension: piece.dimension, part };
      parts.set(key, known);
      return part.cells.map((cell) => {
        return { dimensionId, setId: piece.setId, day: toEpochDay(cell.day), part: known.id, cell };
      });
    });
    return rows.toSorted((a, b) => a.day - b.day || a.cell.billId - b.cell.billId || a.part - b.part);
  });
  const internOrNull = (text: string | null) => (text === null ? null : intern(text));
  const partColumns = ['month', 'part', 'dimension_id', 'rule_id', 'target_id', 'reason_id', 'way'];
  insertRows(db, { table: 'split_part', columns: partColumns }, [...parts.values()], (item, row) => {
    const { ruleId, target, reason, steps, basis } = item.part;
    row.push(number, item.id, intern(item.dimension), internOrNull(ruleId), internOrNull(target));
    row.push(internOrNull(reason), encodeJson({ steps, basis } satisfies Way));
  });
  const columns = [
    'month',
    'dimension_id',
    'set_id',
    'day',
    'bill_id',
    'part',
    'list',
    'effective',
    'billed',
  ];
  insertRows(db, { table: 'allocation_share', columns }, shares, ({ cell, ...share }, row) => {
    row.push(number, share.dimensionId, share.setId, share.day, cell.billId, share.part);
    row.push(bindNanos(cell.listCost), bindNanos(cell.effectiveCost), bindNanos(cell.billedCost));
  });
}

/** Takes a month's parts away. */
export function deleteShares(db: Database, month: Month): void {
  for (const table of ['allocation_share', 'split_part'])
    db.handle.prepare(`delete from ${table} where month = ?`).run(toMonthNumber(month));
}

/** The stored parts of one set's days in a dimension, in their order. */
export type PartsReader = (
  dimension: string,
  setId: number,
  days: { readonly from: number; readonly to: number },
) => readonly SplitPart[];

/** Reads a month's parts for pieces that are split. */
export function createPartsReader(db: Database, words: Words, month: Month): PartsReader {
  const ways = readWays(db, words, month);
  const find = db.handle
    .prepare<
      [number, number, number, number, number],
      [bigint, bigint, bigint, string, StoredNanos, StoredNanos, StoredNanos]
    >(
      `select s.part, s.day, s.bill_id, b.currency, s.effective, s.billed, s.list
       from allocation_share s join bill b on b.id = s.bill_id
       where s.month = ? and s.dimension_id = ? and s.set_id = ? and s.day >= ? and s.day < ?
       order by s.day, s.bill_id`,
    )
    .raw()
    .safeIntegers();
  return (dimension, setId, { from, to }) => {
    const cells = new Map<number, MoneyCell[]>();
    const rows = find.all(toMonthNumber(month), words.idOf(dimension) ?? 0, setId, from, to);
    for (const [part, day, billId, currency, effectiveCost, billedCost, listCost] of rows) {
      const ofPart = cells.get(Number(part)) ?? [];
      cells.set(Number(part), ofPart);
      const where = { day: fromEpochDay(Number(day)), billId: Number(billId), currency };
      ofPart.push({
        ...where,
        effectiveCost: readNanos(effectiveCost),
        billedCost: readNanos(billedCost),
        listCost: readNanos(listCost),
      });
    }
    const parts = [...cells].flatMap(([part, own]) => {
      const way = ways.get(part);
      return way === undefined ? [] : [{ ...way, cells: own }];
    });
    return inOrderOfWay(parts);
  };
}

interface WayRow {
  readonly part: number;
  readonly rule: number | null;
  readonly target: number | null;
  readonly reason: number | null;
  readonly way: string;
}

/** The ways that divided money of a month went, by the number of the part. */
export function readWays(
  db: Database,
  words: Words,
  month: Month,
): ReadonlyMap<number, Omit<SplitPart, 'cells'>> {
  const textOrNull = (id: number | null) => (id === null ? null : words.text(id));
  const rows = db.handle
    .prepare<[number], WayRow>(
      `select part, rule_id as rule, target_id as target, reason_id as reason, way from split_part
       where month = ?`,
    )
    .all(toMonthNumber(month));
  return new Map(
    rows.map(({ part, rule, target, reason, way }) => [
      part,
      {
        target: textOrNull(target),
        reason: textOrNull(reason),
        ruleId: textOrNull(rule),
        ...decodeJson<Way>(way),
      },
    ]),
  );
}
