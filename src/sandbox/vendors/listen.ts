import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';

/** A request as a fake vendor sees it. */
export interface VendorCall {
  readonly endpoint: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON of a POST; undefined for a GET. */
  readonly body?: unknown;
}

/** What a fake vendor answers. `page` counts the pages of a walk from 1; 1 for anything unpaged. */
export interface VendorReply {
  readonly status: number;
  readonly body: string;
  readonly page: number;
  /** Besides content type and length: `Link` for vendors that page by it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One way for a vendor to go wrong. */
type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'garbage' }
  /** Never answers: for time-outs. */
  | { readonly kind: 'hang' }
  /** Names its own page as the next one. */
  | { readonly kind: 'repeat-cursor' }
  /** Changes the answer's text, e.g. the type of a field. */
  | { readonly kind: 'edit'; readonly change: (body: string) => string };

/** Decides before each answer whether it goes wrong; `attempt` counts identical requests from 1. */
export type Misbehave = (call: {
  readonly endpoint: string;
  readonly query: URLSearchParams;
  readonly page: number;
  readonly attempt: number;
}) => Fault | null;

/** A request in the log of a fake vendor; no credential is kept. */
interface RequestRecord {
  readonly endpoint: string;
  readonly query: string;
  readonly page: number;
  readonly status: number;
  readonly userAgent: string | undefined;
}

/** A fake vendor at work. */
export interface VendorServer {
  /** Base URL for the connector's configuration. */
  readonly url: string;
  readonly requests: readonly RequestRecord[];
  /** Endpoints that the vendor does not have but was asked for. */
  readonly unexpected: readonly string[];
  close(): Promise<void>;
}

/** How the two vendors word an error; both use JSON. */
type ErrorBody = (status: number, message: string) => string;

/** Thrown by handlers to refuse a request with the vendor's error. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What `listen` needs of a fake vendor. */
export interface VendorProtocol {
  /** @throws Refused */
  handle(call: VendorCall): VendorReply;
  readonly errorBody: ErrorBody;
  readonly port?: number | undefined;
  readonly misbehave?: Misbehave | undefined;
}

/** Serves a fake vendor on 127.0.0.1. */
export async function listen(protocol: VendorProtocol): Promise<VendorServer> {
  const requests: RequestRecord[] = [];
  const unexpected: string[] = [];
  const attempts = new Map<string, number>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const text = await readBody(request);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const call = { endpoint: url.pathname, query: url.searchParams, headers: request.headers, body };
    const key = `${url.href} ${text}`;
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    const reply = answer(protocol, call);
    const { page } = reply;
    const fault = protocol.misbehave?.({ endpoint: call.endpoint, query: call.query, page, attempt }) ?? null;
    if (reply.status === 404) unexpected.push(call.endpoint);
    requests.push({
      endpoint: call.endpoint,
      query: url.search,
      page,
      status: fault?.kind === 'status' ? fault.status : reply.status,
      userAgent: request.headers['user-agent'],
    });
    if (fault === null) send(response, reply);
    else sendFault(response, { reply, fault, call, errorBody: protocol.errorBody });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(protocol.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new AppError('bug', 'The fake vendor has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    unexpected,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function answer(protocol: VendorProtocol, call: VendorCall): VendorReply {
  try {
    return protocol.handle(call);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: error.status, body: protocol.errorBody(error.status, error.message), page: 1 };
  }
}

function send(response: ServerResponse, { status, body, headers }: Omit<VendorReply, 'page'>): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function sendFault(
  response: ServerResponse,
  context: {
    readonly reply: VendorReply;
    readonly fault: Fault;
    readonly call: VendorCall;
    readonly errorBody: ErrorBody;
  },
): void {
  const { reply, fault, call, errorBody } = context;
  switch (fault.kind) {
    case 'status':
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      return send(response, {
        status: fault.status,
        body: errorBody(fault.status, 'the fake vendor misbehaves'),
      });
    case 'cut-body':
      response.writeHead(200, { 'content-length': Buffer.byteLength(reply.body) });
      response.write(reply.body.slice(0, reply.body.length / 2), () => response.destroy());
      return;
    case 'garbage':
      return send(response, { status: 200, body: '<html>502 Bad Gateway</html>' });
    case 'hang':
      return;
    case 'repeat-cursor':
      return send(response, { status: 200, body: repeatCursor(reply.body, call.query) });
    case 'edit':
      return send(response, { status: reply.status, body: fault.change(reply.body) });
  }
}

/** Every page of the walk names the page of its own request as the next; the first names itself too. */
function repeatCursor(body: string, query: URLSearchParams): string {
  const page = z.looseObject({ next_page: z.string().nullable() }).parse(JSON.parse(body));
  const next = query.get('page') ?? page.next_page;
  return JSON.stringify({ ...page, has_more: true, next_page: next });
}
