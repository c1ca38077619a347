import { createTask } from 'node-cron';
import type { Schedule } from '../usecases/tasks.js';

export const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** No clock change is longer. */
const LONGEST_CHANGE_MS = 3 * HOUR_MS;

/** Whether a whole minute is one at which a job is due. */
export type IsSlot = (minuteMs: number, schedule: Pick<Schedule, 'cron'>) => boolean;

/**
 * The slots of cron expressions in an IANA time zone. A job without an hour is due as many times as the clock shows its
 * minutes. A job with an hour is due once a day: at the first of two equal times when the clock is set back, and
 * at the first minute after the gap when its time is left out.
 */
export function createSlots(timeZone: string): IsSlot {
  const offsetAt = createOffsets(timeZone);
  const shows = createMatcher();
  return (minuteMs, { cron }) => {
    const offset = offsetAt(minuteMs);
    const localMs = minuteMs + offset;
    if (cron.split(' ')[1] === '*') return shows(localMs, cron);
    const setBack = offsetAt(minuteMs - LONGEST_CHANGE_MS) - offset;
    // The same time was shown before, `setBack` ago.
    if (setBack > 0 && offsetAt(minuteMs - setBack) === offset + setBack) return false;
    if (shows(localMs, cron)) return true;
    const leftOut = offset - offsetAt(minuteMs - MINUTE_MS);
    for (let back = MINUTE_MS; back <= leftOut; back += MINUTE_MS)
      if (shows(localMs - back, cron)) return true;
    return false;
  };
}

/** Whether the zone's time, written as if it were UTC, is one of a cron expression. */
function createMatcher(): (localMs: number, cron: string) => boolean {
  const known = new Map<string, (date: Date) => boolean>();
  return (localMs, cron) => {
    let matches = known.get(cron);
    if (matches === undefined) {
      const task = createTask(cron, () => undefined, { timezone: 'UTC' });
      matches = (date) => task.match(date);
      known.set(cron, matches);
    }
    return matches(new Date(localMs));
  };
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
