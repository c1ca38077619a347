import { invalid } from '../../core/base/errors.js';
import { addDays, type Day, type DayRange, utcDay } from '../../core/base/time.js';

/** How far a vendor answers. */
export interface Reach {
  readonly vendor: string;
  /** Days back from now. */
  readonly days: number;
  /** First day the vendor knows at all; null when unbounded. */
  readonly earliest: Day | null;
}

/**
 * The part of the half-open window that the vendor answers for: not before its reach, not after today (UTC). A
 * remark says when the beginning was cut off.
 * @throws AppError `invalid` when nothing of the window is left.
 */
export function withinReach(
  window: DayRange,
  reach: Reach,
  nowMs: number,
): { readonly range: DayRange; readonly remarks: readonly string[] } {
  const today = utcDay(nowMs);
  // The instant `days` ago lies within a day, so the first whole day is the one after.
  const back = addDays(today, 1 - reach.days);
  const first = reach.earliest !== null && reach.earliest > back ? reach.earliest : back;
  const end = addDays(today, 1);
  const range = {
    from: window.from < first ? first : window.from,
    to: window.to > end ? end : window.to,
  };
  if (range.from >= range.to) {
    return invalid(
      `${reach.vendor} answers for ${first} to ${today}; nothing of ${window.from} to ${window.to} is left.`,
    );
  }
  const cut = range.from > window.from;
  const remark = `${reach.vendor} answers only from ${first} on: the days ${window.from} to ${first} were not pulled.`;
  return { range, remarks: cut ? [remark] : [] };
}

/** The half-open range in consecutive parts of at most `days` days. */
export function splitRange(range: DayRange, days: number): readonly DayRange[] {
  const parts: DayRange[] = [];
  for (let from = range.from; from < range.to; ) {
    const end = addDays(from, days);
    const to = end < range.to ? end : range.to;
    parts.push({ from, to });
    from = to;
  }
  return parts;
}
