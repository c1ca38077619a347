import { setTimeout as delay } from 'node:timers/promises';
import type { RawResponse } from '../../core/sources/feed.js';
import type { MissingMoney } from '../../core/sources/hold.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type HttpOptions,
  MOST_WAIT_MS,
  UnexpectedForm,
  VendorRefusal,
  type VendorRequest,
} from './http.js';
import { readReset, Unanswered } from './http-trouble.js';
import { collectPages, type Paging } from './pages.js';

/** How a vendor is reached, the same for all its sources. */
export interface VendorProfile {
  /** As people call it: `Hugging Face`. */
  readonly vendor: string;
  /** Its own address; endpoints bring their own `/v1`. A configured address without a path gets the path of this one. */
  readonly address: string;
  /** Authentication and version headers; absent: the key as a bearer token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Joined to every POST body: a vendor that takes its key there. */
  readonly secretFields?: Readonly<Record<string, string>>;
  /** What the credential has to be, for error sentences: `an Admin API key`. */
  readonly credentialNeeded: string;
  /** Whether it paces by `X-RateLimit-Remaining` and `-Reset`. */
  readonly isPaced?: boolean;
  /** What of an answer is kept; absent: all of it. */
  readonly keep?: (raw: RawResponse, value: unknown) => RawResponse;
}

/**
 * A part of a pull that may fail by itself; all other failures are the pull's. What it is decides what its failure
 * means:
 * - `names` (listings): the last known ones stay, whatever the trouble is;
 * - `weights` (who used what of the money) and `control` (a second view): a refusal or an unknown form is lived with;
 * - `money`: a refusal (403, 404) holds the pull until a person accepts what is left; all else fails it.
 */
export interface Part {
  readonly is: 'names' | 'weights' | 'control' | 'money';
  /** What the pull does without it, for the remark; null: its absence is no news. */
  readonly without: string | null;
  /** Further statuses that are a refusal of the part and not of the credential. */
  readonly alsoOn?: readonly number[];
}

/** One account as one pull talks to it: raw answers and remarks gather here. */
export interface VendorAccess {
  readonly http: HttpClient;
  readonly raw: RawResponse[];
  readonly remarks: string[];
  /** One answer. @throws as `HttpClient.get` */
  get<T>(request: VendorRequest<T>): Promise<T>;
  /** All pages of one question. @throws as `collectPages` */
  pages<T>(request: VendorRequest<T>, paging: Paging<T>): Promise<readonly T[]>;
  /** Money that was refused. */
  readonly missing: MissingMoney[];
  /** Null when the part fails in a way that the pull outlives; a remark says so. @throws as `ask` otherwise. */
  part<T>(part: Part, ask: () => Promise<T>): Promise<T | null>;
}

/** Opens a source's account at its vendor. */
export function openAccount(config: AdminKeyConfig, profile: VendorProfile): VendorAccess {
  const { vendor, address, isPaced = false, keep = (raw) => raw, ...rest } = profile;
  const client = createHttpClient(
    {
      headers: { authorization: `Bearer ${config.adminKey}` },
      ...rest,
      vendor,
      source: config.source,
      baseUrl: baseUrlOf(config.baseUrl, address),
      isOwnHost: config.baseUrl === undefined,
      credential: config.adminKey,
      clock: config.clock,
    },
    config.http,
  );
  const http = isPaced ? withRateLimit(client, config.clock, config.http) : client;
  const raw: RawResponse[] = [];
  const remarks: string[] = [];
  const missing: MissingMoney[] = [];
  return {
    http,
    raw,
    remarks,
    async get(request) {
      const answer = await http.get(request);
      raw.push(keep(answer.raw, answer.value));
      return answer.value;
    },
    async pages(request, paging) {
      const answers = await collectPages(http, request, paging);
      raw.push(...answers.map((answer) => keep(answer.raw, answer.value)));
      return answers.map(({ value }) => value);
    },
    missing,
    async part(part, ask) {
      try {
        return await ask();
      } catch (error) {
        const words = outlived(error, part);
        if (words === null) throw error;
        const sentence = part.without === null ? null : `${words}. ${part.without}`;
        if (part.is === 'money') missing.push({ part: endpointOf(error), sentence: sentence ?? words });
        else if (sentence !== null) remarks.push(sentence);
        return null;
      }
    },
  };
}

/** What went wrong, without a full stop; null when the pull does not outlive it. */
function outlived(error: unknown, { is, alsoOn = [] }: Part): string | null {
  if (error instanceof UnexpectedForm) return is === 'money' ? null : error.what;
  if (error instanceof Unanswered) return is === 'names' ? error.what : null;
  if (!(error instanceof VendorRefusal)) return null;
  const { status } = error;
  const isRefused = is === 'money' ? status === 403 || status === 404 : status !== 401;
  return isRefused || alsoOn.includes(status) ? error.message.replace(/\.$/, '') : null;
}

function endpointOf(error: unknown): string {
  return error instanceof VendorRefusal ? error.endpoint : 'money';
}

/**
 * A configured address without a path (a proxy, a test) gets the vendor's own path, one with a path is taken as it is.
 */
function baseUrlOf(configured: string | undefined, vendor: string): string {
  if (configured === undefined) return vendor;
  const own = new URL(configured);
  return own.pathname === '/' ? new URL(new URL(vendor).pathname, own).href : configured;
}

/**
 * After an answer that says `X-RateLimit-Remaining: 0` the next question waits for `X-RateLimit-Reset`: asking on would
 * only earn a refusal. A wait beyond the client's patience is left to that refusal, whose sentence says until when.
 */
function withRateLimit(client: HttpClient, clock: () => number, options: HttpOptions = {}): HttpClient {
  const { sleep = (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }), signal } =
    options;
  let waitMs = 0;
  return {
    ...client,
    async get(request) {
      if (waitMs > 0) await sleep(waitMs, signal);
      waitMs = 0;
      const answer = await client.get(request);
      const resetMs = readReset(answer.headers, clock()) ?? 0;
      waitMs = resetMs > (options.maxRetryAfterMs ?? MOST_WAIT_MS) ? 0 : resetMs;
      return answer;
    },
  };
}
