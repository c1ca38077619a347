import type { Nanos } from '../../../core/base/money.js';
import { monthsIn } from '../../../core/base/time.js';
import type { Bill, ChargeKind, DimensionSet } from '../../../core/ledger/charge.js';
import type { SpendFigure } from '../../../core/lineage/lineage.js';
import { UNALLOCATED } from '../../../core/rules/target.js';
import { allocatedMoney, daysCondition } from '../allocation/allocated-money.js';
import { CONFIDENCE } from '../allocation/crossed-money.js';
import type { Database } from '../base/database.js';
import { billsOf, kindsOf } from '../base/interned.js';
import { readNanos, type StoredNanos, toMonthNumber } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import { type Cell, dimensionIdOf, spendColumn } from '../spend/keys.js';

/** A set on a day on a bill: the grain at which money is divided. Month and day as stored. */
export interface CellPlace {
  readonly month: number;
  readonly setId: number;
  readonly day: number;
  readonly billId: number;
}

/** A charge as the ledger has it. */
export interface StoredCharge {
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  readonly bill: Bill;
  readonly consumedQuantity: number | null;
  readonly pricingQuantity: number | null;
  readonly cost: Nanos;
}

/** All charges of one cell. */
export interface ChargeCell extends CellPlace {
  readonly charges: readonly StoredCharge[];
}

type Row = [bigint, bigint, bigint, bigint, bigint, number | null, number | null, StoredNanos];

/**
 * The charges in a figure's currency and days that pass its filters by anything but owner and confidence, cell by
 * cell: what splits give depends on the whole cell.
 */
export function readCharges(db: Database, words: Words, figure: SpendFigure): readonly ChargeCell[] {
  const conditions = [...setConditions(db, words, figure), ...mayBeOwned(db, words, figure)];
  const rows = db.handle
    .prepare<Cell[], Row>(
      `select d.month, d.set_id, d.day, d.bill_id, d.kind_id, d.consumed_quantity, d.pricing_quantity, d.effective
       from fact d cross join bill b on b.id = d.bill_id cross join dim_set s on s.id = d.set_id
       where ${[daysCondition('d', figure.range), 'b.currency = ?', ...conditions.map(({ sql }) => sql)].join(' and ')}
       order by d.set_id, d.day, d.bill_id, d.kind_id`,
    )
    .raw()
    .safeIntegers()
    .all(figure.currency, ...conditions.map(({ param }) => param));
  const kindOf = kindsOf(db);
  const billOf = billsOf(db);
  const cells: (CellPlace & { readonly charges: StoredCharge[] })[] = [];
  for (const [month, set, day, bill, kind, consumedQuantity, pricingQuantity, cost] of rows) {
    const place = { month: Number(month), setId: Number(set), day: Number(day), billId: Number(bill) };
    const about = { set: words.set(place.setId), kind: kindOf(Number(kind)), bill: billOf(place.billId) };
    const charge: StoredCharge = { ...about, consumedQuantity, pricingQuantity, cost: readNanos(cost) };
    const last = cells.at(-1);
    if (last?.setId === place.setId && last.day === place.day && last.billId === place.billId)
      last.charges.push(charge);
    else cells.push({ ...place, charges: [charge] });
  }
  return cells;
}

/** The figure's filters by anything but owner and confidence, over money `d` and its dimension set `s`. */
export function setConditions(
  db: Database,
  words: Words,
  figure: SpendFigure,
): readonly { readonly sql: string; readonly param: string }[] {
  const money = allocatedMoney(db, 'set_day', [], figure.range);
  return figure.where
    .filter(({ key }) => key !== CONFIDENCE && dimensionIdOf(db, words, key) === null)
    .map(({ key, values }) => spendColumn(db, words, money, { key, dimensionId: null }).isOneOf(values));
}

/** Leaves out sets of which nothing can be in the figure, because others own them wholly: most of a company's. */
function mayBeOwned(db: Database, words: Words, figure: SpendFigure) {
  const months = monthsIn(figure.range).map(toMonthNumber);
  return figure.where.flatMap(({ key, values }) => {
    const id = dimensionIdOf(db, words, key);
    if (id === null || values.includes(UNALLOCATED)) return [];
    const sql = `d.set_id in (select a.set_id from allocation a
      where a.month between ${months[0] ?? 0} and ${months.at(-1) ?? 0} and a.dimension_id = ${id}
        and (a.is_split or a.target_id in (select value from json_each(?))))`;
    return [{ sql, param: JSON.stringify(values.flatMap((value) => words.idOf(value) ?? [])) }];
  });
}
