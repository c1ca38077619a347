import type { DayRange } from '../base/time.js';
import type { MoneyCell } from './allocation.js';
import { cellsWithin, type Subject } from './set-state.js';

/** Money that has come to an owner in the dimension that is being worked out. */
export interface Holding extends DayRange {
  readonly subject: Subject;
  readonly ruleId: string | null;
  /** Null is Unallocated, then `reason` says why. */
  readonly target: string | null;
  readonly reason: string | null;
  /** Ids of the splits it went through; none: direct. */
  readonly steps: readonly string[];
  /** What came; null: all that the subject has on these days. */
  readonly received: readonly MoneyCell[] | null;
}

/** The holding's money, by day and bill. */
export function cellsOf({ received, subject, from, to }: Holding): readonly MoneyCell[] {
  return received ?? cellsWithin(subject.cells, { from, to });
}

/** The part of a holding on some of its days. */
export function holdingOn(holding: Holding, range: DayRange): Holding {
  const { received } = holding;
  return { ...holding, ...range, received: received === null ? null : cellsWithin(received, range) };
}
