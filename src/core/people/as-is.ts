import { covers, type Day, parseDay } from '../base/time.js';
import type { DirectoryData, Membership } from './data.js';

/** Before every charge. */
const ALWAYS = parseDay('0001-01-01');

/**
 * The directory re-cast: everyone belongs for good where they belonged on a day. Anyone who had left by then stays in
 * their last team, anyone who came later is in their first, so that no money loses its owner by the view. Whose a key
 * or seat is remains as it was: that is a fact of its use, not of the organisation.
 */
export function directoryAsIs(data: DirectoryData, asOf: Day): DirectoryData {
  const byPerson = new Map<string, Membership[]>();
  for (const row of data.memberships) byPerson.set(row.email, [...(byPerson.get(row.email) ?? []), row]);
  const memberships = [...byPerson.values()].flatMap((rows) => {
    const inOrder = rows.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    const standing =
      inOrder.findLast((row) => covers(row, asOf)) ??
      inOrder.findLast(({ from }) => from <= asOf) ??
      inOrder[0];
    return standing === undefined ? [] : [{ ...standing, from: ALWAYS, to: null }];
  });
  return { ...data, memberships };
}
