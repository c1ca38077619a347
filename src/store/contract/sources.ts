import type { Actor } from '../../core/base/actor.js';
import type { Day, DayRange, Month } from '../../core/base/time.js';
import type { StoredUse } from '../../core/gateways/token-use.js';
import type { TokenFact } from '../../core/gateways/vendor-use.js';
import type { MeasureRow } from '../../core/ledger/measure.js';
import type { AddedSource, Backfill, Lease, PullRecord } from '../../core/sources/feed.js';
import type { DayMoney, HoldReason } from '../../core/sources/hold.js';

/** How the sources are run: leases, what pulls brought, backfills, sources added while running, pauses. */
export interface FeedStore {
  /**
   * Takes the lease of a source when nobody holds it, its holder's has expired, or the holder is `owner` (who thereby
   * renews it). Answers who holds it: the taker when it succeeded.
   */
  takeLease(lease: Lease & { readonly atMs: number }): Promise<Lease>;
  /** Gives a lease back; somebody else's stays. */
  releaseLease(source: string, owner: string): Promise<void>;
  /** Leases that have not expired. */
  listLeases(atMs: number): Promise<readonly Lease[]>;

  putPullRecord(record: PullRecord): Promise<void>;
  listPullRecords(): Promise<readonly PullRecord[]>;

  /** Writes the latest backfill of its source, in place of an earlier one. */
  putBackfill(backfill: Backfill): Promise<void>;
  listBackfills(): Promise<readonly Backfill[]>;
  /** Moves the backfill of this id on while it is running; null, and nothing changes, when it is not. */
  stepBackfill(
    step: Pick<Backfill, 'id' | 'nextDay' | 'charges' | 'state' | 'sentence'> & { readonly atMs: number },
  ): Promise<Backfill | null>;

  listAddedSources(): Promise<readonly AddedSource[]>;
  /** Audited. @throws AppError `conflict` when the name is taken. */
  addSource(source: AddedSource, actor: Actor): Promise<void>;
  /**
   * Forgets a source with its feed status, backfill and pause; audited. Its charges are `replaceCharges`'s business,
   * what it listed stays.
   */
  forgetSource(source: string, actor: Actor, atMs: number): Promise<void>;

  listPausedSources(): Promise<
    readonly { readonly source: string; readonly pausedBy: string; readonly pausedAtMs: number }[]
  >;
  /** Audited; again changes nothing. */
  setPaused(change: { source: string; paused: boolean; actor: Actor; atMs: number }): Promise<void>;
}

/** A pull that was not published, and who has said that it is right. */
export interface PullHold {
  readonly source: string;
  readonly reasons: readonly HoldReason[];
  /** When it was first held. */
  readonly heldAtMs: number;
  readonly acceptedAtMs: number | null;
  /** `describeActor`. */
  readonly acceptedBy: string | null;
}

/** Keeps why the latest pull of a source is held back: figures only, nothing of the pull itself. */
export interface PullHoldStore {
  /** Notes what looked wrong and takes back an acceptance; of a hold that is not accepted yet the time stays. */
  holdPull(hold: { source: string; reasons: readonly HoldReason[]; atMs: number }): Promise<PullHold>;
  /** Keeps of an accepted hold only these reasons, of any hold none: then it is forgotten. */
  keepHeld(source: string, reasons: readonly HoldReason[]): Promise<void>;
  /** Lets the next pull through, audited; a second time changes nothing. @throws AppError `not-found` when none is held. */
  acceptPull(acceptance: { source: string; actor: Actor; atMs: number }): Promise<PullHold>;
  findPullHold(source: string): Promise<PullHold | null>;
  /** Of the source's own charges in the half-open range, set aside or counted: by day and currency. */
  sumOfSource(source: string, range: DayRange): Promise<readonly DayMoney[]>;
}

/** What sources give besides charges: token records and figures that money may be split by. */
export interface TokenRecordStore {
  /**
   * Replaces all token uses and figures of (source, window) with these, and marks the months with charges in which
   * any of them changed as stale. The same again changes nothing.
   */
  replaceWeights(batch: {
    readonly source: string;
    readonly range: DayRange;
    readonly uses: readonly StoredUse[];
    readonly measures: readonly MeasureRow[];
  }): Promise<{ readonly changed: boolean; readonly staleMonths: readonly Month[] }>;
  /** Token uses of some days, of one source or all, by source, day and tuple. */
  listTokenUses(range: DayRange, source?: string): Promise<readonly StoredUse[]>;
  /** First and last day of the uses of each source that has any. */
  listUseSpans(): Promise<readonly { readonly source: string; readonly first: Day; readonly last: Day }[]>;
  /** The tokens that vendors' charges of some days count, by day, set and kind; `vendors` as bills name them. */
  listTokenFacts(range: DayRange, vendors: readonly string[]): Promise<readonly TokenFact[]>;
}
