import type { DayRange } from '../../core/base/time.js';
import type { Charge } from '../../core/ledger/charge.js';

/** Charges as they were taken in, on their way out. */
export interface ExportStore {
  /** All charges of half-open charge days, by day, set, kind and bill. Meant for a day or a few at a time. */
  listCharges(range: DayRange): Promise<readonly Charge[]>;
  /** Names of the further columns (`ChargeKind.extra`) that charges of these days carry. */
  listExtraColumns(range: DayRange): Promise<readonly string[]>;
}
