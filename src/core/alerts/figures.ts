import { compareBigint, compareText, type Nanos, sumNanos } from '../base/money.js';
import { addDays, type Day, type DayRange } from '../base/time.js';
import { UNALLOCATED } from '../rules/target.js';
import {
  type AlertCause,
  type AlertDay,
  type AlertDriver,
  type AlertFigures,
  type AlertTeam,
  causeOf,
} from './alert.js';
import { type AnomalyRun, type DayVerdict, judgeDays } from './anomaly.js';
import { groupParts, sumParts, type UsagePart } from './usage-parts.js';
import { excessOf, usualOn, type Watch } from './watch.js';

const SERIES_DAYS = 35;
const DRIVERS_PER_KIND = 3;
const MOST_DRIVERS = 6;
const MOST_TEAMS = 8;
/** How much of a rise one team must bear for the alert to be its own; in hundredths. */
const OWN_SHARE = 60n;

interface Part {
  readonly label: string;
  readonly actual: Nanos;
  readonly expected: Nanos;
}

/** What a group of parts cost on a run's days, against the same weekdays of the weeks before. */
function partOf(label: string, parts: readonly UsagePart[], run: AnomalyRun): Part {
  let actual = 0n;
  let expected = 0n;
  for (const part of parts)
    for (const { day } of run.days) {
      actual += part.days.get(day) ?? 0n;
      expected += usualOn(part, day, run.firstDay);
    }
  return { label, actual, expected };
}

/**
 * Who drove the excess: keys, persons and models; the largest three of each kind that make up a tenth of it.
 * @internal Tests follow one run without the watch around it.
 */
export function findDrivers(parts: readonly UsagePart[], run: AnomalyRun): readonly AlertDriver[] {
  const excess = excessOf(run);
  const people = new Map<string, UsagePart[]>();
  for (const part of parts)
    if (part.person !== null) people.set(part.person, [...(people.get(part.person) ?? []), part]);
  const kinds = [
    { by: 'key', groups: groupParts(parts, 'key') },
    { by: 'person', groups: people },
    { by: 'model', groups: groupParts(parts, 'model') },
  ];
  return kinds
    .flatMap(({ by, groups }) =>
      [...groups]
        .map(([label, own]): AlertDriver => ({ by, ...partOf(label, own, run) }))
        .filter(({ actual, expected }) => (actual - expected) * 10n >= excess)
        .toSorted(compareDrivers)
        .slice(0, DRIVERS_PER_KIND),
    )
    .toSorted(compareDrivers)
    .slice(0, MOST_DRIVERS);
}

/**
 * The same causes without a name of anybody: persons become one cause, `people`, that says how many they are. For
 * a team's channel, where individuals are neither named nor ranked.
 */
function withoutNames(drivers: readonly AlertDriver[]): readonly AlertDriver[] {
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

/** Whose alert it is: that of the team which bears most of it, else (null) of FinOps. */
export function teamOfAlert(figures: Pick<AlertFigures, 'teams' | 'owner'>): string | null {
  const { teams = [], owner } = figures;
  if (owner === UNALLOCATED) return null;
  const risen = teams.map(({ actual, expected }) => actual - expected).filter((excess) => excess > 0n);
  const [most = 1n] = risen;
  return most * 100n >= sumNanos(risen) * OWN_SHARE ? owner : null;
}

/** What is known of a cause: its history, the days that are above the band, and what it is made of. */
export interface Followed {
  readonly cause: AlertCause;
  readonly verdicts: readonly DayVerdict[];
  readonly run: AnomalyRun;
  readonly parts: readonly UsagePart[];
}

/** The figures of a case; id, state and who looks after it are the store's. Those of one team name no person. */
export function figuresOfCause(watch: Watch, followed: Followed, currency: string): AlertFigures {
  const { run, parts, cause } = followed;
  const teams = [...groupParts(parts, 'team')]
    .map(([team, own]): AlertTeam => {
      const { actual, expected } = partOf(team, own, run);
      return { team, actual, expected };
    })
    .toSorted(
      (a, b) => compareBigint(b.actual - b.expected, a.actual - a.expected) || compareText(a.team, b.team),
    );
  const risen = teams.filter(({ actual, expected }, at) => at === 0 || actual > expected);
  const owner = risen[0]?.team ?? UNALLOCATED;
  const shown = risen.slice(0, MOST_TEAMS);
  const drivers = findDrivers(parts, run);
  const team = teamOfAlert({ teams: risen, owner });
  return {
    caseId: 0,
    dimension: 'team',
    owner,
    currency,
    state: 'open',
    firstDay: run.firstDay,
    lastDay: run.lastDay,
    actual: sumNanos(run.days.map((day) => day.actual)),
    expected: sumNanos(run.days.map((day) => day.expected)),
    upper: run.days.at(-1)?.upper ?? 0n,
    excess: excessOf(run),
    drivers: team === null ? drivers : withoutNames(drivers),
    series: historyTo(followed.verdicts, run.lastDay),
    acknowledgedBy: null,
    cause,
    teams: shown,
    moreTeams: risen.length - shown.length,
    ...(team !== null && cause.kind === 'key' ? chartOfTeam(watch, followed, team) : {}),
  };
}

/** The whole team's history, with and without the cause; nothing where the cause is all there is. */
function chartOfTeam(
  watch: Watch,
  { cause, run, verdicts, parts }: Followed,
  team: string,
): Pick<AlertFigures, 'chart'> {
  const own = watch.parts.filter((part) => part.team === team);
  const suspect = parts.filter((part) => part.team === team);
  const from = verdicts[0]?.day;
  if (own.length === suspect.length || from === undefined) return {};
  const judged = judgeDays(sumParts(own, watch.frame, from), watch.options);
  const series = historyTo(judged, run.lastDay);
  const days = series.map(({ day }) => ({
    day,
    cost: sumNanos(suspect.map((part) => part.days.get(day) ?? 0n)),
  }));
  return { chart: { label: team, series, suspect: { label: cause.label, days } } };
}

function historyTo(verdicts: readonly DayVerdict[], lastDay: Day): readonly AlertDay[] {
  const until = verdicts.findIndex(({ day }) => day > lastDay);
  const upTo = until < 0 ? verdicts : verdicts.slice(0, until);
  return upTo
    .slice(-SERIES_DAYS)
    .map(({ day, actual, expected, upper }) => ({ day, actual, expected, upper }));
}

/** A driver of a quarter of the excess that was none before, in a cause of many things; null: nothing new. */
export function joinedDriver(before: AlertFigures, after: AlertFigures): string | null {
  if (causeOf(after).kind === 'key') return null;
  const known = new Set(before.drivers.map(({ by, label }) => `${by} ${label}`));
  const joined = after.drivers.find(
    ({ by, label, actual, expected }) =>
      (by === 'key' || by === 'model') &&
      !known.has(`${by} ${label}`) &&
      (actual - expected) * 4n >= after.excess,
  );
  return joined === undefined ? null : `${joined.by} ${joined.label}`;
}

/** The days before a case that its days are compared with: as many, on the same weekdays. Half-open both. */
export function comparedDays({ firstDay, lastDay }: Pick<AlertFigures, 'firstDay' | 'lastDay'>): {
  readonly before: DayRange;
  readonly after: DayRange;
} {
  const after = { from: firstDay, to: addDays(lastDay, 1) };
  let back = 7;
  while (addDays(after.to, -back) > firstDay) back += 7;
  return { before: { from: addDays(after.from, -back), to: addDays(after.to, -back) }, after };
}
