import type { Day } from '../base/time.js';
import type { FactorDrift, OutOfBounds } from '../prices/check.js';
import type { HoldReason } from './hold.js';

/** A reason to doubt figures of a source, for FinOps; money is in dollars. */
export type DataQualityFigures =
  /** Its first pull is far from the price list: nothing of it is published until somebody accepts it. */
  | {
      readonly about: 'first-sync';
      readonly source: string;
      readonly held: readonly OutOfBounds[];
      /** Who has accepted it (`describeActor`); null: still held back. */
      readonly acceptedBy: string | null;
    }
  /** A pull is not published until somebody accepts it: it may be a part of an answer. */
  | {
      readonly about: 'held-pull';
      readonly source: string;
      readonly reasons: readonly HoldReason[];
      /** Who has accepted it (`describeActor`); null: nobody. */
      readonly acceptedBy: string | null;
      /** A later pull was whole again. */
      readonly isOver: boolean;
    }
  /** What is billed for the same usage stepped from one day to the next. */
  | {
      readonly about: 'price-drift';
      readonly source: string;
      readonly day: Day;
      readonly drifts: readonly FactorDrift[];
    };
