import { compareBigint, type Nanos, sumNanos } from '../base/money.js';
import { addDays, type Day, daysIn, weekday } from '../base/time.js';
import { type AlertCause, type CauseKind, causeId } from './alert.js';
import { type AnomalyOptions, type AnomalyRun, type DayVerdict, findRuns, judgeDays } from './anomaly.js';
import { type Atom, firstUse, groupAtoms, isPartOf, sumAtoms, type WatchFrame } from './atoms.js';

/** Weeks before a rise that its parts are compared with. */
const WEEKS = 4;
/** Keys that are judged by themselves, those that rose most; teams and the company are judged with all of them. */
const MOST_KEYS = 100;

/** Everything that is watched at one moment. */
export interface Watch {
  readonly atoms: readonly Atom[];
  readonly frame: WatchFrame;
  readonly options: AnomalyOptions;
  /** Rises that ended before this day are history. */
  readonly newsFrom: Day;
}

/** A series that is, or lately was, above its band. */
export interface Signal {
  readonly cause: AlertCause;
  readonly atoms: readonly Atom[];
  readonly verdicts: readonly DayVerdict[];
  readonly run: AnomalyRun;
}

/** What the run's days cost beyond what was expected of them. */
export function excessOf(run: AnomalyRun): Nanos {
  return sumNanos(run.days.map(({ actual, expected }) => actual - expected));
}

/**
 * Looks for series above their band at every level: the company, services, models, teams, and the keys that rose
 * most. Judging is dear, so that a series once judged is remembered for the next look with fewer atoms.
 */
export function createSignalFinder(watch: Watch): (atoms: readonly Atom[]) => readonly Signal[] {
  const judged = new Map<string, { readonly count: number; readonly signal: Signal | null }>();
  const judgeGroup = (cause: AlertCause, atoms: readonly Atom[]): Signal | null => {
    const known = judged.get(causeId(cause));
    if (known?.count === atoms.length) return known.signal;
    const signal = findSignal(watch, cause, atoms);
    judged.set(causeId(cause), { count: atoms.length, signal });
    return signal;
  };
  return (atoms) => {
    const groups = (['company', 'service', 'model', 'team'] as const).flatMap((kind) =>
      [...groupAtoms(atoms, kind)].map(([label, own]) => ({ cause: { kind, label }, own })),
    );
    const all = [...groups, ...risenKeys(watch, atoms)];
    return all.flatMap(({ cause, own }) => judgeGroup(cause, own) ?? []);
  };
}

function findSignal(watch: Watch, cause: AlertCause, atoms: readonly Atom[]): Signal | null {
  const from = firstUse(atoms);
  if (from === null) return null;
  const verdicts = judgeDays(sumAtoms(atoms, watch.frame, from), watch.options);
  const run = findRuns(verdicts, watch.options).at(-1);
  return run === undefined || run.lastDay < watch.newsFrom ? null : { cause, atoms, verdicts, run };
}

interface Group {
  readonly cause: { readonly kind: CauseKind; readonly label: string };
  readonly own: readonly Atom[];
}

function risenKeys({ frame, options, newsFrom }: Watch, atoms: readonly Atom[]): readonly Group[] {
  const days = daysIn({ from: newsFrom, to: frame.range.to });
  return [...groupAtoms(atoms, 'key')]
    .map(([label, own]) => ({ cause: { kind: 'key' as const, label }, own, rise: mostRise(own, days) }))
    .filter(({ rise }) => rise >= options.minExcess)
    .toSorted((a, b) => compareBigint(b.rise, a.rise))
    .slice(0, MOST_KEYS);
}

function mostRise(atoms: readonly Atom[], days: readonly Day[]): Nanos {
  let most = 0n;
  for (const day of days) {
    let rise = 0n;
    for (const atom of atoms) rise += (atom.days.get(day) ?? 0n) - usualOn(atom, day, day);
    if (rise > most) most = rise;
  }
  return most;
}

/** The mean of the same weekdays in the four weeks before `firstDay`. */
export function usualOn({ days }: Atom, day: Day, firstDay: Day): Nanos {
  let sum = 0n;
  for (const before of weekdaysBefore(day, firstDay)) sum += days.get(before) ?? 0n;
  return sum / BigInt(WEEKS);
}

/** Of the last few questions: thousands of keys ask for the same days. */
const asked = new Map<string, readonly Day[]>();

function weekdaysBefore(day: Day, firstDay: Day): readonly Day[] {
  const question = `${day} ${firstDay}`;
  const known = asked.get(question);
  if (known !== undefined) return known;
  const back = (weekday(firstDay) - weekday(day) + 7) % 7 || 7;
  const days = Array.from({ length: WEEKS }, (_, week) => addDays(firstDay, -back - 7 * week));
  if (asked.size > 1_000) asked.clear();
  asked.set(question, days);
  return days;
}

/** What atoms cost on a run's days beyond the weeks before. */
export function excessOfAtoms(atoms: readonly Atom[], run: AnomalyRun): Nanos {
  let excess = 0n;
  for (const atom of atoms)
    for (const { day } of run.days) excess += (atom.days.get(day) ?? 0n) - usualOn(atom, day, run.firstDay);
  return excess;
}

/**
 * The history of one cause, with a zero for every day before it was first used: what is new rises from nothing. Where
 * the band does not see what a larger series has seen on `seen` (no weeks to judge by, or all of them wild), days are
 * held against the mean of their weekdays instead.
 */
export function followCause(
  watch: Watch,
  cause: AlertCause,
  seen: { readonly firstDay: Day; readonly lastDay: Day },
): {
  readonly verdicts: readonly DayVerdict[];
  readonly run: AnomalyRun | null;
  readonly atoms: readonly Atom[];
} {
  const atoms = watch.atoms.filter((atom) => isPartOf(atom, cause));
  const from = firstUse(watch.atoms) ?? watch.frame.range.from;
  const verdicts = judgeDays(sumAtoms(atoms, watch.frame, from), watch.options);
  const run = findRuns(verdicts, watch.options).findLast((each) => overlaps(each, seen));
  if (run !== undefined) return { verdicts, run, atoms };
  const plain = verdicts.map((verdict) =>
    verdict.day < seen.firstDay ? verdict : againstWeekdays(watch, atoms, { verdict, seen }),
  );
  return {
    verdicts: plain,
    run: findRuns(plain, watch.options).findLast((each) => overlaps(each, seen)) ?? null,
    atoms,
  };
}

function againstWeekdays(
  { options }: Watch,
  atoms: readonly Atom[],
  { verdict, seen }: { readonly verdict: DayVerdict; readonly seen: { readonly firstDay: Day } },
): DayVerdict {
  const expected = sumNanos(atoms.map((atom) => usualOn(atom, verdict.day, seen.firstDay)));
  const byShare = (expected * BigInt(Math.round(options.minShare * 10_000))) / 10_000n;
  const upper = expected + (byShare > options.minExcess ? byShare : options.minExcess);
  return { ...verdict, expected, upper, flagged: verdict.actual >= upper && verdict.actual > expected };
}

/** Whether a run is the one that was seen on some days; two calm days would have parted them. */
export function overlaps(
  run: Pick<AnomalyRun, 'firstDay' | 'lastDay'>,
  seen: { readonly firstDay: Day; readonly lastDay: Day },
): boolean {
  return run.lastDay >= seen.firstDay && run.firstDay <= addDays(seen.lastDay, 2);
}
