import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient, HttpOptions } from './http.js';

/** Above this a reset is an instant (Unix seconds), below it a span: vendors send either under the same name. */
const FIRST_INSTANT_S = 1_000_000_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * The client, but after an answer that says `X-RateLimit-Remaining: 0` the next question waits for
 * `X-RateLimit-Reset`, at most five minutes: asking on would only earn a 429. A 429 itself is the client's matter.
 */
export function withRateLimit(
  client: HttpClient,
  clock: () => number,
  options: HttpOptions = {},
): HttpClient {
  const { sleep = (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }), signal } =
    options;
  let waitMs = 0;
  return {
    ...client,
    async get(request) {
      if (waitMs > 0) await sleep(waitMs, signal);
      waitMs = 0;
      const answer = await client.get(request);
      waitMs = readWait(answer.headers, clock());
      return answer;
    },
  };
}

function readWait(headers: Headers, nowMs: number): number {
  if (headers.get('x-ratelimit-remaining')?.trim() !== '0') return 0;
  const reset = Number(headers.get('x-ratelimit-reset'));
  if (!Number.isFinite(reset)) return 0;
  const ms = reset >= FIRST_INSTANT_S ? reset * 1000 - nowMs : reset * 1000;
  return Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}
