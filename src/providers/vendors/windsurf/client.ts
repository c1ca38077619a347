import type { DayRange } from '../../../core/base/time.js';
import { openAccount, type Part, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { CascadeAnswer, type Run, type User, UserPage } from './schema.js';

/** All that one pull read. */
export interface WindsurfFacts {
  readonly account: VendorAccess;
  readonly users: readonly User[];
  readonly byUser: readonly { readonly email: string; readonly runs: readonly Run[] }[];
  /** The runs of the whole team, former members too. */
  readonly total: readonly Run[];
}

/**
 * Reads everything of the range: users, the team's runs, and the runs of each user, since runs name nobody. The
 * service key goes into each body and into nothing that is kept; neither do the users' own keys. Throws what the
 * client throws.
 */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<WindsurfFacts> {
  const account = openAccount(config, {
    vendor: 'Windsurf',
    address: 'https://server.codeium.com/api/v1',
    headers: {},
    secretFields: { service_key: config.adminKey },
    credentialNeeded: 'a service key with the permission Teams Read-only (Enterprise)',
    // Only what the schema took: the answer itself holds the users' API keys.
    keep: (raw, value) => ({ ...raw, body: JSON.stringify(value) }),
  });
  const runsOf = async (emails: readonly string[] | null): Promise<readonly Run[]> => {
    const { queryResults } = await account.get({
      endpoint: '/v1/CascadeAnalytics',
      schema: CascadeAnswer,
      body: {
        start_timestamp: `${range.from}T00:00:00Z`,
        end_timestamp: `${range.to}T00:00:00Z`,
        ...(emails !== null && { emails }),
        query_requests: [{ cascade_runs: {} }],
      },
    });
    return queryResults.flatMap(({ cascadeRuns }) => cascadeRuns?.cascadeRuns ?? []);
  };
  const { userTableStats: users } = await account.get({
    endpoint: '/v1/UserPageAnalytics',
    schema: UserPage,
    body: {},
  });
  const weights: Part = { is: 'weights', without: 'Pulled without what members used.' };
  const total = (await account.part(weights, () => runsOf(null))) ?? [];
  const byUser: WindsurfFacts['byUser'][number][] = [];
  for (const email of new Set(users.map((user) => user.email)))
    byUser.push({
      email,
      runs: (await account.part({ ...weights, without: null }, () => runsOf([email]))) ?? [],
    });
  return { account, users, byUser, total };
}
