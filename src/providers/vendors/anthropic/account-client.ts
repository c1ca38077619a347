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
  type ApiKey,
  ApiKeyList,
  Organization,
  type ServiceAccount,
  ServiceAccountList,
  type User,
  UserList,
  type Workspace,
  WorkspaceList,
} from './schema.js';

/** What an Admin key is called in an error sentence. */
export const ADMIN_KEY =
  'an Admin API key of the organisation (or an analytics key with scope read:analytics)';

/** A page of any report: rows, whether there are more, and how fresh they are where the vendor says so. */
export interface ReportPage<Row> {
  readonly data: readonly Row[];
  readonly has_more: boolean;
  readonly next_page?: string | null | undefined;
  readonly data_refreshed_at?: string | null | undefined;
}

/** An organisation's account; every answer is gathered in `raw`, every instant of refresh in `refreshedAt`. */
export interface AnthropicClient {
  readonly http: HttpClient;
  readonly raw: RawResponse[];
  readonly refreshedAt: number[];
  /** All rows of a report, by `page` cursor. Throws what `collectPages` throws. */
  report<Row>(request: VendorRequest<ReportPage<Row>>): Promise<readonly Row[]>;
  /** All items of a listing, by `after_id`. Throws what `collectPages` throws. */
  list<Item>(endpoint: string, schema: ListSchema<Item>, filters: Query): Promise<readonly Item[]>;
}

type ListSchema<Item> = VendorRequest<{
  data: Item[];
  has_more: boolean;
  last_id?: string | null | undefined;
}>['schema'];

/** Talks to one organisation; `beta` is the value of the beta header that its reports want. */
export function createAnthropicClient(
  config: AdminKeyConfig,
  options: { readonly beta?: string; readonly credentialNeeded: string },
): AnthropicClient {
  const http = createHttpClient(
    {
      vendor: 'Anthropic',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://api.anthropic.com',
      headers: {
        'x-api-key': config.adminKey,
        'anthropic-version': '2023-06-01',
        ...(options.beta !== undefined && { 'anthropic-beta': options.beta }),
      },
      credential: config.adminKey,
      credentialNeeded: options.credentialNeeded,
      clock: config.clock,
    },
    config.http,
  );
  const raw: RawResponse[] = [];
  const refreshedAt: number[] = [];
  return {
    http,
    raw,
    refreshedAt,
    async report(request) {
      const walked = await collectPages(http, request, (page) =>
        cursorQuery('page', page.has_more, page.next_page),
      );
      raw.push(...walked.raw);
      for (const { data_refreshed_at } of walked.pages) {
        if (typeof data_refreshed_at === 'string') refreshedAt.push(Date.parse(data_refreshed_at));
      }
      return walked.pages.flatMap((page) => page.data);
    },
    async list(endpoint, schema, filters) {
      const query: Query = [...filters, ['limit', '1000']];
      const walked = await collectPages(http, { endpoint, query, schema }, (page) =>
        cursorQuery('after_id', page.has_more, page.last_id),
      );
      raw.push(...walked.raw);
      return walked.pages.flatMap((page) => page.data);
    },
  };
}

/** Whom an organisation consists of, as listed today. */
export interface AnthropicLists {
  /** Null when this credential may not ask for it. */
  readonly organization: Organization | null;
  readonly apiKeys: readonly ApiKey[];
  readonly users: readonly User[];
  readonly workspaces: readonly Workspace[];
  /** Empty when this credential may not ask: the vendor refuses Admin keys. */
  readonly serviceAccounts: readonly ServiceAccount[];
  /** What could not be listed. */
  readonly listRemarks: readonly string[];
}

/**
 * The identity listings of a Console organisation; what this credential may not list is empty (an analytics key may
 * list nothing), and a remark says so. Throws what a listing throws otherwise.
 */
export async function fetchLists(client: AnthropicClient): Promise<AnthropicLists> {
  const refused: string[] = [];
  const list = async <Item>(what: string, schema: ListSchema<Item>, filters: Query = []) => {
    const items = await ifAllowed(() => client.list(`/v1/organizations/${what}`, schema, filters));
    if (items === null) refused.push(what.replace('_', ' '));
    return items ?? [];
  };
  return {
    organization: await fetchOrganization(client),
    apiKeys: await list('api_keys', ApiKeyList),
    users: await list('users', UserList),
    workspaces: await list('workspaces', WorkspaceList, [
      ['include_archived', 'true'],
      ['include_default', 'true'],
    ]),
    // The vendor refuses them to Admin keys, so that their absence is no news.
    serviceAccounts:
      (await ifAllowed(
        () =>
          client.report({
            endpoint: '/v1/organizations/service_accounts',
            query: [['limit', '1000']],
            schema: ServiceAccountList,
          }),
        NOT_FOR_THIS_KEY,
      )) ?? [],
    listRemarks:
      refused.length === 0
        ? []
        : [`Anthropic does not let this key list ${refused.join(', ')}: names are those of earlier pulls.`],
  };
}

/** The organisation that the credential belongs to; null when it may not ask. */
export async function fetchOrganization(client: AnthropicClient): Promise<Organization | null> {
  return await ifAllowed(async () => {
    const endpoint = '/v1/organizations/me';
    const answer = await client.http.get({ endpoint, query: [], schema: Organization });
    client.raw.push(answer.raw);
    return answer.value;
  });
}

const NOT_ALLOWED: ReadonlySet<number> = new Set([403, 404]);
/** No document says with which of them the vendor refuses a listing to a kind of key. */
const NOT_FOR_THIS_KEY: ReadonlySet<number> = new Set([401, ...NOT_ALLOWED]);

/** Null when the vendor refuses the question to this credential. For what a pull can do without only. */
export async function ifAllowed<T>(ask: () => Promise<T>, refusals = NOT_ALLOWED): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VendorRefusal && refusals.has(error.status)) return null;
    throw error;
  }
}
