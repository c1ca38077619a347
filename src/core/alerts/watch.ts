import { compareBigint, type Nanos, sumNanos } from '../base/money.js';
import { addDays, type Day, daysIn, weekday } from '../base/time.js';
import { type AlertCause, type CauseKind, causeId } from './alert.js';
import { type AnomalyOptions, type AnomalyRun, type DayVerdict, findRuns, judgeDays } from './anomaly.js';
import { firstUse, groupParts, isPartOf, sumParts, type UsagePart, type WatchFrame } from './usage-parts.js';

/** Weeks before a rise that its parts are compared with. */
const WEEKS = 4;
/** Keys that are judged by themselves, those that rose most; teams and the company are judged with all of them. */
const MOST_KEYS = 100;

/** Everything that is watched at one moment. */
export interface Watch {
  readonly parts: readonly UsagePart[];
  readonly frame: WatchFrame;
  readonly options: AnomalyOptions;
  /** Rises that ended before this day are history. */
  readonly newsFrom: Day;
}

/** A series that is, or lately was, above its band. */
export interface Signal {
  readonly cause: AlertCause;
  readonly parts: readonly UsagePart[];
  readonly verdicts: readonly DayVerdict[];
  readonly run: AnomalyRun;
}

/** What the run's days cost beyond what was expected of them. */
export function excessOf(run: AnomalyRun): Nanos {
  return sumNanos(run.days.map(({ actual, expected }) => actual - expected));
}

/**
 * Looks for series above their band at every level: the company, services, models, teams, and the keys that rose
 * most. Judging is expensive, so a series once judged is remembered for the next look with fewer parts.
 */
export function createSignalFinder(watch: Watch): (parts: readonly UsagePart[]) => readonly Signal[] {
  const judged = new Map<string, { readonly count: number; readonly signal: Signal | null }>();
  const judgeGroup = (cause: AlertCause, parts: readonly UsagePart[]): Signal | null => {
    const known = judged.get(causeId(cause));
    if (known?.count === parts.length) return known.signal;
    const signal = findSignal(watch, cause, parts);
    judged.set(causeId(cause), { count: parts.length, signal });
    return signal;
  };
  return (parts) => {
    const groups = (['company', 'service', 'model', 'team'] as const).flatMap((kind) =>
      [...groupParts(parts, kind)].map(([label, own]) => ({ cause: { kind, label }, own })),
    );
    const all = [...groups, ...risenKeys(watch, parts)];
    return all.flatMap(({ cause, own }) => judgeGroup(cause, own) ?? []);
  };
}

function findSignal(watch: Watch, cause: AlertCause, parts: readonly UsagePart[]): Signal | null {
  const from = firstUse(parts);
  if (from === null) return null;
  const verdicts = judgeDays(sumParts(parts, watch.frame, from), watch.options);
  const run = findRuns(verdicts, watch.options).at(-1);
  return run === undefined || run.lastDay < watch.newsFrom ? null : { cause, parts, verdicts, run };
}

interface Group {
  readonly cause: { readonly kind: CauseKind; readonly label: string };
  readonly own: readonly UsagePart[];
}

function risenKeys({ frame, options, newsFrom }: Watch, parts: readonly UsagePart[]): readonly Group[] {
  const days = daysIn({ from: newsFrom, to: frame.range.to });
  return [...groupParts(parts, 'key')]
    .map(([label, own]) => ({ cause: { kind: 'key' as const, label }, own, rise: mostRise(own, days) }))
    .filter(({ rise }) => rise >= options.minExcess)
    .toSorted((a, b) => compareBigint(b.rise, a.rise))
    .slice(0, MOST_KEYS);
}

function mostRise(parts: readonly UsagePart[], days: readonly Day[]): Nanos {
  let most = 0n;
  for (const day of days) {
    let rise = 0n;
    for (const part of parts) rise += (part.days.get(day) ?? 0n) - usualOn(part, day, day);
    if (rise > most) most = rise;
  }
  return most;
}

/** The mean of the same weekdays in the four weeks before `firstDay`. */
export function usualOn({ days }: UsagePart, day: Day, firstDay: Day): Nanos {
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

/** What parts cost on a run's days beyond the weeks before. */
export function excessOfParts(parts: readonly UsagePart[], run: AnomalyRun): Nanos {
  let excess = 0n;
  for (const part of parts)
    for (const { day } of run.days) excess += (part.days.get(day) ?? 0n) - usualOn(part, day, run.firstDay);
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
  readonly parts: readonly UsagePart[];
} {
  const parts = watch.parts.filter((part) => isPartOf(part, cause));
  const from = firstUse(watch.parts) ?? watch.frame.range.from;
  const verdicts = judgeDays(sumParts(parts, watch.frame, from), watch.options);
  const run = findRuns(verdicts, watch.options).findLast((each) => overlaps(each, seen));
  if (run !== undefined) return { verdicts, run, parts };
  const plain = verdicts.map((verdict) =>
    verdict.day < seen.firstDay ? verdict : againstWeekdays(watch, parts, { verdict, seen }),
  );
  return {
    verdicts: plain,
    run: findRuns(plain, watch.options).findLast((each) => overlaps(each, seen)) ?? null,
    parts,
  };
}

function againstWeekdays(
  { options }: Watch,
  parts: readonly UsagePart[],
  { verdict, seen }: { readonly verdict: DayVerdict; readonly seen: { readonly firstDay: Day } },
): DayVerdict {
  const expected = sumNanos(parts.map((part) => usualOn(part, verdict.day, seen.firstDay)));
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
