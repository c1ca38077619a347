import type { Nanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';
import type { Costs, DimensionSet } from '../ledger/charge.js';

/** A dimension set that has charges in a month, with the first and last day on which it has any. */
export interface MonthSet {
  readonly setId: number;
  readonly set: DimensionSet;
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** Of prior-period lines: the day that they are really of, in an earlier month, and as of which they are allocated. */
  readonly priorDay?: Day;
}

/** The costs that are divided: effective for showback, billed for invoices, list for comparison. */
export type DividedCosts = Pick<Costs, 'effectiveCost' | 'billedCost' | 'listCost'>;

/** Money of a set on one day on one bill: the grain at which splits divide and round. */
export interface MoneyCell extends DividedCosts {
  readonly day: Day;
  /** The store's number of the bill. */
  readonly billId: number;
  readonly currency: string;
}

/** The order in which cells of a set stand. */
export function byDayAndBill(a: MoneyCell, b: MoneyCell): number {
  return a.day === b.day ? a.billId - b.billId : a.day < b.day ? -1 : 1;
}

/** A cell of the ledger: everything that one set cost on one day on one bill. */
export interface SetMoney extends MoneyCell {
  readonly setId: number;
}

/** Money of a month that came after it was locked and is posted in a later one. `day` is the real day. */
export interface LateMoney extends SetMoney {
  readonly set: DimensionSet;
  readonly postedMonth: Month;
}

/** One part of divided money, and how it came to its owner. `target` null is Unallocated, then `reason` says why. */
export interface SplitPart {
  readonly target: string | null;
  readonly reason: string | null;
  readonly ruleId: string | null;
  /** Ids of the rules and shared costs of this dimension that divided it, in order; none where it only follows. */
  readonly steps: readonly string[];
  /** Its owners in the earlier, divided dimensions that this dimension looks at; null is Unallocated. */
  readonly basis: Readonly<Record<string, string | null>>;
  /** By day and bill; cells in which the part is zero are left out. */
  readonly cells: readonly MoneyCell[];
}

/**
 * The owner of one dimension set in one dimension over half-open days of one month. The pieces of a set cover
 * every day on which it has charges exactly once. `target` null is Unallocated, then `reason` says why; where
 * there is a `split`, both are null and the parts say who gets what: together all there is, to the nano.
 */
export interface AllocationPiece {
  readonly dimension: string;
  readonly setId: number;
  readonly from: Day;
  readonly to: Day;
  readonly ruleId: string | null;
  readonly target: string | null;
  readonly reason: string | null;
  readonly split?: readonly SplitPart[];
}

/** A weight below zero that a split took for zero. */
export interface NegativeWeight {
  readonly dimension: string;
  readonly month: Month;
  /** The rule or shared cost whose split it is. */
  readonly ruleId: string;
  readonly target: string;
  /** What was weighed; null for a measure. */
  readonly currency: string | null;
  readonly weight: Nanos;
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
