import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../src/core/base/errors.js';
import { createHttpClient, type HttpOptions, VendorRefusal } from '../../../src/providers/http/http.js';
import { byCursor, collectPages } from '../../../src/providers/http/pages.js';
import { listen, type Misbehave, type VendorServer } from '../../../src/sandbox/vendors/listen.js';
import { clock, impatientHttp, NOW_MS } from '../../support/vendors/all.js';
import { closeFakes, startFake } from '../../support/vendors/server.js';

const Page = z.object({
  items: z.array(z.number()),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
});
const SECRET = 'key-that-nobody-may-see';
const servers: VendorServer[] = [];

afterEach(async () => {
  await closeFakes();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A vendor of five pages, each with its number. */
async function fivePages(misbehave?: Misbehave): Promise<VendorServer> {
  const server = await listen({
    misbehave,
    errorBody: (status, message) => JSON.stringify({ error: { message: `${message} ${SECRET} ${status}` } }),
    handle({ query }) {
      const page = Number(query.get('page') ?? 1);
      const next = page < 5 ? String(page + 1) : null;
      return {
        status: 200,
        page,
        body: JSON.stringify({ items: [page], has_more: next !== null, next_page: next }),
      };
    },
  });
  servers.push(server);
  return server;
}

function clientOf(baseUrl: string, http: HttpOptions) {
  return createHttpClient(
    {
      vendor: 'Acme',
      source: 'acme-main',
      baseUrl,
      isOwnHost: true,
      headers: { 'x-api-key': SECRET },
      credential: SECRET,
      credentialNeeded: 'an admin key',
      clock,
    },
    http,
  );
}

const request = { endpoint: '/v1/things', query: [['limit', '1']] as const, schema: Page };

async function walk(server: VendorServer, http: HttpOptions) {
  const paging = byCursor<z.infer<typeof Page>>('page', (page) => [page.has_more, page.next_page]);
  const answers = await collectPages(clientOf(server.url, http), request, paging);
  return { items: answers.flatMap(({ value }) => value.items), raw: answers.map(({ raw }) => raw) };
}

const misbehaveOnce =
  (fault: ReturnType<Misbehave>, page = 3): Misbehave =>
  (call) =>
    call.page === page && call.attempt === 1 ? fault : null;

describe('a walk over pages', () => {
  it('sends identical parameters on every page and keeps each body without the credential', async () => {
    const server = await fivePages();
    const { items, raw } = await walk(server, impatientHttp().http);
    expect(items).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests.map(({ query }) => query)).toEqual([
      '?limit=1',
      ...[2, 3, 4, 5].map((page) => `?limit=1&page=${page}`),
    ]);
    expect(server.requests[0]?.userAgent).toMatch(/^Apportion\/\d+\.\d+\.\d+/);
    expect(raw).toHaveLength(5);
    expect(raw[1]).toEqual({
      endpoint: '/v1/things',
      parameters: '{"limit":"1","page":"2"}',
      fetchedAtMs: NOW_MS,
      body: '{"items":[2],"has_more":true,"next_page":"3"}',
    });
    expect(JSON.stringify(raw)).not.toContain(SECRET);
  });

  it.each([
    ['a rate limit', { kind: 'status', status: 429 }],
    ['a server error', { kind: 'status', status: 500 }],
    ['an overloaded vendor', { kind: 'status', status: 529 }],
    ['a body cut in the middle', { kind: 'cut-body' }],
    ['an answer that is no JSON', { kind: 'garbage' }],
  ] as const)('retries after %s and loses nothing', async (_name, fault) => {
    const server = await fivePages(misbehaveOnce(fault));
    const { items } = await walk(server, impatientHttp().http);
    expect(items).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests).toHaveLength(6);
  });

  it('retries a request that hangs', async () => {
    const server = await fivePages(misbehaveOnce({ kind: 'hang' }));
    const { items } = await walk(server, impatientHttp({ timeoutMs: 500 }).http);
    expect(items).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits as long as the vendor asks, and doubles its own patience otherwise', async () => {
    const faults = [
      { kind: 'status', status: 429, retryAfter: '17' },
      { kind: 'status', status: 503 },
      { kind: 'status', status: 503, retryAfter: new Date(NOW_MS + 30_000).toUTCString() },
      { kind: 'status', status: 503 },
    ] as const;
    const server = await fivePages(({ page, attempt }) =>
      page === 1 ? (faults[attempt - 1] ?? null) : null,
    );
    const { http, waits } = impatientHttp({ backoffMs: 1000 });
    await walk(server, http);
    expect(waits).toEqual([17_000, 2000, 30_000, 8000]);
  });

  it('takes jitter off the back-off, never off what the vendor asks', async () => {
    const server = await fivePages(({ page, attempt }) =>
      page === 1 && attempt < 3
        ? { kind: 'status', status: 429, ...(attempt === 1 && { retryAfter: '1' }) }
        : null,
    );
    const { http, waits } = impatientHttp({ backoffMs: 1000, random: () => 0.5 });
    await walk(server, http);
    expect(waits).toEqual([1000, 1500]);
  });

  it('gives up at once when the vendor asks to wait for hours', async () => {
    const server = await fivePages(misbehaveOnce({ kind: 'status', status: 429, retryAfter: '7200' }));
    const { http, waits } = impatientHttp();
    await expect(walk(server, http)).rejects.toThrow(
      /rate limit is used up \(429\), asking to wait 7200 s, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
    expect(waits).toEqual([]);
  });

  it.each([
    ['a retry-after', { 'retry-after': '17' }, '', [17_000]],
    [
      'nothing left until a reset',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW_MS / 1000 + 1200) },
      '',
      [1_200_000],
    ],
    ['the words of a secondary limit', {}, 'You have exceeded a secondary rate limit', [60_000]],
  ] as const)('takes a 403 with %s for a rate limit and waits', async (_name, headers, message, expected) => {
    const fake = await startFake(
      () => ({ items: [], has_more: false, next_page: null }),
      ({ attempt }) => (attempt === 1 ? { status: 403, headers, body: JSON.stringify({ message }) } : null),
    );
    const { http, waits } = impatientHttp({ backoffMs: 1000 });
    await clientOf(fake.url, http).get(request);
    expect(waits).toEqual(expected);
  });

  it('fails as a whole when page 3 of 5 never comes', async () => {
    const server = await fivePages(({ page }) => (page === 3 ? { kind: 'status', status: 500 } : null));
    const failure = walk(server, impatientHttp({ attempts: 4 }).http);
    await expect(failure).rejects.toThrow(
      'Acme did not answer /v1/things in 4 attempts: it says 500. Nothing was stored; try again later.',
    );
    await expect(failure).rejects.toMatchObject({ code: 'upstream' });
    expect(server.requests.filter(({ page }) => page === 3)).toHaveLength(4);
    expect(server.requests.filter(({ page }) => page > 3)).toEqual([]);
  });

  it('fails on a cursor that comes twice instead of walking for ever', async () => {
    const server = await fivePages(({ page }) => (page >= 3 ? { kind: 'repeat-cursor' } : null));
    await expect(walk(server, impatientHttp().http)).rejects.toThrow(
      'Acme gave the same page cursor twice at /v1/things. Nothing was stored.',
    );
  });

  it('fails on more pages than the cap', async () => {
    const server = await fivePages();
    await expect(walk(server, impatientHttp({ maxPages: 4 }).http)).rejects.toThrow('more than 4 pages');
  });

  it('fails when there is more but no cursor, and says whose page it was', async () => {
    const edit = (body: string) => body.replace(/"next_page":"\d"/, '"next_page":null');
    const server = await fivePages(misbehaveOnce({ kind: 'edit', change: edit }));
    await expect(walk(server, impatientHttp().http)).rejects.toThrow(
      'Acme says that there is more but names no next page at /v1/things. Nothing was stored.',
    );
  });

  it.each([400, 410])('restarts the walk once when a cursor is refused with %i', async (status) => {
    const server = await fivePages(misbehaveOnce({ kind: 'status', status }, 4));
    const { items, raw } = await walk(server, impatientHttp().http);
    expect(items).toEqual([1, 2, 3, 4, 5]);
    expect(raw).toHaveLength(5);
    expect(server.requests.map(({ page }) => page)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5]);
  });

  it('names vendor, endpoint and field when the form is unexpected, and does not retry', async () => {
    const edit = { kind: 'edit', change: (body: string) => body.replace('[2]', '["two"]') } as const;
    const server = await fivePages(misbehaveOnce(edit, 2));
    await expect(walk(server, impatientHttp().http)).rejects.toThrow(
      'Acme answered /v1/things in an unexpected form at items[0]: Invalid input: expected number, received string.',
    );
    expect(server.requests).toHaveLength(2);
  });
});

describe('trouble with the credential', () => {
  it.each([401, 403])('answers %i with the source and what is needed, never with the key', async (status) => {
    const server = await fivePages(misbehaveOnce({ kind: 'status', status }, 1));
    const error = await walk(server, impatientHttp().http).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VendorRefusal);
    expect((error as Error).message).toBe(
      `Acme refused the credential of source "acme-main" (${status} at /v1/things): it needs an admin key.`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('repeats what the vendor says of a bad request, with the key blotted out', async () => {
    const server = await fivePages(misbehaveOnce({ kind: 'status', status: 422 }, 1));
    await expect(walk(server, impatientHttp().http)).rejects.toThrow(
      'Acme refused /v1/things for source "acme-main" (422): the fake vendor misbehaves (credential) 422.',
    );
  });

  it('does not quote a key that cannot stand in a header', () => {
    const account = {
      vendor: 'Acme',
      source: 'acme-main',
      baseUrl: 'http://127.0.0.1:9',
      isOwnHost: true,
      headers: { 'x-api-key': `${SECRET}\nline two` },
      credential: SECRET,
      credentialNeeded: 'an admin key',
      clock,
    };
    let caught: unknown;
    try {
      createHttpClient(account);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(AppError);
    expect((caught as AppError).message).toContain('source "acme-main"');
    expect((caught as AppError).message).not.toContain(SECRET);
    expect((caught as AppError).cause).toBeUndefined();
  });
});

describe('reaching the vendor', () => {
  it('says that the connection failed when nobody listens', async () => {
    const server = await fivePages();
    await server.close();
    servers.splice(0);
    await expect(walk(server, impatientHttp({ attempts: 2 }).http)).rejects.toThrow(
      'Acme did not answer /v1/things in 2 attempts: the connection failed (ECONNREFUSED).',
    );
  });

  it('stops at once when the pull is cancelled', async () => {
    const controller = new AbortController();
    const server = await fivePages(({ page }) => {
      if (page === 2) controller.abort();
      return page === 2 ? { kind: 'hang' } : null;
    });
    const { http } = impatientHttp({ signal: controller.signal });
    await expect(walk(server, http)).rejects.toThrow('The pull of source "acme-main" was cancelled.');
    expect(server.requests).toHaveLength(2);
  });

  it('takes a base address with or without /v1', async () => {
    const server = await fivePages();
    for (const base of [server.url, `${server.url}/`, `${server.url}/v1`, `${server.url}/v1/`]) {
      await clientOf(base, impatientHttp().http).get(request);
    }
    expect(new Set(server.requests.map(({ endpoint }) => endpoint))).toEqual(new Set(['/v1/things']));
  });

  it('does not follow a redirect with the credential in hand', async () => {
    const elsewhere = await fivePages();
    const redirecting = createServer((_request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/v1/things` }).end();
    });
    await once(redirecting.listen(0, '127.0.0.1'), 'listening');
    const { port } = redirecting.address() as AddressInfo;
    const failure = clientOf(`http://127.0.0.1:${port}`, impatientHttp().http).get(request);
    await expect(failure).rejects.toThrow('(307)');
    expect(elsewhere.requests).toEqual([]);
    redirecting.close();
  });
});
