import type { IncomingMessage } from 'node:http';
import { HTTPReceiver, LogLevel } from '@slack/bolt';
import type { OAuthParts } from './oauth.js';

/** Bolt refuses what is older, not what is dated ahead (docs/slack-platform.md#signed-requests). */
const MOST_SECONDS_AHEAD = 300;

/**
 * Bolt's receiver of signed HTTP requests that refuses a timestamp from the future too: a signature that was caught
 * could otherwise be played back until that time comes. `oauth` adds `/slack/install` and `/slack/oauth_redirect`.
 */
export function createHttpReceiver(parts: {
  readonly signingSecret: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly oauth: OAuthParts | null;
}): HTTPReceiver {
  const receiver = new HTTPReceiver({
    signingSecret: parts.signingSecret,
    logLevel: LogLevel.ERROR,
    ...parts.oauth,
  });
  const verified = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    if (isFromTheFuture(request, parts.clock())) {
      response.writeHead(401).end();
      return;
    }
    verified(request, response);
  };
  return receiver;
}

function isFromTheFuture({ headers }: IncomingMessage, nowMs: number): boolean {
  return Number(headers['x-slack-request-timestamp']) > nowMs / 1_000 + MOST_SECONDS_AHEAD;
}
