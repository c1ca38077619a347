import { createNanoCarry, formatNanos, type Nanos } from '../../../core/base/money.js';
import type { Day } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { MissingMoney } from '../../../core/sources/hold.js';
import { describeConnector, field, SEAT_PRICE_FIELD } from '../../connector.js';
import { type ContractPlan, remarkOnSeats, toSeatListing, toSeatRows } from '../../parts/contract-seats.js';
import { addTo, describeShares, peopleOf, toIdentity } from '../../parts/pull-parts.js';
import { type Asked, type Made, pullByDays } from '../../parts/pull-window.js';
import { fetchFacts, type HuggingFaceFacts } from './client.js';
import { toCharges } from './focus.js';
import { costOf, HuggingFaceOptions } from './schema.js';

const REACH = { vendor: 'Hugging Face', days: 365, earliest: null };

/**
 * A Hugging Face organisation: inference by member, model and provider, all other products, and seats at the price
 * of the contract. Requests with a provider's own key are on that provider's bill, those of a person's own account
 * on theirs: neither is here.
 */
export const huggingFace = describeConnector({
  kind: 'hugging-face',
  needs: 'key',
  options: HuggingFaceOptions,
  form: {
    label: 'Hugging Face',
    credential: 'A token that may read billing (hf_…)',
    fields: [field('organization', 'Organisation', 'As in huggingface.co/NAME', true), SEAT_PRICE_FIELD],
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'hugging-face',
      openWindowDays: 7,
      reachDays: REACH.days,
      // Seats are in no usage feed: a bill that has them too would count them twice, so give no price then.
      overlaps: [
        sharedUsage('hugging-face', 'cost-feed', ({ attributes }) => attributes.resourceType !== 'Seat'),
      ],
      pull: pullByDays({ reach: REACH, clock }, async (asked) => {
        const { organization, seatPrice } = options;
        const seatsMatter = seatPrice !== undefined && asked.seats.length === 0;
        const facts = await fetchFacts({ ...config, organization, seatsMatter }, asked.range);
        return toPull(facts, { source, options }, asked);
      }),
    };
  },
});

function toPull(
  facts: HuggingFaceFacts,
  { source, options }: { readonly source: string; readonly options: HuggingFaceOptions },
  { range, today, closed, known, seats: earlier }: Asked,
): Made {
  const { organization, seatPrice = null } = options;
  const plan: ContractPlan = { source, vendor: 'Hugging Face', price: seatPrice, currency: 'USD' };
  const identities = toIdentities(facts, source, today);
  // Its own token's owner is a member: a list of nobody is no answer.
  const listing =
    (facts.members ?? []).length === 0 ? null : toSeatListing(plan, toMembers(facts.members ?? []), today);
  const { charges, remarks } = toCharges(facts, {
    source,
    organization,
    people: peopleOf(identities, known),
    closedThrough: closed,
    seats: toSeatRows(plan, range, listing, earlier),
  });
  return {
    account: facts.account,
    charges,
    identities,
    missing: emptyProducts(facts, closed),
    remarks: [...remarks, ...remarkOnSeats(plan, range, earlier, today), ...secondViews(facts)],
    ...(listing !== null && { seats: listing }),
  };
}

/** Products of closed days that know nothing, not even of the inference of the day: it is the answer that is empty. */
function emptyProducts(
  { inference, products }: HuggingFaceFacts,
  closed: Day | null,
): readonly MissingMoney[] {
  const days = [...(products ?? [])].flatMap(([day, { rows }]) =>
    rows.length === 0 && closed !== null && day <= closed && inference.some((row) => row.day === day)
      ? [day]
      : [],
  );
  if (days.length === 0) return [];
  const sentence = `Hugging Face answered usage-v2 with nothing for ${days.join(', ')}, though there was inference: what else was used would be missing.`;
  return [{ part: 'usage-v2', sentence }];
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

/** Money seen from elsewhere: named in a remark, never added. */
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
