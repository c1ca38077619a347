import type { AlertDriver, AlertFigures, CaseState } from './alert.js';
import type { AnomalyRun, DayVerdict } from './anomaly.js';
import { compareBigint, compareText, type Nanos, sumNanos } from './money.js';
import { NO_VALUE } from './spend.js';
import { addDays, type Day, weekday } from './time.js';

const SERIES_DAYS = 35;
/** Days before the case that its causes are compared with. */
export const BASELINE_DAYS = 28;
const DRIVERS_PER_KIND = 3;
const MOST_DRIVERS = 6;

/** Cost of one key, person or model of the owner on one day. */
export interface PartCost {
  readonly by: string;
  readonly label: string;
  readonly day: Day;
  readonly cost: Nanos;
}

/**
 * Who drove the excess: for each key, person and model, its cost on the case's days against the mean of its own
 * same weekdays in the four weeks before; the largest three of each kind that make up a tenth of the excess.
 */
export function findDrivers(parts: readonly PartCost[], run: AnomalyRun): readonly AlertDriver[] {
  const caseDays = new Set(run.days.map((verdict) => verdict.day));
  const baselineFrom = addDays(run.firstDay, -BASELINE_DAYS);
  const drivers = new Map<string, { by: string; label: string; actual: Nanos; byWeekday: Nanos[] }>();
  for (const { by, label, day, cost } of parts) {
    const id = `${by}\u0000${label}`;
    const driver = drivers.get(id) ?? {
      by,
      label,
      actual: 0n,
      byWeekday: Array.from({ length: 8 }, () => 0n),
    };
    drivers.set(id, driver);
    if (caseDays.has(day)) driver.actual += cost;
    else if (day >= baselineFrom && day < run.firstDay)
      driver.byWeekday[weekday(day)] = (driver.byWeekday[weekday(day)] ?? 0n) + cost;
  }
  const excess = excessOf(run);
  const ranked = [...drivers.values()]
    .map(({ by, label, actual, byWeekday }): AlertDriver => {
      const weeks = BigInt(BASELINE_DAYS / 7);
      const expected = sumNanos([...caseDays].map((day) => (byWeekday[weekday(day)] ?? 0n) / weeks));
      return { by, label, expected, actual };
    })
    .filter((driver) => driver.label !== NO_VALUE && (driver.actual - driver.expected) * 10n >= excess)
    .toSorted(compareDrivers);
  const seen = new Map<string, number>();
  return ranked
    .filter(({ by }) => {
      seen.set(by, (seen.get(by) ?? 0) + 1);
      return (seen.get(by) ?? 0) <= DRIVERS_PER_KIND;
    })
    .slice(0, MOST_DRIVERS);
}

/**
 * The same causes without a name of anybody: persons become one cause, `people`, that says how many they are. For
 * a team's channel, where individuals are neither named nor ranked.
 */
export function withoutNames(drivers: readonly AlertDriver[]): readonly AlertDriver[] {
  const people = drivers.filter(({ by }) => by === 'person');
  const rest = drivers.filter(({ by }) => by !== 'person');
  if (people.length === 0) return rest;
  const folded: AlertDriver = {
    by: 'people',
    label: String(people.length),
    expected: sumNanos(people.map(({ expected }) => expected)),
    actual: sumNanos(people.map(({ actual }) => actual)),
  };
  return [...rest, folded].toSorted(compareDrivers);
}

/** Largest excess first. */
function compareDrivers(a: AlertDriver, b: AlertDriver): number {
  return (
    compareBigint(b.actual - b.expected, a.actual - a.expected) ||
    compareText(a.by, b.by) ||
    compareText(a.label, b.label)
  );
}

/** The figures of a case; the caller fills in `caseId` once the store has given one. */
export function alertFigures(
  run: AnomalyRun,
  verdicts: readonly DayVerdict[],
  about: Pick<AlertFigures, 'caseId' | 'dimension' | 'owner' | 'currency' | 'acknowledgedBy'> & {
    state: CaseState;
    drivers: readonly AlertDriver[];
  },
): AlertFigures {
  const last = run.days.at(-1);
  const until = verdicts.findIndex((verdict) => verdict.day > run.lastDay);
  const upTo = until < 0 ? verdicts : verdicts.slice(0, until);
  return {
    ...about,
    firstDay: run.firstDay,
    lastDay: run.lastDay,
    actual: sumNanos(run.days.map((verdict) => verdict.actual)),
    expected: sumNanos(run.days.map((verdict) => verdict.expected)),
    upper: last?.upper ?? 0n,
    excess: excessOf(run),
    series: upTo
      .slice(-SERIES_DAYS)
      .map(({ day, actual, expected, upper }) => ({ day, actual, expected, upper })),
  };
}

/** What the run's days cost beyond what was expected of them. */
function excessOf(run: AnomalyRun): Nanos {
  return sumNanos(run.days.map((verdict) => verdict.actual - verdict.expected));
}
