import type { DayRange } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { baseUrlOf } from '../../http/base-url.js';
import { type AdminKeyConfig, createHttpClient, type VendorRequest } from '../../http/http.js';
import { CascadeAnswer, type Run, type User, UserPage } from './schema.js';

/** All that one pull read. */
export interface WindsurfFacts {
  readonly users: readonly User[];
  readonly byUser: readonly { readonly email: string; readonly runs: readonly Run[] }[];
  /** The runs of the whole team, former members too. */
  readonly total: readonly Run[];
  readonly raw: readonly RawResponse[];
}

/**
 * Reads everything of the range: users, the team's runs, and the runs of each user, since runs name nobody. The
 * service key goes into each body and into nothing that is kept; neither do the users' own keys. Throws what the
 * client throws.
 */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<WindsurfFacts> {
  const client = createHttpClient(
    {
      vendor: 'Windsurf',
      source: config.source,
      baseUrl: baseUrlOf(config.baseUrl, 'https://server.codeium.com/api/v1'),
      headers: {},
      credential: config.adminKey,
      secretFields: { service_key: config.adminKey },
      credentialNeeded: 'a service key with the permission Teams Read-only (Enterprise)',
      clock: config.clock,
    },
    config.http,
  );
  const raw: RawResponse[] = [];
  const ask = async <T>(endpoint: string, schema: VendorRequest<T>['schema'], body: object): Promise<T> => {
    const answer = await client.get({ endpoint, query: [], schema, body });
    // Only what the schema took: the answer itself holds the users' API keys.
    raw.push({ ...answer.raw, body: JSON.stringify(answer.value) });
    return answer.value;
  };
  const runsOf = async (emails: readonly string[] | null): Promise<readonly Run[]> => {
    const { queryResults } = await ask('/v1/CascadeAnalytics', CascadeAnswer, {
      start_timestamp: `${range.from}T00:00:00Z`,
      end_timestamp: `${range.to}T00:00:00Z`,
      ...(emails !== null && { emails }),
      query_requests: [{ cascade_runs: {} }],
    });
    return queryResults.flatMap(({ cascadeRuns }) => cascadeRuns?.cascadeRuns ?? []);
  };
  const { userTableStats: users } = await ask('/v1/UserPageAnalytics', UserPage, {});
  const total = await runsOf(null);
  const byUser: WindsurfFacts['byUser'][number][] = [];
  for (const email of new Set(users.map((user) => user.email)))
    byUser.push({ email, runs: await runsOf([email]) });
  return { users, byUser, total, raw };
}
