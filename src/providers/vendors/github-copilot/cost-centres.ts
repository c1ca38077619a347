import type { CostCenter, ListedCentre, VendorSeat } from './schema.js';

/** From the most specific to the least: a person named in one centre is not in another by way of a team. */
const LEVELS = ['user', 'team', 'org'] as const;

/**
 * Cost centres with their people: named themselves, or through the team or organisation that granted their seat. A
 * centre may hold repositories besides, which have no people.
 */
export function withMembers(
  centres: readonly ListedCentre[],
  seats: readonly VendorSeat[],
): readonly CostCenter[] {
  const placed = new Set<string>();
  const members = new Map(centres.map(({ id }) => [id, new Set<string>()]));
  for (const level of LEVELS) {
    const found = new Set<string>();
    for (const { id, resources } of centres)
      for (const { type, name } of resources ?? [])
        if (type.toLowerCase().startsWith(level))
          for (const login of peopleOf(level, name.toLowerCase(), seats))
            if (!placed.has(login)) {
              members.get(id)?.add(login);
              found.add(login);
            }
    for (const login of found) placed.add(login);
  }
  return centres.map((centre) => ({ ...centre, members: [...(members.get(centre.id) ?? [])] }));
}

function peopleOf(
  level: (typeof LEVELS)[number],
  name: string,
  seats: readonly VendorSeat[],
): readonly string[] {
  if (level === 'user') return [name];
  // A team may stand with its organisation or enterprise before it.
  const team = name.split(/[/:]/).at(-1) ?? name;
  return seats.flatMap(({ assignee, assigning_team: granting, organization }) => {
    const isMember =
      level === 'org'
        ? organization?.login.toLowerCase() === name
        : [granting?.slug, granting?.name].some((each) => [name, team].includes(each?.toLowerCase() ?? ''));
    return assignee && isMember ? [assignee.login.toLowerCase()] : [];
  });
}
