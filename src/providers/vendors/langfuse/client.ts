import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { type LangfuseOptions, MetricsAnswer, type MetricsRow } from './schema.js';

/** More rows an answer the vendor does not give; it cuts without a word. */
const MOST_ROWS = 1000;
const ENDPOINTS = { v1: '/api/public/metrics', v2: '/api/public/v2/metrics' } as const;

/** One UTC day of a project. */
export interface MetricsDay {
  readonly day: Day;
  readonly rows: readonly MetricsRow[];
}

/** Access to one project; the credential is `public key:secret key`. */
export function openProject(config: AdminKeyConfig): VendorAccess {
  const basic = Buffer.from(config.adminKey, 'utf8').toString('base64');
  return openAccount(config, {
    vendor: 'Langfuse',
    address: 'https://cloud.langfuse.com',
    headers: { authorization: `Basic ${basic}` },
    credentialNeeded: "the project's key pair as pk-lf-…:sk-lf-…",
  });
}

/** The question for one day, as the endpoint takes it: JSON in a parameter. */
export function metricsQuery(
  day: Day,
  api: LangfuseOptions['api'],
): { endpoint: string; query: [string, string][] } {
  const question = {
    view: 'observations',
    dimensions: ['userId', 'tags', 'traceName', 'providedModelName'].map((field) => ({ field })),
    metrics: [
      ...['totalCost', 'inputTokens', 'outputTokens', 'totalTokens'].map((measure) => ({
        measure,
        aggregation: 'sum',
      })),
      { measure: 'count', aggregation: 'count' },
    ],
    filters: [],
    timeDimension: { granularity: 'day' },
    fromTimestamp: `${day}T00:00:00Z`,
    toTimestamp: `${addDays(day, 1)}T00:00:00Z`,
    config: { row_limit: MOST_ROWS },
  };
  return { endpoint: ENDPOINTS[api], query: [['query', JSON.stringify(question)]] };
}

/**
 * Reads a range day by day.
 * @throws AppError `upstream` when a day has more rows than an answer can hold: a part of it would not add up. Else what
 * the client throws.
 */
export async function fetchMetrics(
  account: VendorAccess,
  range: DayRange,
  api: LangfuseOptions['api'],
): Promise<readonly MetricsDay[]> {
  const days: MetricsDay[] = [];
  for (const day of daysIn(range)) {
    const { data: rows } = await account.get({ ...metricsQuery(day, api), schema: MetricsAnswer });
    if (rows.length >= MOST_ROWS)
      throw new AppError(
        'upstream',
        `Langfuse has ${MOST_ROWS} rows or more for ${day} and cuts the answer off there; tag fewer combinations, or write token records instead. Nothing was stored.`,
      );
    days.push({ day, rows });
  }
  return days;
}
