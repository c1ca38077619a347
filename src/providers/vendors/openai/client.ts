import { type Day, type DayRange, parseDay, utcDay } from '../../../core/base/time.js';
import { openAccount, type Part, type VendorAccess } from '../../http/account.js';
import { type AdminKeyConfig, type Query, VendorRefusal, type VendorRequest } from '../../http/http.js';
import { byCursor } from '../../http/pages.js';
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
  readonly account: VendorAccess;
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
}

const ORGANIZATION = '/v1/organization';
const COST_GROUPS = ['project_id', 'line_item', 'api_source'];
/** Costs of earlier days cannot be had by key. */
const FIRST_DAY_BY_KEY = parseDay('2025-12-06');
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
  const account = openOrganization(config);
  const walk = createWalker(account, range);
  const costs = await fetchCosts(account, walk, range);
  const userCosts = await account.part({ is: 'control', without: null }, () =>
    walk.buckets<UserCostResult>('costs', UserCostPage, ['user_id']),
  );
  const usage = await fetchUsage(account, walk);
  const listed = await fetchListings(account, walk);
  const named = new Set(listed.apiKeys.map(({ id }) => id));
  const spending = [...costs.map((row) => row.api_key_id), ...usage.map((row) => row.apiKeyId)];
  const dead = new Set(spending.filter((id) => !!id && !named.has(id) && !isKnown(id)));
  const traces = dead.size === 0 ? [] : await fetchTraces(account, walk);
  if (traces === null)
    account.remarks.push(
      'OpenAI refuses the audit log for this key, so deleted keys that still cost have no name.',
    );
  return {
    account,
    costs,
    userCosts,
    usage,
    ...listed,
    traces: (traces ?? []).filter(({ id }) => dead.has(id)),
  };
}

/** Access to the organisation that an admin key belongs to. */
export function openOrganization(config: AdminKeyConfig): VendorAccess {
  return openAccount(config, {
    vendor: 'OpenAI',
    address: 'https://api.openai.com',
    credentialNeeded: 'an admin key made by an owner of the organisation; project keys are refused',
  });
}

/**
 * Costs by project, line item, API and key; days before the vendor knew costs by key, without it. Asked with less where
 * the organisation is refused a group: the money is the same, and usage tells keys then.
 */
async function fetchCosts(
  account: VendorAccess,
  walk: Walker,
  { from, to }: DayRange,
): Promise<readonly Dated<CostResult>[]> {
  const spans = [
    { from, to: to < FIRST_DAY_BY_KEY ? to : FIRST_DAY_BY_KEY, groups: COST_GROUPS },
    { from: from > FIRST_DAY_BY_KEY ? from : FIRST_DAY_BY_KEY, to, groups: [...COST_GROUPS, 'api_key_id'] },
  ].filter((span) => span.from < span.to);
  const costs: Dated<CostResult>[] = [];
  for (const { groups, ...span } of spans) {
    const { rows, without } = await askWithLess(groups, ['api_source', 'api_key_id'], (by) =>
      walk.buckets<CostResult>('costs', CostPage, by, span),
    );
    if (without.includes('api_key_id'))
      account.remarks.push('OpenAI refuses costs by key for this organisation, so usage tells the keys.');
    costs.push(...rows);
  }
  const unpriced = costs.filter(({ amount, quantity }) => amount.isMissing && (quantity ?? 0) > 0).length;
  if (unpriced > 0)
    account.missing.push({
      part: 'amounts of costs',
      sentence: `OpenAI gives ${unpriced} cost results with a quantity and no amount: what they cost would be missing.`,
    });
  return costs;
}

/** Asks by all groups, and on a 400 without one, then without all of the `optional` ones. Throws the last refusal. */
async function askWithLess<Row>(
  groups: readonly string[],
  optional: readonly string[],
  ask: (groups: readonly string[]) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly without: readonly string[] }> {
  const spare = optional.filter((group) => groups.includes(group));
  const tries = [[], ...spare.map((group) => [group]), ...(spare.length > 1 ? [spare] : [])];
  for (const [i, without] of tries.entries()) {
    try {
      return { rows: await ask(groups.filter((group) => !without.includes(group))), without };
    } catch (error) {
      const isRefused = error instanceof VendorRefusal && error.status === 400;
      if (!isRefused || i === tries.length - 1) throw error;
    }
  }
  return { rows: [], without: [] };
}

/** All usage endpoints. One that is not there is named in a remark; one that refuses a grouping is asked with less. */
async function fetchUsage(account: VendorAccess, walk: Walker): Promise<readonly UsageCount[]> {
  const usage: UsageCount[] = [];
  for (const { name, groups } of USAGE_ENDPOINTS) {
    const ask = (by: readonly string[]) => walk.buckets<UsageResult>(`usage/${name}`, UsagePage, by);
    const without = `The charges do not tell what ${name.replaceAll('_', ' ')} were used.`;
    // Not in every organisation yet: its absence is no news.
    const part: Part = { is: 'weights', without: name === 'decisions' ? null : without };
    const rows = await account.part(part, () => askWithLess(groups, ['api_source', 'user_id'], ask));
    if (rows !== null) usage.push(...toCounts(name, rows.rows));
  }
  return usage;
}

/** Who is who; what the vendor refuses to list is named as earlier pulls knew it. */
async function fetchListings(account: VendorAccess, walk: Walker) {
  const list = async <Item>(
    endpoint: string,
    schema: VendorRequest<Listing<Item>>['schema'],
    { without = null, filters = [] }: { without?: string | null; filters?: Query } = {},
  ): Promise<readonly Item[]> =>
    (await account.part({ is: 'names', without }, () => walk.list(endpoint, schema, filters))) ?? [];
  const projects = await list<Project>(PROJECTS, ProjectList, {
    without: 'Projects, keys and their owners keep the names known before.',
    filters: [['include_archived', 'true']],
  });
  const apiKeys: ProjectKey[] = [];
  const serviceAccounts: (ServiceAccount & { readonly projectId: string })[] = [];
  for (const { id: projectId } of projects) {
    const project = `${PROJECTS}/${encodeURIComponent(projectId)}`;
    const keys = await list<ApiKey>(`${project}/api_keys`, ApiKeyList, {
      without: 'Its keys keep the names known before.',
      // The default hides keys whose owner left the project; they may have cost.
      filters: [['owner_project_access', 'any']],
    });
    apiKeys.push(...keys.map((key) => ({ ...key, projectId })));
    const accounts = await list<ServiceAccount>(`${project}/service_accounts`, ServiceAccountList);
    serviceAccounts.push(...accounts.map((each) => ({ ...each, projectId })));
  }
  const without = 'People keep the names known before.';
  const users = await list<User>(`${ORGANIZATION}/users`, UserList, { without });
  const adminKeys = await list<AdminKey>(`${ORGANIZATION}/admin_api_keys`, AdminKeyList);
  return { projects, apiKeys, serviceAccounts, users, adminKeys };
}

/** Names and makers of keys by their events, the latest word of each; null where the log is refused. */
async function fetchTraces(account: VendorAccess, walk: Walker): Promise<readonly KeyTrace[] | null> {
  const filters: Query = KEY_EVENTS.map((type) => ['event_types[]', type] as const);
  const events = await account.part({ is: 'names', without: null }, () =>
    walk.list<AuditEvent>(`${ORGANIZATION}/audit_logs`, AuditLog, filters),
  );
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

/** Walks buckets of days and lists. */
function createWalker(account: VendorAccess, range: DayRange) {
  return {
    async buckets<Result>(
      endpoint: string,
      schema: VendorRequest<Buckets<Result>>['schema'],
      dimensions: readonly string[],
      { from, to }: DayRange = range,
    ): Promise<readonly Dated<Result>[]> {
      const query: Query = [
        ['start_time', unixSeconds(from)],
        ['end_time', unixSeconds(to)],
        ['bucket_width', '1d'],
        ['limit', endpoint === 'costs' ? '180' : '31'],
        ...dimensions.map((dimension) => ['group_by[]', dimension] as const),
      ];
      const pages = await account.pages(
        { endpoint: `${ORGANIZATION}/${endpoint}`, query, schema },
        byCursor('page', (page) => [page.has_more, page.next_page]),
      );
      return pages.flatMap((page) =>
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
      const pages = await account.pages(
        { endpoint, query: [...filters, ['limit', '100']], schema },
        byCursor('after', (page) => [page.has_more, page.last_id]),
      );
      return pages.flatMap((page) => page.data);
    },
  };
}

/** The instant at which a day begins, as the vendor takes it. */
function unixSeconds(day: Day): string {
  return String(Date.parse(`${day}T00:00:00Z`) / 1000);
}
