import { createNanoCarry, formatNanos } from '../../core/base/money.js';
import type { AnthropicTokenType, AnthropicUsage } from './dataset.js';

/** Group names that the vendor knows; those that the dataset cannot tell apart come back null. */
export const GROUPS: readonly string[] = [
  'actor',
  'actor_type',
  'agent_id',
  'api_key_id',
  'claude_tag_category',
  'claude_tag_user_id',
  'context_window',
  'deployment_id',
  'environment_id',
  'inference_geo',
  'model',
  'organization_id',
  'product',
  'rbac_group_id',
  'service_tier',
  'session_id',
  'slack_channel_id',
  'speed',
  'user_profile_id',
  'workspace_id',
];
/** Further ones of the cost endpoint; they do not count to the five. */
export const COST_GROUPS: readonly string[] = ['cost_type', 'token_type'];
const NO_GROUP = Object.fromEntries(GROUPS.map((name) => [name, null]));

/** A row's `group` object: what is asked for, null for the rest. */
function groupOf(usage: AnthropicUsage, dimensions: ReadonlySet<string>): Record<string, unknown> {
  const known: Record<string, unknown> = {
    actor: usage.actor,
    api_key_id: usage.apiKeyId,
    workspace_id: usage.workspaceId,
    model: usage.model,
    service_tier: usage.serviceTier,
  };
  const group: Record<string, unknown> = { ...NO_GROUP };
  for (const [name, value] of Object.entries(known)) if (dimensions.has(name)) group[name] = value;
  return group;
}

/** Sums of one group: money exactly, as the decimal strings that the vendor gives. */
interface CostCell {
  readonly group: Record<string, unknown>;
  readonly amounts: string[];
  readonly listAmounts: string[];
}

/** One day's cost rows, grouped, each as JSON text. */
export function costRows(
  rows: readonly AnthropicUsage[],
  dimensions: ReadonlySet<string>,
  period: { readonly starting_at: string; readonly ending_at: string },
): readonly string[] {
  const cells = new Map<string, CostCell>();
  for (const usage of rows) {
    const group = groupOf(usage, dimensions);
    const key = JSON.stringify(group);
    for (const line of usage.lines) {
      const lineKey = dimensions.has('token_type') ? `${key}${line.tokenType}` : key;
      const cell = cells.get(lineKey) ?? {
        group: {
          ...group,
          cost_type: dimensions.has('cost_type') ? 'tokens' : null,
          token_type: dimensions.has('token_type') ? line.tokenType : null,
        },
        amounts: [],
        listAmounts: [],
      };
      cell.amounts.push(line.amountCents);
      cell.listAmounts.push(line.listCents);
      cells.set(lineKey, cell);
    }
  }
  return [...cells.values()].map(({ group, amounts, listAmounts }) =>
    JSON.stringify({
      ...period,
      group,
      cost: {
        amount: sumDecimals(amounts),
        currency: 'USD',
        list_amount: sumDecimals(listAmounts),
        requests: null,
      },
    }),
  );
}

/** A single amount passes as it was written; sums are exact to nine decimals. */
function sumDecimals(amounts: readonly string[]): string {
  const [only, ...others] = amounts;
  if (only !== undefined && others.length === 0) return only;
  const carry = createNanoCarry();
  return formatNanos(amounts.reduce((sum, amount) => sum + carry.add(amount), 0n));
}

/** One day's usage rows, grouped, each as JSON text. */
export function usageRows(
  rows: readonly AnthropicUsage[],
  dimensions: ReadonlySet<string>,
  period: { readonly starting_at: string; readonly ending_at: string },
): readonly string[] {
  const cells = new Map<string, { group: Record<string, unknown>; requests: number; tokens: TokenCounts }>();
  for (const usage of rows) {
    const group = groupOf(usage, dimensions);
    const key = JSON.stringify(group);
    const cell = cells.get(key) ?? { group, requests: 0, tokens: { ...NO_TOKENS } };
    cell.requests += usage.requests;
    for (const line of usage.lines) cell.tokens[line.tokenType] += line.tokens;
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ group, requests, tokens }) =>
    JSON.stringify({ ...period, group, usage: toUsage(tokens, requests) }),
  );
}

type TokenCounts = Record<AnthropicTokenType, number>;
const NO_TOKENS: TokenCounts = {
  uncached_input_tokens: 0,
  'cache_creation.ephemeral_5m_input_tokens': 0,
  'cache_creation.ephemeral_1h_input_tokens': 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

function toUsage(tokens: TokenCounts, requests: number) {
  return {
    uncached_input_tokens: tokens.uncached_input_tokens,
    cache_creation: {
      ephemeral_5m_input_tokens: tokens['cache_creation.ephemeral_5m_input_tokens'],
      ephemeral_1h_input_tokens: tokens['cache_creation.ephemeral_1h_input_tokens'],
    },
    cache_read_input_tokens: tokens.cache_read_input_tokens,
    output_tokens: tokens.output_tokens,
    server_tool_use: { web_search_requests: 0 },
    requests,
    total_tokens: Object.values(tokens).reduce((sum, count) => sum + count, 0),
  };
}
