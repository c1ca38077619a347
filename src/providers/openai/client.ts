import type { RawResponse } from '../../core/feed.js';
import { type Day, type DayRange, utcDay } from '../../core/time.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  VendorRefusal,
  type VendorRequest,
} from '../http.js';
import { collectPages, cursorQuery } from '../pages.js';
import {
  type ApiKey,
  ApiKeyList,
  CostPage,
  type CostResult,
  type Project,
  ProjectList,
  type User,
  UserCostPage,
  type UserCostResult,
  UserList,
} from './schema.js';

/** A result with the UTC day of its bucket. */
export type Dated<T> = T & { readonly day: Day };

/** A key with the project it was listed under. */
export type ProjectKey = ApiKey & { readonly projectId: string };

/** All that one pull read. */
export interface OpenAiFacts {
  readonly costs: readonly Dated<CostResult>[];
  /** The same money by user, a check; null where the organisation refuses that grouping. */
  readonly userCosts: readonly Dated<UserCostResult>[] | null;
  readonly projects: readonly Project[];
  readonly apiKeys: readonly ProjectKey[];
  readonly users: readonly User[];
  readonly raw: readonly RawResponse[];
}

const COSTS = '/v1/organization/costs';
const PROJECTS = '/v1/organization/projects';

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<OpenAiFacts> {
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
  const costs = await walk.costs<CostResult>(CostPage, ['project_id', 'line_item', 'api_key_id']);
  const userCosts = await walk.costs<UserCostResult>(UserCostPage, ['user_id']).catch((error: unknown) => {
    if (error instanceof VendorRefusal && error.status === 400) return null;
    throw error;
  });
  const projects = await walk.list<Project>(PROJECTS, ProjectList, [['include_archived', 'true']]);
  const apiKeys: ProjectKey[] = [];
  for (const { id: projectId } of projects) {
    // The default hides keys whose owner left the project; they may have cost.
    const keys = await walk.list<ApiKey>(
      `${PROJECTS}/${encodeURIComponent(projectId)}/api_keys`,
      ApiKeyList,
      [['owner_project_access', 'any']],
    );
    apiKeys.push(...keys.map((key) => ({ ...key, projectId })));
  }
  const users = await walk.list<User>('/v1/organization/users', UserList, []);
  return { costs, userCosts, projects, apiKeys, users, raw: walk.raw };
}

interface CostBuckets<Result> {
  data: { start_time: number; results: Result[] }[];
  has_more: boolean;
  next_page?: string | null | undefined;
}

interface Listing<Item> {
  data: Item[];
  has_more: boolean;
  last_id?: string | null | undefined;
}

/** Walks costs and lists, gathering raw responses on the way. */
function createWalker(client: HttpClient, range: DayRange) {
  const raw: RawResponse[] = [];
  return {
    raw,
    async costs<Result>(
      schema: VendorRequest<CostBuckets<Result>>['schema'],
      dimensions: readonly string[],
    ): Promise<readonly Dated<Result>[]> {
      const query: Query = [
        ['start_time', unixSeconds(range.from)],
        ['end_time', unixSeconds(range.to)],
        ['bucket_width', '1d'],
        ['limit', '180'],
        ...dimensions.map((dimension) => ['group_by[]', dimension] as const),
      ];
      const walked = await collectPages(client, { endpoint: COSTS, query, schema }, (page) =>
        cursorQuery('page', page.has_more, page.next_page),
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
