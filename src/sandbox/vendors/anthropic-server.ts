import { addDays, type Day, daysBetween, daysIn, parseDay } from '../../core/base/time.js';
import { COST_GROUPS, costRows, GROUPS, usageRows } from './anthropic-groups.js';
import type { AnthropicDataset } from './dataset.js';
import {
  listen,
  type Misbehave,
  Refused,
  type VendorCall,
  type VendorReply,
  type VendorServer,
} from './listen.js';
import { listPage, readArray, readCursor, readLimit, toCursor } from './paging.js';

/** Options of the fake Anthropic. */
export interface AnthropicServerOptions {
  readonly port?: number;
  readonly misbehave?: Misbehave;
  /** Now, in milliseconds; decides the reach and `data_refreshed_at` (the full hour before). Default: the machine's. */
  readonly clock?: () => number;
  readonly organizationName?: string;
  /** Serve keys in the older, flat shape. */
  readonly legacyApiKeys?: boolean;
}

const BETA = 'analytics-usage-cost-2026-08-24';
const EARLIEST = '2026-01-01';
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
const MAX_SPAN_DAYS = 31;
const MAX_DIMENSIONS = 5;
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/**
 * Anthropic's organisation API as documented: analytics cost and usage (daily buckets only), api_keys, users,
 * workspaces, me. It checks credentials, headers and parameters as the vendor does.
 */
export async function startAnthropicServer(
  dataset: AnthropicDataset,
  options: AnthropicServerOptions = {},
): Promise<VendorServer> {
  const clock = options.clock ?? Date.now;
  const feeds = { cost: createDayCache(dataset, costRows), usage: createDayCache(dataset, usageRows) };
  const lists = listings(dataset, options.legacyApiKeys ?? false);
  return await listen({
    port: options.port,
    misbehave: options.misbehave,
    errorBody: (status, message) =>
      JSON.stringify({ type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message } }),
    handle(call) {
      checkHeaders(call, dataset.adminKey);
      const name = call.endpoint.replace('/v1/organizations/', '');
      const list = lists[name]?.(call.query);
      if (list !== undefined) {
        return { status: 200, ...listPage(list, call.query, { after: 'after_id', max: 1000 }) };
      }
      switch (name) {
        case 'me':
          return ok({
            id: dataset.organizationId,
            type: 'organization',
            name: options.organizationName ?? dataset.organizationId,
          });
        case 'service_accounts':
          throw new Refused(403, 'Admin API keys may not list service accounts.');
        case 'analytics/cost':
          return analyticsPage(call, clock(), {
            rowsOf: feeds.cost,
            names: [...GROUPS, ...COST_GROUPS],
          });
        case 'analytics/usage':
          return analyticsPage(call, clock(), { rowsOf: feeds.usage, names: GROUPS });
        default:
          throw new Refused(404, `Not found: ${call.endpoint}`);
      }
    },
  });
}

function ok(value: unknown): VendorReply {
  return { status: 200, body: JSON.stringify(value), page: 1 };
}

function checkHeaders({ headers, endpoint }: VendorCall, adminKey: string): void {
  if (headers['x-api-key'] !== adminKey) throw new Refused(401, 'invalid x-api-key');
  if (headers['anthropic-version'] !== '2023-06-01')
    throw new Refused(400, 'anthropic-version: is required.');
  if (endpoint.includes('/analytics/') && headers['anthropic-beta'] !== BETA) {
    throw new Refused(400, `anthropic-beta: ${BETA} is required.`);
  }
}

type Rows = (day: Day, dimensions: readonly string[]) => readonly string[];

/** Rows of the latest (day, grouping): a page usually ends within a day, and the next begins there. */
function createDayCache(dataset: AnthropicDataset, render: typeof costRows): Rows {
  let held = { key: '', rows: [] as readonly string[] };
  return (day, dimensions) => {
    const key = `${day}|${dimensions.join('|')}`;
    if (held.key !== key) {
      const starting_at = `${day}T00:00:00Z`;
      const ending_at = `${addDays(day, 1)}T00:00:00Z`;
      held = { key, rows: render(dataset.usage(day), new Set(dimensions), { starting_at, ending_at }) };
    }
    return held.rows;
  };
}

function analyticsPage(
  { query }: VendorCall,
  nowMs: number,
  feed: { readonly rowsOf: Rows; readonly names: readonly string[] },
): VendorReply {
  const range = readRange(query, nowMs);
  const dimensions = readDimensions(query, feed.names);
  const limit = readLimit(query, { max: 1000, usual: 20 });
  const { page, ...start } = readCursor(query);
  const days = daysIn(range);
  const data: string[] = [];
  let { day, row } = start;
  for (; day < days.length; day++, row = 0) {
    const rows = feed.rowsOf(days[day] ?? range.from, dimensions);
    const taken = rows.slice(row, row + limit - data.length);
    data.push(...taken);
    row += taken.length;
    if (row < rows.length) break;
  }
  const next = day < days.length ? toCursor(query, { page: page + 1, day, row }) : null;
  const refreshedAt = new Date(Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR).toISOString();
  const tail = JSON.stringify({ has_more: next !== null, next_page: next, data_refreshed_at: refreshedAt });
  return { status: 200, body: `{"data":[${data.join(',')}],${tail.slice(1)}`, page };
}

function readDimensions(query: URLSearchParams, names: readonly string[]): readonly string[] {
  const dimensions = readArray(query, 'group_by');
  const unknown = dimensions.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Refused(400, `group_by: ${unknown} is not a valid dimension.`);
  if (dimensions.filter((name) => !COST_GROUPS.includes(name)).length > MAX_DIMENSIONS) {
    throw new Refused(400, `group_by: at most ${MAX_DIMENSIONS} dimensions.`);
  }
  return dimensions;
}

function readRange(query: URLSearchParams, nowMs: number): { from: Day; to: Day } {
  const from = readMidnight(query, 'starting_at');
  const to = readMidnight(query, 'ending_at');
  if (query.get('time_bucket_width') !== '1d') {
    throw new Refused(400, 'time_bucket_width: this fake gives daily buckets only.');
  }
  if (from >= to) throw new Refused(400, 'ending_at: must be after starting_at.');
  if (daysBetween(from, to) > MAX_SPAN_DAYS) {
    throw new Refused(400, `ending_at: the range may span at most ${MAX_SPAN_DAYS} days.`);
  }
  if (from < EARLIEST || Date.parse(from) < nowMs - 365 * MS_PER_DAY) {
    throw new Refused(400, `starting_at: must not be before ${EARLIEST} nor more than 365 days ago.`);
  }
  return { from, to };
}

function readMidnight(query: URLSearchParams, name: string): Day {
  const match = /^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?(?:Z|\+00:00)$/.exec(query.get(name) ?? '');
  if (match?.[1] === undefined)
    throw new Refused(400, `${name}: must be an RFC 3339 time at a UTC midnight.`);
  return parseDay(match[1]);
}

type Listing = (query: URLSearchParams) => readonly { readonly id: string }[];

/** The identity listings, in the vendor's shape. */
function listings(dataset: AnthropicDataset, legacyApiKeys: boolean): Readonly<Record<string, Listing>> {
  const apiKeys = dataset.apiKeys.map(({ id, name, status, workspaceId, createdByUserId, principal }) => ({
    id,
    type: 'api_key',
    name,
    status,
    created_by: createdByUserId === null ? null : { id: createdByUserId, type: 'user' },
    ...(legacyApiKeys
      ? { workspace_id: workspaceId }
      : { principal, scope: { type: 'workspace', workspace_id: workspaceId } }),
  }));
  const users = dataset.users.map((user) => ({ ...user, type: 'user' }));
  const workspaces = dataset.workspaces.map(({ id, name, tags, archivedAt }) => ({
    id,
    type: 'workspace',
    name,
    archived_at: archivedAt,
    tags,
  }));
  return {
    api_keys: () => apiKeys,
    users: () => users,
    workspaces: (query) =>
      query.get('include_archived') === 'true'
        ? workspaces
        : workspaces.filter(({ archived_at }) => archived_at === null),
  };
}
