import type { Nanos } from '../base/money.js';
import type { Day } from '../base/time.js';

/** One imported figure that money may be split by: requests, seats, square metres. `amount` counts in 1e-9 units. */
export interface MeasureRow {
  readonly date: Day;
  readonly measure: string;
  /** The owner the figure belongs to, as splits name it. */
  readonly label: string;
  readonly amount: Nanos;
}

/** The measure that is always there: person-days per team, from the directory; an imported one goes before it. */
export const HEADCOUNT = 'headcount';

/** What each label of each measure adds up to in one calendar month, by measure, then label. */
export type MeasureTotals = ReadonlyMap<string, ReadonlyMap<string, Nanos>>;
