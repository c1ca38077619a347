import { createNanoCarry, formatNanos } from '../../core/base/money.js';
import { type Day, daysIn, toEpochDay, utcDay } from '../../core/base/time.js';
import type { OpenAiCost, OpenAiDataset } from './dataset.js';
import {
  listen,
  type Misbehave,
  Refused,
  type VendorCall,
  type VendorReply,
  type VendorServer,
} from './listen.js';
import { FIRST_DAY_BY_KEY, OPENAI_CONTRACT } from './openai-contract.js';
import { serviceAccountsOf, toAdminKey, toEvent } from './openai-listings.js';
import { usageResults } from './openai-usage.js';
import {
  listPage,
  readArray,
  readCursor,
  readLimit,
  refuseUnknown,
  refuseValues,
  toCursor,
} from './paging.js';

/** Options of the fake OpenAI. */
export interface OpenAiServerOptions {
  readonly port?: number;
  readonly misbehave?: Misbehave;
  /** Buckets of one page of costs at most, whatever the limit: grouped costs page early. Default 31. */
  readonly bucketsPerPage?: number;
  /** The same of usage. */
  readonly usageBucketsPerPage?: number;
  /** Some organisations get `amount.value` as a string. */
  readonly amountsAsStrings?: boolean;
  /** Some organisations refuse `user_id` altogether. */
  readonly refuseUserGrouping?: boolean;
  /** And some know nothing of `api_source` yet. */
  readonly refuseSourceGrouping?: boolean;
  /** Rows of before the cache fields: totals of input and what is cached, nothing else. */
  readonly olderUsage?: boolean;
}

const SECONDS_PER_DAY = 86_400;

/**
 * OpenAI's organisation API as documented: costs, usage, projects with their keys and service accounts, users, admin
 * keys, audit log. It checks credentials as the vendor does, and refuses paths, parameters, groups, bucket widths and
 * limits that its contract does not list (`openai-contract.ts`).
 */
export async function startOpenAiServer(
  dataset: OpenAiDataset,
  options: OpenAiServerOptions = {},
): Promise<VendorServer> {
  return await listen({
    port: options.port,
    misbehave: options.misbehave,
    errorBody: (status, message) =>
      JSON.stringify({
        error: {
          message,
          type: status === 429 ? 'requests' : 'invalid_request_error',
          param: null,
          code: null,
        },
      }),
    handle(call) {
      checkKey(call, dataset.adminKey);
      const name = call.endpoint
        .replace(/^\/v1\/organization\//, '')
        .replace(/^projects\/[^/]+\//, 'projects/');
      const accepted = OPENAI_CONTRACT[name];
      if (accepted === undefined) throw new Refused(404, `Unknown endpoint ${call.endpoint}.`);
      refuseUnknown(call.query, accepted.parameters);
      refuseValues(call.query, 'group_by', accepted.groups ?? []);
      readLimit(call.query, accepted.limit);
      if (name === 'costs') return costsPage(call.query, dataset, options);
      const [, usage] = name.split('usage/');
      if (usage !== undefined) return usagePage(usage, call.query, dataset, options);
      const items = listing(call, dataset);
      if (items === null) throw new Refused(404, `Unknown endpoint ${call.endpoint}.`);
      return { status: 200, ...listPage(items, call.query, { after: 'after', max: 100 }) };
    },
  });
}

function checkKey({ headers }: VendorCall, adminKey: string): void {
  const { authorization = '' } = headers;
  if (authorization === `Bearer ${adminKey}`) return;
  // The real vendor quotes the beginning and the end of the key too.
  const key = authorization.replace(/^Bearer /, '');
  throw new Refused(401, `Incorrect API key provided: ${key.slice(0, 8)}*****${key.slice(-4)}.`);
}

function costsPage(
  query: URLSearchParams,
  dataset: OpenAiDataset,
  options: OpenAiServerOptions,
): VendorReply {
  const dimensions = readDimensions(query, options);
  refuseValues(query, 'bucket_width', ['1d']);
  const range = readRange(query);
  if (dimensions.has('project_id') && dimensions.has('user_id')) throw notSupported('user_id');
  if (dimensions.has('api_key_id') && range.from < FIRST_DAY_BY_KEY) throw notSupported('api_key_id');
  const days = daysIn(range);
  const limit = Math.min(readLimit(query, { max: 180, usual: 7 }), options.bucketsPerPage ?? 31);
  return bucketPage(query, { days, limit }, (date) =>
    results(dataset.costs(date), dimensions, options.amountsAsStrings ?? false),
  );
}

function usagePage(
  endpoint: string,
  query: URLSearchParams,
  dataset: OpenAiDataset,
  options: OpenAiServerOptions,
): VendorReply {
  const groups = readDimensions(query, options);
  if (query.get('bucket_width') !== '1d') throw new Refused(400, 'bucket_width: the fake gives days only.');
  const days = daysIn(readRange(query));
  const limit = Math.min(readLimit(query, { max: 31, usual: 7 }), options.usageBucketsPerPage ?? 31);
  return bucketPage(query, { days, limit }, (date) => {
    const rows = (dataset.usage?.(date) ?? []).filter((row) => row.endpoint === endpoint);
    return usageResults(endpoint, rows, { groups, older: options.olderUsage ?? false });
  });
}

function bucketPage(
  query: URLSearchParams,
  { days, limit }: { readonly days: readonly Day[]; readonly limit: number },
  resultsOf: (date: Day) => readonly unknown[],
): VendorReply {
  const { page, day } = readCursor(query);
  const data = days.slice(day, day + limit).map((date) => ({
    object: 'bucket',
    start_time: toEpochDay(date) * SECONDS_PER_DAY,
    end_time: (toEpochDay(date) + 1) * SECONDS_PER_DAY,
    results: resultsOf(date),
  }));
  const more = day + limit < days.length;
  const next = more ? toCursor(query, { page: page + 1, day: day + limit, row: 0 }) : null;
  return {
    status: 200,
    body: JSON.stringify({ object: 'page', data, has_more: more, next_page: next }),
    page,
  };
}

function readDimensions(query: URLSearchParams, options: OpenAiServerOptions): ReadonlySet<string> {
  const dimensions = new Set(readArray(query, 'group_by'));
  if (options.refuseUserGrouping === true && dimensions.has('user_id')) throw notSupported('user_id');
  if (options.refuseSourceGrouping === true && dimensions.has('api_source')) throw notSupported('api_source');
  return dimensions;
}

function notSupported(group: string): Refused {
  return new Refused(400, `group_by ${group} is not supported for this organization and range.`);
}

function readRange(query: URLSearchParams): { from: Day; to: Day } {
  const [start, end] = ['start_time', 'end_time'].map((name) => Number(query.get(name) ?? Number.NaN));
  if (!Number.isInteger(start) || !Number.isInteger(end) || start === undefined || end === undefined) {
    throw new Refused(400, 'start_time and end_time must be Unix seconds.');
  }
  if (end <= start) throw new Refused(400, 'end_time must be after start_time.');
  return { from: utcDay(start * 1000), to: utcDay((end + SECONDS_PER_DAY - 1) * 1000) };
}

/** One day's costs, grouped: fields are null unless grouped, quantities come with line items only. */
function results(costs: readonly OpenAiCost[], dimensions: ReadonlySet<string>, asStrings: boolean) {
  const cells = new Map<string, { group: ReturnType<typeof groupOf>; costs: OpenAiCost[] }>();
  for (const cost of costs) {
    const group = groupOf(cost, dimensions);
    const key = JSON.stringify(group);
    const cell = cells.get(key) ?? { group, costs: [] };
    cell.costs.push(cost);
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ group, costs }) => {
    const value = sumDollars(costs);
    const measured = group.line_item !== null && costs.some(({ quantity }) => quantity !== null);
    return {
      object: 'organization.costs.result',
      amount: { value: asStrings ? value : Number(value), currency: 'usd' },
      ...group,
      quantity: measured ? costs.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0) : null,
    };
  });
}

function groupOf(cost: OpenAiCost, dimensions: ReadonlySet<string>) {
  return {
    line_item: dimensions.has('line_item') ? cost.lineItem : null,
    project_id: dimensions.has('project_id') ? cost.projectId : null,
    api_key_id: dimensions.has('api_key_id') ? cost.apiKeyId : null,
    user_id: dimensions.has('user_id') ? cost.userId : null,
    api_source: dimensions.has('api_source') ? (cost.apiSource ?? 'unlabeled') : null,
    quantity_unit: dimensions.has('line_item') ? cost.quantityUnit : null,
  };
}

/** A single amount passes as it was written; sums are exact to nine decimals. */
function sumDollars(costs: readonly OpenAiCost[]): string {
  const [only, ...others] = costs;
  if (only !== undefined && others.length === 0) return only.amountUsd;
  const carry = createNanoCarry();
  return formatNanos(costs.reduce((sum, { amountUsd }) => sum + carry.add(amountUsd), 0n));
}

/** The identity listings, in the vendor's shape; null for an endpoint that does not exist. */
function listing(
  { endpoint, query }: VendorCall,
  dataset: OpenAiDataset,
): readonly { readonly id: string }[] | null {
  const [first, projectId, last] = endpoint.replace('/v1/organization/', '').split('/');
  if (first === 'users' && projectId === undefined) return dataset.users.map(toUser);
  if (first === 'admin_api_keys' && projectId === undefined) return (dataset.adminKeys ?? []).map(toAdminKey);
  if (first === 'audit_logs' && projectId === undefined) {
    const types = readArray(query, 'event_types');
    return (dataset.keyEvents ?? [])
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map(toEvent);
  }
  if (first !== 'projects') return null;
  if (projectId === undefined) {
    const archivedToo = query.get('include_archived') === 'true';
    return dataset.projects.filter(({ archivedAt }) => archivedToo || archivedAt === null).map(toProject);
  }
  const project = dataset.projects.find(({ id }) => id === projectId);
  if (project === undefined) return null;
  if (last === 'service_accounts') return serviceAccountsOf(project);
  if (last !== 'api_keys') return null;
  // The default hides keys whose owner has left the project.
  if (query.get('owner_project_access') !== 'any')
    throw new Refused(400, 'The fake wants every key asked for.');
  return project.apiKeys.map(toApiKey);
}

function toUser({ id, email, name, isServiceAccount, isNested }: OpenAiDataset['users'][number]) {
  return {
    object: 'organization.user',
    id,
    ...(isNested === true ? { user: { object: 'user', id, name, email } } : { name, email }),
    role: 'reader',
    added_at: 1_780_000_000,
    is_service_account: isServiceAccount,
  };
}

function toProject({ id, name, archivedAt }: OpenAiDataset['projects'][number]) {
  const status = archivedAt === null ? 'active' : 'archived';
  return { id, object: 'organization.project', name, archived_at: archivedAt, status };
}

function toApiKey({ id, name, owner }: OpenAiDataset['projects'][number]['apiKeys'][number]) {
  const { type, ...account } = owner;
  return {
    object: 'organization.project.api_key',
    id,
    name,
    owner_project_access: 'active',
    owner:
      type === 'user'
        ? { type, user: account }
        : { type, service_account: { id: account.id, name: account.name } },
  };
}
