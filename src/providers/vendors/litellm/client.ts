import { z } from 'zod';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { type AdminKeyConfig, createHttpClient, type HttpClient } from '../../http/http.js';
import { SpendLog } from './schema.js';

/** The requests of one UTC day. */
export interface LogDay {
  readonly day: Day;
  readonly rows: readonly SpendLog[];
}

/** A client for one proxy. */
export function createClient(config: AdminKeyConfig & { readonly baseUrl: string }): HttpClient {
  return createHttpClient(
    {
      vendor: 'LiteLLM',
      source: config.source,
      baseUrl: config.baseUrl,
      headers: { authorization: `Bearer ${config.adminKey}` },
      credential: config.adminKey,
      credentialNeeded: 'the master key, or a key with the route permission get_spend_routes',
      clock: config.clock,
    },
    config.http,
  );
}

/**
 * Reads the spend logs day by day: the endpoint has no pages, and a day is the least that it can be asked for. Of the
 * answer only what is used is kept: it may hold prompts. Throws what the client throws.
 */
export async function fetchLogs(
  client: HttpClient,
  range: DayRange,
): Promise<{ readonly days: readonly LogDay[]; readonly raw: readonly RawResponse[] }> {
  const days: LogDay[] = [];
  const raw: RawResponse[] = [];
  for (const day of daysIn(range)) {
    const answer = await client.get({
      endpoint: '/spend/logs',
      query: [
        ['start_date', day],
        ['end_date', addDays(day, 1)],
        ['summarize', 'false'],
      ],
      schema: z.array(SpendLog),
    });
    days.push({ day, rows: answer.value });
    raw.push({ ...answer.raw, body: JSON.stringify(answer.value) });
  }
  return { days, raw };
}
