import { covers, type Day } from '../base/time.js';
import type { DirectoryData } from './data.js';
import { createDirectory } from './directory.js';
import { normaliseEmail } from './index-people.js';

/** Teams below a team in the org tree, at any depth, itself not included. */
export function teamsBelow(data: Pick<DirectoryData, 'teams'>, team: string): readonly string[] {
  const below = new Set<string>();
  const add = (parent: string): void => {
    for (const { name } of data.teams.filter((each) => each.parent === parent)) {
      if (name === team || below.has(name)) continue;
      below.add(name);
      add(name);
    }
  };
  add(team);
  return [...below];
}

/**
 * Teams that a person leads on a day: those that name them as owner, those in which everybody else reports to them
 * at any distance, and all teams below these.
 */
export function teamsLedBy(data: DirectoryData, email: string, day: Day): readonly string[] {
  const directory = createDirectory(data);
  const me = directory.findPerson(email)?.email ?? normaliseEmail(email);
  const isMe = (address: string | null): boolean =>
    address !== null && (directory.findPerson(address)?.email ?? normaliseEmail(address)) === me;
  const owned = data.teams.filter(({ ownerEmail }) => isMe(ownerEmail)).map(({ name }) => name);
  const members = new Map<string, string[]>();
  for (const row of data.memberships) {
    if (row.team === null || !covers(row, day) || isMe(row.email)) continue;
    if (directory.findPerson(row.email)?.kind === 'service') continue;
    members.set(row.team, [...(members.get(row.team) ?? []), row.email]);
  }
  const managed = [...members]
    .filter(([, emails]) => emails.every((each) => directory.reportsTo(each, me, day)))
    .map(([team]) => team);
  const led = new Set([...owned, ...managed]);
  for (const team of new Set(led)) for (const below of teamsBelow(data, team)) led.add(below);
  return [...led].toSorted();
}
