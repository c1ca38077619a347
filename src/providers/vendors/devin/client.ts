import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { type AdminKeyConfig, createHttpClient } from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import { collectPages } from '../../http/pages.js';
import { Consumption, type Member, MemberPage } from './schema.js';

/** All that one pull read. */
export interface DevinFacts {
  readonly days: readonly (Consumption & { readonly day: Day })[];
  readonly members: readonly Member[];
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
}

const DAILY = '/v2/enterprise/consumption/daily';

/**
 * Reads everything of the range, one call a day: a call for a longer span gives users and organisations of the span
 * only. Never filtered by organisation, which would drop Cascade and Terminal. Throws what the client throws, and
 * AppError `upstream` when an answer holds another day.
 */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<DevinFacts> {
  const client = createHttpClient(
    {
      vendor: 'Devin',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://api.devin.ai',
      headers: { authorization: `Bearer ${config.adminKey}` },
      credential: config.adminKey,
      credentialNeeded: "an enterprise admin's personal API key (apk_user_...)",
      clock: config.clock,
    },
    config.http,
  );
  const raw: RawResponse[] = [];
  const remarks: string[] = [];
  const days: DevinFacts['days'][number][] = [];
  for (const day of daysIn(range)) {
    const answer = await client.get({
      endpoint: DAILY,
      query: [
        ['start_date', `${day}T08:00:00Z`],
        ['end_date', `${addDays(day, 1)}T08:00:00Z`],
      ],
      schema: Consumption,
    });
    raw.push(answer.raw);
    refuseOtherDays(answer.value, day);
    days.push({ ...answer.value, day });
  }
  const request = {
    endpoint: '/v2/enterprise/members',
    query: [['limit', '200']] as const,
    schema: MemberPage,
  };
  const members = await askOptional(remarks, 'Members keep the e-mail addresses known before.', () =>
    collectPages(client, request, ({ items, has_more: more, skip }) =>
      more ? [['skip', String(skip + items.length)]] : null,
    ),
  );
  return {
    days,
    members: (members?.pages ?? []).flatMap(({ items }) => items),
    raw: [...raw, ...(members?.raw ?? [])],
    remarks,
  };
}

function refuseOtherDays({ consumption_by_date: dates }: Consumption, day: Day): void {
  const other = Object.entries(dates).find(([date, acus]) => !date.startsWith(day) && Number(acus) !== 0);
  if (other === undefined) return;
  throw new AppError(
    'upstream',
    `Devin answered ${DAILY} with ACUs of ${other[0]} when asked for ${day}. Nothing was stored.`,
  );
}
