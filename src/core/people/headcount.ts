import type { Nanos } from '../base/money.js';
import { NANOS_PER_UNIT } from '../base/money.js';
import { type Day, daysBetween, type Month, monthRange } from '../base/time.js';
import type { DirectoryData } from './data.js';
import { createDirectory } from './directory.js';
import { normaliseEmail } from './index-people.js';

/** What heads are counted by: the kinds of owners that people belong to. */
export const HEAD_KINDS = ['team', 'costCentre', 'person'] as const;
export type HeadKind = (typeof HEAD_KINDS)[number];

/**
 * Person-days of each team, cost centre or person in a calendar month, in 1e-9 days: someone who changes teams in
 * the middle counts half for each. Employees and contractors in a team count, service accounts do not.
 */
export function headcount(data: DirectoryData, month: Month, by: HeadKind): ReadonlyMap<string, Nanos> {
  const directory = createDirectory(data);
  const { from, to } = monthRange(month);
  const cuts = new Map<string, Set<Day>>();
  for (const { email, from: start, to: end } of data.memberships) {
    const days = cuts.get(normaliseEmail(email)) ?? new Set([from, to]);
    cuts.set(normaliseEmail(email), days);
    for (const day of [start, end]) if (day !== null && from < day && day < to) days.add(day);
  }
  const totals = new Map<string, Nanos>();
  for (const { email, kind } of data.people) {
    if (kind === 'service') continue;
    const days = [...(cuts.get(normaliseEmail(email)) ?? [])].toSorted();
    for (const [index, day] of days.slice(0, -1).entries()) {
      const standing = directory.membershipOn(email, day);
      const owner =
        by === 'person' && standing !== null
          ? email
          : (standing?.[by === 'team' ? by : 'costCentre'] ?? null);
      if (owner === null) continue;
      const length = BigInt(daysBetween(day, days[index + 1] ?? to)) * NANOS_PER_UNIT;
      totals.set(owner, (totals.get(owner) ?? 0n) + length);
    }
  }
  return totals;
}
