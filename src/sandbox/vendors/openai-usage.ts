import type { OpenAiUsage } from './dataset.js';
import { Refused } from './listen.js';

const BY_KEY = ['project_id', 'user_id', 'api_key_id', 'model'];
/** Group names of each endpoint (SDK `usage.d.ts`). */
const ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  completions: [...BY_KEY, 'batch', 'service_tier', 'api_source'],
  embeddings: BY_KEY,
  moderations: BY_KEY,
  images: [...BY_KEY, 'size', 'source'],
  audio_speeches: BY_KEY,
  audio_transcriptions: BY_KEY,
  vector_stores: ['project_id'],
  code_interpreter_sessions: ['project_id'],
  file_search_calls: [...BY_KEY, 'vector_store_id'],
  web_search_calls: [...BY_KEY, 'context_level'],
  decisions: BY_KEY,
};
/** What rows had before cache writes were told apart. */
const OLDER_FIELDS: ReadonlySet<string> = new Set([
  'input_tokens',
  'input_cached_tokens',
  'output_tokens',
  'num_model_requests',
]);

/** Whether the vendor has it. */
export function isUsageEndpoint(name: string): boolean {
  return ENDPOINTS[name] !== undefined;
}

/** @throws Refused 400 on a group that the endpoint does not know, or that the organisation is refused. */
export function refuseUsageGroups(
  endpoint: string,
  groups: readonly string[],
  options: { readonly refuseUserGrouping?: boolean },
): void {
  const unknown = groups.find((group) => ENDPOINTS[endpoint]?.includes(group) !== true);
  if (unknown !== undefined) throw new Refused(400, `Invalid value '${unknown}' for group_by.`);
  if (options.refuseUserGrouping === true && groups.includes('user_id')) {
    throw new Refused(400, 'group_by user_id is not supported for this organization and range.');
  }
}

/** One day's rows of an endpoint, summed by the groups that are asked for; others are null. */
export function usageResults(
  endpoint: string,
  rows: readonly OpenAiUsage[],
  { groups, older }: { readonly groups: ReadonlySet<string>; readonly older: boolean },
): readonly Record<string, unknown>[] {
  const cells = new Map<string, { group: Record<string, unknown>; counts: Record<string, number> }>();
  for (const row of rows) {
    const group = groupOf(row, groups);
    const key = JSON.stringify(group);
    const cell = cells.get(key) ?? { group, counts: {} };
    cells.set(key, cell);
    for (const [name, count] of Object.entries(row.counts))
      if (!older || OLDER_FIELDS.has(name)) cell.counts[name] = (cell.counts[name] ?? 0) + count;
  }
  const object = `organization.usage.${endpoint}.result`;
  return [...cells.values()].map(({ group, counts }) => ({ object, ...counts, ...group }));
}

function groupOf(row: OpenAiUsage, groups: ReadonlySet<string>): Record<string, unknown> {
  const known: Record<string, unknown> = {
    project_id: row.projectId,
    api_key_id: row.apiKeyId,
    user_id: row.userId,
    model: row.model,
    batch: row.batch,
    service_tier: row.serviceTier,
    size: row.size,
  };
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => [name, groups.has(name) ? value : null]),
  );
}
