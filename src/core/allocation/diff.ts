import type { Nanos } from '../money.js';
import type { Month } from '../time.js';

/** Money a ruleset change moves between two owners in one month; null is Unallocated. */
export interface MovedMoney {
  readonly dimension: string;
  readonly month: Month;
  readonly currency: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cost: Nanos;
}

/** What a draft would change, in money, over all open months. */
export interface AllocationDiff {
  readonly moved: readonly MovedMoney[];
  /** Unallocated effective cost of the edited dimension, per currency, before and after. */
  readonly unallocated: readonly {
    readonly currency: string;
    readonly before: Nanos;
    readonly after: Nanos;
  }[];
  /** Rules of the draft that match no charge because rules above them take everything they would match. */
  readonly shadowedRuleIds: readonly string[];
  /** Rules of the draft that no charge in the ledger matches at all. */
  readonly deadRuleIds: readonly string[];
}

/** The figures of the notice that tells FinOps about a committed change. */
export interface RuleChangeFigures {
  readonly version: number;
  readonly author: string;
  readonly note: string | null;
  /** The change in plain words, one line each. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
}
