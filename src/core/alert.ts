import type { Nanos } from './money.js';
import type { Day } from './time.js';

/** State of an alert case: open until someone acknowledges it or it falls back into its band. */
export type CaseState = 'open' | 'acknowledged' | 'closed';

/** One cause of the excess, largest first; both costs are sums over the case's days, as those of the figures. */
export interface AlertDriver {
  /** What kind of thing `label` names: key, person, model ... `people` stands for persons that are not named. */
  readonly by: string;
  /** Of `people`, how many they are, in digits. */
  readonly label: string;
  readonly expected: Nanos;
  readonly actual: Nanos;
}

/** The figures of an alert: what was spent, what was expected, and who drove the difference. */
export interface AlertFigures {
  readonly caseId: number;
  readonly dimension: string;
  readonly owner: string;
  readonly currency: string;
  readonly state: CaseState;
  /** The day that crossed the band first, and the latest day that is still above it. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** Sums over the case's days, which are those from `firstDay` to `lastDay` that were above the band. */
  readonly actual: Nanos;
  readonly expected: Nanos;
  /** Upper edge of the normal band on `lastDay`. */
  readonly upper: Nanos;
  /** `actual` - `expected`. */
  readonly excess: Nanos;
  readonly drivers: readonly AlertDriver[];
  /** Daily history for the chart, ascending, ends with `lastDay`. */
  readonly series: readonly {
    readonly day: Day;
    readonly actual: Nanos;
    readonly expected: Nanos;
    readonly upper: Nanos;
  }[];
  readonly acknowledgedBy: string | null;
}
