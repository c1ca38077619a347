import type { Day } from '../../core/base/time.js';
import type { Work } from '../../core/explain/work.js';
import type { LinkRecord, RawReference, SpendFigure } from '../../core/lineage/lineage.js';
import type { FigureParts } from '../../core/lineage/portion.js';
import type { IdentifierLink } from '../../core/people/data.js';

/** What an explanation of a figure is made from. */
export interface LineageStore {
  /**
   * The charges of a figure, each with what of it is in the figure and how that came to its owner, and what moved
   * later; together they add up to `querySpend` by the figure's dimension with the same filters. By set, day and
   * bill. Portions of one call that came by the same way share the object that says so. Meant for a month at a time.
   * @throws AppError `invalid` naming a key that is neither built in nor a dimension, or a dimension that is none.
   */
  listPortions(figure: SpendFigure): Promise<FigureParts>;
  /** The responses of the latest stored pull that covered a charge day of a source, by endpoint. */
  listRawReferences(source: string, day: Day): Promise<readonly RawReference[]>;
  /** Who put the link there as it stands; null when the audit log does not know. */
  findLinkRecord(link: IdentifierLink): Promise<LinkRecord | null>;
}

/** What the price, volume and mix of a figure are worked out from. */
export interface WorkStore {
  /**
   * Money and consumed quantity of a figure per dimension set, kind and owner in its dimension. Rows and moves add up
   * to `querySpend` by that dimension with the same filters. Meant for a month at a time.
   * @throws AppError `invalid` naming a key that is neither built in nor a dimension, or a dimension that is none.
   */
  listWork(figure: SpendFigure): Promise<Work>;
}
