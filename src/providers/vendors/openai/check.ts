import { addDays, toEpochDay, utcDay } from '../../../core/base/time.js';
import { checkScopes } from '../../http/check-scopes.js';
import type { AdminKeyConfig } from '../../http/http.js';
import type { MissingScope } from '../../provider.js';
import { openOrganization } from './client.js';

const SECONDS_PER_DAY = 86_400;

/** Which endpoints of the organisation this admin key may use: one small read each. */
export async function checkOpenAi(config: AdminKeyConfig): Promise<readonly MissingScope[]> {
  const day = toEpochDay(addDays(utcDay(config.clock()), -1));
  return checkScopes(openOrganization(config).http, [
    {
      endpoint: '/v1/organization/costs',
      query: [
        ['start_time', String(day * SECONDS_PER_DAY)],
        ['end_time', String((day + 1) * SECONDS_PER_DAY)],
        ['bucket_width', '1d'],
        ['limit', '1'],
      ],
      needed: 'api.usage.read',
      sentence:
        'Without it there is no cost at all: an owner of the organisation makes an admin key that has it.',
      isVital: true,
    },
    {
      endpoint: '/v1/organization/projects',
      query: [['limit', '1']],
      needed: 'leave to read projects and their keys',
      sentence:
        'A pull lists them to name keys and their owners: give the admin key read access to projects.',
      isVital: true,
    },
    {
      endpoint: '/v1/organization/users',
      query: [['limit', '1']],
      needed: 'leave to read users',
      sentence: 'A pull lists them to name people: give the admin key read access to users.',
      isVital: true,
    },
  ]);
}
