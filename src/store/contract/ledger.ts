import type {
  AllocationPiece,
  ConservationProof,
  LateMoney,
  MonthSet,
  SetMoney,
} from '../../core/allocation/allocation.js';
import type { Actor } from '../../core/base/actor.js';
import type { Nanos } from '../../core/base/money.js';
import type { Day, DayRange, Month } from '../../core/base/time.js';
import type { AttributeName, Charge, ReplaceScope } from '../../core/ledger/charge.js';
import type { MeasureRow, MeasureTotals } from '../../core/ledger/measure.js';
import type { SetAside, SourceOverlap } from '../../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../../core/people/data.js';
import type { SeatListing } from '../../core/seats/seat.js';
import type { FeedStatus, RawResponse } from '../../core/sources/feed.js';
import type { SpendAnswer, SpendQuery } from '../../core/spend/spend.js';

/** A complete pull: what it replaces, the charges that stand there now, and what it was made from. */
export interface ChargeBatch {
  readonly source: string;
  readonly kind: string;
  readonly scope: ReplaceScope;
  readonly charges: readonly Charge[];
  readonly raw: readonly RawResponse[];
  readonly identities: readonly VendorIdentity[];
  readonly completeThrough: Day | null;
  /** The source's seats as listed with the pull; absent: it has none, or was not asked. */
  readonly seats?: SeatListing;
  readonly receivedAtMs: number;
  /** Which of the charges other sources may carry too; absent: none. */
  readonly overlaps?: readonly SourceOverlap[];
  /** Who must hold the source's lease (`FeedStore`); absent: nobody need. */
  readonly leaseOwner?: string;
}

export interface ReplaceResult {
  /** True when the ledger already held exactly these charges: then no month was marked stale. */
  readonly unchanged: boolean;
  readonly charges: number;
  readonly newSets: number;
  readonly staleMonths: readonly Month[];
}

/** A month whose allocations no longer follow from its facts, with the reasons. */
export interface StaleMonth {
  readonly month: Month;
  readonly reasons: readonly string[];
  /** Grows with each mark; `replaceAllocations` clears only the mark it has seen. */
  readonly mark: number;
  /** The edition of the rules by which it was last worked out; null when more than rules has changed since. */
  readonly settledVersion: number | null;
}

/** Effective cost of one set on one day. */
export interface SetDayCost {
  readonly setId: number;
  readonly day: Day;
  readonly currency: string;
  readonly effectiveCost: Nanos;
}

/** Cost of one (source, invoice, currency) in a billing period against what dimension `team` gave out. */
export interface InvoiceTotals {
  readonly source: string;
  readonly invoiceIssuerName: string;
  readonly billingAccountId: string;
  readonly invoiceId: string | null;
  readonly currency: string;
  readonly billed: Nanos;
  readonly effective: Nanos;
  readonly allocatedBilled: Nanos;
  readonly unallocatedBilled: Nanos;
}

/** What nobody owns, by reason and identity, largest first. */
export interface UnallocatedLine {
  readonly reason: string;
  readonly source: string;
  readonly identity: string;
  readonly currency: string;
  readonly cost: Nanos;
  readonly firstDay: Day;
  readonly lastDay: Day;
}

/** The ledger: charges in, allocations beside them, sums out. Each method is one transaction. */
export interface LedgerStore {
  /**
   * Replaces all charges of (source, scope) in one transaction with the raw responses, identities and feed
   * status, refreshes the roll-ups and marks the months whose money changed as stale. Same batch again: no change.
   * Charges of closed months (`MonthStore`) stay as they are: the difference is posted on the first day of the
   * first open month, as corrections that name their real day in `x_PriorPeriod`.
   * Money that another source carries too is counted once (`core/overlap.ts`): the charges of the other are set aside,
   * in whichever order the two came, and are counted as soon as nobody else carries them.
   * @throws AppError `conflict` when the batch names a lease's owner who holds it no more.
   */
  replaceCharges(batch: ChargeBatch): Promise<ReplaceResult>;
  /** Notes a failed pull; the ledger stays as it was. */
  recordFeedFailure(failure: { source: string; kind: string; atMs: number; sentence: string }): Promise<void>;
  listFeeds(): Promise<readonly FeedStatus[]>;
  /** What is set aside at present, by source, money and who is counted. */
  listSetAside(): Promise<readonly SetAside[]>;
  /** Vendor listings as last seen, dead keys included. */
  listIdentities(): Promise<readonly VendorIdentity[]>;
  /** Raw responses of a source, newest first, for replay. */
  listRawResponses(source: string, limit: number): Promise<readonly RawResponse[]>;

  /** Months that have charges, ascending. */
  listMonths(): Promise<readonly Month[]>;
  /** Half-open range of days that have charges; null for an empty ledger. */
  chargedDays(): Promise<DayRange | null>;
  /** All dimension sets that were ever met, by set id; the same object each time. */
  listSets(): Promise<readonly Pick<MonthSet, 'setId' | 'set'>[]>;
  /** Distinct dimension sets with charges in the month, by set id; `setIds` limits it. */
  listMonthSets(month: Month, setIds?: ReadonlySet<number>): Promise<readonly MonthSet[]>;
  /** All money of the month per set, day and bill: what splits divide and weigh by. */
  listMonthMoney(month: Month): Promise<readonly SetMoney[]>;
  /** Money of the month that came after it was locked, per set, real day, bill and month of posting. */
  listLateMoney(month: Month): Promise<readonly LateMoney[]>;
  /** Daily effective cost of sets in a range, by set, day, currency; `setIds` limits it. */
  listSetDays(range: DayRange, setIds?: readonly number[]): Promise<readonly SetDayCost[]>;
  /** Values that the ledger has for an attribute or `tag:KEY`, most expensive first, containing `contains` in any case. */
  suggestValues(
    attribute: AttributeName | `tag:${string}`,
    contains: string,
    limit: number,
  ): Promise<readonly string[]>;
  /** Tag keys in use. */
  listTagKeys(): Promise<readonly string[]>;

  listStaleMonths(): Promise<readonly StaleMonth[]>;
  markStale(months: readonly Month[], reason: string): Promise<void>;
  /**
   * Replaces all allocations of the month, with the parts of divided money, and stores one proof per dimension, in
   * one transaction.
   * @throws AppError `bug` and changes nothing if any (invoice, day, currency) group does not conserve.
   */
  replaceAllocations(run: {
    month: Month;
    mark: number;
    dimensions: readonly string[];
    pieces: readonly AllocationPiece[];
    rulesetVersion: number;
    atMs: number;
  }): Promise<readonly ConservationProof[]>;
  /**
   * Replaces what is stored of some sets of the month in some dimensions, none of which divides money, and proves
   * that these sets conserve. The others stand as they were proved; all proofs are then of the new edition. A
   * closed month takes no pieces. Null, and nothing is changed, when the month was not worked out by `basedOn` or
   * has another mark by now: replace all of it.
   * @throws AppError `bug` and changes nothing if the sets do not conserve.
   */
  reviseAllocations(run: {
    month: Month;
    mark: number;
    basedOn: number;
    dimensions: readonly string[];
    setIds: readonly number[];
    pieces: readonly AllocationPiece[];
    rulesetVersion: number;
  }): Promise<readonly ConservationProof[] | null>;
  /** The stored pieces of a month. */
  listAllocations(month: Month): Promise<readonly AllocationPiece[]>;
  /** Latest proof per dimension of a month. */
  listProofs(month: Month): Promise<readonly ConservationProof[]>;

  /** @throws AppError `invalid` naming a key that is neither built in nor a dimension. */
  querySpend(query: SpendQuery): Promise<SpendAnswer>;
  /**
   * What `querySpend` would answer if these months were allocated so; nothing is kept.
   * @throws as `querySpend` and, for pieces that overlap or leave their month, `bug`.
   */
  querySpendAsIf(
    query: SpendQuery,
    months: readonly {
      month: Month;
      dimensions: readonly string[];
      pieces: readonly AllocationPiece[];
    }[],
  ): Promise<SpendAnswer>;
  /** Owners of a dimension with their effective cost in the range, most expensive first, without Unallocated. */
  listOwners(
    dimension: string,
    range: DayRange,
    currency: string,
  ): Promise<readonly { owner: string; cost: Nanos }[]>;
  listUnallocated(query: {
    dimension: string;
    range: DayRange;
    limit: number;
  }): Promise<readonly UnallocatedLine[]>;
  /** Totals per invoice and source of a billing period (by BillingPeriodStart). */
  listInvoiceTotals(billingPeriod: Month): Promise<readonly InvoiceTotals[]>;
}

/** Figures that money is split by. */
export interface MeasureStore {
  /**
   * Takes figures in: each replaces the one of the same measure, label and date, others stay. Marks the months with
   * charges in which a figure changed as stale and audits the import; the same figures again change nothing.
   */
  putMeasures(batch: {
    rows: readonly MeasureRow[];
    actor: Actor;
    atMs: number;
  }): Promise<{ readonly changed: number; readonly staleMonths: readonly Month[] }>;
  /**
   * Sums of the named measures by label over a calendar month, those that sources give with those that people
   * imported; a measure without figures is left out.
   */
  measureTotals(month: Month, measures: readonly string[]): Promise<MeasureTotals>;
}
