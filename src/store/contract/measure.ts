import type { Actor } from '../../core/base/actor.js';
import type { Month } from '../../core/base/time.js';
import type { MeasureRow, MeasureTotals } from '../../core/ledger/measure.js';

/** Figures that money is split by. */
export interface MeasureStore {
  /**
   * Takes figures in: each replaces the one of the same measure, label and date, others stay. Marks the months with
   * charges in which a figure changed as stale and audits the import; the same figures again change nothing.
   */
  putMeasures(batch: {
    rows: readonly MeasureRow[];
    actor: Actor;
    atMs: number;
  }): Promise<{ readonly changed: number; readonly staleMonths: readonly Month[] }>;
  /**
   * Sums of the named measures by label over a calendar month, those that sources give with those that people
   * imported; a measure without figures is left out.
   */
  measureTotals(month: Month, measures: readonly string[]): Promise<MeasureTotals>;
}
