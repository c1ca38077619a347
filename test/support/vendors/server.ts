import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A question as a fake vendor sees it; `attempt` counts identical ones from 1. */
export interface FakeCall {
  readonly endpoint: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON of a POST; undefined for a GET. */
  readonly body: unknown;
  readonly attempt: number;
}

/** How one answer goes wrong; null lets it pass. */
export type Trouble = (
  call: FakeCall,
) =>
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly edit: (text: string) => string }
  | 'cut'
  | 'garbage'
  | null;

/** What a handler gives: any JSON value, with headers when the vendor pages or paces by them. */
export class FakeReply {
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
  constructor(json: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.json = json;
    this.headers = headers;
  }
}

/** The same of a text that is no JSON: CSV, NDJSON. */
export class FakeText extends FakeReply {}

class FakeRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Refuses a question as the vendor would. A 404 counts as an unexpected call unless it is said to be meant. */
export function refuse(status: number, message: string): never {
  throw new FakeRefusal(status, message);
}

/** A fake vendor at work. */
export interface FakeVendor {
  readonly url: string;
  readonly calls: readonly FakeCall[];
  /** Questions the vendor has no answer to: the test that made them must fail. */
  readonly unexpected: readonly string[];
  close(): Promise<void>;
}

const running: FakeVendor[] = [];

/** Serves a vendor's protocol on 127.0.0.1 until `closeFakes`. `handle` gives null for an endpoint it lacks. */
export async function startFake(
  handle: (call: FakeCall) => unknown,
  trouble: Trouble = () => null,
): Promise<FakeVendor> {
  const calls: FakeCall[] = [];
  const unexpected: string[] = [];
  const attempts = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const text = await readAll(request);
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const key = `${url.href} ${text}`;
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const call = {
        endpoint: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
        attempt,
      };
      calls.push(call);
      const reply = answer(handle, call);
      if (reply === null) unexpected.push(`${request.method} ${url.pathname}${url.search}`);
      send(response, reply ?? { status: 404, text: '{}', headers: {} }, trouble(call));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake vendor has no port.');
  const vendor: FakeVendor = {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    unexpected,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  running.push(vendor);
  return vendor;
}

/** For `afterEach`: stops every fake and fails when one was asked for what the vendor does not have. */
export async function closeFakes(): Promise<void> {
  const closing = running.splice(0);
  await Promise.all(closing.map((vendor) => vendor.close()));
  const unexpected = closing.flatMap((vendor) => vendor.unexpected);
  if (unexpected.length > 0) throw new Error(`The vendor has no ${unexpected.join(', ')}.`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function answer(handle: (call: FakeCall) => unknown, call: FakeCall): Answer | null {
  try {
    const given = handle(call);
    if (given === null) return null;
    const reply = given instanceof FakeReply ? given : new FakeReply(given);
    const text = reply instanceof FakeText ? String(reply.json) : JSON.stringify(reply.json);
    return { status: 200, text, headers: reply.headers };
  } catch (error) {
    if (!(error instanceof FakeRefusal)) throw error;
    const text = JSON.stringify({ error: { message: error.message } });
    return { status: error.status, text, headers: {} };
  }
}

function send(response: ServerResponse, answered: Answer, fault: ReturnType<Trouble>): void {
  const { status, text, headers } = answered;
  if (fault === 'cut') {
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  } else if (fault === 'garbage') response.writeHead(200, headers).end('<html>Bad Gateway</html>');
  else if (fault !== null && 'status' in fault)
    response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '{}');
  else response.writeHead(status, headers).end(fault === null ? text : fault.edit(text));
}

async function readAll(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** One page of a list by position, as a cursor of the vendor. @throws refusal 400 for a cursor that is none. */
export function pageOf<T>(
  items: readonly T[],
  cursor: string | null,
  size: number,
): { readonly items: readonly T[]; readonly next: number | null } {
  const start = cursor === null ? 0 : Number(cursor.replace(/^c/, ''));
  if (!Number.isInteger(start) || start < 0) refuse(400, 'no such cursor');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? end : null };
}

/** The value of a parameter that the vendor demands. @throws refusal 400 */
export function need(query: URLSearchParams, name: string): string {
  return query.get(name) ?? refuse(400, `${name} is required`);
}

/** Items by a text, in order of appearance. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
