import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import { describeConnector, field } from '../../connector.js';
import { type Asked, type Made, pullByDays } from '../../parts/pull-window.js';
import { fetchFacts } from './client.js';
import { type CopilotConfig, CopilotOptions } from './connection.js';
import { copilotRows, createRowContext, toUsageCharges } from './focus.js';
import { createEmails, toIdentities } from './identities.js';
import { checkPool } from './pool.js';
import { chargeSeats, toListing } from './seats.js';

/** 24 months are kept. */
const REACH = { vendor: 'GitHub', days: 730, earliest: null };

/**
 * GitHub Copilot of an organisation or enterprise: the bill by day for money (seats, and credits beyond the pool),
 * the seats for who holds one, credits by user as weights. Today's usage still comes in, so the days up to yesterday
 * count as closed.
 */
export const copilot = describeConnector({
  kind: 'github-copilot',
  needs: 'key',
  options: CopilotOptions,
  form: {
    label: 'GitHub Copilot',
    credential: 'A token that may read billing and Copilot seats',
    fields: [field('organization', 'Organisation', 'As in github.com/NAME')],
  },
  create: (config) => ({
    source: config.source,
    kind: 'github-copilot',
    // The open month and five days after its close.
    openWindowDays: 36,
    rereads: 'daily',
    reachDays: REACH.days,
    overlaps: [
      sharedUsage('github-copilot', 'cost-feed', ({ attributes }) => attributes.chargeCategory === 'Usage'),
      sharedUsage(
        'github-copilot-seats',
        'cost-feed',
        ({ attributes }) => attributes.chargeCategory === 'Purchase',
      ),
    ],
    pull: pullByDays({ reach: REACH, clock: config.clock, isWider: true }, (asked) => pull(config, asked)),
  }),
});

async function pull(config: CopilotConfig, asked: Asked): Promise<Made> {
  const { source, options } = config;
  const { range, today } = asked;
  const users = asked.known.filter(({ kind }) => kind === 'user');
  const logins = users.map(({ id }) => id);
  const facts = await fetchFacts(config, range, logins);
  const emailOf = createEmails(facts, options.logins, users);
  const rows = copilotRows(facts);
  const seatFacts = { source, facts: { ...facts, rows }, emailOf, options, today };
  const listing = toListing(seatFacts);
  const isListed = facts.seats.length > 0;
  const held = isListed ? listing.seats : asked.seats;
  const seats = new Map(held.map((seat) => [seat.holder?.login ?? '', seat]));
  const context = {
    source,
    account: options.organization ?? options.enterprise ?? source,
    emailOf,
    options,
    planOf: (login: string) => seats.get(login)?.plan ?? null,
    seatOf: (login: string) => seats.get(login)?.seatId ?? null,
  };
  const seatCharges = chargeSeats(seatFacts, asked.seats, createRowContext(context));
  const usage = toUsageCharges(rows, facts.use, context, createRowContext(context));
  return {
    account: facts.account,
    charges: [...seatCharges, ...usage],
    identities: toIdentities(facts, emailOf, { source, seenOn: today }),
    // Without a list the last one stays.
    ...(isListed && { seats: listing }),
    remarks: checkPool(rows, listing.seats),
  };
}
