import type { AgeingLine } from './ageing.js';
import type { Nanos } from './money.js';
import type { Day } from './time.js';

/** One line that moved: last week's cost against the week before. */
export interface Mover {
  readonly by: 'model' | 'key' | 'person' | 'service';
  readonly label: string;
  readonly previous: Nanos;
  readonly current: Nanos;
}

/** The figures of a team's weekly digest: an ISO week of UTC charge days, effective cost. */
export interface DigestFigures {
  readonly team: string;
  readonly currency: string;
  /** ISO week, `2026-W47`. */
  readonly week: string;
  /** The week half-open, Monday to Monday; people are shown Monday to Sunday. */
  readonly from: Day;
  readonly to: Day;
  readonly total: Nanos;
  readonly previousTotal: Nanos;
  /** From the first of the month of the week's Sunday up to `to`, that day not included. */
  readonly monthToDate: Nanos;
  /** Weekly totals stacked by service for the chart, oldest first; `from` is each week's Monday. */
  readonly weeks: readonly {
    readonly from: Day;
    readonly byService: readonly { readonly service: string; readonly cost: Nanos }[];
  }[];
  readonly byModel: readonly { readonly label: string; readonly cost: Nanos }[];
  readonly movers: readonly Mover[];
  /** Sources whose feed is not complete through the week's last day. */
  readonly incomplete: readonly { readonly source: string; readonly completeThrough: Day | null }[];
  /** Unallocated money of the whole company in the week; only in FinOps's own digest. */
  readonly unallocated: Nanos | null;
  /** What has no owner and for how long, dearest first; only in FinOps's own digest. */
  readonly ageing?: readonly AgeingLine[];
}
