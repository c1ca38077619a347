import { Day, type DayRange } from '../../../../core/base/time.js';
import type { Charge } from '../../../../core/ledger/charge.js';
import type { Seat, SeatListing } from '../../../../core/seats/seat.js';
import { createChargeMaker, GENERATIVE_AI } from '../../../parts/bill-rows.js';
import {
  type ContractPlan,
  type SeatMember,
  toSeatListing,
  toSeatRows,
} from '../../../parts/contract-seats.js';
import type { AnthropicAccount } from '../lines.js';
import type { EnterpriseFacts } from './client.js';

/** What the seats of a pull come to. */
export interface EnterpriseSeats {
  readonly listing: SeatListing | null;
  readonly charges: readonly Charge[];
  readonly remarks: readonly string[];
}

/**
 * Members as seats. The vendor lists no seats: whoever resolves a spend limit is a member, a limit inherited from a
 * seat tier names the tier, and the summary counts all. What a seat costs is the contract's: an option of the source.
 */
export function toSeats(
  facts: EnterpriseFacts,
  plan: ContractPlan,
  asked: {
    readonly account: AnthropicAccount;
    readonly range: DayRange;
    readonly today: Day;
    readonly earlier: readonly Seat[];
  },
): EnterpriseSeats {
  const { members, tiers } = membersOf(facts);
  const { assignedSeats } = facts;
  if (facts.limits === null) return { listing: null, charges: [], remarks: unlisted(assignedSeats) };
  const plain = toSeatListing(plan, members, asked.today);
  const listing = {
    ...plain,
    seats: plain.seats.map((seat) => ({ ...seat, plan: tiers.get(seat.seatId) ?? null })),
  };
  const make = createChargeMaker({
    source: plan.source,
    vendor: 'Anthropic',
    service: { name: plan.vendor, ...GENERATIVE_AI },
    accountId: asked.account.billingAccountId,
    accountName: asked.account.billingAccountName,
  });
  const nameless = (assignedSeats ?? 0) - members.length;
  return {
    listing,
    charges: toSeatRows(plan, asked.range, listing, asked.earlier).map(make),
    remarks:
      nameless > 0
        ? [`${nameless} of ${assignedSeats} assigned seats are of members whom Anthropic does not list.`]
        : [],
  };
}

function unlisted(assigned: number | null): readonly string[] {
  return assigned === null
    ? []
    : [`${assigned} seats are assigned, but Anthropic does not let this key list their members.`];
}

function membersOf({ limits, activity }: EnterpriseFacts): {
  readonly members: readonly SeatMember[];
  readonly tiers: ReadonlyMap<string, string>;
} {
  const members = new Map<string, SeatMember>();
  const tiers = new Map<string, string>();
  const active = new Map(
    (activity ?? []).map(({ user, last_activity_date }) => [user?.id ?? '', last_activity_date]),
  );
  for (const { actor, source } of limits ?? []) {
    const id = actor.user_id;
    if (!id || actor.deleted === true) continue;
    const day = Day.safeParse(active.get(id));
    members.set(id, {
      seatId: id,
      login: null,
      email: actor.email_address,
      userId: id,
      name: actor.name ?? null,
      lastActiveDay: day.success ? day.data : null,
    });
    if (source.seat_tier) tiers.set(id, source.seat_tier);
  }
  return { members: [...members.values()], tiers };
}
