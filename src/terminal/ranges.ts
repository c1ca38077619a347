import { invalid } from '../core/base/errors.js';
import { addDays, type DayRange, parseDay } from '../core/base/time.js';
import type { SpendFilter } from '../core/spend/spend.js';
import type { KnownAt } from '../usecases/spend/spend-as-known.js';

/** Two days as people give them, the last one inclusive. @throws AppError `invalid` when one is missing or they are swapped. */
export function rangeOf(from: string | undefined, to: string | undefined): DayRange {
  if (from === undefined || to === undefined) return invalid('Give both --from and --to, or neither.');
  const range = { from: parseDay(from), to: addDays(parseDay(to), 1) };
  return range.from < range.to ? range : invalid(`--from ${from} is after --to ${to}.`);
}

/** Gathers an option that may be given more than once. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** A filter as people type it: `team=Search`. @throws AppError `invalid`. */
export function parseFilter(text: string): SpendFilter {
  const at = text.indexOf('=');
  return at > 0
    ? { key: text.slice(0, at), values: [text.slice(at + 1)] }
    : invalid(`--where ${text}: write it as NAME=VALUE, for example team=Search.`);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A time as of which something was known: `v3`, or an instant with its zone. @throws AppError `invalid`. */
export function parseKnownAt(text: string): KnownAt {
  const version = /^v(\d{1,9})$/.exec(text)?.[1];
  if (version !== undefined) return { version: Number(version) };
  const instantMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instantMs)
    ? invalid(`--known-at ${text}: write a version such as v3, or an instant such as 2026-11-01T00:00:00Z.`)
    : { instantMs };
}
