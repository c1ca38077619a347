import { createNanoCarry, formatNanos, type Nanos } from '../../../core/base/money.js';
import { type Day, type DayRange, utcDay } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { Seat } from '../../../core/seats/seat.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { type ContractPlan, remarkOnSeats, toSeatListing, toSeatRows } from '../../parts/contract-seats.js';
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
import { fetchFacts, type HuggingFaceFacts } from './client.js';
import { toCharges } from './focus.js';
import { costOf, type HuggingFaceOptions } from './schema.js';

const REACH = { vendor: 'Hugging Face', days: 365, earliest: null };
const OPEN_WINDOW_DAYS = 7;

type Config = AdminKeyConfig & { readonly options: HuggingFaceOptions };

/**
 * A Hugging Face organisation: inference by member, model and provider, all other products, and seats at the price
 * of the contract. Requests with a provider's own key are on that provider's bill, those of a person's own account
 * on theirs: neither is here.
 */
export function createHuggingFaceProvider(config: Config): Provider {
  return {
    source: config.source,
    kind: 'hugging-face',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    // Seats are in no usage feed: a bill that has them too would count them twice, so give no price then.
    overlaps: [
      sharedUsage('hugging-face', 'cost-feed', ({ attributes }) => attributes.resourceType !== 'Seat'),
    ],
    async pull(window, known, seats = []) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const { organization } = config.options;
      const facts = await fetchFacts({ ...config, organization }, range);
      const pull = toPull(facts, config, { range, today: utcDay(nowMs), known, seats });
      return { ...pull, remarks: [...remarks, ...pull.remarks] };
    },
  };
}

interface Asked {
  readonly range: DayRange;
  readonly today: Day;
  readonly known: readonly VendorIdentity[];
  readonly seats: readonly Seat[];
}

function toPull(facts: HuggingFaceFacts, { source, options }: Config, asked: Asked): Pull {
  const { range, today } = asked;
  const { organization, seatPrice = null } = options;
  const plan: ContractPlan = { source, vendor: 'Hugging Face', price: seatPrice, currency: 'USD' };
  const identities = toIdentities(facts, source, today);
  const listing = facts.members === null ? null : toSeatListing(plan, toMembers(facts.members), today);
  const seats = toSeatRows(plan, range, listing, asked.seats);
  const seatRemarks = remarkOnSeats(plan, range, asked.seats, today);
  const completeThrough = lastClosedDay(range, today);
  const made = toCharges(facts, {
    source,
    organization,
    people: peopleOf(identities, asked.known),
    closedThrough: completeThrough,
    seats,
  });
  const { charges, remarks } = keepWithin(made.charges, range);
  return {
    scope: { kind: 'charge-days', ...range },
    charges,
    raw: facts.raw,
    identities,
    completeThrough,
    remarks: [...remarks, ...facts.remarks, ...made.remarks, ...seatRemarks, ...secondViews(facts)],
    ...(listing !== null && { seats: listing }),
  };
}

/** Service accounts are members too, but have no seat. */
function toMembers(members: NonNullable<HuggingFaceFacts['members']>) {
  return members
    .filter(({ type }) => type !== 'service-account' && type !== 'serviceAccount')
    .map(({ login, email, fullname }) => ({
      seatId: login,
      login,
      userId: login,
      email: email ?? null,
      name: fullname ?? null,
      lastActiveDay: null,
    }));
}

function toIdentities(facts: HuggingFaceFacts, source: string, seenOn: Day): readonly VendorIdentity[] {
  const users = (facts.members ?? []).map(({ login, fullname, email, role }) =>
    toIdentity(source, seenOn, {
      kind: 'user',
      id: login,
      name: fullname ?? login,
      email: email ?? null,
      status: role ?? null,
    }),
  );
  const groups = facts.resourceGroups.map(({ id, name }) =>
    toIdentity(source, seenOn, { kind: 'sub-account', id, name }),
  );
  return [...users, ...groups];
}

/** Money seen from elsewhere: told, never added. */
function secondViews({ groupUsage, jobs, resourceGroups }: HuggingFaceFacts): readonly string[] {
  const carry = createNanoCarry();
  const names = new Map(resourceGroups.map(({ id, name }) => [id, name]));
  const shares = new Map<string, Nanos>();
  for (const row of groupUsage ?? []) {
    const { resourceGroup: group, resourceGroupId, resourceGroupName } = row;
    const own = typeof group === 'object' ? group : { id: group, name: null };
    const id = own?.id ?? resourceGroupId ?? null;
    const name = own?.name ?? resourceGroupName ?? names.get(id ?? '') ?? row.name ?? id ?? 'no group';
    const cost = costOf(row);
    if (cost !== null) addTo(shares, name, carry.add(cost.text, cost.shift));
  }
  const ownJobs = carry.add(jobs?.usage?.usedMicroUsd ?? '0', -6);
  return [
    ...describeShares("Hugging Face's view by resource group", shares),
    ...(ownJobs === 0n
      ? []
      : [
          `Jobs for ${formatNanos(ownJobs)} USD are billed to the account of the key itself, not to the organisation: they are not in the ledger.`,
        ]),
  ];
}
