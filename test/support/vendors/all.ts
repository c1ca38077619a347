import { type Day, parseDay, toEpochDay } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import type { HttpOptions } from '../../../src/providers/http/http.js';
import type { Provider } from '../../../src/providers/provider.js';
import {
  ANTHROPIC_TOKEN_TYPES,
  type AnthropicActor,
  type AnthropicDataset,
  type AnthropicUsage,
  type OpenAiCost,
  type OpenAiDataset,
  type OpenAiUsage,
} from '../../../src/sandbox/vendors/dataset.js';

/** Monday afternoon, UTC. */
export const NOW_MS = Date.parse('2026-11-23T14:20:00Z');
export const clock = () => NOW_MS;

/** A connector as the catalog makes it of a source's settings. */
export function connect(
  kind: string,
  source: {
    readonly source: string;
    readonly clock: () => number;
    readonly adminKey?: string;
    readonly baseUrl?: string;
    readonly path?: string;
    readonly http?: HttpOptions;
    readonly options?: object;
  },
): Provider {
  const { source: name, adminKey, baseUrl, path, options, ...parts } = source;
  const settings = { credential: adminKey ?? null, baseUrl: baseUrl ?? null, path: path ?? null };
  return createProvider({ name, kind, ...settings, options: { ...options } }, parts);
}

/** Retries without waiting; `waits` holds what would have been waited for, in milliseconds. */
export function impatientHttp(options: HttpOptions = {}): { http: HttpOptions; waits: number[] } {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  return { http: { sleep, random: () => 0, ...options }, waits };
}

const ANA: AnthropicActor = {
  type: 'user_actor',
  user_id: 'user_Ana',
  email_address: 'Ana.Ruiz@Larkspur.example',
  name: 'Ana Ruiz',
  deleted: false,
};
const GONE: AnthropicActor = {
  type: 'user_actor',
  user_id: 'user_Gone',
  email_address: null,
  name: 'Former Colleague',
  deleted: true,
};

/** Amount and list amount in cents with six decimals, different for every (day, row, line). */
function cents(seed: number): { amountCents: string; listCents: string } {
  const micro = (seed * 7919 + 104_729) % 99_999_989;
  return { amountCents: fromMicro(micro), listCents: fromMicro(Math.round(micro * 1.25)) };
}

function fromMicro(value: number): string {
  return `${Math.floor(value / 1e6)}.${String(value % 1e6).padStart(6, '0')}`;
}

function usageRow(day: Day, index: number, who: Partial<AnthropicUsage>): AnthropicUsage {
  const seed = toEpochDay(day) * 1000 + index * 10;
  return {
    actor: null,
    apiKeyId: null,
    workspaceId: null,
    model: 'claude-sonnet-5',
    serviceTier: 'standard',
    requests: 3,
    lines: ANTHROPIC_TOKEN_TYPES.map((tokenType, line) => ({
      tokenType,
      tokens: 1000 * (index + 1) + line,
      ...cents(seed + line),
    })),
    ...who,
  };
}

/** A small Anthropic organisation: named actors first, then `keys` rows of service accounts a day. */
export function anthropicDataset(options: { keys?: number } = {}): AnthropicDataset {
  const ids = Array.from({ length: options.keys ?? 3 }, (_, i) => String(i).padStart(3, '0'));
  const usage = (day: Day): readonly AnthropicUsage[] => [
    usageRow(day, 0, { actor: ANA, workspaceId: 'wrkspc_Code', model: 'claude-opus-5-5' }),
    usageRow(day, 1, { actor: GONE, workspaceId: 'wrkspc_Search' }),
    usageRow(day, 2, {}),
    ...ids.map((id, i) =>
      usageRow(day, i + 3, {
        actor: { type: 'service_account_actor', service_account_id: `svac_${id}` },
        apiKeyId: `apikey_${id}`,
        workspaceId: 'wrkspc_Search',
      }),
    ),
  ];
  return {
    adminKey: 'sk-ant-admin01-TopSecretKeyOfLarkspur',
    organizationId: 'org_Larkspur',
    workspaces: [
      {
        id: 'wrkspc_Search',
        name: 'search-prod',
        tags: { product: 'search', env: 'prod' },
        archivedAt: null,
      },
      { id: 'wrkspc_Code', name: 'Claude Code', tags: {}, archivedAt: null },
      { id: 'wrkspc_Old', name: 'old-demo', tags: {}, archivedAt: '2026-03-01T00:00:00Z' },
    ],
    apiKeys: ids.map((id) => ({
      id: `apikey_${id}`,
      name: `search-${id}`,
      status: 'active',
      workspaceId: 'wrkspc_Search',
      createdByUserId: 'user_Ana',
      principal: { type: 'service_account_actor', service_account_id: `svac_${id}` },
    })),
    users: [{ id: 'user_Ana', email: 'Ana.Ruiz@larkspur.example', name: 'Ana Ruiz', role: 'developer' }],
    usage,
  };
}

function openAiCosts(day: Day): readonly OpenAiCost[] {
  const seed = toEpochDay(day);
  const line = (index: number, cost: Omit<OpenAiCost, 'amountUsd' | 'quantityUnit'>): OpenAiCost => ({
    ...cost,
    amountUsd: `${(seed + index) % 90}.${String((seed * 7919 * (index + 1)) % 1e6).padStart(6, '0')}`,
    quantityUnit: cost.quantity === null ? null : 'tokens',
  });
  const support = { projectId: 'proj_Support', apiKeyId: 'key_Router', userId: 'user-Router' };
  return [
    line(0, { ...support, lineItem: 'gpt-6-sol, input_tokens', quantity: 1_500_000 }),
    line(1, { ...support, lineItem: 'gpt-6-sol, cached_input_tokens', quantity: 2_000_000 }),
    line(2, {
      projectId: 'proj_Data',
      apiKeyId: 'key_Mia',
      userId: 'user-Mia',
      lineItem: 'gpt-6-luna, output_tokens',
      quantity: 250_000,
    }),
    line(3, {
      projectId: 'proj_Old',
      apiKeyId: null,
      userId: null,
      lineItem: 'file search storage',
      quantity: null,
    }),
  ];
}

/** A small OpenAI organisation with one user's key, one service account's key and one keyless line a day. */
export function openAiDataset(): OpenAiDataset {
  return {
    adminKey: 'sk-admin-TopSecretKeyOfLarkspur',
    organizationId: 'org-Larkspur',
    projects: [
      {
        id: 'proj_Support',
        name: 'support-router',
        archivedAt: null,
        apiKeys: [
          {
            id: 'key_Router',
            name: 'router-prod',
            owner: { type: 'service_account', id: 'user-Router', name: 'support-router', email: null },
          },
        ],
      },
      {
        id: 'proj_Data',
        name: 'data-science',
        archivedAt: null,
        apiKeys: [
          {
            id: 'key_Mia',
            name: 'mia-laptop',
            owner: { type: 'user', id: 'user-Mia', name: 'Mia Chen', email: 'Mia.Chen@larkspur.example' },
          },
        ],
      },
      { id: 'proj_Old', name: 'old-demo', archivedAt: 1_790_000_000, apiKeys: [] },
    ],
    users: [
      { id: 'user-Mia', email: 'Mia.Chen@larkspur.example', name: 'Mia Chen', isServiceAccount: false },
      { id: 'user-Router', email: null, name: 'support-router', isServiceAccount: true },
    ],
    costs: openAiCosts,
  };
}

/** A usage row of the router's key; changes win. */
export function openAiUsageRow(changes: Partial<OpenAiUsage> = {}): OpenAiUsage {
  return {
    endpoint: 'completions',
    projectId: 'proj_Support',
    apiKeyId: 'key_Router',
    userId: 'user-Router',
    model: 'gpt-6-sol',
    batch: false,
    serviceTier: 'default',
    size: null,
    counts: {},
    ...changes,
  };
}

/** A half-open range from two texts. */
export function range(from: string, to: string): { from: Day; to: Day } {
  return { from: parseDay(from), to: parseDay(to) };
}

/** Decimal text to units of 10^-scale by string surgery: independent of the code under test. */
export function exactUnits(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > scale) throw new Error(`${text} has more than ${scale} decimals`);
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
