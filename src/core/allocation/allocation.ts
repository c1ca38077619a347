import type { DimensionSet } from '../charge.js';
import type { Nanos } from '../money.js';
import type { Day, Month } from '../time.js';

/** A dimension set that has charges in a month, with the first and last day on which it has any. */
export interface MonthSet {
  readonly setId: number;
  readonly set: DimensionSet;
  readonly firstDay: Day;
  readonly lastDay: Day;
}

/**
 * The owner of one dimension set in one dimension over half-open days of one month. The pieces of a set cover
 * every day on which it has charges exactly once. `target` null is Unallocated, then `reason` says why.
 */
export interface AllocationPiece {
  readonly dimension: string;
  readonly setId: number;
  readonly from: Day;
  readonly to: Day;
  readonly ruleId: string | null;
  readonly target: string | null;
  readonly reason: string | null;
}

/** Ledger and allocated money of one invoice, day and currency: the grain at which conservation is proved. */
export interface ConservationGroup {
  /** Named so that a person finds it. */
  readonly invoice: string;
  readonly day: Day;
  readonly currency: string;
  readonly ledger: GroupMoney;
  /** Everything given out, Unallocated included. */
  readonly allocated: GroupMoney;
  /** Effective cost that went to an owner; the rest is Unallocated. */
  readonly owned: Nanos;
}

/** The two costs that must both be conserved. */
export interface GroupMoney {
  readonly effective: Nanos;
  readonly billed: Nanos;
}

/** The stored proof that one dimension of one month conserves its money. */
export interface ConservationProof {
  readonly month: Month;
  readonly dimension: string;
  readonly rulesetVersion: number;
  readonly provedAtMs: number;
  /** How many (invoice, day, currency) groups were compared; each was equal to the nano. */
  readonly groups: number;
  readonly totals: readonly CurrencyTotals[];
}

/** Money of a month in one currency; effective cost. */
export interface CurrencyTotals {
  readonly currency: string;
  readonly ledger: Nanos;
  readonly allocated: Nanos;
  readonly unallocated: Nanos;
}
