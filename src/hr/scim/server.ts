import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ScimBackend } from './backend.js';
import { faultJson, faultOf, ScimFault } from './fault.js';
import { answerScim, type ScimAnswer, type ScimRequest } from './routes.js';

/** Larger than any group that providers push in one request: Entra sends a thousand members at most. */
const MOST_BYTES = 2 * 1024 * 1024;
const PREFIX = '/scim/v2';
/** A provider that trickles its request ties nobody up for longer. */
const TIMEOUT_MS = 30_000;

/** What the server needs of the roof. */
export interface ScimServerParts {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What the provider must show as its bearer token. */
  readonly token: string;
  readonly backend: ScimBackend;
  /** Told of every failure that is our fault. */
  readonly onTrouble: (error: unknown) => void;
}

/** A server that listens; `url` is what the provider is given. */
export interface ScimServer {
  readonly url: string;
  /** Resolves when requests under way are answered. */
  close(): Promise<void>;
}

/**
 * The server side of SCIM 2.0 (RFC 7643, RFC 7644), to which Okta or Entra pushes users and groups. Plain HTTP: put
 * TLS in front of it. Changes are made one after another, in the order in which they came.
 */
export async function startScimServer(parts: ScimServerParts): Promise<ScimServer> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const server = createServer((request, response) => {
    void answer(parts, request, inTurn)
      .catch((error: unknown): ScimAnswer => {
        const fault = faultOf(error);
        if (fault.status >= 500) parts.onTrouble(error);
        return { status: fault.status, json: faultJson(fault) };
      })
      .then((answered) => send(response, answered));
  });
  server.requestTimeout = TIMEOUT_MS;
  server.listen(parts.port, parts.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : parts.port;
  return {
    url: `http://${parts.host}:${port}${PREFIX}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function answer(
  { token, backend }: ScimServerParts,
  request: IncomingMessage,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<ScimAnswer> {
  if (!isBearer(request.headers.authorization, token))
    throw new ScimFault(401, null, 'The bearer token is missing or wrong.');
  const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  const base = `${scheme}://${request.headers.host ?? 'localhost'}${PREFIX}`;
  const url = new URL(request.url ?? '/', base);
  if (url.pathname !== PREFIX && !url.pathname.startsWith(`${PREFIX}/`))
    throw new ScimFault(404, null, `There is nothing here; SCIM is at ${PREFIX}.`);
  const path = url.pathname
    .slice(PREFIX.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const method = request.method ?? 'GET';
  const scim: ScimRequest = {
    method,
    path,
    query: url.searchParams,
    body: method === 'GET' || method === 'DELETE' ? null : await readBody(request),
    ifMatch: request.headers['if-match'] ?? null,
    ifNoneMatch: request.headers['if-none-match'] ?? null,
    base,
  };
  return inTurn(() => answerScim(backend, scim));
}

/** Compares in constant time; hashed first, since only equal lengths can be compared so. */
function isBearer(header: string | undefined, token: string): boolean {
  const shown = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token)) && shown !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ScimFault(400, 'invalidPath', 'The address holds a broken escape.');
  }
}

/** @throws ScimFault 413 for a body that is too large, 400 for one that is no JSON object. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES)
      throw new ScimFault(
        413,
        null,
        `The request is larger than ${MOST_BYTES} bytes; send fewer members at once.`,
      );
    chunks.push(chunk);
  }
  if (!request.complete) throw new ScimFault(400, 'invalidSyntax', 'The request was cut off.');
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new ScimFault(400, 'invalidSyntax', 'The body is no JSON.');
  }
}

function send(response: ServerResponse, { status, json, etag, location }: ScimAnswer): void {
  response.writeHead(status, {
    'content-type': 'application/scim+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(etag === undefined ? {} : { etag }),
    ...(location === undefined ? {} : { location }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    // What is left of a body that was refused unread would be taken for the next request.
    ...(status === 413 || status === 401 ? { connection: 'close' } : {}),
  });
  response.end(json === null ? undefined : JSON.stringify(json));
}
