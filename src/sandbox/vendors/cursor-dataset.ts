import type { Day } from '../../core/base/time.js';

/** One usage event as the team's ledger has it; money in cents as decimal text. */
export interface CursorEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly userEmail: string;
  readonly model: string;
  /** `Usage-based`, `Included in Business`, ... */
  readonly kind: string;
  readonly isChargeable: boolean;
  readonly chargedCents: string;
  readonly tokens: {
    readonly input: number;
    readonly output: number;
    readonly cacheWrite: number;
    readonly cacheRead: number;
  };
  readonly serviceAccount?: { readonly id: string; readonly name: string };
  readonly automationId?: string;
  readonly cloudAgentId?: string;
  readonly conversationId?: string;
}

/** What a fake Cursor team knows. */
export interface CursorDataset {
  readonly apiKey: string;
  readonly cycleStartMs: number;
  readonly members: readonly {
    readonly id: string;
    /** The other id of the same person, in daily usage. */
    readonly number: number;
    readonly email: string;
    readonly name: string;
    readonly isRemoved: boolean;
  }[];
  /** Null: the plan has none, and the endpoint refuses. */
  readonly groups:
    | readonly { readonly id: string; readonly name: string; readonly emails: readonly string[] }[]
    | null;
  /** Null: the plan has no audit log. */
  readonly seatChanges:
    | readonly { readonly at: string; readonly type: 'add_user' | 'remove_user'; readonly email: string }[]
    | null;
  /** Events of one UTC day in any order. */
  events(day: Day): readonly CursorEvent[];
}
