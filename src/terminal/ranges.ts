import { invalid } from '../core/errors.js';
import { addDays, type DayRange, parseDay } from '../core/time.js';

/** Two days as people give them, the last one inclusive. @throws AppError `invalid` when one is missing or they are swapped. */
export function rangeOf(from: string | undefined, to: string | undefined): DayRange {
  if (from === undefined || to === undefined) return invalid('Give both --from and --to, or neither.');
  const range = { from: parseDay(from), to: addDays(parseDay(to), 1) };
  return range.from < range.to ? range : invalid(`--from ${from} is after --to ${to}.`);
}
