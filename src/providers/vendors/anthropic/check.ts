import { addDays, utcDay } from '../../../core/base/time.js';
import { checkScopes } from '../../http/check-scopes.js';
import type { AdminKeyConfig } from '../../http/http.js';
import type { MissingScope } from '../../provider.js';
import { ADMIN_KEY, openAnthropic } from './account-client.js';

const ANALYTICS = '/v1/organizations/analytics';
const LISTS = [
  ['api_keys', 'names and owners of API keys are unknown'],
  ['users', 'people are known by what the cost rows say of them'],
  ['workspaces', 'workspaces have no names and tags'],
] as const;

/** Which endpoints of the Usage & Cost Analytics API, and which listings, this key may use: one small read each. */
export async function checkAnthropic(config: AdminKeyConfig): Promise<readonly MissingScope[]> {
  const beta = 'analytics-usage-cost-2026-08-24';
  const { http } = openAnthropic(config, { beta, credentialNeeded: ADMIN_KEY });
  const day = addDays(utcDay(config.clock()), -1);
  const window = [
    ['starting_at', `${day}T00:00:00Z`],
    ['ending_at', `${addDays(day, 1)}T00:00:00Z`],
    ['time_bucket_width', '1d'],
    ['limit', '1'],
  ] as const;
  return checkScopes(http, [
    {
      endpoint: `${ANALYTICS}/cost`,
      query: window,
      needed: 'the scope read:analytics',
      sentence:
        'Without it there is no cost at all: make an analytics key with that scope, or an Admin API key.',
      isVital: true,
    },
    {
      endpoint: `${ANALYTICS}/usage`,
      query: window,
      needed: 'the scope read:analytics for usage',
      sentence: 'Cost comes in, but no token counts.',
      isVital: false,
    },
    ...LISTS.map(([list, consequence]) => ({
      endpoint: `/v1/organizations/${list}`,
      query: [['limit', '1']] as const,
      needed: `leave to list ${list}`,
      sentence: `Without it ${consequence}: an Admin API key of the organisation may.`,
      isVital: false,
    })),
  ]);
}
