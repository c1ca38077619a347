import { absolute, compareBigint, compareText, NANOS_PER_UNIT, type Nanos, sumNanos } from '../base/money.js';
import { addDays, type Day, type DayRange, daysBetween } from '../base/time.js';
import type { Materiality } from '../close/checklist.js';
import type { ChangeExplanation } from '../explain/change.js';
import type { FeedStatus } from '../sources/feed.js';
import { NO_VALUE, type SpendRow } from '../spend/spend.js';
import type {
  DigestCause,
  DigestComparison,
  DigestFigures,
  DigestPeriod,
  Mover,
  MoverReason,
  Newcomer,
} from './digest.js';
import { periodBefore } from './period.js';

/** Bars of a digest's chart. */
const BARS = { week: 8, month: 6 } as const;
const MOST_MODELS = 6;
const MOST_MOVERS = 6;
/** One cause shows by team, by model, by key and by person. */
const MOST_OF_A_KIND = 3;
const MOST_NEWCOMERS = 8;
/** A change below this is no news. */
const LEAST_MOVE: Nanos = 5n * NANOS_PER_UNIT;
/** Days that feeds usually take to close one: these few are left out of a comparison; a feed further behind is. */
const USUAL_LAG = 2;
/** A cause explains a line when it is at least a quarter of its move. */
const EXPLAINS = 4n;

/** The periods of a digest's chart, oldest first, its own last. */
export function chartPeriods(period: DigestPeriod): readonly DigestPeriod[] {
  const periods = [period];
  while (periods.length < BARS[period.grain]) periods.unshift(periodBefore(periods[0] ?? period));
  return periods;
}

/** Stacks costs by service in the bars of a chart; every cost of its days is in exactly one. */
export function digestBars(
  period: DigestPeriod,
  costs: readonly { readonly day: Day; readonly service: string; readonly cost: Nanos }[],
): DigestFigures['bars'] {
  return chartPeriods(period).map(({ range: { from, to } }) => {
    const services = new Map<string, Nanos>();
    for (const { day, service, cost } of costs)
      if (from <= day && day < to) services.set(service, (services.get(service) ?? 0n) + cost);
    const byService = [...services]
      .map(([service, cost]) => ({ service, cost }))
      .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.service, b.service));
    return { from, byService };
  });
}

/**
 * Compares like with like: without sources that are far behind, and up to the last day that all others have closed.
 * `costs` are by source and day over both periods.
 */
export function compareLikeWithLike(
  period: DigestPeriod,
  costs: readonly { readonly source: string; readonly day: Day; readonly cost: Nanos }[],
  incomplete: readonly Pick<FeedStatus, 'source' | 'completeThrough'>[],
): DigestComparison {
  const { range, before } = period;
  const soon = addDays(range.to, -1 - USUAL_LAG);
  const isBehind = ({ completeThrough }: { completeThrough: Day | null }): boolean =>
    completeThrough === null || completeThrough < soon || completeThrough < range.from;
  const without = incomplete.filter(isBehind).map(({ source }) => source);
  const cut = incomplete
    .filter((feed) => !isBehind(feed))
    .reduce((end, { completeThrough }) => {
      const next = completeThrough === null ? end : addDays(completeThrough, 1);
      return next < end ? next : end;
    }, range.to);
  const after = { from: range.from, to: cut };
  const length = daysBetween(after.from, after.to);
  const end = addDays(before.from, length);
  // A whole month is compared with a whole one, however long; a part of it with as many days.
  const earlier = { from: before.from, to: cut === range.to || end > before.to ? before.to : end };
  const sum = ({ from, to }: DayRange): Nanos =>
    sumNanos(
      costs
        .filter(({ source, day }) => from <= day && day < to && !without.includes(source))
        .map(({ cost }) => cost),
    );
  return { current: sum(after), previous: sum(earlier), after, before: earlier, without };
}

/** Whether a change is too small for more than two lines: not material, and no alert either. */
export function isQuietChange(
  { current, previous }: Pick<DigestComparison, 'current' | 'previous'>,
  { amount, basisPoints }: Materiality,
  alerts: { readonly floor: Nanos; readonly basisPoints: number },
): boolean {
  const size = absolute(current - previous);
  const share = (absolute(previous) * BigInt(basisPoints)) / 10_000n;
  const isMaterial = size >= (share > amount ? share : amount) && size > 0n;
  const isSharp =
    size >= alerts.floor && size * 10_000n >= absolute(previous) * BigInt(alerts.basisPoints) && size > 0n;
  return !isMaterial && !isSharp;
}

/** What one way of grouping says of the days that are compared, and of those before. */
export interface GroupedCosts {
  readonly by: Mover['by'];
  readonly current: readonly SpendRow[];
  readonly previous: readonly SpendRow[];
  /** All days of the chart before the ones compared. */
  readonly earlier: readonly SpendRow[];
}

/** The most expensive models. */
export function dearestModels(groups: readonly GroupedCosts[]): DigestFigures['byModel'] {
  const models = groups.find(({ by }) => by === 'model')?.current ?? [];
  return [...costByLabel(models)]
    .map(([label, cost]) => ({ label, cost }))
    .filter(({ cost }) => cost !== 0n)
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label))
    .slice(0, MOST_MODELS);
}

/** The largest changes, up or down; one cause may show by model, by key and by person. */
export function moversOf(
  groups: readonly GroupedCosts[],
  explanation: ChangeExplanation | null,
): readonly Mover[] {
  const moved = groups
    .flatMap(({ by, current, previous }) => {
      const before = costByLabel(previous);
      const after = costByLabel(current);
      const labels = new Set([...after.keys(), ...before.keys()]);
      return [...labels].map((label) => {
        const mover = { by, label, previous: before.get(label) ?? 0n, current: after.get(label) ?? 0n };
        return { ...mover, reason: reasonOf(mover, explanation) };
      });
    })
    .filter((mover) => sizeOf(mover) >= LEAST_MOVE)
    .toSorted((a, b) => compareBigint(sizeOf(b), sizeOf(a)) || compareText(a.label, b.label));
  return moved
    .filter((mover, at) => moved.slice(0, at).filter(({ by }) => by === mover.by).length < MOST_OF_A_KIND)
    .slice(0, MOST_MOVERS);
}

type Moved = Omit<Mover, 'reason'>;

function reasonOf(mover: Moved, explanation: ChangeExplanation | null): MoverReason | null {
  if (mover.previous === 0n) return 'new';
  if (mover.current === 0n) return 'gone';
  const own = (explanation?.parts ?? []).flatMap(({ cause, details }) => {
    const amounts = details.filter(({ label }) => isAbout(mover, label)).map(({ amount }) => amount);
    return [{ cause, amount: sumNanos(amounts) }];
  });
  const rise = mover.current > mover.previous;
  const [most] = own
    .filter(({ amount }) => amount !== 0n && amount > 0n === rise)
    .toSorted((a, b) => compareBigint(absolute(b.amount), absolute(a.amount)));
  return most !== undefined && absolute(most.amount) * EXPLAINS >= sizeOf(mover) ? most.cause : null;
}

/** Prices are reported by model and meter: `claude-sonnet-4-5, Input`. */
function isAbout({ by, label }: Moved, detail: string): boolean {
  return detail === label || (by === 'model' && detail.startsWith(`${label}, `));
}

/** Models, keys and people without any cost in the chart's days before, most expensive first. */
export function newcomersOf(groups: readonly GroupedCosts[]): readonly Newcomer[] {
  return groups
    .flatMap(({ by, current, previous, earlier }) => {
      if (by === 'team') return [];
      const known = new Set([...costByLabel(earlier).keys(), ...costByLabel(previous).keys()]);
      return [...costByLabel(current)]
        .filter(([label, cost]) => !known.has(label) && cost >= NANOS_PER_UNIT)
        .map(([label, cost]) => ({ by, label, cost }));
    })
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label));
}

/** The newcomers that a digest names, and how many people it only counts. */
export function toldNewcomers(
  newcomers: readonly Newcomer[],
  namesPeople: boolean,
): Pick<DigestFigures, 'newcomers' | 'newPeople'> {
  const shown = newcomers.filter(({ by }) => namesPeople || by !== 'person');
  return { newcomers: shown.slice(0, MOST_NEWCOMERS), newPeople: newcomers.length - shown.length };
}

/**
 * The cause that moved most in the direction of the whole change, with what contributes most of it; null where nothing
 * changed. What `isTold` refuses is only counted.
 */
export function biggestCause(
  { delta, parts }: ChangeExplanation,
  isTold: (label: string) => boolean,
): DigestCause | null {
  const [most] = parts
    .filter(({ amount }) => amount !== 0n && amount > 0n === delta > 0n)
    .toSorted((a, b) => compareBigint(absolute(b.amount), absolute(a.amount)));
  if (most === undefined || delta === 0n) return null;
  const { cause, amount } = most;
  const same = most.details.filter((detail) => detail.amount > 0n === amount > 0n);
  const untold = same.filter(({ label }) => !isTold(label));
  const isTheirs = absolute(sumNanos(untold.map((detail) => detail.amount))) * 2n >= absolute(amount);
  const top = same.find(({ label }) => isTold(label));
  const isMuch = top !== undefined && absolute(top.amount) * EXPLAINS >= absolute(amount);
  return {
    cause,
    amount,
    most: isMuch && !isTheirs ? { label: top.label, amount: top.amount } : null,
    people: isTheirs ? untold.length : 0,
    spread: same.length,
  };
}

/** The explanation without what names people: their labels are left out of the details, their money stays in the parts. */
export function withoutPeople(
  explanation: ChangeExplanation,
  people: ReadonlySet<string>,
): ChangeExplanation {
  return {
    ...explanation,
    parts: explanation.parts.map((part) => ({
      ...part,
      details: part.details.filter(({ label }) => !namesPerson(label, people)),
    })),
  };
}

/** Whether a label is a person, or a key or model that is called like one's address. */
export function namesPerson(label: string, people: ReadonlySet<string>): boolean {
  return people.has(label) || /\S@\S/.test(label);
}

function costByLabel(rows: readonly SpendRow[]): ReadonlyMap<string, Nanos> {
  const costs = new Map<string, Nanos>();
  for (const { values, cost } of rows) {
    const label = values[0] ?? NO_VALUE;
    if (label !== NO_VALUE) costs.set(label, (costs.get(label) ?? 0n) + cost);
  }
  return costs;
}

function sizeOf({ current, previous }: Moved): Nanos {
  return absolute(current - previous);
}
