import type { Month } from '../../core/base/time.js';
import type { Membership, Person, Team } from '../../core/people/data.js';
import type { Context } from '../context.js';

/** What came of an HR import. */
export interface PeopleImport {
  readonly changedPeople: number;
  readonly changedTeams: number;
  readonly staleMonths: readonly Month[];
}

/** Takes a parsed HR snapshot: whom it names is replaced by it, others stay. Again changes nothing. */
export async function importPeople(
  context: Context,
  snapshot: {
    readonly people: readonly Person[];
    readonly memberships: readonly Membership[];
    readonly teams: readonly Team[];
  },
): Promise<PeopleImport> {
  const { people, memberships, teams } = snapshot;
  return context.store.importPeople({
    people,
    memberships,
    teams,
    actor: context.actor,
    atMs: context.clock(),
  });
}
