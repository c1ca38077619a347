import { AppError } from '../../core/base/errors.js';
import type { RawResponse } from '../../core/sources/feed.js';
import { type HttpClient, type Query, type VendorAnswer, VendorRefusal, type VendorRequest } from './http.js';

/** Every page of one query. */
export interface Pages<T> {
  readonly pages: readonly T[];
  readonly raw: readonly RawResponse[];
}

/** The parameters that ask for the page after this one, or null at the end. */
type NextPage<T> = (page: T, headers: Headers) => Query | null;

/**
 * Walks all pages with identical parameters; `next` gives the parameters to add for the page after, or null at the
 * end. A cursor that the vendor no longer accepts (400, 410) restarts the walk once, from its first page.
 * @throws AppError `upstream` on a cursor that comes twice, too many pages, or whatever a page throws: there is no
 * partial result.
 */
export async function collectPages<T>(
  client: HttpClient,
  request: VendorRequest<T>,
  next: NextPage<T>,
): Promise<Pages<T>> {
  try {
    return await walk(client, request, next);
  } catch (error) {
    if (error instanceof StaleCursor) return await walk(client, request, next);
    throw error;
  }
}

/** There is more, but nothing that leads there. */
class NoCursor extends AppError {}

/** A refusal of a later page: the first page was accepted, so it is the cursor that is refused. */
class StaleCursor extends VendorRefusal {}

async function walk<T>(client: HttpClient, request: VendorRequest<T>, next: NextPage<T>): Promise<Pages<T>> {
  const pages: T[] = [];
  const raw: RawResponse[] = [];
  const seen = new Set<string>();
  const fail = (what: string): AppError =>
    new AppError('upstream', `${client.vendor} ${what} at ${request.endpoint}. Nothing was stored.`);
  for (let cursor: Query | null = []; cursor !== null; ) {
    if (pages.length >= client.maxPages) throw fail(`gave more than ${client.maxPages} pages`);
    const answer: VendorAnswer<T> = await getPage(client, request, cursor);
    pages.push(answer.value);
    raw.push(answer.raw);
    cursor = follow(() => next(answer.value, answer.headers), fail);
    const key = JSON.stringify(cursor);
    if (seen.has(key)) throw fail('gave the same page cursor twice');
    seen.add(key);
  }
  return { pages, raw };
}

/** A page that names no next one says whose it is. */
function follow(next: () => Query | null, fail: (what: string) => AppError): Query | null {
  try {
    return next();
  } catch (error) {
    throw error instanceof NoCursor ? fail('says that there is more but names no next page') : error;
  }
}

async function getPage<T>(
  client: HttpClient,
  request: VendorRequest<T>,
  cursor: Query,
): Promise<VendorAnswer<T>> {
  try {
    const renewed = new Set(cursor.map(([name]) => name));
    const kept = request.query.filter(([name]) => !renewed.has(name));
    return await client.get({ ...request, query: [...kept, ...cursor] });
  } catch (error) {
    const refused = error instanceof VendorRefusal && (error.status === 400 || error.status === 410);
    if (refused && cursor.length > 0) throw new StaleCursor(error.status, error.message);
    throw error;
  }
}

/**
 * The usual `next` of `collectPages`: the page's cursor under the given parameter while there is more.
 * @throws AppError `upstream` when there is more but no cursor: the rest would be lost in silence.
 */
export function cursorQuery(
  parameter: string,
  hasMore: boolean,
  cursor: string | null | undefined,
): Query | null {
  if (!hasMore) return null;
  if (cursor === null || cursor === undefined || cursor === '') {
    throw new NoCursor('upstream', 'The vendor says that there is more but names no next page.');
  }
  return [[parameter, cursor]];
}

/**
 * The `next` of vendors that page by a `Link` header (RFC 8288): the parameters of its `rel="next"`, never its host.
 * Null without one: the last page.
 */
export function linkQuery(headers: Headers): Query | null {
  const link = (headers.get('link') ?? '')
    .split(/,(?=\s*<)/)
    .find((part) => /;\s*rel="?[^";]*\bnext\b/i.test(part));
  const target = /<([^>]*)>/.exec(link ?? '')?.[1];
  return target === undefined ? null : [...new URL(target, 'https://relative.invalid').searchParams];
}
