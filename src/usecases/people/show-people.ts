import type { Viewer } from '../../core/access/visibility.js';
import { covers, type Day, dayIn } from '../../core/base/time.js';
import type { DirectoryData, Person } from '../../core/people/data.js';
import { createDirectory } from '../../core/people/directory.js';
import type { Context } from '../context.js';
import type { SlackUser } from './link-slack-people.js';

/** Somebody as the directory knows them today. */
export interface FoundPerson {
  readonly person: Person;
  readonly team: string | null;
  readonly manager: string | null;
  readonly costCentre: string | null;
  /** Keys, principals, seats and addresses that are theirs today; null for anyone who may not know. */
  readonly identifiers: readonly string[] | null;
}

/** The state of the directory, for FinOps. */
export interface DirectoryState {
  /** People with a team today, and those teams. */
  readonly people: number;
  readonly teams: number;
  /** People with a team today who have no Slack user, so that nothing can be asked of them. */
  readonly withoutSlack: readonly Person[];
  /** Active Slack users whom the directory does not know; null: Slack did not list its users. */
  readonly unknownToHr: readonly SlackUser[] | null;
  /** People who have a manager whom the directory does not know. */
  readonly lostManagers: readonly string[];
  /** When an HR file came in last; null: never, or too long ago to be in the latest audit entries. */
  readonly lastImport: { readonly atMs: number; readonly by: string } | null;
}

const MOST_FOUND = 5;
const AUDIT_ENTRIES = 500;

/** Finds people by a part of their name, address, alias or team. */
export async function findPeople(
  { store, company, clock }: Context,
  input: { readonly text: string; readonly viewer: Viewer },
): Promise<{ readonly found: readonly FoundPerson[]; readonly more: number }> {
  const data = await store.directory();
  const today = dayIn(company.timeZone, clock());
  const directory = createDirectory(data);
  const wanted = input.text.toLowerCase();
  const matches = data.people.filter(({ name, email, aliases }) =>
    [name, email, ...aliases].some((text) => text.toLowerCase().includes(wanted)),
  );
  const inTeam = data.people.filter(
    ({ email }) => directory.membershipOn(email, today)?.team.toLowerCase() === wanted,
  );
  const all = [...new Set([...matches, ...inTeam])];
  const found = all.slice(0, MOST_FOUND).map((person): FoundPerson => {
    const standing = directory.membershipOn(person.email, today);
    const mayKnow = input.viewer.roles.includes('finops') || input.viewer.email === person.email;
    return {
      person,
      team: standing?.team ?? null,
      manager: standing?.managerEmail ?? null,
      costCentre: standing?.costCentre ?? null,
      identifiers: mayKnow ? identifiersOf(data, person, today) : null,
    };
  });
  return { found, more: all.length - found.length };
}

function identifiersOf(data: DirectoryData, person: Person, today: Day): readonly string[] {
  const own = new Set([person.email, ...person.aliases]);
  return data.links
    .filter((link) => 'person' in link.owner && own.has(link.owner.person) && covers(link, today))
    .map(({ kind, value }) => `${kind} ${value}`);
}

/** How whole the directory is. `users` null: Slack did not list its users. */
export async function readDirectoryState(
  { store, company, clock }: Context,
  users: readonly SlackUser[] | null,
): Promise<DirectoryState> {
  const data = await store.directory();
  const today = dayIn(company.timeZone, clock());
  const directory = createDirectory(data);
  const active = data.people.filter(({ email }) => directory.membershipOn(email, today) !== null);
  const managers = active.flatMap(({ email }) => directory.membershipOn(email, today)?.managerEmail ?? []);
  const lastImport = (await store.listAudit(AUDIT_ENTRIES)).find(
    ({ action }) => action === 'directory.import',
  );
  return {
    people: active.length,
    teams: new Set(active.map(({ email }) => directory.membershipOn(email, today)?.team)).size,
    withoutSlack: active.filter(({ slackUserId, kind }) => slackUserId === null && kind !== 'service'),
    unknownToHr:
      users?.filter(
        ({ email, isActive }) => isActive && (email === null || directory.findPerson(email) === null),
      ) ?? null,
    lostManagers: [...new Set(managers)].filter((email) => directory.findPerson(email) === null).toSorted(),
    lastImport: lastImport === undefined ? null : { atMs: lastImport.atMs, by: lastImport.actor },
  };
}
