import type { Actor } from '../../core/base/actor.js';
import type { OutOfBounds } from '../../core/prices/check.js';

/** A first pull that was not published, and who has said that it is right. */
export interface FirstSync {
  readonly source: string;
  readonly held: readonly OutOfBounds[];
  readonly heldAtMs: number;
  readonly acceptedAtMs: number | null;
  /** `describeActor`. */
  readonly acceptedBy: string | null;
}

/** Keeps what the guard of first pulls holds back: figures only, nothing of the pull itself. */
export interface FirstSyncStore {
  /** Notes what looked wrong; an acceptance that was given stays. */
  holdFirstSync(hold: { source: string; held: readonly OutOfBounds[]; atMs: number }): Promise<void>;
  /** Lets the next pull through, audited; a second time changes nothing. @throws AppError `not-found` when none is held. */
  acceptFirstSync(acceptance: { source: string; actor: Actor; atMs: number }): Promise<FirstSync>;
  findFirstSync(source: string): Promise<FirstSync | null>;
}
