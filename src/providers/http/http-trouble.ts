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
export function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
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
