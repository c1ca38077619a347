import { type DayRange, type Month, monthRange } from '../../core/base/time.js';

/** The days of a range that are in a month. */
export function within(range: DayRange, month: Month): DayRange {
  const { from, to } = monthRange(month);
  return { from: range.from > from ? range.from : from, to: range.to < to ? range.to : to };
}
