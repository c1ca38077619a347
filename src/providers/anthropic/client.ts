import type { RawResponse } from '../../core/feed.js';
import type { DayRange } from '../../core/time.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  VendorRefusal,
  type VendorRequest,
} from '../http.js';
import { collectPages, cursorQuery } from '../pages.js';
import { splitRange } from '../pull-window.js';
import {
  type ApiKey,
  ApiKeyList,
  CostPage,
  type CostRow,
  Organization,
  TotalPage,
  type TotalRow,
  UsagePage,
  type UsageRow,
  type User,
  UserList,
  type Workspace,
  WorkspaceList,
} from './schema.js';

/** All that one pull read. */
export interface AnthropicFacts {
  /** Null when this credential may not ask for it. */
  readonly organization: Organization | null;
  readonly costs: readonly CostRow[];
  readonly usage: readonly UsageRow[];
  /** Ungrouped daily totals of the same money. */
  readonly totals: readonly TotalRow[];
  /** Earliest `data_refreshed_at` of any answer; null when the vendor gave none. */
  readonly refreshedAtMs: number | null;
  readonly apiKeys: readonly ApiKey[];
  readonly users: readonly User[];
  readonly workspaces: readonly Workspace[];
  readonly raw: readonly RawResponse[];
}

const ANALYTICS = '/v1/organizations/analytics';
const MAX_SPAN_DAYS = 31;
/** At most five; `cost_type` and `token_type` do not count. */
const DIMENSIONS = ['actor', 'api_key_id', 'workspace_id', 'model', 'service_tier'];
const COST_DIMENSIONS = [...DIMENSIONS, 'token_type', 'cost_type'];

interface AnalyticsPage<Row> {
  readonly data: readonly Row[];
  readonly has_more: boolean;
  readonly next_page?: string | null | undefined;
  readonly data_refreshed_at?: string | null | undefined;
}

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<AnthropicFacts> {
  const client = createHttpClient(
    {
      vendor: 'Anthropic',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://api.anthropic.com',
      headers: {
        'x-api-key': config.adminKey,
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'analytics-usage-cost-2026-08-24',
      },
      credential: config.adminKey,
      credentialNeeded:
        'an Admin API key of the organisation (or an analytics key with scope read:analytics)',
      clock: config.clock,
    },
    config.http,
  );
  const walk = createWalker(client);
  const parts = splitRange(range, MAX_SPAN_DAYS);
  const costs = await walk.analytics<CostRow>(`${ANALYTICS}/cost`, CostPage, parts, COST_DIMENSIONS);
  const usage = await walk.analytics<UsageRow>(`${ANALYTICS}/usage`, UsagePage, parts, DIMENSIONS);
  const totals = await walk.analytics<TotalRow>(`${ANALYTICS}/cost`, TotalPage, parts, []);
  return {
    organization: await fetchOrganization(client, walk.raw),
    costs,
    usage,
    totals,
    refreshedAtMs: walk.refreshedAt.length === 0 ? null : Math.min(...walk.refreshedAt),
    apiKeys: await walk.list('/v1/organizations/api_keys', ApiKeyList, []),
    users: await walk.list('/v1/organizations/users', UserList, []),
    workspaces: await walk.list('/v1/organizations/workspaces', WorkspaceList, [
      ['include_archived', 'true'],
      ['include_default', 'true'],
    ]),
    raw: walk.raw,
  };
}

/** Walks lists and analytics ranges, gathering raw responses and refresh instants on the way. */
function createWalker(client: HttpClient) {
  const raw: RawResponse[] = [];
  const refreshedAt: number[] = [];
  return {
    raw,
    refreshedAt,
    async analytics<Row>(
      endpoint: string,
      schema: VendorRequest<AnalyticsPage<Row>>['schema'],
      parts: readonly DayRange[],
      dimensions: readonly string[],
    ): Promise<readonly Row[]> {
      const rows: Row[][] = [];
      for (const part of parts) {
        const query = analyticsQuery(part, dimensions);
        const walked = await collectPages(client, { endpoint, query, schema }, (page) =>
          cursorQuery('page', page.has_more, page.next_page),
        );
        raw.push(...walked.raw);
        for (const page of walked.pages) {
          rows.push([...page.data]);
          if (typeof page.data_refreshed_at === 'string')
            refreshedAt.push(Date.parse(page.data_refreshed_at));
        }
      }
      return rows.flat();
    },
    async list<Item>(
      endpoint: string,
      schema: VendorRequest<{
        data: Item[];
        has_more: boolean;
        last_id?: string | null | undefined;
      }>['schema'],
      filters: Query,
    ): Promise<readonly Item[]> {
      const query: Query = [...filters, ['limit', '1000']];
      const walked = await collectPages(client, { endpoint, query, schema }, (page) =>
        cursorQuery('after_id', page.has_more, page.last_id),
      );
      raw.push(...walked.raw);
      return walked.pages.flatMap((page) => page.data);
    },
  };
}

function analyticsQuery(part: DayRange, dimensions: readonly string[]): Query {
  return [
    ['starting_at', `${part.from}T00:00:00Z`],
    ['ending_at', `${part.to}T00:00:00Z`],
    ['time_bucket_width', '1d'],
    ['order_by', 'time'],
    ['limit', '1000'],
    // `exclude_deleted_users` stays away: it would drop the cost of former staff.
    ...dimensions.map((dimension) => ['group_by[]', dimension] as const),
  ];
}

async function fetchOrganization(client: HttpClient, raw: RawResponse[]): Promise<Organization | null> {
  try {
    const answer = await client.get({ endpoint: '/v1/organizations/me', query: [], schema: Organization });
    raw.push(answer.raw);
    return answer.value;
  } catch (error) {
    // The cost was readable, so the credential is good: it merely may not ask for this.
    if (error instanceof VendorRefusal && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}
