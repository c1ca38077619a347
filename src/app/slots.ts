import type { Schedule } from '../usecases/tasks.js';

export const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** No clock change is longer. */
const LONGEST_CHANGE_MS = 3 * HOUR_MS;

/** Whether a whole minute is one at which a job is due. */
export type IsSlot = (minuteMs: number, schedule: Schedule) => boolean;

/**
 * The slots of schedules in an IANA time zone. A job without an hour is due as many times as the clock shows its
 * minutes. A job with an hour is due once a day: at the first of two equal times when the clock is set back, and
 * at the first minute after the gap when its time is left out.
 */
export function createSlots(timeZone: string): IsSlot {
  const offsetAt = createOffsets(timeZone);
  return (minuteMs, schedule) => {
    const offset = offsetAt(minuteMs);
    const localMs = minuteMs + offset;
    if (schedule.hour === undefined) return shows(localMs, schedule);
    const setBack = offsetAt(minuteMs - LONGEST_CHANGE_MS) - offset;
    // The same time was shown before, `setBack` ago.
    if (setBack > 0 && offsetAt(minuteMs - setBack) === offset + setBack) return false;
    if (shows(localMs, schedule)) return true;
    const leftOut = offset - offsetAt(minuteMs - MINUTE_MS);
    for (let back = MINUTE_MS; back <= leftOut; back += MINUTE_MS)
      if (shows(localMs - back, schedule)) return true;
    return false;
  };
}

/** `localMs`: the zone's time, written as if it were UTC. */
function shows(localMs: number, { minutes, hour, weekday }: Schedule): boolean {
  const local = new Date(localMs);
  return (
    minutes.includes(local.getUTCMinutes()) &&
    (hour === undefined || hour === local.getUTCHours()) &&
    (weekday === undefined || weekday === local.getUTCDay())
  );
}

/** Milliseconds from UTC to the zone's time. Zones change at whole quarters of an hour, so each is asked once. */
function createOffsets(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const name = format
      .formatToParts(quarter * QUARTER_MS)
      .find(({ type }) => type === 'timeZoneName')?.value;
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name ?? '') ?? [];
    const minutesAhead = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
    const offset = (sign === '-' ? -1 : 1) * minutesAhead * MINUTE_MS;
    if (known.size > 2_000) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}
