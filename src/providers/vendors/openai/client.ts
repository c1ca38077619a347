import { type Day, type DayRange, utcDay } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  VendorRefusal,
  type VendorRequest,
} from '../../http/http.js';
import { collectPages, cursorQuery } from '../../http/pages.js';
import {
  type AdminKey,
  AdminKeyList,
  type ApiKey,
  ApiKeyList,
  type AuditEvent,
  AuditLog,
  CostPage,
  type CostResult,
  type Project,
  ProjectList,
  type ServiceAccount,
  ServiceAccountList,
  UsagePage,
  type UsageResult,
  type User,
  UserCostPage,
  type UserCostResult,
  UserList,
} from './schema.js';
import { toCounts, USAGE_ENDPOINTS, type UsageCount } from './usage.js';

/** A result with the UTC day of its bucket. */
export type Dated<T> = T & { readonly day: Day };

/** A key with the project it was listed under. */
export type ProjectKey = ApiKey & { readonly projectId: string };

/** What an event about a deleted key tells. */
interface KeyTrace {
  readonly id: string;
  readonly name: string | null;
  readonly projectId: string | null;
  readonly createdBy: string | null;
  readonly email: string | null;
}

/** All that one pull read. */
export interface OpenAiFacts {
  readonly costs: readonly Dated<CostResult>[];
  /** The same money by user, a check; null where the organisation refuses that grouping. */
  readonly userCosts: readonly Dated<UserCostResult>[] | null;
  readonly usage: readonly UsageCount[];
  readonly projects: readonly Project[];
  readonly apiKeys: readonly ProjectKey[];
  readonly users: readonly User[];
  readonly serviceAccounts: readonly (ServiceAccount & { readonly projectId: string })[];
  readonly adminKeys: readonly AdminKey[];
  /** Keys that cost but are listed nowhere any more, as the audit log names them. */
  readonly traces: readonly KeyTrace[];
  readonly raw: readonly RawResponse[];
  /** What could not be asked, in plain sentences. */
  readonly remarks: readonly string[];
}

const ORGANIZATION = '/v1/organization';
const PROJECTS = `${ORGANIZATION}/projects`;
/** How long the vendor keeps its audit log is not documented; older events are simply not there. */
const KEY_EVENTS = ['api_key.created', 'api_key.updated', 'api_key.deleted'] as const;

/**
 * Reads everything of the range, all pages. `isKnown` says which keys earlier pulls have named: only for others is
 * the audit log asked. Throws what `collectPages` throws.
 */
export async function fetchFacts(
  config: AdminKeyConfig,
  range: DayRange,
  isKnown: (apiKeyId: string) => boolean = () => false,
): Promise<OpenAiFacts> {
  const client = createHttpClient(
    {
      vendor: 'OpenAI',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://api.openai.com',
      headers: { authorization: `Bearer ${config.adminKey}` },
      credential: config.adminKey,
      credentialNeeded: 'an admin key made by an owner of the organisation; project keys are refused',
      clock: config.clock,
    },
    config.http,
  );
  const walk = createWalker(client, range);
  const costs = await walk.buckets<CostResult>('costs', CostPage, ['project_id', 'line_item', 'api_key_id']);
  const userCosts = await walk
    .buckets<UserCostResult>('costs', UserCostPage, ['user_id'])
    .catch(refusedWith(null, [400]));
  const { usage, remarks } = await fetchUsage(walk);
  const listed = await fetchListings(walk);
  const named = new Set(listed.apiKeys.map(({ id }) => id));
  const spending = [...costs.map((row) => row.api_key_id), ...usage.map((row) => row.apiKeyId)];
  const dead = new Set(spending.filter((id) => !!id && !named.has(id) && !isKnown(id)));
  const traces = dead.size === 0 ? [] : await fetchTraces(walk);
  if (traces === null)
    remarks.push('OpenAI refuses the audit log for this key, so deleted keys that still cost have no name.');
  return {
    costs,
    userCosts,
    usage,
    ...listed,
    traces: (traces ?? []).filter(({ id }) => dead.has(id)),
    raw: walk.raw,
    remarks,
  };
}

/** A vendor's refusal of some kinds becomes a value; anything else is thrown on. */
function refusedWith<T>(value: T, statuses: readonly number[]): (error: unknown) => T {
  return (error) => {
    if (error instanceof VendorRefusal && statuses.includes(error.status)) return value;
    throw error;
  };
}

/** All usage endpoints. One that is not there is told; one that refuses a grouping is asked with less. */
async function fetchUsage(
  walk: Walker,
): Promise<{ readonly usage: readonly UsageCount[]; readonly remarks: string[] }> {
  const usage: UsageCount[] = [];
  const remarks: string[] = [];
  for (const { name, groups } of USAGE_ENDPOINTS) {
    const withoutUser = groups.filter((group) => group !== 'user_id');
    const rows = await walk
      .buckets<UsageResult>(`usage/${name}`, UsagePage, groups)
      .catch((error: unknown) => {
        if (!(error instanceof VendorRefusal && error.status === 400)) throw error;
        return walk.buckets<UsageResult>(`usage/${name}`, UsagePage, withoutUser);
      })
      .catch(refusedWith(null, [404]));
    if (rows !== null) usage.push(...toCounts(name, rows));
    else if (name !== 'decisions')
      remarks.push(`OpenAI has no usage of ${name.replaceAll('_', ' ')} for this organisation (404).`);
  }
  return { usage, remarks };
}

async function fetchListings(walk: Walker) {
  const projects = await walk.list<Project>(PROJECTS, ProjectList, [['include_archived', 'true']]);
  const apiKeys: ProjectKey[] = [];
  const serviceAccounts: (ServiceAccount & { readonly projectId: string })[] = [];
  for (const { id: projectId } of projects) {
    const project = `${PROJECTS}/${encodeURIComponent(projectId)}`;
    // The default hides keys whose owner left the project; they may have cost.
    const keys = await walk.list<ApiKey>(`${project}/api_keys`, ApiKeyList, [
      ['owner_project_access', 'any'],
    ]);
    apiKeys.push(...keys.map((key) => ({ ...key, projectId })));
    const accounts = await walk
      .list<ServiceAccount>(`${project}/service_accounts`, ServiceAccountList, [])
      .catch(refusedWith([], [403, 404]));
    serviceAccounts.push(...accounts.map((account) => ({ ...account, projectId })));
  }
  const users = await walk.list<User>(`${ORGANIZATION}/users`, UserList, []);
  const adminKeys = await walk
    .list<AdminKey>(`${ORGANIZATION}/admin_api_keys`, AdminKeyList, [])
    .catch(refusedWith([], [403, 404]));
  return { projects, apiKeys, serviceAccounts, users, adminKeys };
}

/** Names and makers of keys by their events, the latest word of each; null where the log is refused. */
async function fetchTraces(walk: Walker): Promise<readonly KeyTrace[] | null> {
  const filters: Query = KEY_EVENTS.map((type) => ['event_types[]', type] as const);
  const events = await walk
    .list<AuditEvent>(`${ORGANIZATION}/audit_logs`, AuditLog, filters)
    .catch(refusedWith(null, [400, 403, 404]));
  if (events === null) return null;
  const traces = new Map<string, KeyTrace>();
  for (const event of events.toSorted((a, b) => a.effective_at - b.effective_at)) {
    const key = event['api_key.created'] ?? event['api_key.updated'] ?? event['api_key.deleted'];
    if (key === null || key === undefined) continue;
    const before = traces.get(key.id);
    // Only who made a key is its owner, not who deleted it.
    const maker = event.type === 'api_key.created' ? makerOf(event) : null;
    traces.set(key.id, {
      id: key.id,
      name: key.name ?? key.data?.name ?? key.changes_requested?.name ?? before?.name ?? null,
      projectId: event.project?.id ?? before?.projectId ?? null,
      createdBy: maker?.id ?? before?.createdBy ?? null,
      email: maker?.email?.toLowerCase() ?? before?.email ?? null,
    });
  }
  return [...traces.values()];
}

function makerOf({ actor }: AuditEvent) {
  return actor?.session?.user ?? actor?.api_key?.user ?? actor?.api_key?.service_account ?? null;
}

interface Buckets<Result> {
  data: { start_time: number; results: Result[] }[];
  has_more: boolean;
  next_page?: string | null | undefined;
}

interface Listing<Item> {
  data: Item[];
  has_more: boolean;
  last_id?: string | null | undefined;
}

type Walker = ReturnType<typeof createWalker>;

/** Walks buckets of days and lists, gathering raw responses on the way. */
function createWalker(client: HttpClient, range: DayRange) {
  const raw: RawResponse[] = [];
  return {
    raw,
    async buckets<Result>(
      endpoint: string,
      schema: VendorRequest<Buckets<Result>>['schema'],
      dimensions: readonly string[],
    ): Promise<readonly Dated<Result>[]> {
      const query: Query = [
        ['start_time', unixSeconds(range.from)],
        ['end_time', unixSeconds(range.to)],
        ['bucket_width', '1d'],
        ['limit', endpoint === 'costs' ? '180' : '31'],
        ...dimensions.map((dimension) => ['group_by[]', dimension] as const),
      ];
      const walked = await collectPages(
        client,
        { endpoint: `${ORGANIZATION}/${endpoint}`, query, schema },
        (page) => cursorQuery('page', page.has_more, page.next_page),
      );
      raw.push(...walked.raw);
      return walked.pages.flatMap((page) =>
        page.data.flatMap((bucket) => {
          const day = utcDay(bucket.start_time * 1000);
          return bucket.results.map((result) => ({ ...result, day }));
        }),
      );
    },
    async list<Item>(
      endpoint: string,
      schema: VendorRequest<Listing<Item>>['schema'],
      filters: Query,
    ): Promise<readonly Item[]> {
      const query: Query = [...filters, ['limit', '100']];
      const walked = await collectPages(client, { endpoint, query, schema }, (page) =>
        cursorQuery('after', page.has_more, page.last_id),
      );
      raw.push(...walked.raw);
      return walked.pages.flatMap((page) => page.data);
    },
  };
}

function unixSeconds(day: Day): string {
  return String(Date.parse(`${day}T00:00:00Z`) / 1000);
}
