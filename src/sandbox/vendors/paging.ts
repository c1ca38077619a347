import { createHash } from 'node:crypto';
import { Refused } from './listen.js';

/** Where a walk goes on: the vendor's own position, and the count of its page. */
export interface Position {
  readonly page: number;
  readonly day: number;
  readonly row: number;
}

/** A digest of all parameters but the cursor's: a cursor is good for the query it came from only. */
function fingerprint(query: URLSearchParams): string {
  const parameters = new URLSearchParams(query);
  parameters.delete('page');
  parameters.sort();
  return createHash('sha256').update(parameters.toString()).digest('base64url').slice(0, 16);
}

/** An opaque cursor bound to its query. */
export function toCursor(query: URLSearchParams, { page, day, row }: Position): string {
  return `page_${Buffer.from(`${fingerprint(query)}.${page}.${day}.${row}`).toString('base64url')}`;
}

/** @throws Refused 400 when the cursor is not ours or was given out for other parameters. */
export function readCursor(query: URLSearchParams): Position {
  const cursor = query.get('page');
  if (cursor === null) return { page: 1, day: 0, row: 0 };
  const text = Buffer.from(cursor.replace(/^page_/, ''), 'base64url').toString();
  const [print, ...numbers] = text.split('.');
  const [page, day, row] = numbers.map(Number);
  if (print !== fingerprint(query) || page === undefined || day === undefined || row === undefined) {
    throw new Refused(400, 'page: the cursor does not belong to this query.');
  }
  return { page, day, row };
}

/** An integer parameter within bounds. @throws Refused 400 */
export function readLimit(
  query: URLSearchParams,
  bounds: { readonly max: number; readonly usual: number },
): number {
  const text = query.get('limit');
  if (text === null) return bounds.usual;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > bounds.max) {
    throw new Refused(400, `limit: must be between 1 and ${bounds.max}.`);
  }
  return limit;
}

/** A list paged by the id of the last item seen, as both vendors do (`after_id`, `after`). @throws Refused 400 */
export function listPage(
  items: readonly { readonly id: string }[],
  query: URLSearchParams,
  names: { readonly after: string; readonly max: number },
): { readonly body: string; readonly page: number } {
  const limit = readLimit(query, { max: names.max, usual: 20 });
  const after = query.get(names.after);
  const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1;
  if (after !== null && start === 0) throw new Refused(400, `${names.after}: no such id.`);
  const data = items.slice(start, start + limit);
  const body = JSON.stringify({
    data,
    has_more: start + limit < items.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
  return { body, page: Math.floor(start / limit) + 1 };
}

/** Refuses a parameter that the vendor's contract does not list, with or without brackets. @throws Refused 400 */
export function refuseUnknown(query: URLSearchParams, parameters: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !parameters.includes(name.replace(/\[\w*\]$/, '')));
  if (unknown !== undefined) throw new Refused(400, `Unknown parameter: '${unknown}'.`);
}

/** Refuses a value that the contract does not list. @throws Refused 400 */
export function refuseValues(query: URLSearchParams, name: string, values: readonly string[]): void {
  const unknown = readArray(query, name).find((value) => !values.includes(value));
  if (unknown !== undefined) throw new Refused(400, `Invalid value '${unknown}' for ${name}.`);
}

/** The values of an array parameter, with or without brackets. */
export function readArray(query: URLSearchParams, name: string): readonly string[] {
  return [...query.getAll(`${name}[]`), ...query.getAll(name)];
}
