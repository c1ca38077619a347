import { ANOMALY_DEFAULTS } from '../../../src/core/alerts/anomaly.js';
import type { UsagePart } from '../../../src/core/alerts/usage-parts.js';
import type { Watch } from '../../../src/core/alerts/watch.js';
import { addDays, type Day, daysIn } from '../../../src/core/base/time.js';

const CENT = 10_000_000n;
/** The day the watch looks from; its yesterday is complete. */
export const TODAY = '2026-11-18' as Day;
const FROM = addDays(TODAY, -70);

/** What one owner used of one key, in whole cents a day up to yesterday. */
export function part(
  about: Partial<Omit<UsagePart, 'days'>> & { readonly cents: (day: Day, ago: number) => number },
): UsagePart {
  const { cents, ...names } = about;
  const days = daysIn({ from: FROM, to: TODAY }).map((day, at, all): [Day, bigint] => [
    day,
    BigInt(cents(day, all.length - at)) * CENT,
  ]);
  return {
    source: 'claude',
    key: 'key',
    model: 'sonnet',
    service: 'Claude API',
    person: null,
    team: 'Search',
    ...names,
    days: new Map(days.filter(([, cost]) => cost !== 0n)),
  };
}

export function watchOf(parts: readonly UsagePart[], completeThrough: Day = addDays(TODAY, -1)): Watch {
  return {
    parts,
    frame: { range: { from: FROM, to: addDays(TODAY, 1) }, completeThrough: () => completeThrough },
    options: ANOMALY_DEFAULTS,
    newsFrom: addDays(TODAY, -10),
  };
}
