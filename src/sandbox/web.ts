import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';
import { AppError, publicMessage } from '../core/base/errors.js';
import { BUILT_PAGE, CONTENT_SECURITY_POLICY, readAsset } from './page-assets.js';
import type { SandboxSlack } from './slack/index.js';
import type { PageState, Story } from './story.js';
import { perform, WebAct } from './web-acts.js';

const MAX_BODY_BYTES = 256 * 1024;
/** Changes within this time reach the page as one. */
const GATHER_MS = 25;
const HEARTBEAT_MS = 15_000;

/** The page's server. */
export interface SandboxWeb {
  /** `http://127.0.0.1:PORT/`. */
  readonly address: string;
  close(): Promise<void>;
}

interface Desk {
  /** The workspace of the moment: another one when the story starts over. */
  readonly slack: () => SandboxSlack;
  readonly story: Story | null;
  readonly pageFolder: string;
  /** Values of the Host header that are really this server: anything else may be DNS rebinding. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * Serves the fake Slack's page on this machine only. `port` 0 picks a free one; `pageFolder` holds the page's built
 * modules (default: `dist/sandbox/page`). @throws AppError `upstream` when the port is taken.
 */
export async function startSandboxWeb(options: {
  slack: () => SandboxSlack;
  /** Absent: time cannot be moved. */
  story?: Story;
  port: number;
  host: '127.0.0.1';
  pageFolder?: string;
}): Promise<SandboxWeb> {
  const hosts = new Set<string>();
  const { slack, story = null, pageFolder = BUILT_PAGE } = options;
  const desk = { slack, story, pageFolder, hosts };
  const server = createServer((request, response) => {
    void answer(desk, request, response);
  });
  const port = await listen(server, options.port, options.host);
  hosts.add(`127.0.0.1:${port}`).add(`localhost:${port}`);
  return {
    address: `http://127.0.0.1:${port}/`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AppError('upstream', `Port ${port} is taken; set another one.`, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

async function answer(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', 'no-cache');
  try {
    if (!desk.hosts.has(request.headers.host ?? ''))
      return send(response, 403, 'Open this page on 127.0.0.1.');
    await route(desk, request, response);
  } catch (error) {
    const status = error instanceof AppError && error.code !== 'bug' ? 400 : 500;
    sendJson(response, status, { ok: false, error: publicMessage(error) });
  }
}

async function route(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (request.method === 'POST' && url.pathname === '/api/act') {
    return sendJson(response, 200, await act(desk, await readAct(desk, request)));
  }
  if (request.method !== 'GET') return send(response, 405, 'Only GET here.');
  if (url.pathname === '/api/people') return sendJson(response, 200, desk.slack().people);
  if (url.pathname === '/api/state') {
    const seen = desk.slack().see(url.searchParams.get('as') ?? '');
    return sendJson(response, 200, { ...seen, story: desk.story?.status() ?? null } satisfies PageState);
  }
  if (url.pathname === '/api/events') return stream(desk, response);
  const fileId = /^\/files\/(F[A-Z0-9]+)$/.exec(url.pathname)?.[1];
  if (fileId !== undefined) return sendFile(desk, response, fileId);
  const asset = await readAsset(url.pathname, desk.pageFolder);
  if (!asset) return send(response, 404, 'There is nothing here.');
  response.writeHead(200, { 'content-type': asset.type }).end(asset.body);
}

/** The act in a request's body. JSON only and same origin only, so that no other site can press buttons here. */
async function readAct(desk: Desk, request: IncomingMessage): Promise<WebAct> {
  const { origin } = request.headers;
  if (origin !== undefined && !desk.hosts.has(origin.replace(/^http:\/\//, ''))) {
    throw new AppError('forbidden', 'Acts are taken from this page only.');
  }
  if (request.headers['content-type'] !== 'application/json') throw new AppError('invalid', 'Send JSON.');
  const parsed = WebAct.safeParse(parseJson(await readBounded(request)));
  if (!parsed.success)
    throw new AppError('invalid', `This act is not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function readBounded(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? Infinity) > MAX_BODY_BYTES) {
    throw new AppError('invalid', 'This act is too long.');
  }
  return readText(request);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AppError('invalid', 'This act is no JSON.');
  }
}

/** What a person does in Slack, or with time. */
async function act({ slack, story }: Desk, deed: WebAct): Promise<unknown> {
  if (deed.do !== 'travel' && deed.do !== 'restart') return perform(slack(), deed);
  if (story === null) throw new AppError('invalid', 'Time cannot be moved here.');
  if (deed.do === 'travel') story.travel(deed.to);
  else story.restart();
  return { ok: true };
}

/** Calls back at changes of the workspace of the moment, and when another takes its place. */
function watch({ slack, story }: Desk, changed: () => void): () => void {
  let watched = slack();
  let stopWatching = watched.subscribe(changed);
  const stopStory = story?.subscribe(() => {
    if (slack() !== watched) {
      stopWatching();
      watched = slack();
      stopWatching = watched.subscribe(changed);
    }
    changed();
  });
  return () => {
    stopWatching();
    stopStory?.();
  };
}

/** Server-sent events: one `changed` after each burst of changes; the page then asks for its state. */
function stream(desk: Desk, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 1000\n\n');
  let gathering: NodeJS.Timeout | undefined;
  const unsubscribe = watch(desk, () => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      response.write('data: changed\n\n');
    }, GATHER_MS);
  });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    unsubscribe();
    clearTimeout(gathering);
    clearInterval(heartbeat);
  });
}

function sendFile({ slack }: Desk, response: ServerResponse, id: string): void {
  const file = slack().file(id);
  if (!file) return send(response, 404, 'This file is not there (yet).');
  const isImage = file.mimeType.startsWith('image/');
  response
    .writeHead(200, {
      'content-type': file.mimeType,
      'content-disposition': `${isImage ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    })
    .end(file.bytes);
}

function send(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(sentence);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
