import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { byOffset } from '../../http/pages.js';
import { Consumption, type Member, MemberPage } from './schema.js';

/** All that one pull read. */
export interface DevinFacts {
  readonly account: VendorAccess;
  readonly days: readonly (Consumption & { readonly day: Day })[];
  readonly members: readonly Member[];
}

const DAILY = '/v2/enterprise/consumption/daily';

/**
 * Reads everything of the range, one call a day: a call for a longer span gives users and organisations of the span
 * only. Never filtered by organisation, which would drop Cascade and Terminal. Throws what the client throws, and
 * AppError `upstream` when an answer holds another day.
 */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<DevinFacts> {
  const account = openAccount(config, {
    vendor: 'Devin',
    address: 'https://api.devin.ai',
    credentialNeeded: "an enterprise admin's personal API key (apk_user_...)",
  });
  const days: DevinFacts['days'][number][] = [];
  for (const day of daysIn(range)) {
    const consumption = await account.get({
      endpoint: DAILY,
      query: [
        ['start_date', `${day}T08:00:00Z`],
        ['end_date', `${addDays(day, 1)}T08:00:00Z`],
      ],
      schema: Consumption,
    });
    refuseOtherDays(consumption, day);
    days.push({ ...consumption, day });
  }
  const members = await account.part(
    { is: 'names', without: 'Members keep the e-mail addresses known before.' },
    () =>
      account.pages(
        { endpoint: '/v2/enterprise/members', query: [['limit', '200']], schema: MemberPage },
        byOffset('skip', ({ items, has_more: more, skip }) => (more ? skip + items.length : null)),
      ),
  );
  return { account, days, members: (members ?? []).flatMap(({ items }) => items) };
}

function refuseOtherDays({ consumption_by_date: dates }: Consumption, day: Day): void {
  const other = Object.entries(dates).find(([date, acus]) => !date.startsWith(day) && Number(acus) !== 0);
  if (other === undefined) return;
  throw new AppError(
    'upstream',
    `Devin answered ${DAILY} with ACUs of ${other[0]} when asked for ${day}. Nothing was stored.`,
  );
}
