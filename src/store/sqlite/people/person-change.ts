import { and, asc, eq, isNull } from 'drizzle-orm';
import { canonicalJson } from '../../../core/base/json.js';
import { changePlace } from '../../../core/people/change-place.js';
import type { Membership, Person, PersonChange } from '../../../core/people/data.js';
import type { Database } from '../base/database.js';
import { membership, person, team } from '../schema/people.js';
import {
  changedSince,
  type DirectoryChange,
  type PersonState,
  putPerson,
  replaceMemberships,
  toMembership,
} from './people.js';

/** Writes what is new about one person; null when it was known. Runs inside the caller's transaction. */
export function amendPerson(db: Database, change: PersonChange, atMs: number): DirectoryChange | null {
  const { email } = change;
  const was = readPerson(db, email);
  const now = amended(was, change);
  if (canonicalJson(was) === canonicalJson(now)) return null;
  putPerson(db, now.person);
  if (canonicalJson(was.memberships) !== canonicalJson(now.memberships))
    replaceMemberships(db, email, { memberships: now.memberships, atMs });
  return { subject: `person: ${email}`, before: was, after: now, since: changedSince(was, now) };
}

function readPerson(db: Database, email: string): PersonState {
  const held = db.orm.select().from(person).where(eq(person.email, email)).get() ?? null;
  const rows = db.orm
    .select()
    .from(membership)
    .where(and(eq(membership.email, email), isNull(membership.supersededAtMs)))
    .orderBy(asc(membership.from), asc(membership.id))
    .all();
  return { person: held, memberships: rows.map(toMembership) };
}

function amended(
  was: PersonState,
  change: PersonChange,
): PersonState & { readonly person: Person; readonly memberships: readonly Membership[] } {
  const { email, name, kind, addAliases, slackUserId, place } = change;
  const held = was.person;
  const aliases = new Set([...(held?.aliases ?? []), ...(addAliases ?? [])]);
  aliases.delete(email);
  return {
    person: {
      email,
      name: name ?? held?.name ?? email,
      kind: kind ?? held?.kind ?? 'employee',
      aliases: [...aliases].toSorted(),
      slackUserId: slackUserId === undefined ? (held?.slackUserId ?? null) : slackUserId,
    },
    memberships: place === undefined ? was.memberships : changePlace(was.memberships, email, place),
  };
}

/** Adds the teams that the changes name and nobody has heard of: without parent, owner and channel. */
export function addMissingTeams(db: Database, changes: readonly PersonChange[]): readonly DirectoryChange[] {
  const added: DirectoryChange[] = [];
  for (const name of new Set(changes.flatMap(({ place }) => place?.at?.team ?? []))) {
    const after = { name, parent: null, ownerEmail: null, channel: null };
    if (db.orm.insert(team).values(after).onConflictDoNothing().run().changes === 0) continue;
    // Nothing was allocated by a team that nobody knew; the memberships say since when it counts.
    added.push({ subject: `team: ${name}`, before: null, after, since: null });
  }
  return added;
}
