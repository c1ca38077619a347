import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPModuleFunctions, HTTPReceiver, LogLevel } from '@slack/bolt';
import type { Log } from '../kit/context.js';
import { guardIntake } from './intake.js';
import type { OAuthParts } from './oauth.js';

/** Bolt refuses what is older, not what is dated ahead (docs/slack-platform.md#signed-requests). */
const MOST_SECONDS_AHEAD = 300;

/**
 * Bolt's receiver of signed HTTP requests that refuses a timestamp from the future too: a signature that was caught
 * could otherwise be played back until that time comes. A body that is no object is refused with 400. `oauth` adds `/slack/install` and `/slack/oauth_redirect`.
 */
export function createHttpReceiver(parts: {
  readonly signingSecret: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly oauth: OAuthParts | null;
  readonly log: Log;
}): HTTPReceiver {
  const receiver = new HTTPReceiver({
    signingSecret: parts.signingSecret,
    logLevel: LogLevel.ERROR,
    ...parts.oauth,
    processEventErrorHandler: async ({ error, response }) => {
      parts.log.error('A payload of Slack could not be processed.', { error });
      if (!response.headersSent) response.writeHead(500).end();
      return false;
    },
  });
  const init = receiver.init.bind(receiver);
  receiver.init = (app) => {
    guardIntake(app, parts.log);
    init(app);
  };
  const verified = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    if (isFromTheFuture(request, parts.clock())) {
      response.writeHead(401).end();
      return;
    }
    // Anything else is handed on at once: Bolt answers a path that it does not know by throwing.
    if (request.method !== 'POST') return verified(request, response);
    void checkBody(request, response, verified).catch((error: unknown) => {
      parts.log.warn('A request could not be answered.', { error });
      if (!response.headersSent) response.writeHead(404).end();
    });
  };
  return receiver;
}

const BODY_LIMIT = HTTPModuleFunctions.defaultBodyLimit;

/** Bolt reads a member of the parsed body outside of any `try`: `null` would end the process. */
async function checkBody(
  request: IncomingMessage,
  response: ServerResponse,
  next: HTTPReceiver['requestListener'],
): Promise<void> {
  let body: unknown;
  try {
    const buffered = await HTTPModuleFunctions.bufferIncomingMessage(request, BODY_LIMIT);
    body = HTTPModuleFunctions.parseHTTPRequestBody(buffered);
  } catch (error) {
    if (HTTPModuleFunctions.isRawBodyError(error)) response.writeHead(error.statusCode).end();
    // Bolt refuses it, the signature first.
    else next(request, response);
    return;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) response.writeHead(400).end();
  else next(request, response);
}

function isFromTheFuture({ headers }: IncomingMessage, nowMs: number): boolean {
  return Number(headers['x-slack-request-timestamp']) > nowMs / 1_000 + MOST_SECONDS_AHEAD;
}
