import { AppError } from '../../core/base/errors.js';
import { type HttpClient, type Query, type VendorAnswer, VendorRefusal, type VendorRequest } from './http.js';

/** What leads to a further page: query parameters or fields of the body, each replacing those of the same name. */
type PageStep = { readonly query: Query } | { readonly body: Readonly<Record<string, unknown>> };

/** A style of paging, begun for each walk: shown every page, it says how to ask for the next; null after the last. */
export type Paging<T> = () => (page: T, headers: Headers) => PageStep | null;

/** There is more, but nothing that leads there. */
class NoCursor extends AppError {}

/**
 * A cursor in the answer, handed back as a query parameter while `read` says that there is more.
 * The walk fails when there is more but no cursor: the rest would be lost unnoticed.
 */
export function byCursor<T>(
  parameter: string,
  read: (page: T) => readonly [hasMore: boolean, cursor: string | null | undefined],
): Paging<T> {
  return () => (page) => {
    const [hasMore, cursor] = read(page);
    if (!hasMore) return null;
    if (!cursor) throw new NoCursor('upstream', 'The vendor says that there is more but names no next page.');
    return { query: [[parameter, cursor]] };
  };
}

/** A `Link` header (RFC 8288): the parameters of its `rel="next"`, never its host. */
export const byLink: Paging<unknown> = () => (_page, headers) => {
  const link = (headers.get('link') ?? '')
    .split(/,(?=\s*<)/)
    .find((part) => /;\s*rel="?[^";]*\bnext\b/i.test(part));
  const target = /<([^>]*)>/.exec(link ?? '')?.[1];
  return target === undefined
    ? null
    : { query: [...new URL(target, 'https://relative.invalid').searchParams] };
};

/** The number of items to skip; `next` gives it, null after the last page. */
export function byOffset<T>(parameter: string, next: (page: T) => number | null): Paging<T> {
  return () => (page) => {
    const offset = next(page);
    return offset === null ? null : { query: [[parameter, String(offset)]] };
  };
}

/** Offsets of a vendor that says neither its page size nor how many there are: to the first page without a new id. */
export function byNewIds<T>(parameter: string, idsOf: (page: T) => readonly string[]): Paging<T> {
  return () => {
    const seen = new Set<string>();
    return (page) => {
      const before = seen.size;
      for (const id of idsOf(page)) seen.add(id);
      return seen.size === before ? null : { query: [[parameter, String(seen.size)]] };
    };
  };
}

/** Pages numbered from 1 under `page` in the query or the body; `countOf` says how many there are as far as it knows. */
export function byNumber<T>(
  place: 'query' | 'body',
  countOf: (page: T, number: number) => number,
): Paging<T> {
  return () => {
    let number = 1;
    return (page) => {
      if (number >= countOf(page, number)) return null;
      number += 1;
      return place === 'body' ? { body: { page: number } } : { query: [['page', String(number)]] };
    };
  };
}

/**
 * Walks all pages of one question. A cursor that the vendor no longer accepts (400, 410) restarts the walk once, from
 * its first page.
 * @throws AppError `upstream` on a step that comes twice, too many pages, or whatever a page throws: there is no
 * partial result.
 */
export async function collectPages<T>(
  client: HttpClient,
  request: VendorRequest<T>,
  paging: Paging<T>,
): Promise<readonly VendorAnswer<T>[]> {
  try {
    return await walk(client, request, paging());
  } catch (error) {
    if (error instanceof StaleCursor) return await walk(client, request, paging());
    throw error;
  }
}

/** A refusal of a later page: the first page was accepted, so it is the cursor that is refused. */
class StaleCursor extends VendorRefusal {}

async function walk<T>(
  client: HttpClient,
  request: VendorRequest<T>,
  next: ReturnType<Paging<T>>,
): Promise<readonly VendorAnswer<T>[]> {
  const answers: VendorAnswer<T>[] = [];
  const seen = new Set<string>();
  const fail = (what: string): AppError =>
    new AppError('upstream', `${client.vendor} ${what} at ${request.endpoint}. Nothing was stored.`);
  for (let asked = request; ; ) {
    if (answers.length >= client.maxPages) throw fail(`gave more than ${client.maxPages} pages`);
    const answer = await getPage(client, asked, answers.length > 0);
    answers.push(answer);
    const step = follow(() => next(answer.value, answer.headers), fail);
    if (step === null) return answers;
    const key = JSON.stringify(step);
    if (seen.has(key)) throw fail('gave the same page cursor twice');
    seen.add(key);
    asked = withStep(request, step);
  }
}

/** A page that names no next one says whose it is. */
function follow(next: () => PageStep | null, fail: (what: string) => AppError): PageStep | null {
  try {
    return next();
  } catch (error) {
    throw error instanceof NoCursor ? fail('says that there is more but names no next page') : error;
  }
}

async function getPage<T>(
  client: HttpClient,
  request: VendorRequest<T>,
  isLater: boolean,
): Promise<VendorAnswer<T>> {
  try {
    return await client.get(request);
  } catch (error) {
    const refused = error instanceof VendorRefusal && (error.status === 400 || error.status === 410);
    if (refused && isLater) throw new StaleCursor(error.status, error.message, error.endpoint);
    throw error;
  }
}

function withStep<T>(request: VendorRequest<T>, step: PageStep): VendorRequest<T> {
  if ('body' in step) return { ...request, body: { ...Object(request.body), ...step.body } };
  const renewed = new Set(step.query.map(([name]) => name));
  const kept = (request.query ?? []).filter(([name]) => !renewed.has(name));
  return { ...request, query: [...kept, ...step.query] };
}
