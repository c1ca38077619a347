import { absolute, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { addDays, type DayRange, firstDay, monthOf, monthRange, monthsIn } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { ControlDifference, MissingMoney } from '../../../core/sources/hold.js';
import { describeConnector, NO_OPTIONS } from '../../connector.js';
import { addTo, toIdentity } from '../../parts/pull-parts.js';
import { pullByDays } from '../../parts/pull-window.js';
import { fetchFacts, type MistralMonth } from './client.js';
import { bookingDay, toCharges } from './focus.js';
import type { UsageLine } from './schema.js';

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
        const checks = months.map(checkMonth);
        return {
          account,
          told: wholeMonths(range, addDays(today, 1)),
          charges: toCharges(months, { source, today, names }),
          identities,
          missing: checks.flatMap(({ missing }) => missing),
          differences: checks.flatMap(({ differences }) => differences),
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

/** What is used but has no price, or what the vendor's own total has besides its categories, is in no charge. */
function checkMonth({ month, total, byWorkspace }: MistralMonth): {
  readonly missing: readonly MissingMoney[];
  readonly differences: readonly ControlDifference[];
} {
  const unpriced = total.lines.filter(({ cost }) => cost === null);
  const metrics = [...new Set(unpriced.map(({ metric, category }) => metric ?? category))].toSorted();
  const sentence = `${month}: Mistral gives no price for ${metrics.join(', ')}: what they cost would be missing.`;
  const got = sumNanos(total.lines.map(({ cost }) => parseNanos(cost ?? '0')));
  const stated = total.total === null ? got : parseNanos(total.total);
  const spaces =
    got +
    excessOf(
      total.lines,
      byWorkspace.flatMap(({ usage }) => usage.lines),
    );
  const { currency } = total;
  const rounding = BigInt(total.lines.length + 1);
  const differ = (control: string, said: Nanos): readonly ControlDifference[] =>
    absolute(said - got) <= rounding ? [] : [{ control, period: month, currency, stated: said, got }];
  return {
    missing: metrics.length === 0 ? [] : [{ part: `price of ${metrics.join(', ')}`, sentence }],
    differences: [...differ('total of Mistral', stated), ...differ('usage by workspace of Mistral', spaces)],
  };
}

function cellOf({ day, category, metric, group }: UsageLine): string {
  return JSON.stringify([day, category, metric, group]);
}

/** What workspaces used more of a day and metric than the whole organisation did: there it is missing. */
function excessOf(total: readonly UsageLine[], parts: readonly UsageLine[]): Nanos {
  const cells = new Map<string, Nanos>();
  for (const line of parts) addTo(cells, cellOf(line), parseNanos(line.cost ?? '0'));
  for (const line of total) addTo(cells, cellOf(line), -parseNanos(line.cost ?? '0'));
  const rounding = BigInt(parts.length);
  return sumNanos([...cells.values()].filter((excess) => excess > rounding));
}

function describeMonth({ month, total }: MistralMonth, booked: string): readonly string[] {
  const undated = total.lines.some(
    ({ day, cost }) => day === null && cost !== null && parseNanos(cost) !== 0n,
  );
  return undated
    ? [`${month}: Mistral dates no day of some usage: its month so far stands on ${booked}.`]
    : [];
}
