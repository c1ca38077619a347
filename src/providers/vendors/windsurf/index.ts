import { utcDay } from '../../../core/base/time.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { type ContractPlan, remarkOnSeats, toSeatListing, toSeatRows } from '../../parts/contract-seats.js';
import { keepWithin, lastClosedDay, toIdentity } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import { fetchFacts } from './client.js';
import { toCharges, toMeasures } from './focus.js';
import type { User, WindsurfOptions } from './schema.js';

const REACH = { vendor: 'Windsurf', days: 365, earliest: null };
const OPEN_WINDOW_DAYS = 7;
/** The vendor refreshes its data every three hours. */
const LAG_MS = 3 * 3_600_000;

type Config = AdminKeyConfig & { readonly options: WindsurfOptions };

/**
 * Windsurf Enterprise by its analytics: who has a seat, at the price of the contract, and how many credits they used.
 * The vendor gives no money at all: what the invoice has beyond the seats is not here.
 */
export function createWindsurfProvider(config: Config): Provider {
  const { source, options } = config;
  const plan: ContractPlan = {
    source,
    vendor: 'Windsurf',
    price: options.seatPrice ?? null,
    currency: options.currency,
  };
  return {
    source,
    kind: 'windsurf',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    async pull(window, _known, earlier = []) {
      const nowMs = config.clock();
      const today = utcDay(nowMs);
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchFacts(config, range);
      const seats = toSeatListing(plan, toMembers(facts.users), today);
      const seatRows = toSeatRows(plan, range, seats, earlier);
      const all = toCharges(facts, { source, currency: options.currency, seats: seatRows });
      const { charges, remarks: outside } = keepWithin(all, range);
      const noPrice = 'Windsurf gives no money: without the option seatPrice nothing of it is in the ledger.';
      return {
        scope: { kind: 'charge-days', ...range },
        charges,
        raw: facts.raw,
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
        completeThrough: lastClosedDay(range, utcDay(nowMs - LAG_MS)),
        remarks: [
          ...remarks,
          ...outside,
          ...remarkOnSeats(plan, range, earlier, today),
          ...(plan.price === null ? [noPrice] : []),
        ],
      };
    },
  };
}

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
