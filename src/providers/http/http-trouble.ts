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
