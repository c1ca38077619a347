import { addDays, type Day, type DayRange, utcDay } from '../../../core/base/time.js';

/** What of an asked range is really told, by the vendor's last refresh. */
export interface FreshRange {
  /** Days after the last refresh are unknown, not free: what stands there stays. */
  readonly filled: DayRange;
  /** The last day that was over when the vendor refreshed. */
  readonly completeThrough: Day | null;
  readonly remarks: readonly string[];
}

/** Clamps a half-open range to the vendor's last refresh; without one, to now. */
export function clampToRefresh(range: DayRange, refreshedAtMs: number | null, nowMs: number): FreshRange {
  const refreshedDay = utcDay(refreshedAtMs ?? nowMs);
  const end = addDays(refreshedDay, 1);
  const to = end < range.from ? range.from : end < range.to ? end : range.to;
  const lastClosed = addDays(to < refreshedDay ? to : refreshedDay, -1);
  return {
    filled: { from: range.from, to },
    completeThrough: lastClosed < range.from ? null : lastClosed,
    remarks:
      to < range.to
        ? [`Anthropic last refreshed its data on ${refreshedDay}; later days were not pulled.`]
        : [],
  };
}

/** The earliest of the instants of refresh that a pull's answers named; null when none did. */
export function earliest(refreshedAt: readonly number[]): number | null {
  return refreshedAt.length === 0 ? null : Math.min(...refreshedAt);
}

/** What is said where a key may read money but no usage. */
export const NO_USAGE = 'Anthropic does not let this key read usage: the charges stand without tokens.';
