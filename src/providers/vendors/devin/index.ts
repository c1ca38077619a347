import { formatNanos, type Nanos, parseNanos } from '../../../core/base/money.js';
import { utcDay } from '../../../core/base/time.js';
import type { AdminKeyConfig } from '../../http/http.js';
import {
  addTo,
  describeShares,
  keepWithin,
  lastClosedDay,
  peopleOf,
  toIdentity,
} from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import { type DevinFacts, fetchFacts } from './client.js';
import { toCharges, unnamedAcus } from './focus.js';
import type { DevinOptions } from './schema.js';

const REACH = { vendor: 'Devin', days: 365, earliest: null };
const OPEN_WINDOW_DAYS = 7;
const BOUNDARY_MS = 8 * 3_600_000;

type Config = AdminKeyConfig & { readonly options: DevinOptions };

/**
 * Devin Enterprise by its consumption: ACUs per day and user at the price of the contract. The vendor's days run
 * from 08:00 to 08:00 UTC and are booked on the UTC day in which they begin. By organisation the vendor leaves out
 * Cascade and Terminal: that view is told and not added.
 */
export function createDevinProvider(config: Config): Provider {
  const { source, options } = config;
  return {
    source,
    kind: 'devin',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    async pull(window, known) {
      // The instant as the vendor's calendar has it: its day changes when that clock shows midnight.
      const shiftedMs = config.clock() - BOUNDARY_MS;
      const { range, remarks } = withinReach(window, REACH, shiftedMs);
      const facts = await fetchFacts(config, range);
      const identities = facts.members.map(({ user_id: id, email, name, enterprise_role: role }) =>
        toIdentity(source, utcDay(config.clock()), {
          kind: 'user',
          id,
          email: email ?? null,
          name: name ?? null,
          status: role ?? null,
        }),
      );
      const people = peopleOf(identities, known);
      const { charges } = keepWithin(toCharges(facts.days, { source, options, people }), range);
      return {
        scope: { kind: 'charge-days', ...range },
        charges,
        raw: facts.raw,
        identities,
        completeThrough: lastClosedDay(range, utcDay(shiftedMs)),
        remarks: [...remarks, ...facts.remarks, ...checkUsers(facts.days), ...tellOrganisations(facts.days)],
      };
    },
  };
}

function checkUsers(days: DevinFacts['days']): readonly string[] {
  return days.flatMap(({ day, total_acus: total, consumption_by_user: users }) => {
    const more = -unnamedAcus(total, users);
    const remark = `${day}: Devin's users have ${formatNanos(more)} ACUs more than its total, which is what counts.`;
    return more > 0n ? [remark] : [];
  });
}

function tellOrganisations(days: DevinFacts['days']): readonly string[] {
  const shares = new Map<string, Nanos>();
  for (const { consumption_by_org_id: organisations } of days)
    for (const [id, acus] of Object.entries(organisations)) addTo(shares, id, parseNanos(acus));
  return describeShares("Devin's ACUs by organisation, without Cascade and Terminal", shares);
}
