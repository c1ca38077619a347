import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { addDays, type Day, daysIn, parseDay } from '../../../src/core/base/time.js';
import { type FakeCall, need, refuse, startFake, type Trouble } from './server.js';

const Facts = z.object({
  facts: z.object({ 'GET /api/public/v2/observations params': z.record(z.string(), z.unknown()) }),
});
const { facts } = Facts.parse(
  JSON.parse(readFileSync(new URL('../../contracts/langfuse.json', import.meta.url), 'utf8')),
);

/** A row of a proxy's spend logs, as far as tests vary it; everything else is there and must not be kept. */
export type LogRow = Readonly<Record<string, unknown>> & { readonly startTime: string };

/** A LiteLLM proxy with its master key. */
export interface Proxy {
  readonly key: string;
  rows: LogRow[];
}

export const PROXY_KEY = 'sk-TopSecretMasterKeyOfLarkspur';

/** A request of Search for the customer acme; changes win. */
export function logRow(id: string, day: string, changes: Readonly<Record<string, unknown>> = {}): LogRow {
  return {
    request_id: id,
    call_type: 'acompletion',
    api_key: '88dc28c0f8b1d2',
    spend: 0.01,
    total_tokens: 1200,
    prompt_tokens: 1000,
    completion_tokens: 200,
    startTime: `${day}T10:00:01.120Z`,
    endTime: `${day}T10:00:04.902Z`,
    model: 'gpt-6-sol',
    custom_llm_provider: 'openai',
    cache_hit: 'False',
    status: 'success',
    user: 'search-svc',
    team_id: 'team-search',
    end_user: 'acme',
    request_tags: ['feature:summary', 'env:prod'],
    messages: 'the prompt, which nobody may keep',
    metadata: {
      user_api_key_alias: 'search-prod',
      user_api_key_team_alias: 'Search',
      attempted_retries: 1,
      usage_object: { prompt_tokens_details: { cached_tokens: 400 } },
    },
    ...changes,
  };
}

/** Serves `/spend/logs` as LiteLLM does: a summary unless it is asked not to, both ends of the range included. */
export async function startLiteLlm(proxy: Proxy, trouble?: Trouble) {
  return await startFake((call) => {
    if (call.headers.authorization !== `Bearer ${proxy.key}`) refuse(401, 'Authentication Error');
    if (call.endpoint !== '/spend/logs') return null;
    const [from, to] = [parseDay(need(call.query, 'start_date')), parseDay(need(call.query, 'end_date'))];
    const rows = proxy.rows.filter(({ startTime }) => {
      const at = startTime.slice(0, 10);
      return from <= at && at <= to;
    });
    if (call.query.get('summarize') === 'false') return rows;
    return daysIn({ from, to: addDays(to, 1) }).map((startTime) => ({
      startTime,
      spend: 1,
      users: {},
      models: {},
    }));
  }, trouble);
}

/** A Langfuse project with its key pair. */
export interface Project {
  readonly key: string;
  /** An installation before version 4 has no observations; one on Cloud has no metrics of v1 any more. */
  readonly version?: 3 | 4;
  rows: LangfuseRow[];
}
export interface LangfuseRow {
  readonly day: Day;
  readonly userId: string | null;
  readonly tags: readonly string[];
  readonly providedModelName: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalCost: number | null;
  /** Tokens of further classes, besides `input` and `output`. */
  readonly usage?: Readonly<Record<string, number>>;
}

export const PROJECT_KEY = 'pk-lf-Larkspur:sk-lf-TopSecretOfLarkspur';

/** Parameters of `GET /api/public/v2/observations` (@langfuse/core 5.11.1, test/contracts/langfuse.json). */
const OBSERVATION_PARAMETERS = new Set(
  Object.keys(facts['GET /api/public/v2/observations params']).map((name) => name.replace('?', '')),
);
const FIELD_GROUPS = [
  'core',
  'basic',
  'time',
  'io',
  'metadata',
  'model',
  'usage',
  'prompt',
  'metrics',
  'trace_context',
];

/** A page of observations, one a row; anything that the contract does not list is refused. */
function observations({ query }: FakeCall, { rows }: Project) {
  for (const name of query.keys())
    if (!OBSERVATION_PARAMETERS.has(name)) refuse(400, `Unknown parameter ${name}`);
  for (const field of need(query, 'fields').split(','))
    if (!FIELD_GROUPS.includes(field)) refuse(400, `Unknown field group ${field}`);
  const limit = Number(query.get('limit') ?? 50);
  if (!(limit >= 1 && limit <= 1000)) refuse(400, 'limit');
  const [from, to] = [need(query, 'fromStartTime'), need(query, 'toStartTime')];
  const inRange = rows.filter((row) => `${row.day}T12:00:00Z` >= from && `${row.day}T12:00:00Z` < to);
  const at = Number(query.get('cursor') ?? 0);
  const data = inRange.slice(at, at + limit).map((row, i) => ({
    id: `o${at + i}`,
    traceId: 't',
    projectId: 'p',
    parentObservationId: null,
    type: 'GENERATION',
    startTime: `${row.day}T12:00:00.000Z`,
    endTime: null,
    modelId: null,
    inputPrice: null,
    outputPrice: null,
    totalPrice: null,
    userId: row.userId,
    tags: row.tags,
    model: row.providedModelName,
    usageDetails: { input: row.inputTokens, output: row.outputTokens, ...row.usage },
    totalCost: row.totalCost,
  }));
  const next = at + limit;
  return { data, meta: next < inRange.length ? { cursor: String(next) } : {} };
}

/** Serves observations (v4) or the metrics of v1, which group by what they are asked for and never give more than asked. */
export async function startLangfuse(project: Project, trouble?: Trouble) {
  return await startFake((call) => {
    const [scheme, given = ''] = (call.headers.authorization ?? '').split(' ');
    if (scheme !== 'Basic' || Buffer.from(given, 'base64').toString() !== project.key)
      refuse(401, 'Unauthorized');
    const isNew = (project.version ?? 4) === 4;
    if (call.endpoint === '/api/public/v2/observations')
      return isNew ? observations(call, project) : refuse(404, 'Not Found');
    if (call.endpoint !== '/api/public/metrics' || isNew) return null;
    return { data: metrics(call, project) };
  }, trouble);
}

function metrics({ query }: FakeCall, { rows }: Project) {
  const question: unknown = JSON.parse(need(query, 'query'));
  if (typeof question !== 'object' || question === null || !('fromTimestamp' in question))
    return refuse(400, 'query');
  const day = String(question.fromTimestamp).slice(0, 10);
  return rows
    .filter((row) => row.day === day)
    .slice(0, 1000)
    .map((row) => ({
      time_dimension: row.day,
      userId: row.userId,
      tags: row.tags,
      traceName: null,
      providedModelName: row.providedModelName,
      sum_totalCost: row.totalCost,
      sum_inputTokens: row.inputTokens,
      sum_outputTokens: String(row.outputTokens),
      sum_totalTokens: row.inputTokens + row.outputTokens,
      count_count: '3',
    }));
}
