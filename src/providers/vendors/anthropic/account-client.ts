import { openAccount, type Part, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../http/http.js';
import { byCursor } from '../../http/pages.js';
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

/** An organisation's account; every instant of refresh is gathered in `refreshedAt`. */
export interface AnthropicAccount extends VendorAccess {
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

/** Opens one organisation; `beta` is the value of the beta header that its reports want. */
export function openAnthropic(
  config: AdminKeyConfig,
  options: { readonly beta?: string; readonly credentialNeeded: string },
): AnthropicAccount {
  const account = openAccount(config, {
    vendor: 'Anthropic',
    address: 'https://api.anthropic.com',
    headers: {
      'x-api-key': config.adminKey,
      'anthropic-version': '2023-06-01',
      ...(options.beta !== undefined && { 'anthropic-beta': options.beta }),
    },
    credentialNeeded: options.credentialNeeded,
  });
  const refreshedAt: number[] = [];
  return {
    ...account,
    refreshedAt,
    async report(request) {
      const pages = await account.pages(
        request,
        byCursor('page', (page) => [page.has_more, page.next_page]),
      );
      for (const { data_refreshed_at } of pages) {
        if (typeof data_refreshed_at === 'string') refreshedAt.push(Date.parse(data_refreshed_at));
      }
      return pages.flatMap((page) => page.data);
    },
    async list(endpoint, schema, filters) {
      const pages = await account.pages(
        { endpoint, query: [...filters, ['limit', '1000']], schema },
        byCursor('after_id', (page) => [page.has_more, page.last_id]),
      );
      return pages.flatMap((page) => page.data);
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

const NAMES: Part = { is: 'names', without: null };
/** Tokens beside the money: without them charges have no quantities. */
export const USAGE: Part = { is: 'weights', without: null };

/**
 * The identity listings of a Console organisation; what this credential may not list is empty (an analytics key may
 * list nothing), and a remark says so. Throws what a listing throws otherwise.
 */
export async function fetchLists(account: AnthropicAccount): Promise<AnthropicLists> {
  const refused: string[] = [];
  const list = async <Item>(what: string, schema: ListSchema<Item>, filters: Query = []) => {
    const items = await account.part(NAMES, () => account.list(`/v1/organizations/${what}`, schema, filters));
    if (items === null) refused.push(what.replace('_', ' '));
    return items ?? [];
  };
  return {
    organization: await fetchOrganization(account),
    apiKeys: await list('api_keys', ApiKeyList),
    users: await list('users', UserList),
    workspaces: await list('workspaces', WorkspaceList, [
      ['include_archived', 'true'],
      ['include_default', 'true'],
    ]),
    // The vendor refuses them to Admin keys, so that their absence is no news.
    serviceAccounts:
      (await account.part({ ...NAMES, alsoOn: [401] }, () =>
        account.report({
          endpoint: '/v1/organizations/service_accounts',
          query: [['limit', '1000']],
          schema: ServiceAccountList,
        }),
      )) ?? [],
    listRemarks:
      refused.length === 0
        ? []
        : [`Anthropic does not let this key list ${refused.join(', ')}: names are those of earlier pulls.`],
  };
}

/** The organisation that the credential belongs to; null when it may not ask. */
export async function fetchOrganization(account: AnthropicAccount): Promise<Organization | null> {
  return await account.part(NAMES, () =>
    account.get({ endpoint: '/v1/organizations/me', schema: Organization }),
  );
}
