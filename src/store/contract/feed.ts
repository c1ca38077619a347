import type { Actor } from '../../core/base/actor.js';
import type { AddedSource, Backfill, Lease, PullRecord } from '../../core/sources/feed.js';

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
