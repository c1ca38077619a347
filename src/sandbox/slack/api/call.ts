import { z } from 'zod';
import type { Json } from '../payloads.js';
import type { Tickets } from '../tickets.js';
import type { ViewShelf } from '../view-shelf.js';
import type { Workspace } from '../workspace.js';

/** What every fake Web API method works on. */
export interface Desk {
  readonly workspace: Workspace;
  readonly tickets: Tickets;
  readonly views: ViewShelf;
}

/** A refusal in Slack's manner: HTTP 200 with `{ok: false, error}`. */
export class Refusal extends Error {
  readonly error: string;
  readonly extra: Json;
  constructor(error: string, extra: Json = {}) {
    super(error);
    this.error = error;
    this.extra = extra;
  }
}

/** The arguments of one call, read the way Slack reads form fields: everything is text or JSON. */
export class Args {
  readonly #values: Json;
  constructor(values: Json) {
    this.#values = values;
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null && value !== '';
  }

  /** The argument as text; `''` when absent. */
  text(name: string): string {
    const value = this.#values[name];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.text(name));
  }

  /** A JSON argument, parsed when it came as form text; undefined when absent or no JSON. */
  json(name: string): unknown {
    const value = this.#values[name];
    if (typeof value !== 'string') return value ?? undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** One fake method: required arguments, the error when one is missing, and what it does. */
export interface Method {
  readonly required: readonly string[];
  run(args: Args, desk: Desk): Json;
}

const Body = z.record(z.string(), z.unknown());

/** Decodes what Bolt's WebClient sends: a form, multipart with a file, or JSON. */
export function decodeBody(body: unknown): Json {
  if (body instanceof URLSearchParams) return Object.fromEntries(body);
  if (body instanceof FormData) return Object.fromEntries(body.entries());
  if (typeof body !== 'string' || body === '') return {};
  if (!body.startsWith('{')) return Object.fromEntries(new URLSearchParams(body));
  return Body.catch({}).parse(JSON.parse(body));
}

/** Cuts a list into Slack's pages: `limit` items from `cursor`, and where the next page starts. */
export function page<T>(items: readonly T[], args: Args): { items: readonly T[]; response_metadata: Json } {
  const from = args.has('cursor') ? Number(Buffer.from(args.text('cursor'), 'base64').toString()) : 0;
  if (!Number.isInteger(from) || from < 0) throw new Refusal('invalid_cursor');
  const limit = Math.min(Math.max(Number(args.text('limit')) || 100, 1), 1000);
  const next = from + limit < items.length ? Buffer.from(String(from + limit)).toString('base64') : '';
  return { items: items.slice(from, from + limit), response_metadata: { next_cursor: next } };
}
