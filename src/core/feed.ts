import type { Day } from './time.js';

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
