import type { OpenAiUsage } from './dataset.js';
import { OPENAI_CONTRACT } from './openai-contract.js';

/** Results that are not called as their endpoint. */
const OBJECTS: Readonly<Record<string, string>> = {
  file_search_calls: 'file_searches',
  web_search_calls: 'web_searches',
};
/** What rows had before cache writes were told apart. */
const OLDER_FIELDS: ReadonlySet<string> = new Set([
  'input_tokens',
  'input_cached_tokens',
  'output_tokens',
  'num_model_requests',
]);

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
  const object = `organization.usage.${OBJECTS[endpoint] ?? endpoint}.result`;
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
    source: null,
    api_source: row.apiSource ?? 'unlabeled',
    context_level: null,
    vector_store_id: row.vectorStoreId ?? null,
  };
  const grouped = OPENAI_CONTRACT[`usage/${row.endpoint}`]?.groups ?? [];
  return Object.fromEntries(
    Object.entries(known)
      .filter(([name]) => grouped.includes(name))
      .map(([name, value]) => [name, groups.has(name) ? value : null]),
  );
}
