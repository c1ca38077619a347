import type { Nanos } from '../base/money.js';
import type { Day, DayRange } from '../base/time.js';

/** What is watched: usage in one currency, by owner in one dimension, over half-open days. */
export interface UsageQuery {
  readonly range: DayRange;
  readonly dimension: string;
  readonly currency: string;
}

/**
 * Daily effective cost of what one dimension set used: no recurring charges or purchases, no taxes or credits, no
 * prior-period lines, nothing that was booked from an invoice. Those follow contracts and books, not behaviour.
 */
export interface UsageSeries {
  readonly source: string;
  /** What people call the API key; null: it was used without one. */
  readonly key: string | null;
  readonly model: string | null;
  readonly service: string | null;
  /** Their e-mail address. */
  readonly person: string | null;
  /** Days with usage, ascending. */
  readonly days: readonly { readonly day: Day; readonly cost: Nanos }[];
  /**
   * Who owns the set by its newest allocation: the whole past is theirs here, so that neither a change of rules nor
   * one of the organisation looks like a change of behaviour. Weights are as good as money; never empty.
   */
  readonly owners: readonly { readonly owner: string; readonly weight: bigint }[];
}
