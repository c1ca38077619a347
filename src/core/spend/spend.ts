import type { FxRate } from '../base/fx.js';
import type { Nanos } from '../base/money.js';
import type { Day, DayRange, Month } from '../base/time.js';

/** Built-in names that spend can be grouped and filtered by; any other name is a dimension id. */
export const SPEND_KEYS = [
  'day',
  'month',
  'provider',
  'service',
  'model',
  'sub-account',
  'key',
  'person',
  'source',
  'confidence',
] as const;
export type SpendKey = (typeof SPEND_KEYS)[number];

/** One filter: the row's value of `key` (a SpendKey or dimension id) is one of `values`. */
export interface SpendFilter {
  readonly key: string;
  readonly values: readonly string[];
}

/** A question to the ledger: effective cost in one currency over half-open charge days. */
export interface SpendQuery {
  readonly by: readonly string[];
  readonly range: DayRange;
  readonly where: readonly SpendFilter[];
  readonly currency: string;
  /** Leaves money in other currencies out; absent: each month's is converted where that month has a rate. */
  readonly isNative?: true;
}

/** Money of one month that an answer contains at that month's rate. */
export interface Converted {
  readonly month: Month;
  /** In the rate's `from`, and what it became. */
  readonly original: Nanos;
  readonly cost: Nanos;
  readonly rate: FxRate;
}

/** `values` in the order of the query's `by`. A charge without a value has `(none)`; no owner is Unallocated. */
export interface SpendRow {
  readonly values: readonly string[];
  readonly cost: Nanos;
}

/** The label of a charge that has no value for a grouping attribute. */
export const NO_VALUE = '(none)';

/**
 * Rows always add up to `total`. `otherCurrencies` is what the question left out because it is not in `currency` and
 * has no rate to it. `converted` is absent where nothing was.
 */
export interface SpendAnswer {
  readonly currency: string;
  readonly total: Nanos;
  readonly converted?: readonly Converted[];
  readonly rows: readonly SpendRow[];
  readonly otherCurrencies: readonly { readonly currency: string; readonly total: Nanos }[];
}

/** Stacked bars over time: one cost per bucket in each series. */
export interface SpendSeries {
  readonly currency: string;
  /** First day of each bucket; buckets are days, weeks (Monday) or months, named by `grain`. */
  readonly buckets: readonly Day[];
  readonly grain: 'day' | 'week' | 'month';
  readonly series: readonly { readonly label: string; readonly costs: readonly Nanos[] }[];
  /** Index of the first bucket that is not complete yet; null when all are. */
  readonly provisionalFrom: number | null;
}

/** What a person asked of `/spend`, understood. */
export interface SpendQuestion {
  /** Null: the whole company. */
  readonly scope:
    | { readonly dimension: string; readonly owner: string }
    | { readonly key: SpendKey; readonly value: string }
    | null;
  readonly range: DayRange;
  /** How the range was said, for the title: "this month", "last 14 days", "2026-10". */
  readonly rangeLabel: string;
  readonly by: string;
  /** The period it is to be compared with; absent: the one before. */
  readonly against?: DayRange;
  /** How many lines are wanted ("top 5 keys"); absent: as many as there is room for. */
  readonly most?: number;
}

/** A line of a spend report; `previous` is the same length of time just before. */
export interface SpendLine {
  readonly label: string;
  readonly cost: Nanos;
  readonly previous: Nanos;
}

/** The answer to `/spend`, in figures. Lines and `more` add up to `total`. */
export interface SpendReport {
  readonly question: SpendQuestion;
  /** Set when the past is re-cast under the organisation of this day; absent: the company as it was. */
  readonly asIs?: Day;
  readonly currency: string;
  readonly total: Nanos;
  readonly previousRange: DayRange;
  readonly previousTotal: Nanos;
  readonly lines: readonly SpendLine[];
  /** What the lines beyond the limit add up to. */
  readonly more: { readonly count: number; readonly cost: Nanos; readonly previous: Nanos } | null;
  readonly chart: SpendSeries;
  /** Sources whose feed is not complete through the range's last day (or yesterday, if earlier). */
  readonly incomplete: readonly { readonly source: string; readonly completeThrough: Day | null }[];
  readonly otherCurrencies: readonly { readonly currency: string; readonly total: Nanos }[];
}
