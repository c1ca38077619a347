import type { Settings } from './settings.js';

const STEP_MS = 15 * 60_000; // zones are off by whole quarters of an hour
const LOOK_BACK_STEPS = 9 * 24 * 4;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * The latest instant, not after now, at which a weekly schedule was due: the first quarter of an hour on its weekday
 * at or after its hour, in its zone. Where a clock jumps over the hour, it is the first one after the jump.
 */
export function latestDue(schedule: Settings['digest'], nowMs: number): number | null {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: schedule.timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  let due: number | null = null;
  const last = Math.floor(nowMs / STEP_MS) * STEP_MS;
  for (let back = 0; back <= LOOK_BACK_STEPS; back++) {
    const at = last - back * STEP_MS;
    const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekday = WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1;
    const isDue = weekday === schedule.weekday && Number(parts.get('hour')) >= schedule.hour;
    if (isDue) due = at;
    else if (due !== null) return due;
  }
  return due;
}
