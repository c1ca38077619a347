import { utcDay } from '../../../core/base/time.js';
import { describeConnector, SEAT_PRICE_FIELD } from '../../connector.js';
import { type ContractPlan, remarkOnSeats, toSeatListing, toSeatRows } from '../../parts/contract-seats.js';
import { toIdentity } from '../../parts/pull-parts.js';
import { pullByDays } from '../../parts/pull-window.js';
import { fetchFacts } from './client.js';
import { toCharges, toMeasures } from './focus.js';
import { type User, WindsurfOptions } from './schema.js';

const REACH = { vendor: 'Windsurf', days: 365, earliest: null };
/** The vendor refreshes its data every three hours. */
const LAG_MS = 3 * 3_600_000;
const NO_PRICE = 'Windsurf gives no money: without the option seatPrice nothing of it is in the ledger.';

/**
 * Windsurf Enterprise by its analytics: who has a seat, at the price of the contract, and how many credits they used.
 * The vendor gives no money at all: what the invoice has beyond the seats is not here.
 */
export const windsurf = describeConnector({
  kind: 'windsurf',
  needs: 'key',
  options: WindsurfOptions,
  form: { label: 'Windsurf', credential: 'A service key', fields: [SEAT_PRICE_FIELD] },
  create(config) {
    const { source, clock } = config;
    const { seatPrice: price = null, currency } = config.options;
    const plan: ContractPlan = { source, vendor: 'Windsurf', price, currency };
    return {
      source,
      kind: 'windsurf',
      openWindowDays: 7,
      reachDays: REACH.days,
      pull: pullByDays({ reach: REACH, clock, lagMs: LAG_MS }, async ({ range, today, seats: earlier }) => {
        const facts = await fetchFacts(config, range);
        const seats = toSeatListing(plan, toMembers(facts.users), today);
        const seatRows = toSeatRows(plan, range, seats, earlier);
        return {
          account: facts.account,
          charges: toCharges(facts, { source, currency, seats: seatRows }),
          identities: facts.users.map(({ email, name, role }) =>
            toIdentity(source, today, {
              kind: 'user',
              id: email.toLowerCase(),
              email,
              name: name ?? null,
              status: role ?? null,
            }),
          ),
          measures: toMeasures(facts, range),
          seats,
          remarks: [...remarkOnSeats(plan, range, earlier, today), ...(price === null ? [NO_PRICE] : [])],
        };
      }),
    };
  },
});

/** Whoever was not let in (yet) has no seat. */
function toMembers(users: readonly User[]) {
  return users
    .filter(({ teamStatus }) => !/PENDING|REJECTED/i.test(teamStatus ?? ''))
    .map(({ email, name, lastUpdateTime }) => {
      const lastMs = Date.parse(lastUpdateTime ?? '');
      return {
        seatId: email.toLowerCase(),
        login: null,
        userId: email.toLowerCase(),
        email,
        name: name ?? null,
        lastActiveDay: Number.isNaN(lastMs) ? null : utcDay(lastMs),
      };
    });
}
