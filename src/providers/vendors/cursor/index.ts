import { type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { type DayRange, utcDay } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import type { Seat } from '../../../core/seats/seat.js';
import type { ControlDifference } from '../../../core/sources/hold.js';
import { describeConnector, SEAT_PRICE_FIELD } from '../../connector.js';
import { type Asked, holdsDay, type Made, pullByDays } from '../../parts/pull-window.js';
import { type CursorFacts, fetchFacts } from './client.js';
import { type EventCharges, paymentOf, toEventCharges } from './focus.js';
import { createPeople, toIdentities } from './people.js';
import { chargeSeats, usageKey } from './seat-fees.js';
import { CursorOptions, type SeatFacts, toListing } from './seats.js';
import { toBilledUsage } from './tokens.js';

/** No reach is documented; the source's first pull asks for 13 months at most anyway. */
const REACH = { vendor: 'Cursor', days: 400, earliest: null };
/** Events reach `/teams/spend` hourly. */
const SPEND_LAG_MS = 2 * 3_600_000;

/**
 * A Cursor team by its Admin API: events for money, spend as a check on the open cycle, members as seats whose fee is
 * in the options. Today's events still come in, so the days up to yesterday count as closed.
 */
export const cursor = describeConnector({
  kind: 'cursor',
  needs: 'key',
  options: CursorOptions,
  form: {
    label: 'Cursor',
    credential: 'An Admin API key of the team (crsr_…)',
    fields: [SEAT_PRICE_FIELD],
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'cursor',
      // The open cycle, and some days after its close.
      openWindowDays: 36,
      rereads: 'daily',
      reachDays: REACH.days,
      // A key of one's own is billed by its vendor; here only the token rate of such events has an amount.
      overlaps: [
        sharedUsage('cursor', 'cost-feed', ({ attributes }) => attributes.chargeCategory === 'Usage'),
      ],
      pull: pullByDays({ reach: REACH, clock, isWider: true }, async (asked) => {
        const facts = await fetchFacts(config, asked.range, {
          wholeCycles: options.seatFee === 'consumption',
          seatsKnown: asked.seats.length > 0,
          seatsMatter: options.seatPrice !== undefined && asked.seats.length === 0,
        });
        return toPull(facts, { source, options }, asked);
      }),
    };
  },
});

function toPull(
  facts: CursorFacts,
  { source, options }: { readonly source: string; readonly options: CursorOptions },
  { range, today, nowMs, known, seats: knownSeats }: Asked,
): Made {
  const people = createPeople(facts, known);
  const usage = toEventCharges(facts.events, { source, cycles: facts.cycles, people });
  const seatFacts = { source, facts, people, options, today, known: knownSeats };
  const seats = seatChargesOf(seatFacts, { usage, range, knownSeats });
  const unrated = usage.unrated.filter(({ chargeDay }) => holdsDay(range, chargeDay));
  const differences = compareWithSpend(facts, range, nowMs);
  return {
    account: facts.account,
    charges: [...usage.charges, ...seats.charges],
    identities: toIdentities(facts, people, { source, seenOn: today }),
    // The key's own owner is a member: a list of nobody is no answer.
    ...(facts.members.length > 0 && { seats: toListing(seatFacts) }),
    differences,
    ...(unrated.length > 0 && { unrated: { usage: unrated, billed: [] } }),
    billedUsage: toBilledUsage(facts.events.filter((event) => paymentOf(event) === 'billed')),
    remarks: [...seats.remarks, ...remarksOnEvents(usage)],
  };
}

function seatChargesOf(
  seatFacts: SeatFacts,
  parts: {
    readonly usage: EventCharges;
    readonly range: DayRange;
    readonly knownSeats: readonly Seat[];
  },
) {
  const { cycles } = seatFacts.facts;
  const included = new Map<string, Nanos>();
  for (const charge of parts.usage.charges) {
    if (charge.billedCost !== 0n || charge.listCost === 0n) continue;
    const { email = '' } = charge.set.attributes;
    const cycle = cycles.at(Date.parse(`${charge.bill.billingPeriodStart}T23:59:59.999Z`));
    const key = usageKey({ holder: { email, login: null, userId: null, name: null } }, cycle);
    included.set(key, (included.get(key) ?? 0n) + charge.listCost);
  }
  const touched = cycles.touching(parts.range);
  return chargeSeats({ ...seatFacts, cycles: touched }, { seats: parts.knownSeats, included });
}

function remarksOnEvents({ hidden, unknownKinds }: EventCharges): readonly string[] {
  const days = [...hidden.days].toSorted((a, b) => (a < b ? -1 : 1));
  const zero =
    `Cursor charges 0 for ${hidden.events} on-demand events with tokens (${days[0]} to ${days.at(-1)}): ` +
    'it hides the money of this plan. They are rated by the price list until the invoice is there.';
  const kinds = [...unknownKinds]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((kind) => `"${kind.slice(0, 40)}"`);
  const unknown = `Cursor gave money under unknown kinds of events: ${kinds.slice(0, 5).join(', ')}. Chargeable ones count as billed.`;
  return [...(hidden.events === 0 ? [] : [zero]), ...(kinds.length === 0 ? [] : [unknown])];
}

/** The open cycle's on-demand events against `/teams/spend`, when the pull holds the whole of it. */
function compareWithSpend(facts: CursorFacts, range: DayRange, nowMs: number): readonly ControlDifference[] {
  const { current } = facts.cycles;
  if (range.from > current.from || range.to <= utcDay(nowMs)) return [];
  const billed = facts.events.filter(
    (event) => event.timestamp >= current.fromMs && paymentOf(event) === 'billed',
  );
  const events = sumNanos(billed.map(({ chargedCents }) => nanosOf(chargedCents)));
  const late = billed.filter(({ timestamp }) => timestamp > nowMs - SPEND_LAG_MS);
  const spend = sumNanos(facts.spend.map(({ spendCents }) => nanosOf(spendCents)));
  const tolerance = sumNanos(late.map(({ chargedCents }) => nanosOf(chargedCents))) + 10_000_000n;
  const difference = spend - events;
  if (difference <= tolerance && -difference <= tolerance) return [];
  const control = 'on-demand spend of Cursor';
  return [{ control, period: current.from, currency: 'USD', stated: spend, got: events }];
}

function nanosOf(cents: string | null | undefined): Nanos {
  return parseNanos(cents ?? '0') / 100n;
}
