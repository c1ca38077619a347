import { type Day, type Month, monthOf, parseMonth } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import type { HttpClient, Query, VendorRequest } from '../../http/http.js';
import { type CopilotConfig, createClient, type Scope, scopeOf } from './connection.js';

/** AI credits replaced premium requests in that month. */
export const FIRST_CREDITS: Month = parseMonth('2026-06');

/** Everything by which the parts of a pull ask. */
export interface Asking {
  readonly config: CopilotConfig;
  readonly client: HttpClient;
  readonly scope: Scope;
  readonly remarks: string[];
  readonly raw: RawResponse[];
  readonly ask: <T>(request: VendorRequest<T>) => Promise<T>;
}

/** A pull's way of asking: raw responses and remarks gather in it. */
export function createAsking(config: CopilotConfig): Asking {
  const client = createClient(config);
  const raw: RawResponse[] = [];
  return {
    config,
    client,
    scope: scopeOf(config.options),
    remarks: [],
    raw,
    async ask(request) {
      const answer = await client.get(request);
      raw.push(withoutSignatures(answer.raw));
      return answer.value;
    },
  };
}

/** A link to a report is signed: its parameters are a key to the file, so that they are not kept. */
function withoutSignatures(raw: RawResponse): RawResponse {
  if (typeof raw.body !== 'string' || !/"download_(links|urls)"/.test(raw.body)) return raw;
  return { ...raw, body: raw.body.replaceAll(/"(https?:[^"?]*)\?[^"]*"/g, '"$1"') };
}

/** The parameters of a day. */
export function dateQuery(day: Day): Query {
  return [...monthQuery(monthOf(day)), ['day', String(Number(day.slice(8)))]];
}

/** The parameters of a month. */
export function monthQuery(month: Month): Query {
  return [
    ['year', month.slice(0, 4)],
    ['month', String(Number(month.slice(5)))],
  ];
}
