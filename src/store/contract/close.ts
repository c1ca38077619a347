import type { OwnerDifference } from '../../core/allocation/adjust.js';
import type { Actor } from '../../core/base/actor.js';
import type { Month } from '../../core/base/time.js';
import type { MonthRecord, SignOff } from '../../core/close/month.js';

/** Money of a closed month that a later change moved to an owner (or away), and the month it is posted in. */
export interface Adjustment extends OwnerDifference {
  readonly postedMonth: Month;
}

/**
 * The close of months. A month counts as closed when it, or a later one, is locked: nothing writes its charges,
 * roll-ups or allocations any more. Every change of stage is audited in its own transaction.
 */
export interface MonthStore {
  /** Months that have charges or are not simply open, ascending. */
  listMonthRecords(): Promise<readonly MonthRecord[]>;
  /** A month nobody has touched yet is open. */
  findMonthRecord(month: Month): Promise<MonthRecord>;
  /** The last locked month; null when none is. Months up to it are closed. */
  closedThrough(): Promise<Month | null>;
  /** @throws AppError `conflict` unless the month is open. */
  softCloseMonth(step: { month: Month; actor: Actor; atMs: number }): Promise<MonthRecord>;
  /** Adds or renews a team's signature. @throws AppError `conflict` unless the month is soft-closed. */
  signMonth(step: { month: Month; signOff: SignOff }): Promise<MonthRecord>;
  /**
   * Locks the month and keeps its totals, ruleset, directory hash and fingerprint, all of the same instant.
   * @throws AppError `conflict` unless it is soft-closed, freshly allocated, and every earlier month with charges
   * is locked.
   */
  lockMonth(step: {
    month: Month;
    actor: Actor;
    atMs: number;
    override: { reason: string; openItems: readonly string[] } | null;
  }): Promise<MonthRecord>;
  /**
   * Asks for a locked month to be unlocked.
   * @throws AppError `conflict` when it is not locked, a later month is, or somebody has asked already.
   */
  requestUnlock(step: { month: Month; actor: Actor; atMs: number; reason: string }): Promise<MonthRecord>;
  /**
   * Confirms the request: the month is soft-closed again, its signatures are void.
   * @throws AppError `forbidden` when the actor asked for it or locked the month; `conflict` when nobody asked.
   */
  confirmUnlock(step: { month: Month; actor: Actor; atMs: number }): Promise<MonthRecord>;
  /**
   * Posts what a closed month's owners would get more or less by now, on the first day of the first open month, in
   * place of what was posted for it and is not locked yet; what is locked counts as posted. Clears the stale mark.
   * @throws AppError `conflict` when the month is not closed; `bug` when the differences do not add up to zero.
   */
  replaceAdjustments(run: {
    month: Month;
    mark: number;
    differences: readonly OwnerDifference[];
    rulesetVersion: number;
  }): Promise<void>;
  /** All that is posted for a month, by the month it stands in. */
  listAdjustments(originalMonth: Month): Promise<readonly Adjustment[]>;
  /** SHA-256 over the month's stored charges, roll-ups, pieces and shares: equal hashes, equal month. */
  monthFingerprint(month: Month): Promise<string>;
}
