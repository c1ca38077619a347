import { createNanoCarry, type Nanos } from '../../../core/base/money.js';
import { type Day, type DayRange, utcDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { sharedUsage } from '../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { compareWithControl } from '../../parts/charge-parts.js';
import {
  addTo,
  describeShares,
  keepWithin,
  lastClosedDay,
  peopleOf,
  toIdentity,
} from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider, Pull } from '../../provider.js';
import { type DayGroup, fetchFacts, type ReplitFacts } from './client.js';
import { toCharges } from './focus.js';

/** A span that the vendor answers for is at most 366 days; how far back it lies is not documented. */
const REACH = { vendor: 'Replit', days: 366, earliest: null };
/** Recent usage arrives late (docs/vendors.md#replit). */
const OPEN_WINDOW_DAYS = 14;
const ESTIMATED =
  'Replit gives gross ledger cost before credits and discounts: its rows are estimates until the invoice is there.';

/**
 * Replit Enterprise by its Admin API (beta): gross cost per member, metric and day. The view by project is the same
 * money again and only checks the total: two marginal views do not say who spent what on which project.
 */
export function createReplitProvider(config: AdminKeyConfig): Provider {
  return {
    source: config.source,
    kind: 'replit',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    overlaps: [sharedUsage('replit', 'cost-feed')],
    async pull(window, known) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchFacts(config, range);
      const pull = toPull(facts, { range, source: config.source, today: utcDay(nowMs), known });
      return { ...pull, remarks: [...remarks, ...pull.remarks] };
    },
  };
}

function toPull(
  facts: ReplitFacts,
  asked: {
    readonly range: DayRange;
    readonly source: string;
    readonly today: Day;
    readonly known: readonly VendorIdentity[];
  },
): Pull {
  const { range, source, today } = asked;
  const identities = toIdentities(facts, source, today);
  const all = toCharges(facts.byMember, source, peopleOf(identities, asked.known));
  const { charges, remarks } = keepWithin(all, range);
  const completeThrough = lastClosedDay(range, today);
  return {
    scope: { kind: 'charge-days', ...range },
    charges,
    raw: facts.raw,
    identities,
    completeThrough,
    remarks: [
      ...remarks,
      ...facts.remarks,
      ...(charges.length === 0 ? [] : [ESTIMATED]),
      ...checkByProject(facts, charges, completeThrough),
    ],
  };
}

function checkByProject(
  { byProject, projects }: ReplitFacts,
  charges: readonly Charge[],
  through: Day | null,
): readonly string[] {
  if (byProject === null) return [];
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
  return [
    ...compareWithControl(charges, days, through, 'total by project of Replit'),
    ...describeShares("Replit's view by project", shares),
  ];
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
