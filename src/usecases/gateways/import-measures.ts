import type { Month } from '../../core/base/time.js';
import type { MeasureRow } from '../../core/ledger/measure.js';
import type { Context } from '../context.js';

/** What came of a file of figures. */
export interface MeasuresImport {
  readonly rows: number;
  readonly changed: number;
  /** Months that will be re-allocated. */
  readonly staleMonths: readonly Month[];
}

/** Takes figures that money is split by; the same ones again change nothing. */
export async function importMeasures(context: Context, rows: readonly MeasureRow[]): Promise<MeasuresImport> {
  const { store, actor, clock } = context;
  const { changed, staleMonths } = await store.putMeasures({ rows, actor, atMs: clock() });
  return { rows: rows.length, changed, staleMonths };
}
