import type { z } from 'zod';
import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import { type AdminKeyConfig, VendorRefusal } from '../../http/http.js';
import { byCursor } from '../../http/pages.js';
import {
  type LangfuseOptions,
  MetricsAnswer,
  type MetricsRow,
  type Observation,
  ObservationPage,
} from './schema.js';

/** More rows an answer the vendor does not give; it cuts without a word. */
const MOST_ROWS = 1000;
const METRICS = '/api/public/metrics';
/** Observations by cursor; the metrics of v2 refuse `userId` as a dimension (@langfuse/core 5.11.1). */
const OBSERVATIONS = '/api/public/v2/observations';
const FIELDS = 'core,basic,usage,model,metrics,trace_context';

/** One UTC day of a project. */
export interface ProjectDay {
  readonly day: Day;
  readonly rows: readonly (MetricsRow | Observation)[];
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

/** The question for one day, as the metrics endpoint takes it: JSON in a parameter. */
export function metricsQuery(day: Day): { endpoint: string; query: [string, string][] } {
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
  return { endpoint: METRICS, query: [['query', JSON.stringify(question)]] };
}

/** The question for the observations of one day, without prompts and answers. */
export function observationsQuery(
  day: Day,
  limit = MOST_ROWS,
): { endpoint: string; query: [string, string][] } {
  return {
    endpoint: OBSERVATIONS,
    query: [
      ['fields', FIELDS],
      ['fromStartTime', `${day}T00:00:00Z`],
      ['toStartTime', `${addDays(day, 1)}T00:00:00Z`],
      ['limit', String(limit)],
    ],
  };
}

/** Whether the installation has the observations of v2; asked once, unless the settings say so. */
export async function hasObservations(
  account: VendorAccess,
  day: Day,
  api: LangfuseOptions['api'],
): Promise<boolean> {
  if (api !== undefined) return api === 'v2';
  try {
    await account.http.get({ ...observationsQuery(day, 1), schema: ObservationPage });
    return true;
  } catch (error) {
    if (error instanceof VendorRefusal && error.status === 404) return false;
    throw error;
  }
}

/** Reads a range day by day, by observations where the installation has them. @throws as `fetchMetrics` */
export async function fetchDays(
  account: VendorAccess,
  range: DayRange,
  api: LangfuseOptions['api'],
): Promise<readonly ProjectDay[]> {
  if (!(await hasObservations(account, range.from, api))) return fetchMetrics(account, range);
  const days: ProjectDay[] = [];
  const paging = byCursor<z.infer<typeof ObservationPage>>('cursor', ({ meta }) => [
    !!meta.cursor,
    meta.cursor,
  ]);
  for (const day of daysIn(range)) {
    const pages = await account.pages({ ...observationsQuery(day), schema: ObservationPage }, paging);
    days.push({ day, rows: pages.flatMap(({ data }) => data) });
  }
  return days;
}

/**
 * Sums of v1, day by day.
 * @throws AppError `upstream` when a day has more rows than an answer can hold: a part of it would not add up. Else what
 * the client throws.
 */
async function fetchMetrics(account: VendorAccess, range: DayRange): Promise<readonly ProjectDay[]> {
  const days: ProjectDay[] = [];
  for (const day of daysIn(range)) {
    const { data: rows } = await account.get({ ...metricsQuery(day), schema: MetricsAnswer });
    if (rows.length >= MOST_ROWS)
      throw new AppError(
        'upstream',
        `Langfuse has ${MOST_ROWS} rows or more for ${day} and cuts the answer off there; tag fewer combinations, or write token records instead. Nothing was stored.`,
      );
    days.push({ day, rows });
  }
  return days;
}
