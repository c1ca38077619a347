import type { Work } from '../../core/explain/work.js';
import type { SpendFigure } from '../../core/lineage/lineage.js';

/** What the price, volume and mix of a figure are worked out from. */
export interface WorkStore {
  /**
   * Money and consumed quantity of a figure per dimension set, kind and owner in its dimension. Rows and moves add up
   * to `querySpend` by that dimension with the same filters. Meant for a month at a time.
   * @throws AppError `invalid` naming a key that is neither built in nor a dimension, or a dimension that is none.
   */
  listWork(figure: SpendFigure): Promise<Work>;
}
