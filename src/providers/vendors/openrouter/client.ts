import { AppError } from '../../../core/base/errors.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { baseUrlOf } from '../../http/base-url.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  VendorRefusal,
  type VendorRequest,
} from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import {
  type Activity,
  ActivityAnswer,
  type ApiKey,
  Credits,
  KeyPage,
  type Workspace,
  WorkspacePage,
} from './schema.js';

/** What one key did. */
interface KeyActivity {
  readonly hash: string;
  readonly activity: readonly Activity[];
}

/** All that one pull read: the last 30 completed days, whatever the window. */
export interface OpenRouterFacts {
  /** Of the whole account: the truth about money. */
  readonly total: readonly Activity[];
  /** The same by key; keys that are gone and unknown are missing here. */
  readonly byKey: readonly KeyActivity[];
  readonly keys: readonly ApiKey[];
  readonly workspaces: readonly Workspace[];
  /** Dollars of credits bought in all; null where the key may not ask. */
  readonly totalCredits: string | null;
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
}

interface Asker {
  readonly client: HttpClient;
  readonly raw: RawResponse[];
}

/** Reads everything. `remembered` are keys of earlier listings: deleted ones may still have activity. */
export async function fetchFacts(
  config: AdminKeyConfig,
  remembered: readonly string[],
): Promise<OpenRouterFacts> {
  const asker = createAsker(config);
  const remarks: string[] = [];
  const byWorkspace: Query = [['group_by', 'workspace']];
  const { data: total } = await ask(asker, '/v1/activity', ActivityAnswer, byWorkspace);
  const workspaces = await askOptional(remarks, 'Only keys of the default workspace were listed.', () =>
    listAll<Workspace>(
      asker,
      { endpoint: '/v1/workspaces', schema: WorkspacePage, idOf: ({ id }) => id },
      [],
    ),
  );
  const keys = await listKeys(asker, workspaces ?? []);
  const credits = await askOptional(remarks, 'Purchases could not be checked.', () =>
    ask(asker, '/v1/credits', Credits, []),
  );
  const listed = new Set(keys.map(({ hash }) => hash));
  const used = keys.filter(({ usage, byok_usage: byok }) => !isZero(usage) || !isZero(byok));
  const byKey: KeyActivity[] = [];
  for (const { hash } of used) byKey.push({ hash, activity: await fetchKey(asker, hash, byWorkspace) });
  for (const hash of remembered.filter((known) => !listed.has(known)))
    byKey.push({ hash, activity: await fetchForgotten(asker, hash, byWorkspace) });
  return {
    total,
    byKey,
    keys,
    workspaces: workspaces ?? [],
    totalCredits: credits?.data.total_credits ?? null,
    raw: asker.raw,
    remarks,
  };
}

/** Zero since it was made: no day of it can hold anything. */
function isZero(amount: string | null | undefined): boolean {
  return amount !== null && amount !== undefined && Number(amount) === 0;
}

function createAsker(config: AdminKeyConfig): Asker {
  const client = createHttpClient(
    {
      vendor: 'OpenRouter',
      source: config.source,
      baseUrl: baseUrlOf(config.baseUrl, 'https://openrouter.ai/api/v1'),
      headers: { authorization: `Bearer ${config.adminKey}` },
      credential: config.adminKey,
      credentialNeeded: 'a management key (openrouter.ai/settings/management-keys), not one for inference',
      clock: config.clock,
    },
    config.http,
  );
  return { client, raw: [] };
}

async function ask<T>(
  { client, raw }: Asker,
  endpoint: string,
  schema: VendorRequest<T>['schema'],
  query: Query,
): Promise<T> {
  const answer = await client.get({ endpoint, query, schema });
  raw.push(answer.raw);
  return answer.value;
}

async function fetchKey(asker: Asker, hash: string, query: Query): Promise<readonly Activity[]> {
  const { data } = await ask(asker, '/v1/activity', ActivityAnswer, [['api_key_hash', hash], ...query]);
  return data;
}

/** A key that is gone may be refused by now; its money then stands under no key. */
async function fetchForgotten(asker: Asker, hash: string, query: Query): Promise<readonly Activity[]> {
  try {
    return await fetchKey(asker, hash, query);
  } catch (error) {
    if (error instanceof VendorRefusal && (error.status === 400 || error.status === 404)) return [];
    throw error;
  }
}

/** Without a workspace only the default one's keys come: each is asked for, and the default one once more. */
async function listKeys(asker: Asker, workspaces: readonly Workspace[]): Promise<readonly ApiKey[]> {
  const keys = new Map<string, ApiKey>();
  const scopes: readonly Query[] = [[], ...workspaces.map(({ id }): Query => [['workspace_id', id]])];
  for (const scope of scopes) {
    const query: Query = [['include_disabled', 'true'], ...scope];
    const listing = { endpoint: '/v1/keys', schema: KeyPage, idOf: ({ hash }: ApiKey) => hash };
    for (const key of await listAll<ApiKey>(asker, listing, query)) keys.set(key.hash, key);
  }
  return [...keys.values()];
}

/** Pages by offset, of a size that is not documented: to the first page without anything new. */
async function listAll<Item>(
  asker: Asker,
  listing: {
    readonly endpoint: string;
    readonly schema: VendorRequest<{ data: Item[] }>['schema'];
    readonly idOf: (item: Item) => string;
  },
  query: Query,
): Promise<readonly Item[]> {
  const { endpoint, schema, idOf } = listing;
  const items = new Map<string, Item>();
  for (let page = 0; page < asker.client.maxPages; page++) {
    const offset: Query = items.size === 0 ? [] : [['offset', String(items.size)]];
    const { data } = await ask(asker, endpoint, schema, [...query, ...offset]);
    const before = items.size;
    for (const item of data) items.set(idOf(item), item);
    if (items.size === before) return [...items.values()];
  }
  throw new AppError(
    'upstream',
    `OpenRouter gave more pages of ${endpoint} than can be. Nothing was stored.`,
  );
}
