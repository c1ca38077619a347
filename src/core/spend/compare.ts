import { addDays, type Day, type DayRange, daysBetween } from '../base/time.js';
import { type Period, readPeriod } from './periods.js';

/** What a question is to be compared with, and the words that are left when that is taken out. */
export interface TakenComparison {
  readonly words: readonly string[];
  readonly against: Period | null;
  /** What stood behind "vs" and is no period; null: nothing did. */
  readonly unread: string | null;
}

const SAYINGS: readonly (readonly string[])[] = [
  ['compared', 'to'],
  ['compared', 'with'],
  ['vs'],
  ['vs.'],
  ['versus'],
  ['against'],
];

/** Takes `vs last month`, `against 2026-08`, `compared to q2` out of some lower-case words. */
export function takeComparison(words: readonly string[], today: Day): TakenComparison {
  const at = words.findIndex((_, index) => sayingAt(words, index) !== null);
  const saying = at < 0 ? null : sayingAt(words, at);
  if (saying === null) return { words, against: null, unread: null };
  const rest = words.slice(at + saying.length);
  const against = readPeriod(rest, today);
  if (against === null) return { words, against: null, unread: rest[0] ?? '' };
  const kept = [...words.slice(0, at), ...rest.slice(against.words)];
  return { words: kept, against: { range: against.range, label: against.label }, unread: null };
}

function sayingAt(words: readonly string[], at: number): readonly string[] | null {
  return SAYINGS.find((saying) => saying.every((word, index) => words[at + index] === word)) ?? null;
}

/**
 * The days to compare a range with when somebody names a period. A range that is not over yet is compared with as
 * many days from the period's beginning: against the whole of it every month would look like a saving until its end.
 */
export function namedComparison(range: DayRange, against: DayRange, today: Day): DayRange {
  if (range.to <= today || range.from >= today) return against;
  const sameDay = addDays(against.from, daysBetween(range.from, today));
  return { from: against.from, to: sameDay < against.to ? sameDay : against.to };
}
