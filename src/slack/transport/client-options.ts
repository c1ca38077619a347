import type { WebClientOptions } from '@slack/web-api';

/** Longer than any healthy call; without it one hung connection would hold a listener for ever. */
const TIMEOUT_MS = 15_000;

/**
 * Options of the client that answers people. A fresh object each time: SocketModeReceiver changes the one it is
 * given (docs/slack-platform.md#socket-mode). Retries are few, for a person is waiting.
 */
export function clientOptions(): WebClientOptions {
  return { timeout: TIMEOUT_MS, retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 1_500 } };
}

/**
 * Options of the client that `deliver` posts with: no retries of its own, since web-api repeats chat.postMessage
 * after a 5xx or a lost answer and would post twice. The outbox retries, after looking for what got through.
 */
export function deliveryClientOptions(): WebClientOptions {
  return { timeout: TIMEOUT_MS, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
}
