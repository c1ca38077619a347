import { type DayRange, utcDay } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { Seat } from '../../../core/seats/seat.js';
import { keepWithin, lastClosedDay } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider, Pull } from '../../provider.js';
import { fetchFacts } from './client.js';
import { type CopilotConfig, CopilotOptions } from './connection.js';
import { copilotRows, createRowContext, toUsageCharges } from './focus.js';
import { createEmails, toIdentities } from './identities.js';
import { checkPool } from './pool.js';
import { chargeSeats, toListing } from './seats.js';

export { CopilotOptions };

/** 24 months are kept. */
const REACH = { vendor: 'GitHub', days: 730, earliest: null };
/** The open month and five days after its close. */
const OPEN_WINDOW_DAYS = 36;

/**
 * GitHub Copilot of an organisation or enterprise: the bill by day for money (seats, and credits beyond the pool),
 * the seats for who holds one, credits by user as weights. Today's usage still comes in, so the days up to yesterday
 * count as closed.
 */
export function createCopilotProvider(config: CopilotConfig): Provider {
  return {
    source: config.source,
    kind: 'github-copilot',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    overlaps: [
      sharedUsage('github-copilot', 'cost-feed', ({ attributes }) => attributes.chargeCategory === 'Usage'),
      sharedUsage(
        'github-copilot-seats',
        'cost-feed',
        ({ attributes }) => attributes.chargeCategory === 'Purchase',
      ),
    ],
    pull: (window, known, knownSeats = []) => pull(config, window, { identities: known, seats: knownSeats }),
  };
}

async function pull(
  config: CopilotConfig,
  window: DayRange,
  known: { readonly identities: readonly VendorIdentity[]; readonly seats: readonly Seat[] },
): Promise<Pull> {
  const { source, options } = config;
  const nowMs = config.clock();
  const { range, remarks } = withinReach(window, REACH, nowMs);
  const users = known.identities.filter(({ kind }) => kind === 'user');
  const logins = users.map(({ id }) => id);
  const facts = await fetchFacts(config, range, logins);
  const today = utcDay(nowMs);
  const emailOf = createEmails(facts.identities, options.logins, users);
  const rows = copilotRows(facts);
  const seatFacts = { source, facts: { ...facts, rows }, emailOf, options, today };
  const listing = toListing(seatFacts);
  const seats = new Map(listing.seats.map((seat) => [seat.holder?.login ?? '', seat]));
  const context = {
    source,
    account: options.organization ?? options.enterprise ?? source,
    emailOf,
    options,
    planOf: (login: string) => seats.get(login)?.plan ?? null,
    seatOf: (login: string) => seats.get(login)?.seatId ?? null,
  };
  const seatCharges = chargeSeats(seatFacts, known.seats, createRowContext(context));
  const usage = toUsageCharges(rows, facts.use, context, createRowContext(context));
  return {
    scope: { kind: 'charge-days', ...range },
    charges: keepWithin([...seatCharges, ...usage], range).charges,
    raw: facts.raw,
    identities: toIdentities(facts, emailOf, { source, seenOn: today }),
    completeThrough: lastClosedDay(range, today),
    seats: listing,
    remarks: [...remarks, ...facts.remarks, ...checkPool(rows, listing.seats)],
  };
}
