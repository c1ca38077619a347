import type { Day, DayRange, Month } from '../../core/base/time.js';
import type { StoredUse } from '../../core/gateways/token-use.js';
import type { TokenFact } from '../../core/gateways/vendor-use.js';
import type { MeasureRow } from '../../core/ledger/measure.js';

/** What sources give besides charges: token records and figures that money may be split by. */
export interface TokenRecordStore {
  /**
   * Replaces all token uses and figures of (source, window) with these, and marks the months with charges in which
   * any of them changed as stale. The same again changes nothing.
   */
  replaceWeights(batch: {
    readonly source: string;
    readonly range: DayRange;
    readonly uses: readonly StoredUse[];
    readonly measures: readonly MeasureRow[];
  }): Promise<{ readonly changed: boolean; readonly staleMonths: readonly Month[] }>;
  /** Token uses of some days, of one source or all, by source, day and tuple. */
  listTokenUses(range: DayRange, source?: string): Promise<readonly StoredUse[]>;
  /** First and last day of the uses of each source that has any. */
  listUseSpans(): Promise<readonly { readonly source: string; readonly first: Day; readonly last: Day }[]>;
  /** The tokens that vendors' charges of some days count, by day, set and kind; `vendors` as bills name them. */
  listTokenFacts(range: DayRange, vendors: readonly string[]): Promise<readonly TokenFact[]>;
}
