import { addDays, type Day, type DayRange, utcDay } from '../../core/time.js';

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

/** The rows of the filled days, and a remark on how many others came. */
export function keepFilled<Row extends { readonly chargeDay: Day }>(
  rows: readonly Row[],
  { from, to }: DayRange,
): { readonly kept: readonly Row[]; readonly remarks: readonly string[] } {
  const kept = rows.filter(({ chargeDay }) => from <= chargeDay && chargeDay < to);
  const left = rows.length - kept.length;
  return {
    kept,
    remarks: left === 0 ? [] : [`${left} rows outside ${from} to ${to} (end excluded) were left out.`],
  };
}
