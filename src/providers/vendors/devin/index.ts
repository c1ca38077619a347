import { formatNanos, type Nanos, parseNanos } from '../../../core/base/money.js';
import { describeConnector, field } from '../../connector.js';
import { addTo, describeShares, peopleOf, toIdentity } from '../../parts/pull-parts.js';
import { pullByDays } from '../../parts/pull-window.js';
import { type DevinFacts, fetchFacts } from './client.js';
import { toCharges, unnamedAcus } from './focus.js';
import { DevinOptions } from './schema.js';

const REACH = { vendor: 'Devin', days: 365, earliest: null };
/** The vendor's day begins at midnight in its calendar. */
const DAY_START_MS = 8 * 3_600_000;

/**
 * Devin Enterprise by its consumption: ACUs per day and user at the price of the contract. The vendor's days run
 * from 08:00 to 08:00 UTC and are booked on the UTC day in which they begin. By organisation the vendor leaves out
 * Cascade and Terminal: that view is named in a remark and not added.
 */
export const devin = describeConnector({
  kind: 'devin',
  needs: 'key',
  options: DevinOptions,
  form: {
    label: 'Devin',
    credential: 'An API key of an enterprise admin',
    fields: [field('acuPrice', 'Price of an ACU', 'From the contract, for instance 2.25', true)],
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'devin',
      openWindowDays: 7,
      reachDays: REACH.days,
      pull: pullByDays(
        { reach: REACH, clock, dayStartMs: DAY_START_MS, isWider: true },
        async ({ range, today, known }) => {
          const { account, days, members } = await fetchFacts(config, range);
          const identities = members.map(({ user_id: id, email, name, enterprise_role: role }) =>
            toIdentity(source, today, {
              kind: 'user',
              id,
              email: email ?? null,
              name: name ?? null,
              status: role ?? null,
            }),
          );
          return {
            account,
            charges: toCharges(days, { source, options, people: peopleOf(identities, known) }),
            identities,
            remarks: [...checkUsers(days), ...describeOrganisations(days)],
          };
        },
      ),
    };
  },
});

function checkUsers(days: DevinFacts['days']): readonly string[] {
  return days.flatMap(({ day, total_acus: total, consumption_by_user: users }) => {
    const more = -unnamedAcus(total, users);
    const remark = `${day}: Devin's users have ${formatNanos(more)} ACUs more than its total, which is what counts.`;
    return more > 0n ? [remark] : [];
  });
}

function describeOrganisations(days: DevinFacts['days']): readonly string[] {
  const shares = new Map<string, Nanos>();
  for (const { consumption_by_org_id: organisations } of days)
    for (const [id, acus] of Object.entries(organisations)) addTo(shares, id, parseNanos(acus));
  return describeShares("Devin's ACUs by organisation, without Cascade and Terminal", shares);
}
