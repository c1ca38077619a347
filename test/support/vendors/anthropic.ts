import { addDays, type Day, daysBetween, daysIn, parseDay } from '../../../src/core/base/time.js';
import { type FakeCall, need, pageOf, refuse } from './server.js';

/** What a key or person used in one cell of equal price on one day, and so what it cost: the truth behind all reports. */
export interface ClaudeUse {
  readonly day: Day;
  readonly workspace: string | null;
  readonly key: string | null;
  readonly account: string | null;
  readonly service: string | null;
  readonly model: string;
  readonly tier: string;
  readonly context: string;
  readonly geo: string;
  readonly speed: string;
  /** What the analytics reports tell besides. */
  readonly product?: string;
  readonly profile?: string;
  readonly actor?: Readonly<Record<string, unknown>>;
  /** Token type, or `web_search`. */
  readonly kind: string;
  readonly units: number;
}

/** Money that stands in the cost report alone. */
interface BareCost {
  readonly day: Day;
  readonly workspace: string | null;
  readonly type: string;
  readonly microCents: bigint;
}

/** A Console organisation behind the legacy reports. */
export interface ClaudeOrganization {
  uses: ClaudeUse[];
  bare: BareCost[];
  keys: { id: string; name: string; workspace: string | null; user?: string }[];
  users: { id: string; email: string; name: string }[];
  readonly workspaces: readonly { id: string; name: string; tags: Record<string, string> }[];
  readonly services: readonly { id: string; name: string }[];
  /** Groups of the usage report that this organisation may not use. */
  readonly refusedGroups?: readonly string[];
}

export const ADMIN_KEY = 'sk-ant-admin01-TopSecretOfLarkspur';

const CENTS_MICRO_PER_UNIT: Readonly<Record<string, bigint>> = {
  uncached_input_tokens: 300n,
  'cache_creation.ephemeral_5m_input_tokens': 375n,
  'cache_creation.ephemeral_1h_input_tokens': 600n,
  cache_read_input_tokens: 30n,
  output_tokens: 1500n,
  web_search: 1_000_000n,
};

/** Micro-cents (1e-8 dollars): 10 nanos each. Priority Tier is paid by commitment: no cost report has it. */
export function microCentsOf(use: ClaudeUse): bigint {
  if (use.tier.startsWith('priority')) return 0n;
  const base = CENTS_MICRO_PER_UNIT[use.kind] ?? 0n;
  if (use.kind === 'web_search') return base * BigInt(use.units);
  const dear = (use.context === '0-200k' ? 1n : 2n) * (use.speed === 'fast' ? 6n : 1n);
  const model = use.model.includes('opus') ? 5n : 1n;
  const geo = use.geo === 'us' ? 11n : 10n;
  const tier = use.tier === 'batch' ? 5n : 10n;
  return (base * BigInt(use.units) * dear * model * geo * tier) / 100n;
}

const TOKENS: readonly (readonly [string, number])[] = [
  ['uncached_input_tokens', 1_000],
  ['cache_creation.ephemeral_5m_input_tokens', 310],
  ['cache_creation.ephemeral_1h_input_tokens', 70],
  ['cache_read_input_tokens', 48_000],
  ['output_tokens', 2_050],
];

/** A company of keys that share cells, people without a key, the Workbench, a batch job and a fast mode. */
export function claudeOrganization(from: Day, days: number): ClaudeOrganization {
  const uses: ClaudeUse[] = [];
  const bare: BareCost[] = [];
  for (const [index, day] of daysIn({ from, to: addDays(from, days) }).entries()) {
    const put = (seed: number, who: Partial<ClaudeUse>, kinds = TOKENS): void => {
      for (const [kind, units] of kinds) {
        uses.push({
          day,
          workspace: 'wrkspc_Search',
          key: null,
          account: null,
          service: null,
          model: 'claude-sonnet-5',
          tier: 'standard',
          context: '0-200k',
          geo: 'global',
          speed: 'standard',
          kind,
          units: units * seed + index * 13,
          ...who,
        });
      }
    };
    put(3, { key: 'apikey_A', service: 'svac_A' });
    put(7, { key: 'apikey_B', service: 'svac_A' });
    put(2, { key: 'apikey_A', service: 'svac_A', context: '200k-1M' });
    put(5, { key: 'apikey_B', service: 'svac_A', geo: 'us' });
    put(1, { key: 'apikey_A', service: 'svac_A' }, [['web_search', 40]]);
    put(4, { key: 'apikey_B', service: 'svac_A' }, [['web_search', 10]]);
    put(11, { key: 'apikey_Batch', workspace: null, tier: 'batch', model: 'claude-haiku-4-5' });
    put(6, { workspace: 'wrkspc_Code', account: 'user_Ana', model: 'claude-opus-5-5' });
    put(9, { workspace: 'wrkspc_Code', account: 'user_Gone', model: 'claude-opus-5-5' });
    put(2, { workspace: 'wrkspc_Code', account: 'user_Ana', model: 'claude-opus-5-5', speed: 'fast' });
    put(1, { workspace: null });
    put(8, { key: 'apikey_A', service: 'svac_A', tier: 'priority' });
    bare.push({ day, workspace: 'wrkspc_Search', type: 'code_execution', microCents: 5_500_000n });
  }
  return {
    uses,
    bare,
    keys: [
      { id: 'apikey_A', name: 'search-a', workspace: 'wrkspc_Search' },
      { id: 'apikey_B', name: 'search-b', workspace: 'wrkspc_Search', user: 'user_Ana' },
      { id: 'apikey_Batch', name: 'nightly', workspace: null },
      { id: 'apikey_Batch2', name: 'nightly', workspace: 'wrkspc_Search' },
    ],
    users: [{ id: 'user_Ana', email: 'Ana.Ruiz@larkspur.example', name: 'Ana Ruiz' }],
    workspaces: [
      { id: 'wrkspc_Search', name: 'search-prod', tags: { product: 'search' } },
      { id: 'wrkspc_Code', name: 'Claude Code', tags: {} },
    ],
    services: [{ id: 'svac_A', name: 'search-service' }],
  };
}

/** The part of `/v1/organizations/` that every Console organisation has; null for anything else. */
export function answerListing(organization: ClaudeOrganization, call: FakeCall): unknown {
  checkHeaders(call);
  switch (call.endpoint.replace('/v1/organizations/', '')) {
    case 'me':
      return { id: 'org_Larkspur', type: 'organization', name: 'Larkspur' };
    case 'api_keys':
      return list(
        organization.keys.map(({ id, name, workspace, user }) => ({
          id,
          name,
          status: 'active',
          created_by: user === undefined ? null : { id: user, type: 'user' },
          principal: user === undefined ? null : { type: 'user_actor', user_id: user },
          scope: { type: 'workspace', workspace_id: workspace },
        })),
      );
    case 'users':
      return list(organization.users);
    case 'workspaces':
      return list(organization.workspaces.map((workspace) => ({ ...workspace, archived_at: null })));
    case 'service_accounts':
      return { data: organization.services, next_page: null };
    default:
      return null;
  }
}

/** Every question needs the key and the version. */
export function checkHeaders({ headers }: FakeCall): void {
  if (headers['x-api-key'] !== ADMIN_KEY) refuse(401, 'invalid x-api-key');
  if (headers['anthropic-version'] !== '2023-06-01') refuse(400, 'anthropic-version is required');
}

function list(data: readonly { readonly id: string }[]) {
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** The legacy cost and usage reports, with the vendor's refusals. `perPage` forces small pages. */
export function answerLegacy(organization: ClaudeOrganization, call: FakeCall): unknown {
  const { endpoint, query, headers } = call;
  checkHeaders(call);
  switch (endpoint) {
    case '/v1/organizations/cost_report': {
      const groups = groupsOf(query, ['workspace_id', 'description']);
      if ((query.get('bucket_width') ?? '1d') !== '1d') refuse(400, 'bucket_width must be 1d');
      return buckets(query, (day) => costResults(organization, day, groups));
    }
    case '/v1/organizations/usage_report/messages': {
      const groups = groupsOf(query, USAGE_GROUPS);
      const speed = groups.includes('speed') && headers['anthropic-beta'] !== 'fast-mode-2026-02-01';
      if (speed) refuse(400, 'group_by: speed requires the fast-mode-2026-02-01 beta');
      const denied = groups.find((group) => organization.refusedGroups?.includes(group));
      if (denied !== undefined) refuse(400, `group_by: ${denied} is not available`);
      return buckets(query, (day) => usageResults(organization, day, groups));
    }
    default:
      return answerListing(organization, call);
  }
}

const USAGE_FIELDS = {
  api_key_id: 'key',
  workspace_id: 'workspace',
  model: 'model',
  service_tier: 'tier',
  context_window: 'context',
  inference_geo: 'geo',
  speed: 'speed',
  account_id: 'account',
  service_account_id: 'service',
} as const;
const USAGE_GROUPS = Object.keys(USAGE_FIELDS);

function groupsOf(query: URLSearchParams, allowed: readonly string[]): readonly string[] {
  const groups = query.getAll('group_by[]');
  const unknown = groups.find((group) => !allowed.includes(group));
  if (unknown !== undefined) refuse(400, `group_by: ${unknown} is not a valid value`);
  return groups;
}

/** Midnights, as the vendor snaps instants to buckets. */
export function rangeOf(query: URLSearchParams): { from: Day; to: Day } {
  const [from = '', to = ''] = ['starting_at', 'ending_at'].map(
    (name) =>
      /^(\d{4}-\d{2}-\d{2})T00:00:00Z$/.exec(need(query, name))?.[1] ?? refuse(400, `${name}: no midnight`),
  );
  return { from: parseDay(from), to: parseDay(to) };
}

/** Buckets of a day each, `limit` (7, at most 31) a page; the fake turns the page after a third of it. */
export function buckets(query: URLSearchParams, results: (day: Day) => readonly unknown[]) {
  const range = rangeOf(query);
  const limit = Number(query.get('limit') ?? 7);
  if (!(limit >= 1 && limit <= 31)) refuse(400, 'limit must be between 1 and 31');
  if (daysBetween(range.from, range.to) > 31) refuse(400, 'the range may span at most 31 days');
  const { items, next } = pageOf(daysIn(range), query.get('page'), Math.ceil(limit / 3));
  return {
    data: items.map((day) => ({
      starting_at: `${day}T00:00:00Z`,
      ending_at: `${addDays(day, 1)}T00:00:00Z`,
      results: results(day),
    })),
    has_more: next !== null,
    next_page: next === null ? null : `c${next}`,
  };
}

/** Cents with six decimals. */
export function cents(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const magnitude = micro < 0n ? -micro : micro;
  return `${sign}${magnitude / 1_000_000n}.${String(magnitude % 1_000_000n).padStart(6, '0')}`;
}

function costResults(organization: ClaudeOrganization, day: Day, groups: readonly string[]) {
  const cells = new Map<string, { fields: Record<string, unknown>; micro: bigint }>();
  const add = (workspace: string | null, fields: Record<string, unknown>, micro: bigint): void => {
    const shown = {
      workspace_id: groups.includes('workspace_id') ? workspace : null,
      ...(groups.includes('description') ? fields : { ...NO_FIELDS }),
    };
    const key = JSON.stringify(shown);
    cells.set(key, { fields: shown, micro: (cells.get(key)?.micro ?? 0n) + micro });
  };
  for (const use of organization.uses) {
    if (use.day !== day || use.tier.startsWith('priority')) continue;
    add(use.workspace, costFields(use), microCentsOf(use));
  }
  for (const cost of organization.bare) {
    if (cost.day !== day) continue;
    const fields = { ...NO_FIELDS, description: 'Code Execution Usage', cost_type: cost.type };
    add(cost.workspace, fields, cost.microCents);
  }
  return [...cells.values()].map(({ fields, micro }) => ({
    currency: 'USD',
    amount: cents(micro),
    ...fields,
  }));
}

const NO_FIELDS = {
  description: null,
  cost_type: null,
  context_window: null,
  model: null,
  service_tier: null,
  token_type: null,
  inference_geo: null,
};

function costFields(use: ClaudeUse): Record<string, unknown> {
  if (use.kind === 'web_search') {
    return { ...NO_FIELDS, description: 'Web Search Usage', cost_type: 'web_search' };
  }
  const words = [
    use.model,
    'Usage',
    use.speed === 'fast' ? 'Fast Mode' : null,
    use.tier,
    use.context,
    use.geo,
    use.kind,
  ];
  return {
    description: words.filter((word) => word !== null).join(' - '),
    cost_type: 'tokens',
    context_window: use.context,
    model: use.model,
    service_tier: use.tier,
    token_type: use.kind,
    inference_geo: use.geo,
  };
}

function usageResults(organization: ClaudeOrganization, day: Day, groups: readonly string[]) {
  const cells = new Map<string, { fields: Record<string, string | null>; units: Record<string, number> }>();
  for (const use of organization.uses) {
    if (use.day !== day) continue;
    const fields = Object.fromEntries(
      Object.entries(USAGE_FIELDS).map(([group, field]) => [
        group,
        groups.includes(group) ? use[field] : null,
      ]),
    );
    const key = JSON.stringify(fields);
    const cell = cells.get(key) ?? { fields, units: {} };
    cells.set(key, cell);
    cell.units[use.kind] = (cell.units[use.kind] ?? 0) + use.units;
  }
  return [...cells.values()].map(({ fields, units }) => ({ ...tokenFields(units), ...fields }));
}

/** Token counts in the shape of every usage report. */
export function tokenFields(units: Readonly<Record<string, number>>) {
  return {
    uncached_input_tokens: units['uncached_input_tokens'] ?? 0,
    cache_creation: {
      ephemeral_5m_input_tokens: units['cache_creation.ephemeral_5m_input_tokens'] ?? 0,
      ephemeral_1h_input_tokens: units['cache_creation.ephemeral_1h_input_tokens'] ?? 0,
    },
    cache_read_input_tokens: units['cache_read_input_tokens'] ?? 0,
    output_tokens: units['output_tokens'] ?? 0,
    server_tool_use: { web_search_requests: units['web_search'] ?? 0 },
  };
}

const ANALYTICS_FIELDS = {
  api_key_id: 'key',
  workspace_id: 'workspace',
  model: 'model',
  service_tier: 'tier',
  context_window: 'context',
  inference_geo: 'geo',
  speed: 'speed',
  product: 'product',
  user_profile_id: 'profile',
} as const;
const ANALYTICS_GROUPS = [
  ...Object.keys(ANALYTICS_FIELDS),
  'actor',
  'actor_type',
  'agent_id',
  'rbac_group_id',
  'session_id',
  'slack_channel_id',
  'organization_id',
];
const FREE_GROUPS = ['cost_type', 'token_type'];

/** The analytics reports, with the vendor's refusals; `refreshedAt` is told on every page. */
export function answerAnalytics(
  organization: ClaudeOrganization,
  call: FakeCall,
  refreshedAt = '2026-11-23T14:00:00Z',
): unknown {
  const report = /\/analytics\/(cost|usage)$/.exec(call.endpoint)?.[1];
  if (report === undefined) return answerListing(organization, call);
  checkHeaders(call);
  const { query, headers } = call;
  if (headers['anthropic-beta'] !== 'analytics-usage-cost-2026-08-24')
    refuse(400, 'anthropic-beta is required');
  const groups = groupsOf(query, [...ANALYTICS_GROUPS, ...(report === 'cost' ? FREE_GROUPS : [])]);
  if (groups.filter((group) => !FREE_GROUPS.includes(group)).length > 5) refuse(400, 'group_by: at most 5');
  if (query.get('time_bucket_width') !== '1d') refuse(400, 'time_bucket_width: only 1d here');
  if (query.get('exclude_deleted_users') === 'true') throw new Error('former staff must stay');
  const range = rangeOf(query);
  if (daysBetween(range.from, range.to) > 31) refuse(400, 'the range may span at most 31 days');
  const rows = daysIn(range).flatMap((day) => analyticsRows(organization, { day, groups, report }));
  const { items, next } = pageOf(rows, query.get('page'), 40);
  return {
    data: items,
    has_more: next !== null,
    next_page: next === null ? null : `c${next}`,
    data_refreshed_at: refreshedAt,
  };
}

function actorOf(organization: ClaudeOrganization, use: ClaudeUse): unknown {
  if (use.actor !== undefined) return use.actor;
  if (use.account !== null) {
    const user = organization.users.find(({ id }) => id === use.account);
    const name = user?.name ?? 'Deleted User';
    return {
      type: 'user_actor',
      user_id: use.account,
      email_address: user?.email ?? null,
      name,
      deleted: !user,
    };
  }
  if (use.service !== null) return { type: 'service_account_actor', service_account_id: use.service };
  return use.key === null ? null : { type: 'api_actor', api_key_id: use.key };
}

interface AnalyticsCell {
  readonly group: Readonly<Record<string, unknown>>;
  micro: bigint;
  readonly units: Record<string, number>;
}

function analyticsRows(
  organization: ClaudeOrganization,
  { day, groups, report }: { readonly day: Day; readonly groups: readonly string[]; readonly report: string },
): readonly unknown[] {
  const cells = new Map<string, AnalyticsCell>();
  const add = (group: Record<string, unknown>): AnalyticsCell => {
    const cell = cells.get(JSON.stringify(group)) ?? { group, micro: 0n, units: {} };
    cells.set(JSON.stringify(group), cell);
    return cell;
  };
  const groupOf = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      [...ANALYTICS_GROUPS, ...(report === 'cost' ? FREE_GROUPS : [])].map((name) => [
        name,
        groups.includes(name) ? (values[name] ?? null) : null,
      ]),
    );
  for (const use of organization.uses) {
    if (use.day !== day || use.tier.startsWith('priority')) continue;
    const search = use.kind === 'web_search';
    const cell = add(
      groupOf({
        ...Object.fromEntries(Object.entries(ANALYTICS_FIELDS).map(([group, field]) => [group, use[field]])),
        actor: actorOf(organization, use),
        cost_type: search ? 'web_search' : 'tokens',
        token_type: search ? null : use.kind,
      }),
    );
    cell.micro += microCentsOf(use);
    cell.units[use.kind] = (cell.units[use.kind] ?? 0) + use.units;
  }
  for (const cost of report === 'cost' ? organization.bare : []) {
    if (cost.day !== day) continue;
    add(groupOf({ workspace_id: cost.workspace, cost_type: cost.type })).micro += cost.microCents;
  }
  const period = { starting_at: `${day}T00:00:00Z`, ending_at: `${addDays(day, 1)}T00:00:00Z` };
  return [...cells.values()].map(({ group, micro, units }) => ({
    ...period,
    group,
    ...(report === 'cost'
      ? {
          cost: {
            amount: cents(micro),
            list_amount: cents((micro * 5n) / 4n),
            currency: 'USD',
            requests: null,
          },
        }
      : { usage: { ...tokenFields(units), requests: 1, total_tokens: 1 } }),
  }));
}
