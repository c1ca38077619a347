import type { Day, DayInterval } from '../base/time.js';
import type { Membership, Place } from './data.js';

/**
 * One person's memberships after they belong somewhere else from a day on. What stands before that day stays, so
 * that a transfer splits by days and a leaver keeps their history. A change already planned for a later day stays
 * planned, unless the person leaves. The place that holds already changes nothing.
 * @param held one person's memberships, which do not overlap.
 */
export function changePlace(
  held: readonly Membership[],
  email: string,
  change: { readonly from: Day; readonly at: Place | null },
): readonly Membership[] {
  const { from, at } = change;
  const current = held.find((each) => each.from <= from && (each.to === null || from < each.to));
  if (at !== null && current !== undefined && samePlace(current, at)) return held;
  const before = held.flatMap((each) => (each.from < from ? [{ ...each, ...endingBy(each, from) }] : []));
  if (at === null) return before;
  const planned = held.filter((each) => each.from > from).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const { team, managerEmail, costCentre } = at;
  return [
    ...before,
    { email, team, managerEmail, costCentre, from, to: planned[0]?.from ?? null },
    ...planned,
  ];
}

function samePlace(a: Place, b: Place): boolean {
  return a.team === b.team && a.managerEmail === b.managerEmail && a.costCentre === b.costCentre;
}

function endingBy({ from, to }: DayInterval, day: Day): DayInterval {
  return { from, to: to === null || to > day ? day : to };
}
