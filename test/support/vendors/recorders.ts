import { addDays, type Day, daysIn, parseDay } from '../../../src/core/base/time.js';
import { type FakeCall, need, refuse, startFake, type Trouble } from './server.js';

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
}

export const PROJECT_KEY = 'pk-lf-Larkspur:sk-lf-TopSecretOfLarkspur';

/** Serves the metrics endpoint: it groups by what it is asked for and never gives more rows than asked. */
export async function startLangfuse(project: Project, trouble?: Trouble) {
  return await startFake((call) => {
    const [scheme, given = ''] = (call.headers.authorization ?? '').split(' ');
    if (scheme !== 'Basic' || Buffer.from(given, 'base64').toString() !== project.key)
      refuse(401, 'Unauthorized');
    if (call.endpoint !== '/api/public/metrics') return null;
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
