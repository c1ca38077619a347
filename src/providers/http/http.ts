import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import { canonicalJson } from '../../core/base/json.js';
import type { RawResponse } from '../../core/sources/feed.js';
import { isWorthRetrying, networkTrouble, readWait, Unanswered, whyWait } from './http-trouble.js';

const PACKAGE = new URL('../../../package.json', import.meta.url);
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8')));

/** Query parameters in order; a name may stand more than once (`group_by[]`). */
export type Query = readonly (readonly [name: string, value: string])[];

/** Patience and time, injectable so that tests never wait. All durations in milliseconds. */
export interface HttpOptions {
  /** For one attempt, body included. Default 60 s. */
  readonly timeoutMs?: number;
  /** Tries of one request, the first included. Default 6. */
  readonly attempts?: number;
  /** The first back-off; doubles up to a minute, then jitter takes off up to half. Default 1 s. */
  readonly backoffMs?: number;
  /** Longest wait that a vendor may ask for: up to the next hourly pull. A longer one ends this pull. Default 50 min. */
  readonly maxRetryAfterMs?: number;
  /** Pages of one walk before it is called endless. Default 10,000. */
  readonly maxPages?: number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
  /** Cancels the whole pull. */
  readonly signal?: AbortSignal;
}

/** What a connector that talks HTTP with an organisation's admin key is handed. */
export interface AdminKeyConfig {
  readonly source: string;
  /** The vendor's own address when absent. */
  readonly baseUrl?: string | undefined;
  readonly adminKey: string;
  readonly clock: () => number;
  readonly http?: HttpOptions | undefined;
}

/** Whom we talk to and as whom. */
export interface VendorAccount {
  /** As people call it: `Anthropic`. */
  readonly vendor: string;
  /** The configured source, so that an error says which credential to mend. */
  readonly source: string;
  /** With or without a trailing `/v1`; endpoints bring their own. */
  readonly baseUrl: string;
  /** Whether that is the vendor's own address and no configured one: only then its error sentences are shown. */
  readonly isOwnHost: boolean;
  /** Authentication and version headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The secret itself, only to keep it out of error sentences. */
  readonly credential: string;
  /** Joined to every POST body and to nothing else: a vendor that takes its key in the body. */
  readonly secretFields?: Readonly<Record<string, string>>;
  /** What the vendor wants, for the error sentence: `an Admin API key`. */
  readonly credentialNeeded: string;
  readonly clock: () => number;
}

/** One question to a vendor; none of them changes anything there. `schema` asks only for the fields that are used. */
export interface VendorRequest<T> {
  readonly endpoint: string;
  readonly query?: Query;
  readonly schema: z.ZodType<T>;
  /** Sent as JSON by POST: some vendors take the question in the body. Absent: GET. */
  readonly body?: unknown;
  /** Headers of this request alone, never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `text` hands the body to `schema` as one string (CSV, NDJSON); default `json`. A 204 is null in either. */
  readonly format?: 'json' | 'text';
}

/** The checked answer and the body it came from. */
export interface VendorAnswer<T> {
  readonly value: T;
  readonly raw: RawResponse;
  /** Of the response: `Link` and `ETag` page some vendors. */
  readonly headers: Headers;
}

/** A vendor's final no (a 3xx or 4xx that is not worth a retry). */
export class VendorRefusal extends AppError {
  readonly status: number;
  readonly endpoint: string;
  constructor(status: number, message: string, endpoint = '') {
    super('upstream', message);
    this.name = 'VendorRefusal';
    this.status = status;
    this.endpoint = endpoint;
  }
}

/** An answer that does not fit the schema. `what` is the sentence without the outcome, for endpoints one can do without. */
export class UnexpectedForm extends AppError {
  readonly what: string;
  constructor(what: string) {
    super('upstream', `${what}. Nothing was stored.`);
    this.name = 'UnexpectedForm';
    this.what = what;
  }
}

/** A client for one vendor account. */
export interface HttpClient {
  readonly vendor: string;
  readonly maxPages: number;
  /**
   * Retries 408, 429, 5xx, network trouble, time-outs and bodies that are cut or no JSON.
   * @throws VendorRefusal at once for any other status; UnexpectedForm when the answer does not fit the schema;
   * AppError `upstream` when patience ends or the pull is cancelled. No message holds the credential.
   */
  get<T>(request: VendorRequest<T>): Promise<VendorAnswer<T>>;
}

type Settings = Required<Omit<HttpOptions, 'signal'>> & Pick<HttpOptions, 'signal'>;
type Attempt =
  | { readonly kind: 'body'; readonly value: unknown; readonly text: string; readonly headers: Headers }
  | { readonly kind: 'retry'; readonly why: string; readonly retryAfterMs: number | null };

const MAX_BACKOFF_MS = 60_000;
/** Up to the next hourly pull, with some minutes to spare. */
export const MOST_WAIT_MS = 3_000_000;

/**
 * Platform fetch rather than a package: the body has to be read and parsed inside the retry, since a cut body is
 * the commonest trouble of large pages.
 * @throws AppError `invalid` when the credential cannot stand in a header.
 */
export function createHttpClient(account: VendorAccount, options: HttpOptions = {}): HttpClient {
  const settings: Settings = {
    timeoutMs: 60_000,
    attempts: 6,
    backoffMs: 1000,
    maxRetryAfterMs: MOST_WAIT_MS,
    maxPages: 10_000,
    sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
    random: Math.random,
    ...options,
  };
  const headers = toHeaders(account);
  return {
    vendor: account.vendor,
    maxPages: settings.maxPages,
    async get(request) {
      const { endpoint, schema } = request;
      const prepared = toPrepared(account, request, headers);
      const answer = await persist(account, settings, endpoint, () => tryOnce(account, settings, prepared));
      const parsed = schema.safeParse(answer.value);
      if (!parsed.success) throw unexpectedForm(account.vendor, endpoint, parsed.error);
      const raw = {
        endpoint,
        parameters: toParameters(request),
        fetchedAtMs: account.clock(),
        body: answer.text,
      };
      return { value: parsed.data, raw, headers: answer.headers };
    },
  };
}

function toHeaders(account: VendorAccount): Headers {
  try {
    return new Headers({
      accept: 'application/json',
      'user-agent': `Apportion/${version}`,
      ...account.headers,
    });
  } catch {
    // The platform's own error quotes the header, that is the secret.
    throw new AppError(
      'invalid',
      `The credential of source "${account.source}" holds characters that cannot be sent; check it for line breaks.`,
    );
  }
}

function toUrl(account: VendorAccount, endpoint: string, query: Query): URL {
  const url = new URL(`${account.baseUrl.replace(/(\/v1)?\/*$/, '')}${endpoint}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}

/** A request made ready: the same for every attempt. */
interface Prepared {
  readonly url: URL;
  readonly init: { readonly method: string; readonly headers: Headers; readonly body?: string };
  readonly format: 'json' | 'text';
}

function toPrepared(
  account: VendorAccount,
  request: Omit<VendorRequest<unknown>, 'schema'>,
  common: Headers,
): Prepared {
  const headers = new Headers(common);
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  const url = toUrl(account, request.endpoint, request.query ?? []);
  const format = request.format ?? 'json';
  if (request.body === undefined) return { url, format, init: { method: 'GET', headers } };
  headers.set('content-type', 'application/json');
  const body =
    account.secretFields === undefined ? request.body : withSecrets(request.body, account.secretFields);
  return { url, format, init: { method: 'POST', headers, body: JSON.stringify(body) } };
}

function withSecrets(body: unknown, secrets: Readonly<Record<string, string>>): unknown {
  return typeof body === 'object' && body !== null ? { ...body, ...secrets } : body;
}

function toParameters({ query = [], body }: Pick<VendorRequest<unknown>, 'query' | 'body'>): string {
  const values: Record<string, unknown> = body === undefined ? {} : { body };
  for (const [name, value] of query) {
    const before = values[name];
    values[name] = before === undefined ? value : [before, value].flat();
  }
  return canonicalJson(values);
}

async function persist(
  account: VendorAccount,
  settings: Settings,
  endpoint: string,
  attempt: () => Promise<Attempt>,
): Promise<Extract<Attempt, { kind: 'body' }>> {
  for (let tried = 1; ; tried++) {
    const outcome = await attempt();
    if (outcome.kind === 'body') return outcome;
    const asked = outcome.retryAfterMs ?? 0;
    if (tried >= settings.attempts || asked > settings.maxRetryAfterMs) {
      const times = tried === 1 ? '' : ` in ${tried} attempts`;
      throw new Unanswered(`${account.vendor} did not answer ${endpoint}${times}: ${outcome.why}`);
    }
    const backoff = Math.min(settings.backoffMs * 2 ** (tried - 1), MAX_BACKOFF_MS);
    await settings
      .sleep(Math.max(asked, backoff * (1 - settings.random() / 2)), settings.signal)
      .catch((error: unknown) => {
        throw settings.signal?.aborted === true ? cancelled(account) : error;
      });
  }
}

async function tryOnce(
  account: VendorAccount,
  settings: Settings,
  { url, init, format }: Prepared,
): Promise<Attempt> {
  const timeout = AbortSignal.timeout(settings.timeoutMs);
  const signal = settings.signal === undefined ? timeout : AbortSignal.any([settings.signal, timeout]);
  try {
    // No redirects: the platform would carry `x-api-key` to the other host.
    const response = await fetch(url, { ...init, signal, redirect: 'manual' });
    const text = await response.text();
    if (response.ok) {
      const { headers } = response;
      // Meant to be empty: no JSON, and no half of one either.
      if (response.status === 204) return { kind: 'body', value: null, text, headers };
      return format === 'text' ? { kind: 'body', value: text, text, headers } : readJson(text, headers);
    }
    if (isWorthRetrying(response, text)) {
      const nowMs = account.clock();
      const retryAfterMs = readWait(response, text, nowMs);
      return { kind: 'retry', why: whyWait(response.status, retryAfterMs, nowMs), retryAfterMs };
    }
    throw refusal(account, url.pathname, response.status, text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (settings.signal?.aborted === true) throw cancelled(account);
    return { kind: 'retry', why: networkTrouble(error, settings.timeoutMs), retryAfterMs: null };
  }
}

function readJson(text: string, headers: Headers): Attempt {
  try {
    return { kind: 'body', value: JSON.parse(text), text, headers };
  } catch {
    return { kind: 'retry', why: 'its answer is no JSON or was cut short', retryAfterMs: null };
  }
}

function cancelled(account: VendorAccount): AppError {
  return new AppError('upstream', `The pull of source "${account.source}" was cancelled.`);
}

const ErrorBody = z.object({ error: z.object({ message: z.string() }) });

function refusal(account: VendorAccount, endpoint: string, status: number, body: string): VendorRefusal {
  const { vendor, source, credentialNeeded } = account;
  if (status === 401 || status === 403) {
    // The vendor's own words are left out: OpenAI quotes part of the key.
    return new VendorRefusal(
      status,
      `${vendor} refused the credential of source "${source}" (${status} at ${endpoint}): it needs ${credentialNeeded}.`,
      endpoint,
    );
  }
  const words = account.isOwnHost ? readWords(body).replaceAll(account.credential, '(credential)') : '';
  return new VendorRefusal(
    status,
    `${vendor} refused ${endpoint} for source "${source}" (${status})${words}.`,
    endpoint,
  );
}

function readWords(body: string): string {
  const attempt = readJson(body, new Headers());
  const parsed = ErrorBody.safeParse(attempt.kind === 'body' ? attempt.value : null);
  return parsed.success ? `: ${parsed.data.error.message.slice(0, 200).replace(/\.$/, '')}` : '';
}

function unexpectedForm(vendor: string, endpoint: string, error: z.ZodError): UnexpectedForm {
  const [issue] = error.issues;
  const path = z.core.toDotPath(issue?.path ?? []);
  const place = path === '' ? 'at its top' : `at ${path}`;
  return new UnexpectedForm(
    `${vendor} answered ${endpoint} in an unexpected form ${place}: ${issue?.message ?? 'unreadable'}`,
  );
}
