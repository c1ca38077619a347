import { fromEpochDay } from '../../../core/base/time.js';
import type { SpendFigure } from '../../../core/lineage/lineage.js';
import type { OwnerMove } from '../../../core/lineage/portion.js';
import { daysCondition } from '../allocation/allocated-money.js';
import type { NamedDimension } from '../allocation/crossed-money.js';
import type { Database } from '../base/database.js';
import { fromMonthNumber, readNanos, type StoredNanos } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import type { Cell } from '../spend/keys.js';
import { setConditions } from './portion-charges.js';

/** A move with the dimension in which it moved; `target` is that of the figure's dimension. */
export interface StoredMove extends OwnerMove {
  readonly dimension: string;
  /** Who got it, in its own dimension; null is Unallocated. */
  readonly owner: string | null;
}

type Row = [bigint, bigint, bigint, bigint, bigint, bigint | null, StoredNanos];

/** What later changes moved between the owners of closed months and is posted in the figure's days. */
export function readMoves(
  db: Database,
  words: Words,
  figure: SpendFigure,
  dimensions: readonly NamedDimension[],
): readonly StoredMove[] {
  const conditions = setConditions(db, words, figure);
  const names = new Map(dimensions.map(({ id, name }) => [id, name]));
  const tests = [
    daysCondition('d', figure.range),
    'd.currency = ?',
    'd.effective <> 0',
    `d.dimension_id in (${[...names.keys()].join(', ')})`,
    ...conditions.map(({ sql }) => sql),
  ];
  const rows = db.handle
    .prepare<Cell[], Row>(
      `select d.day, d.original_month, d.dimension_id, d.set_id, d.target_id, d.reason_id, d.effective
       from allocation_adjustment d cross join dim_set s on s.id = d.set_id
       where ${tests.join(' and ')} order by d.original_month, d.dimension_id, d.set_id, d.target_id`,
    )
    .raw()
    .safeIntegers();
  return rows
    .all(figure.currency, ...conditions.map(({ param }) => param))
    .map(([day, originalMonth, dimensionId, setId, target, reason, cost]) => {
      const dimension = names.get(Number(dimensionId)) ?? '';
      const owner = target === 0n ? null : words.text(Number(target));
      const isMain = dimension === figure.dimension;
      return {
        dimension,
        owner,
        set: words.set(Number(setId)),
        setId: Number(setId),
        day: fromEpochDay(Number(day)),
        originalMonth: fromMonthNumber(Number(originalMonth)),
        target: isMain ? owner : null,
        reason: reason === null ? `moved in ${dimension}` : words.text(Number(reason)),
        cost: readNanos(cost),
      };
    });
}
