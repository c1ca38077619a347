import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, Query } from '../../http/http.js';
import { byNewIds } from '../../http/pages.js';
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
  readonly account: VendorAccess;
  /** Of the whole account: the truth about money. */
  readonly total: readonly Activity[];
  /** The same by key; keys that are gone and unknown are missing here. */
  readonly byKey: readonly KeyActivity[];
  readonly keys: readonly ApiKey[];
  readonly workspaces: readonly Workspace[];
  /** Dollars of credits bought in all; null where the key may not ask. */
  readonly totalCredits: string | null;
}

const BY_WORKSPACE: Query = [['group_by', 'workspace']];

/** Reads everything. `remembered` are keys of earlier listings: deleted ones may still have activity. */
export async function fetchFacts(
  config: AdminKeyConfig,
  remembered: readonly string[],
): Promise<OpenRouterFacts> {
  const account = openAccount(config, {
    vendor: 'OpenRouter',
    address: 'https://openrouter.ai/api/v1',
    credentialNeeded: 'a management key (openrouter.ai/settings/management-keys), not one for inference',
  });
  const activityOf = async (query: Query): Promise<readonly Activity[]> => {
    const request = { endpoint: '/v1/activity', query: [...query, ...BY_WORKSPACE], schema: ActivityAnswer };
    return (await account.get(request)).data;
  };
  const total = await activityOf([]);
  const workspaces = await account.part(
    { is: 'names', without: 'Only keys of the default workspace were listed.' },
    () => listWorkspaces(account),
  );
  const keys =
    (await account.part({ is: 'names', without: 'Keys keep the names known before.' }, () =>
      listKeys(account, workspaces ?? []),
    )) ?? [];
  const credits = await account.part({ is: 'names', without: 'Purchases are those known before.' }, () =>
    account.get({ endpoint: '/v1/credits', schema: Credits }),
  );
  const listed = new Set(keys.map(({ hash }) => hash));
  const used = keys.filter(({ usage, byok_usage: byok }) => !isZero(usage) || !isZero(byok));
  const byKey: KeyActivity[] = [];
  const forgotten = remembered.filter((known) => !listed.has(known));
  for (const hash of [...used.map((key) => key.hash), ...forgotten]) {
    // A key that is gone may be refused by now; what is refused stands under no key.
    const without = listed.has(hash) ? 'What it used stands under no key.' : null;
    const activity = await account.part({ is: 'weights', without }, () =>
      activityOf([['api_key_hash', hash]]),
    );
    byKey.push({ hash, activity: activity ?? [] });
  }
  return {
    account,
    total,
    byKey,
    keys,
    workspaces: workspaces ?? [],
    totalCredits: credits?.data.total_credits ?? null,
  };
}

/** Zero since it was made: no day of it can hold anything. */
function isZero(amount: string | null | undefined): boolean {
  return amount !== null && amount !== undefined && Number(amount) === 0;
}

async function listWorkspaces(account: VendorAccess): Promise<readonly Workspace[]> {
  const pages = await account.pages(
    { endpoint: '/v1/workspaces', schema: WorkspacePage },
    byNewIds('offset', ({ data }) => data.map(({ id }) => id)),
  );
  return [...new Map(pages.flatMap(({ data }) => data).map((space) => [space.id, space])).values()];
}

/** Without a workspace only the default one's keys come: each is asked for, and the default one once more. */
async function listKeys(account: VendorAccess, workspaces: readonly Workspace[]): Promise<readonly ApiKey[]> {
  const keys = new Map<string, ApiKey>();
  const scopes: readonly Query[] = [[], ...workspaces.map(({ id }): Query => [['workspace_id', id]])];
  for (const scope of scopes) {
    const query: Query = [['include_disabled', 'true'], ...scope];
    const pages = await account.pages(
      { endpoint: '/v1/keys', query, schema: KeyPage },
      byNewIds('offset', ({ data }) => data.map(({ hash }) => hash)),
    );
    for (const key of pages.flatMap(({ data }) => data)) keys.set(key.hash, key);
  }
  return [...keys.values()];
}
