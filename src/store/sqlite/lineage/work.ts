import { decodeJson } from '../../../core/base/json.js';
import { compareText, type Nanos } from '../../../core/base/money.js';
import type { Work, WorkRow } from '../../../core/explain/work.js';
import type { ChargeKind } from '../../../core/ledger/charge.js';
import type { SpendFigure } from '../../../core/lineage/lineage.js';
import { UNALLOCATED } from '../../../core/rules/target.js';
import type { WorkStore } from '../../contract/lineage.js';
import { allocatedMoney, daysCondition, pieceAlias, pieceJoin } from '../allocation/allocated-money.js';
import type { NamedDimension } from '../allocation/crossed-money.js';
import type { Database, Methods } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import { type Words, wordsOf } from '../ledger/words.js';
import { type Cell, dimensionIdOf, spendColumn } from '../spend/keys.js';
import { readMoves } from './owner-moves.js';
import { listPortions } from './portions.js';

/** Reads what was done for the money. */
export const workMethods: Methods<WorkStore> = {
  listWork(db, figure) {
    const words = wordsOf(db);
    const dimensions = dimensionsOf(db, words, figure);
    const ids = dimensions.map(({ id }) => id);
    const isMain = dimensions.some(({ name }) => name === figure.dimension);
    // Portions say what splits give, charge by charge; without splits one grouping statement says the same.
    if (!isMain || dimensions.length > 1 || allocatedMoney(db, 'set_day', ids, figure.range).isDivided)
      return fromPortions(db, words, figure);
    return db.handle.transaction(() => grouped(db, words, figure, dimensions))();
  },
};

function dimensionsOf(db: Database, words: Words, figure: SpendFigure): readonly NamedDimension[] {
  return [...new Set([figure.dimension, ...figure.where.map(({ key }) => key)])].flatMap((name) => {
    const id = dimensionIdOf(db, words, name);
    return id === null ? [] : [{ id, name }];
  });
}

type Row = [kind: number, set: number, owner: number | null, cost: string, quantity: number | null];

function grouped(
  db: Database,
  words: Words,
  figure: SpendFigure,
  dimensions: readonly NamedDimension[],
): Work {
  const main = dimensions[0]?.id ?? 0;
  const money = allocatedMoney(db, 'set_day', [main], figure.range);
  const conditions = figure.where.map(({ key, values }) => {
    const dimensionId = dimensionIdOf(db, words, key);
    return spendColumn(db, words, money, { key, dimensionId }).isOneOf(values);
  });
  const tests = [daysCondition('d', figure.range), 'd.currency = ?', ...conditions.map(({ sql }) => sql)];
  const owner = `${pieceAlias(main)}.target_id`;
  const rows = db.handle
    .prepare<Cell[], Row>(
      `select d.kind_id, d.set_id, ${owner}, ${exactSum('d.effective')}, sum(d.consumed_quantity)
       from (select f.month, f.day, f.set_id, f.kind_id, f.effective, f.consumed_quantity, b.currency, k.confidence
         from fact f cross join bill b on b.id = f.bill_id cross join charge_kind k on k.id = f.kind_id) d
       ${pieceJoin(main, 'd')} cross join dim_set s on s.id = d.set_id
       where ${tests.join(' and ')} group by 2, 1, 3 order by 2, 1, 3`,
    )
    .raw();
  const kindOf = createKindReader(db);
  return {
    rows: rows
      .all(figure.currency, ...conditions.map(({ param }) => param))
      .map(([kind, set, target, cost, quantity]) => ({
        set: words.set(set),
        kind: kindOf(kind),
        owner: target === null ? null : words.text(target),
        cost: BigInt(cost),
        quantity,
      })),
    moves: readMoves(db, words, figure, dimensions).flatMap(({ target, cost }) =>
      figure.where.every(
        ({ key, values }) => key !== figure.dimension || values.includes(target ?? UNALLOCATED),
      )
        ? [{ owner: target, cost }]
        : [],
    ),
  };
}

/** Kinds are stored as their own JSON; each is read once, as one object. */
export function createKindReader(db: Database): (id: number) => ChargeKind {
  const find = db.handle.prepare<[number], string>('select key from charge_kind where id = ?').pluck();
  const known = new Map<number, ChargeKind>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const kind = decodeJson<ChargeKind>(find.get(id) ?? '{}');
    known.set(id, kind);
    return kind;
  };
}

function fromPortions(db: Database, words: Words, figure: SpendFigure): Work {
  const { charges, moves } = listPortions(db, words, figure);
  const kinds = new Map<ChargeKind, number>();
  const sums = new Map<
    string,
    { row: Omit<WorkRow, 'cost' | 'quantity'>; cost: Nanos; quantity: number | null }
  >();
  for (const { setId, set, kind, way, cost, chargeCost, consumedQuantity } of charges) {
    const owner = way?.target ?? null;
    const kindId = kinds.get(kind) ?? kinds.size;
    kinds.set(kind, kindId);
    const id = JSON.stringify([setId, kindId, owner]);
    const sum = sums.get(id) ?? { row: { set, kind, owner }, cost: 0n, quantity: null };
    sums.set(id, sum);
    sum.cost += cost;
    if (consumedQuantity !== null)
      sum.quantity = (sum.quantity ?? 0) + consumedQuantity * shareOf(cost, chargeCost);
  }
  return {
    rows: [...sums.entries()]
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([, { row, cost, quantity }]) => ({ ...row, cost, quantity })),
    moves: moves.map(({ target, cost }) => ({ owner: target, cost })),
  };
}

/** What part of a charge a portion is; the whole of what was free. */
function shareOf(cost: Nanos, chargeCost: Nanos): number {
  return cost === chargeCost || chargeCost === 0n ? 1 : Number(cost) / Number(chargeCost);
}
