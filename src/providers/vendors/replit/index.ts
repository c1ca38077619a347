import { createNanoCarry, type Nanos } from '../../../core/base/money.js';
import type { Day } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { ControlDifference } from '../../../core/sources/hold.js';
import { describeConnector, NO_OPTIONS } from '../../connector.js';
import { compareWithControl } from '../../parts/charge-parts.js';
import { addTo, describeShares, peopleOf, toIdentity } from '../../parts/pull-parts.js';
import { holdsDay, pullByDays } from '../../parts/pull-window.js';
import { type DayGroup, fetchFacts, type ReplitFacts } from './client.js';
import { toCharges } from './focus.js';

/** A span that the vendor answers for is at most 366 days; how far back it lies is not documented. */
const REACH = { vendor: 'Replit', days: 366, earliest: null };
const ESTIMATED =
  'Replit gives gross ledger cost before credits and discounts: its rows are estimates until the invoice is there.';

/**
 * Replit Enterprise by its Admin API (beta): gross cost per member, metric and day. The view by project is the same
 * money again and only checks the total: two marginal views do not say who spent what on which project.
 */
export const replit = describeConnector({
  kind: 'replit',
  needs: 'key',
  options: NO_OPTIONS,
  form: { label: 'Replit Enterprise', credential: 'An Admin API key (rpl_…)' },
  create(config) {
    const { source, clock } = config;
    return {
      source,
      kind: 'replit',
      // Recent usage arrives late (docs/vendors.md#replit).
      openWindowDays: 14,
      reachDays: REACH.days,
      overlaps: [sharedUsage('replit', 'cost-feed')],
      pull: pullByDays({ reach: REACH, clock }, async ({ range, today, closed, known }) => {
        const facts = await fetchFacts(config, range);
        const identities = toIdentities(facts, source, today);
        const charges = toCharges(facts.byMember, source, peopleOf(identities, known));
        const byProject = compareByProject(facts, charges, closed);
        return {
          account: facts.account,
          charges,
          identities,
          differences: byProject.differences,
          remarks: [
            ...(charges.some(({ chargeDay }) => holdsDay(range, chargeDay)) ? [ESTIMATED] : []),
            ...byProject.remarks,
          ],
        };
      }),
    };
  },
});

/** The view by project is a second view of the same money: compared, never added. */
function compareByProject(
  { byProject, projects }: ReplitFacts,
  charges: readonly Charge[],
  through: Day | null,
): { readonly remarks: readonly string[]; readonly differences: readonly ControlDifference[] } {
  if (byProject === null) return { remarks: [], differences: [] };
  const names = new Map(projects.map(({ id, name, title }) => [id, name ?? title ?? id]));
  const nameOf = ({ key: { projectId } }: DayGroup) =>
    projectId ? (names.get(projectId) ?? projectId) : 'no project';
  const carry = createNanoCarry();
  const days = new Map<Day, Nanos>();
  const shares = new Map<string, Nanos>();
  for (const group of byProject) {
    const cost = carry.add(group.totalCostUsd);
    addTo(days, group.day, cost);
    addTo(shares, nameOf(group), cost);
  }
  return {
    remarks: describeShares("Replit's view by project", shares),
    differences: compareWithControl(charges, days, through, 'total by project of Replit'),
  };
}

/** Projects are no identities: no charge names one. */
function toIdentities(facts: ReplitFacts, source: string, seenOn: Day): readonly VendorIdentity[] {
  const members = facts.members.map(({ id, username, name, email, role }) =>
    toIdentity(source, seenOn, {
      kind: 'user',
      id,
      name: name ?? username ?? null,
      email: email ?? null,
      status: role ?? null,
    }),
  );
  const workspaces = facts.workspaces.map(({ id, name, title }) =>
    toIdentity(source, seenOn, { kind: 'sub-account', id, name: name ?? title ?? null }),
  );
  return [...members, ...workspaces];
}
