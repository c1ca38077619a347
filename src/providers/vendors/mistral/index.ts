import { formatNanos, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { addDays, type DayRange, firstDay, monthOf, monthRange, monthsIn } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { describeConnector, NO_OPTIONS } from '../../connector.js';
import { toIdentity } from '../../parts/pull-parts.js';
import { pullByDays } from '../../parts/pull-window.js';
import { fetchFacts, type MistralMonth } from './client.js';
import { bookingDay, toCharges } from './focus.js';

const REACH = { vendor: 'Mistral', days: 400, earliest: null };

/**
 * Mistral by its Admin API (preview, Enterprise): usage of whole months by category and workspace, in the vendor's
 * currency. A month is the vendor's grain, so that every pull replaces the whole months that its window touches;
 * what the vendor does not date is booked on the month's last complete day and moves on with it.
 */
export const mistral = describeConnector({
  kind: 'mistral',
  needs: 'key',
  options: NO_OPTIONS,
  form: { label: 'Mistral', credential: 'An Admin API key (Enterprise)' },
  create(config) {
    const { source, clock } = config;
    return {
      source,
      kind: 'mistral',
      // The open month and the days after its close in which its bill may still move.
      openWindowDays: 36,
      reachDays: REACH.days,
      pull: pullByDays({ reach: REACH, clock }, async ({ range, today, known }) => {
        const workspacesKnown = known.filter(({ kind }) => kind === 'sub-account');
        const remembered = workspacesKnown.map(({ id }) => id);
        const { account, months, workspaces } = await fetchFacts(config, monthsIn(range), remembered);
        const identities = workspaces.map(({ id, name }) =>
          toIdentity(source, today, { kind: 'sub-account', id, name }),
        );
        const names = new Map(
          [...workspacesKnown, ...identities].map((space: VendorIdentity) => [space.id, space.name]),
        );
        return {
          account,
          told: wholeMonths(range, addDays(today, 1)),
          charges: toCharges(months, { source, today, names }),
          identities,
          remarks: months.flatMap((month) => describeMonth(month, bookingDay(month.month, today))),
        };
      }),
    };
  },
});

/** The months that the range touches, up to the end of what has begun. */
function wholeMonths(range: DayRange, end: DayRange['to']): DayRange {
  const { to } = monthRange(monthOf(addDays(range.to, -1)));
  return { from: firstDay(monthOf(range.from)), to: to < end ? to : end };
}

function describeMonth({ month, total }: MistralMonth, booked: string): readonly string[] {
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
