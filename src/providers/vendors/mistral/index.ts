import { formatNanos, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import {
  addDays,
  type DayRange,
  firstDay,
  monthOf,
  monthRange,
  monthsIn,
  utcDay,
} from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { keepWithin, lastClosedDay, toIdentity } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import { fetchFacts, type MistralMonth } from './client.js';
import { bookingDay, toCharges } from './focus.js';

const REACH = { vendor: 'Mistral', days: 400, earliest: null };
/** The open month and the days after its close in which its bill may still move. */
const OPEN_WINDOW_DAYS = 36;

/**
 * Mistral by its Admin API (preview, Enterprise): usage of whole months by category and workspace, in the vendor's
 * currency. A month is the vendor's grain, so that every pull replaces the whole months that its window touches;
 * what the vendor does not date is booked on the month's last complete day and moves on with it.
 */
export function createMistralProvider(config: AdminKeyConfig): Provider {
  const { source } = config;
  return {
    source,
    kind: 'mistral',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    async pull(window, known) {
      const nowMs = config.clock();
      const today = utcDay(nowMs);
      const asked = withinReach(window, REACH, nowMs);
      const months = monthsIn(asked.range);
      const workspacesKnown = known.filter(({ kind }) => kind === 'sub-account');
      const facts = await fetchFacts(
        config,
        months,
        workspacesKnown.map(({ id }) => id),
      );
      const identities = facts.workspaces.map(({ id, name }) =>
        toIdentity(source, today, { kind: 'sub-account', id, name }),
      );
      const names = new Map(
        [...workspacesKnown, ...identities].map((space: VendorIdentity) => [space.id, space.name]),
      );
      const range = wholeMonths(asked.range, addDays(today, 1));
      const { charges, remarks } = keepWithin(toCharges(facts.months, { source, today, names }), range);
      return {
        scope: { kind: 'charge-days', ...range },
        charges,
        raw: facts.raw,
        identities,
        completeThrough: lastClosedDay(asked.range, today),
        remarks: [
          ...asked.remarks,
          ...remarks,
          ...facts.remarks,
          ...facts.months.flatMap((month) => remarksOn(month, bookingDay(month.month, today))),
        ],
      };
    },
  };
}

/** The months that the range touches, up to the end of what has begun. */
function wholeMonths(range: DayRange, end: DayRange['to']): DayRange {
  const { to } = monthRange(monthOf(addDays(range.to, -1)));
  return { from: firstDay(monthOf(range.from)), to: to < end ? to : end };
}

function remarksOn({ month, total }: MistralMonth, booked: string): readonly string[] {
  const remarks: string[] = [];
  const unpriced = total.lines.filter(({ cost }) => cost === null);
  const metrics = [...new Set(unpriced.map(({ metric, category }) => metric ?? category))];
  if (metrics.length > 0)
    remarks.push(
      `${month}: Mistral gives no price for ${metrics.join(', ')}: what they cost is not in the ledger.`,
    );
  const sum: Nanos = sumNanos(total.lines.map(({ cost }) => parseNanos(cost ?? '0')));
  const stated = total.total === null ? sum : parseNanos(total.total);
  const difference = stated - sum;
  if (difference > BigInt(total.lines.length) || -difference > BigInt(total.lines.length))
    remarks.push(
      `${month}: Mistral states ${formatNanos(stated)} ${total.currency} in all, its categories come to ${formatNanos(sum)}.`,
    );
  if (total.lines.some(({ day, cost }) => day === null && cost !== null && parseNanos(cost) !== 0n))
    remarks.push(`${month}: Mistral dates no day of some usage: its month so far stands on ${booked}.`);
  return remarks;
}
