import type { Nanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';

/** An estimate with its 80 % and 95 % intervals. */
export interface MoneyOutlook {
  readonly expected: Nanos;
  readonly low80: Nanos;
  readonly high80: Nanos;
  readonly low95: Nanos;
  readonly high95: Nanos;
}

/** Where the month of yesterday will end. */
export interface MonthForecast {
  readonly month: Month;
  readonly currency: string;
  /** The first day that nothing was known of. */
  readonly asOf: Day;
  /** Later days may still grow. */
  readonly completeThrough: Day;
  /** What the month has cost so far; the total costs at least that. */
  readonly known: Nanos;
  readonly total: MoneyOutlook;
  /** Every day of the month: what is known of it, or for days to come what is expected. */
  readonly days: readonly {
    readonly day: Day;
    readonly known: Nanos | null;
    readonly outlook: MoneyOutlook | null;
  }[];
}
