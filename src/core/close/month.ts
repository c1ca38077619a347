import type { Actor } from '../base/actor.js';
import type { FxRate } from '../base/fx.js';
import type { Nanos } from '../base/money.js';
import type { Month } from '../base/time.js';

/**
 * Where a month stands in its close: `open`; `soft-closed` (preliminary: owners look and sign, FinOps may still
 * re-allocate); `locked` (bit-identical from then on: what comes later is posted in the first month after it).
 */
export type MonthStage = 'open' | 'soft-closed' | 'locked';

/** Effective cost of one owner of a dimension in one currency; `Unallocated` is an owner here. */
export interface OwnerTotal {
  readonly dimension: string;
  readonly owner: string;
  readonly currency: string;
  readonly cost: Nanos;
}

/** Money of a month in one currency. */
export interface CurrencyCost {
  readonly currency: string;
  readonly cost: Nanos;
}

/** A team that agrees with its figures; the signature is valid as long as they stay what they were. */
export interface SignOff {
  readonly team: string;
  readonly by: Actor;
  readonly atMs: number;
  readonly costs: readonly CurrencyCost[];
}

/** What was true when a month was locked: enough to prove later that it still is. */
export interface MonthLock {
  readonly by: Actor;
  readonly atMs: number;
  /** Checklist items that were open, and why the month was locked all the same; null when none was. */
  readonly override: { readonly reason: string; readonly openItems: readonly string[] } | null;
  readonly totals: readonly OwnerTotal[];
  readonly rules: { readonly version: number; readonly hash: string };
  /** SHA-256 of the canonical JSON of the whole directory. */
  readonly directoryHash: string;
  /** SHA-256 over the month's charges, roll-ups and allocations; see `MonthStore.monthFingerprint`. */
  readonly fingerprint: string;
  /** The rates of the month, never changed; absent for months that were locked before rates were kept. */
  readonly fx?: readonly FxRate[];
}

/** Someone asked to unlock a month; somebody else must agree. */
export interface UnlockRequest {
  readonly by: Actor;
  readonly atMs: number;
  readonly reason: string;
}

/** Everything that is known of a month's close. */
export interface MonthRecord {
  readonly month: Month;
  readonly stage: MonthStage;
  /** Last change of stage; null for a month that was always open. */
  readonly changed: { readonly by: Actor; readonly atMs: number } | null;
  readonly signOffs: readonly SignOff[];
  /** Set while the month is locked. */
  readonly lock: MonthLock | null;
  readonly unlockRequest: UnlockRequest | null;
}

/** What somebody did with a month: reported in the thread of its message. */
export type MonthStep =
  | { readonly what: 'soft-closed' }
  | { readonly what: 'signed'; readonly teams: readonly string[] }
  /** `reason` is set when items were open. */
  | { readonly what: 'locked'; readonly reason: string | null; readonly openItems: readonly string[] }
  | { readonly what: 'unlock-asked' | 'unlocked'; readonly reason: string };

/** The column under which a prior-period line keeps the day its charge is really of (FOCUS custom column). */
export const PRIOR_PERIOD_COLUMN = 'x_PriorPeriod';
