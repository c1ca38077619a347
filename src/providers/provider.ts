import type { Day, DayRange } from '../core/base/time.js';
import type { TokenUse } from '../core/gateways/token-use.js';
import type { Invoice } from '../core/invoices/invoice.js';
import type { Charge, ReplaceScope } from '../core/ledger/charge.js';
import type { MeasureRow } from '../core/ledger/measure.js';
import type { SourceOverlap } from '../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../core/people/data.js';
import type { BilledUsage } from '../core/prices/check.js';
import type { Unrated } from '../core/prices/rating.js';
import type { Seat, SeatListing } from '../core/seats/seat.js';
import type { RawResponse } from '../core/sources/feed.js';
import type { ControlDifference, MissingMoney } from '../core/sources/hold.js';

/** Something a credential lacks: `needed` in the vendor's words, `sentence` says what for and what to do. */
export interface MissingScope {
  readonly needed: string;
  readonly sentence: string;
}

/** A complete pull. There is no incomplete one: a provider throws instead (AppError `upstream`). */
export interface Pull {
  readonly scope: ReplaceScope;
  readonly charges: readonly Charge[];
  readonly raw: readonly RawResponse[];
  readonly identities: readonly VendorIdentity[];
  /** Invoices that the vendor has issued, whole: they tie to the charges by billing account and period. */
  readonly invoices?: readonly Invoice[];
  /** Last UTC day that the vendor has closed, within the pulled window. */
  readonly completeThrough: Day | null;
  /** Money that the vendor refused: a person decides whether the rest is published without it. Absent: none. */
  readonly missing?: readonly MissingMoney[];
  /** Second views of the same money that differ on closed days. Absent: none. */
  readonly differences?: readonly ControlDifference[];
  /** Plain sentences for FinOps: rows dropped with the reason, names that could not be listed ... */
  readonly remarks: readonly string[];
  /** All licence seats as the vendor lists them now, whatever the window. */
  readonly seats?: SeatListing;
  /**
   * Figures of the window that money may be split by, complete for the measures that they name; labels are lower-case
   * e-mails, or key ids where no person is known.
   */
  readonly measures?: readonly MeasureRow[];
  /**
   * Token records of the window, added up and complete: what a gateway, a tracer or an own log says was used. Weights,
   * never money.
   */
  readonly uses?: readonly TokenUse[];
  /** Usage whose money the vendor gives in larger sums only: `ingest` rates it and meets the sums. */
  readonly unrated?: Unrated;
  /** Of charges that do not tell token types: what was billed for which tokens, so that a wrong unit is noticed. */
  readonly billedUsage?: readonly BilledUsage[];
}

/**
 * A connector to one account of one vendor: `schema.ts` (zod of the responses), `client.ts` (HTTP), `focus.ts`
 * (pure: responses to charges), `index.ts` (this). It brings facts and writes nothing.
 */
export interface Provider {
  /** The source name under which its charges are kept, unique in the configuration. */
  readonly source: string;
  readonly kind: string;
  /** Equal for two sources that read the same account by the same credential; absent: not known. Never a secret. */
  readonly accountKey?: string;
  /** How many days back the vendor may still restate; scheduled pulls cover them again. */
  readonly openWindowDays: number;
  /**
   * How often the closed days of the open window are asked for again: `daily` with the first pull of a UTC day, the
   * others ask for open days only. For a vendor whose days cost many questions. Absent: with every pull.
   */
  readonly rereads?: 'daily';
  /** How far back the vendor answers at all, in days; null when unbounded. */
  readonly reachDays: number | null;
  /** Which of its charges other sources may carry too, and who is counted; the ledger sees to it. Absent: none. */
  readonly overlaps?: readonly SourceOverlap[];
  /** Days the vendor usually takes to close a day; absent: two. Null: a file, which brings what it brings. */
  readonly usualLagDays?: number | null;
  /** A file: what it holds is compared with the ledger before it takes its place. Absent: a feed, which is followed. */
  readonly file?: {
    /** A person has said that an older or smaller file is right. */
    readonly mayReplace: boolean;
  };
  /** Days that one pull may span when a year is filled in; absent: 31. Null: every pull is of everything there is. */
  readonly chunkDays?: number | null;
  /**
   * One cheap read per endpoint that a pull needs: which of them this credential may not use, and what to do. Empty:
   * it may use all. Absent: a pull of yesterday is the only way to find out. @throws as `pull`.
   */
  check?(): Promise<readonly MissingScope[]>;
  /**
   * Pulls every charge of the half-open window, all pages, or throws. `known` is what earlier pulls of this source
   * listed: what the vendor lists today wins, but a key that it has forgotten keeps its name and owner, so that
   * deleting a key changes no charge. `seats` are the spans of its seats that earlier pulls left behind.
   */
  pull(window: DayRange, known: readonly VendorIdentity[], seats?: readonly Seat[]): Promise<Pull>;
}
