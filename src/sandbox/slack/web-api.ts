import { Args, type Desk, decodeBody, type Method, Refusal } from './api/call.js';
import { chatMethods, isPostingTooFast } from './api/chat.js';
import { conversationMethods } from './api/conversations.js';
import { fileMethods, isPrivateFile, receiveUpload, sendPrivateFile } from './api/files.js';
import { peopleMethods } from './api/people.js';
import { answerHook } from './api/respond.js';
import { viewMethods } from './api/views.js';
import { SANDBOX_TOKEN } from './model.js';
import type { Json } from './payloads.js';

const METHODS: Readonly<Record<string, Method>> = {
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...peopleMethods,
  ...viewMethods,
};

/** Trouble to be had once, by the next call of `method` (`*` = any). */
export type Fault = { readonly method: string } & (
  | { readonly kind: 'ratelimited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'error'; readonly error: string }
  /** The call takes effect, but its answer never arrives. */
  | { readonly kind: 'lost-response' }
);

/** One call that the app made, for tests and the page's log. */
export interface RecordedCall {
  readonly method: string;
  readonly args: Json;
  readonly response: Json;
}

/** What `clientOptions.fetch` of Bolt is given. */
export type SlackFetch = typeof globalThis.fetch;

/** The fake Slack Web API: `fetch` answers methods, upload URLs and response URLs, and nothing else. */
export class WebApi {
  readonly calls: RecordedCall[] = [];
  readonly faults: Fault[] = [];
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  readonly fetch: SlackFetch = async (target, init = {}) => {
    const url = typeof target === 'string' ? target : 'url' in target ? target.url : target.href;
    if (isPrivateFile(url))
      return sendPrivateFile(this.#desk.workspace, url, bearer(init.headers) === SANDBOX_TOKEN);
    const method = methodOf(url);
    const fault = this.#takeFault(method);
    if (fault?.kind === 'ratelimited') return tooMany(fault.retryAfterSeconds);
    if (fault?.kind === 'http') return new Response('', { status: fault.status });
    if (fault?.kind === 'error') return this.#record(method, {}, { ok: false, error: fault.error });
    const response = await this.#answer(url, method, init);
    if (fault?.kind === 'lost-response') throw new TypeError('fetch failed: the answer was lost');
    return response;
  };

  async #answer(url: string, method: string, init: RequestInit): Promise<Response> {
    if (method === 'response_url') {
      const body = decodeBody(init.body);
      const { status, text } = answerHook(url, body, this.#desk);
      this.calls.push({ method, args: body, response: { status, text } });
      return new Response(text, { status });
    }
    if (method === 'upload') {
      const receipt = await receiveUpload(this.#desk.workspace, url, init.body);
      return new Response(receipt ?? 'no such upload', { status: receipt === null ? 404 : 200 });
    }
    const body = decodeBody(init.body);
    const args = new Args(body);
    if (method === 'chat.postMessage' && this.#desk.workspace.options.limitPostsPerChannel) {
      if (isPostingTooFast(args, this.#desk)) return tooMany(1);
    }
    const token = bearer(init.headers) || args.text('token');
    return this.#record(method, body, this.#run(method, token, args));
  }

  #run(name: string, token: string, args: Args): Json {
    const method = METHODS[name];
    if (!method) return { ok: false, error: 'unknown_method' };
    if (token === '') return { ok: false, error: 'not_authed' };
    if (token !== SANDBOX_TOKEN) return { ok: false, error: 'invalid_auth' };
    const missing = method.required.filter((argument) => !args.has(argument));
    if (missing.length > 0) {
      const messages = missing.map((argument) => `[ERROR] missing required field: ${argument}`);
      return { ok: false, error: 'invalid_arguments', response_metadata: { messages } };
    }
    try {
      return { ok: true, ...method.run(args, this.#desk) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ok: false, error: error.error, ...error.extra };
    }
  }

  #record(method: string, args: Json, response: Json): Response {
    this.calls.push({ method, args, response });
    return Response.json(response);
  }

  #takeFault(method: string): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.method === method || fault.method === '*');
    return index < 0 ? undefined : this.faults.splice(index, 1)[0];
  }
}

function methodOf(url: string): string {
  if (url.startsWith('https://hooks.slack.com/')) return 'response_url';
  if (url.startsWith('https://files.slack.com/upload/')) return 'upload';
  return new URL(url).pathname.replace(/^\/api\//, '');
}

function bearer(headers: RequestInit['headers']): string {
  return new Headers(headers).get('authorization')?.replace(/^Bearer /, '') ?? '';
}

function tooMany(retryAfterSeconds: number): Response {
  return Response.json(
    { ok: false, error: 'ratelimited' },
    { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
  );
}
