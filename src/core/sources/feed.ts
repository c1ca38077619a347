import type { Nanos } from '../base/money.js';
import { addDays, type Day, daysBetween, minuteIn } from '../base/time.js';
import type { SetAside } from '../ledger/source-overlap.js';
import type { HoldReason } from './hold.js';

/** How one source's last pull went: what App Home, digests and `/apportion sources` show. */
export interface FeedStatus {
  readonly source: string;
  readonly kind: string;
  /** Last UTC day that the vendor has closed and we hold wholly; null before the first success. */
  readonly completeThrough: Day | null;
  readonly lastAttemptMs: number | null;
  readonly lastSuccessMs: number | null;
  /** One plain sentence, null when the last attempt succeeded. */
  readonly lastError: string | null;
  /** When the present run of failures began. */
  readonly failingSinceMs: number | null;
}

/** One vendor response as it came, kept compressed for replay and audit; credentials are never part of it. */
export interface RawResponse {
  readonly endpoint: string;
  /** The query without credentials, canonical JSON. */
  readonly parameters: string;
  readonly fetchedAtMs: number;
  readonly body: Uint8Array | string;
}

/** What the last successful pull of a source brought. */
export interface PullRecord {
  readonly source: string;
  readonly atMs: number;
  readonly charges: number;
  /** Effective cost of its charges. */
  readonly costs: readonly { readonly currency: string; readonly cost: Nanos }[];
  /** How many of its charges are `billed`, `spread`, `rated`, `estimated`. */
  readonly confidences: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
  /** The last day that came before its present silence; null: it brings what it should. */
  readonly silentSince: Day | null;
}

/** Who is at work on a source. */
export interface Lease {
  readonly source: string;
  /** Unique for the attempt. */
  readonly owner: string;
  /** Who, in words: `the timetable`, `Ana Ruiz`. */
  readonly what: string;
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
}

type BackfillState = 'running' | 'done' | 'failed' | 'cancelled';

/** A long window on its way in, chunk by chunk; days from `nextDay` on are still to come. */
export interface Backfill {
  readonly id: string;
  readonly source: string;
  /** Half-open. */
  readonly from: Day;
  readonly to: Day;
  readonly nextDay: Day;
  readonly chunkDays: number;
  readonly state: BackfillState;
  readonly charges: number;
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  /** What went wrong, when it failed. */
  readonly sentence: string | null;
}

/** What is configured of a source. */
export interface SourceSettings {
  readonly name: string;
  readonly kind: string;
  /** A reference (`env:NAME`, `file:PATH`) wherever it is kept or shown; the secret itself once it is resolved. */
  readonly credential: string | null;
  readonly baseUrl: string | null;
  readonly path: string | null;
  /** Settings of the kind alone (an organisation's name, a seat's price ...); each kind checks its own. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A source added while running; its credential is a reference. */
export interface AddedSource extends SourceSettings {
  readonly addedBy: string;
  readonly addedAtMs: number;
}

/** How a source is, in one word: what its line begins with. */
export type SourceState =
  | 'well'
  /** Its last pull failed. */
  | 'failing'
  /** It answers, but brings no new days. */
  | 'silent'
  /** Never pulled yet. */
  | 'new'
  | 'paused'
  /** It cannot be read as it is configured. */
  | 'misconfigured'
  /** No longer configured; its charges are still counted. */
  | 'gone';

/** All there is to say of one source. */
export interface SourceStatus {
  readonly source: string;
  readonly kind: string;
  /** Where it is configured: `apportion.yml`, added while running, or (any more) nowhere. */
  readonly origin: 'file' | 'added' | 'gone';
  readonly state: SourceState;
  readonly feed: FeedStatus | null;
  /** Whole days between yesterday and the last complete day; null before the first. */
  readonly lagDays: number | null;
  /** What is usual for the kind; null: a file brings what it brings. */
  readonly usualLagDays: number | null;
  /** When the timetable pulls it next; null while it does not. */
  readonly nextPullMs: number | null;
  readonly running: Pick<Lease, 'what' | 'takenAtMs'> | null;
  readonly last: PullRecord | null;
  /** Its own money that is counted from another source, and money of others that is counted from it. */
  readonly setAside: readonly SetAside[];
  readonly countedFor: readonly SetAside[];
  readonly backfill: Backfill | null;
  /** Why its latest pull is held back until a person accepts it; absent: it is not. */
  readonly held?: readonly HoldReason[];
  /** Why it is misconfigured. */
  readonly problem: string | null;
  readonly pausedBy: string | null;
}

/** Days a vendor may take to close a day before it is worth a word, unless its connector says otherwise. */
export const USUAL_LAG_DAYS = 2;

/** Whole days that are missing up to yesterday (UTC). */
export function lagOf(completeThrough: Day | null, today: Day): number | null {
  return completeThrough === null ? null : Math.max(0, daysBetween(completeThrough, addDays(today, -1)));
}

/** The minute of every hour at which the timetable pulls the bills, in the company's time zone. */
export const PULL_MINUTE = 10;

/** The next instant after `nowMs` at which the timetable pulls. */
export function nextPullMs(nowMs: number, timeZone: string): number {
  const minute = 60_000;
  const start = Math.floor(nowMs / minute) * minute;
  const wait = (PULL_MINUTE - minuteIn(timeZone, start) + 60) % 60;
  return start + (wait === 0 ? 60 : wait) * minute;
}

/** How far a backfill has come, in days. */
export function backfillProgress({ from, to, nextDay }: Backfill): {
  readonly done: number;
  readonly of: number;
} {
  return { done: daysBetween(from, nextDay), of: daysBetween(from, to) };
}
