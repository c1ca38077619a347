import { AppError } from '../../core/base/errors.js';

/** The vendor's trouble (408, 429, 5xx, the network) lasted longer than the patience. */
export class Unanswered extends AppError {
  /** The sentence without the outcome, for what one can do without. */
  readonly what: string;
  constructor(what: string) {
    super('upstream', `${what}. Nothing was stored; try again later.`);
    this.name = 'Unanswered';
    this.what = what;
  }
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** Above this a reset is an instant (Unix seconds), below it a span: vendors send either under the same name. */
const FIRST_INSTANT_S = 1_000_000_000;
/** What GitHub asks to wait for when a secondary limit names no time. */
const SECONDARY_WAIT_MS = 60_000;

type Answer = Pick<Response, 'status' | 'headers'>;

/** How long `X-RateLimit-Remaining: 0` asks to wait for `X-RateLimit-Reset`, in milliseconds; null: it does not. */
export function readReset(headers: Headers, nowMs: number): number | null {
  if (headers.get('x-ratelimit-remaining')?.trim() !== '0') return null;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(reset)) return null;
  return Math.max(0, reset >= FIRST_INSTANT_S ? reset * 1000 - nowMs : reset * 1000);
}

/**
 * Whether the same question may be answered later. GitHub says 403 to a rate limit (docs.github.com, "Rate limits for
 * the REST API"): with `x-ratelimit-remaining: 0`, with `retry-after`, or in words for a secondary limit.
 */
export function isWorthRetrying({ status, headers }: Answer, body: string): boolean {
  if (status === 408 || status === 429 || status >= 500) return true;
  return status === 403 && (hasLimitHeaders(headers) || isSecondaryLimit(body));
}

function hasLimitHeaders(headers: Headers): boolean {
  return headers.has('retry-after') || headers.get('x-ratelimit-remaining')?.trim() === '0';
}

function isSecondaryLimit(body: string): boolean {
  return /secondary rate limit|abuse detection mechanism/i.test(body.slice(0, 2000));
}

/** How long a vendor asks to wait, in milliseconds; null: it does not say. */
export function readWait({ status, headers }: Answer, body: string, nowMs: number): number | null {
  const asked = readRetryAfter(headers.get('retry-after'), nowMs) ?? readReset(headers, nowMs);
  return asked ?? (status === 403 && isSecondaryLimit(body) ? SECONDARY_WAIT_MS : null);
}

/** What a vendor said, and until when it asks to wait. */
export function whyWait(status: number, waitMs: number | null, nowMs: number): string {
  const said =
    status === 403 || status === 429 ? `its rate limit is used up (${status})` : `it says ${status}`;
  if (waitMs === null) return said;
  const until = new Date(nowMs + waitMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${said}, asking to wait ${Math.ceil(waitMs / 1000)} s, until ${until} UTC`;
}

/** What failed about a connection in words, by codes and names only: messages of the platform may quote headers. */
export function networkTrouble(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `no complete answer within ${timeoutMs / 1000} s`;
  }
  const cause = error instanceof Error ? error.cause : null;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `the connection failed${code}`;
}
