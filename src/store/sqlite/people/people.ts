import { and, asc, eq, gt, isNull, lte, or, type SQL } from 'drizzle-orm';
import { AppError } from '../../../core/base/errors.js';
import { canonicalJson } from '../../../core/base/json.js';
import { covers, type Day, parseDay } from '../../../core/base/time.js';
import type { Membership, Person, Team } from '../../../core/people/data.js';
import type { Database } from '../base/database.js';
import { type identifierLink, membership, person, team } from '../schema/people.js';

/** A change of the directory: what was, what is, and the first day on which an owner may come out differently. */
export interface DirectoryChange {
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Null when no allocation can follow from it. */
  readonly since: Day | null;
}

/** Before every charge: for changes that carry no date of their own. */
const ALWAYS = parseDay('0001-01-01');

/** All people and the memberships in force or, with `knownAtMs`, those that were known at that time. */
export function readPeople(
  db: Database,
  knownAtMs: number | null = null,
): {
  readonly people: readonly Person[];
  readonly memberships: readonly Membership[];
} {
  const people = db.orm.select().from(person).orderBy(asc(person.email)).all();
  const rows = db.orm
    .select()
    .from(membership)
    .where(wasKnown(membership, knownAtMs))
    .orderBy(asc(membership.email), asc(membership.from), asc(membership.id))
    .all();
  return { people, memberships: rows.map(toMembership) };
}

/** A condition on rows that are superseded, never changed: those in force, or those that were known at a time. */
export function wasKnown(
  table: typeof membership | typeof identifierLink,
  knownAtMs: number | null,
): SQL | undefined {
  if (knownAtMs === null) return isNull(table.supersededAtMs);
  return and(
    lte(table.recordedAtMs, knownAtMs),
    or(isNull(table.supersededAtMs), gt(table.supersededAtMs, knownAtMs)),
  );
}

/** What callers hand in may carry more fields than a row has; only these are compared and kept. */
export function toMembership({ email, from, to, team, managerEmail, costCentre }: Membership): Membership {
  return { email, from, to, team, managerEmail, costCentre };
}

function toPerson({ email, name, kind, aliases, slackUserId }: Person): Person {
  return { email, name, kind, aliases, slackUserId };
}

function toTeam({ name, parent, ownerEmail, channel }: Team): Team {
  return { name, parent, ownerEmail, channel };
}

/**
 * Replaces the people of a snapshot with their memberships as a whole; others stay. Superseded memberships are
 * kept. Returns the people that really changed.
 * @throws AppError `invalid` when a membership belongs to nobody in the snapshot.
 */
export function writePeople(
  db: Database,
  snapshot: { people: readonly Person[]; memberships: readonly Membership[]; atMs: number },
): readonly DirectoryChange[] {
  const held = readPeople(db);
  const heldPeople = new Map(held.people.map((each) => [each.email, each]));
  const heldMemberships = byEmail(held.memberships);
  const memberships = byEmail(snapshot.memberships);
  const changes: DirectoryChange[] = [];
  for (const named of snapshot.people.map(toPerson)) {
    const { email } = named;
    // Slack links people by itself; an HR file that is silent about it does not undo that.
    const after = {
      ...named,
      slackUserId: named.slackUserId ?? heldPeople.get(email)?.slackUserId ?? null,
    };
    const now = { person: after, memberships: memberships.get(email) ?? [] };
    const was = { person: heldPeople.get(email) ?? null, memberships: heldMemberships.get(email) ?? [] };
    memberships.delete(email);
    if (canonicalJson(was) === canonicalJson(now)) continue;
    putPerson(db, after);
    if (canonicalJson(was.memberships) !== canonicalJson(now.memberships)) {
      replaceMemberships(db, email, { memberships: now.memberships, atMs: snapshot.atMs });
    }
    changes.push({ subject: `person: ${email}`, before: was, after: now, since: changedSince(was, now) });
  }
  const [stray] = memberships.keys();
  if (stray !== undefined) {
    throw new AppError('invalid', `A membership belongs to ${stray}, who is not among the people; add them.`);
  }
  return changes;
}

function byEmail(memberships: readonly Membership[]): Map<string, Membership[]> {
  const sorted = memberships.map(toMembership).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const groups = new Map<string, Membership[]>();
  for (const each of sorted) groups.set(each.email, [...(groups.get(each.email) ?? []), each]);
  return groups;
}

/** Adds or replaces a person's own row. */
export function putPerson(db: Database, row: Person): void {
  const { email: _email, ...columns } = row;
  db.orm.insert(person).values(row).onConflictDoUpdate({ target: person.email, set: columns }).run();
}

/** Puts a person's memberships in force in place of those that were; the old rows stay, superseded. */
export function replaceMemberships(
  db: Database,
  email: string,
  { memberships, atMs }: { memberships: readonly Membership[]; atMs: number },
): void {
  db.orm
    .update(membership)
    .set({ supersededAtMs: atMs })
    .where(and(eq(membership.email, email), isNull(membership.supersededAtMs)))
    .run();
  for (const each of memberships) {
    db.orm
      .insert(membership)
      .values({ ...each, recordedAtMs: atMs })
      .run();
  }
}

/** A person with their memberships, before or after a change. */
export interface PersonState {
  readonly person: Person | null;
  readonly memberships: readonly Membership[];
}

/**
 * The first day from which charges of the person may belong to someone else; null when none can. Whom an address
 * names is not dated, so a new person or alias counts always; nor is the kind, by which heads are counted.
 */
export function changedSince(was: PersonState, now: PersonState): Day | null {
  const undated = ({ person: each }: PersonState) => canonicalJson([each?.aliases, each?.kind]);
  return undated(was) === undated(now) ? firstDifference(was.memberships, now.memberships) : ALWAYS;
}

function placesOn(memberships: readonly Membership[], day: Day): string {
  const standing = memberships.filter((each) => covers(each, day));
  return canonicalJson(
    standing.map(({ team, managerEmail, costCentre }) => [team, managerEmail, costCentre]),
  );
}

/** The first day on which the two lists say something different; null when they agree on every day. */
function firstDifference(was: readonly Membership[], now: readonly Membership[]): Day | null {
  const bounds = new Set([...was, ...now].flatMap(({ from, to }) => (to === null ? [from] : [from, to])));
  return [...bounds].toSorted().find((day) => placesOn(was, day) !== placesOn(now, day)) ?? null;
}

/** Adds or replaces teams; returns those that really changed. A parent is not dated, so a new one counts always. */
export function writeTeams(db: Database, teams: readonly Team[]): readonly DirectoryChange[] {
  const held = new Map(
    db.orm
      .select()
      .from(team)
      .all()
      .map((each) => [each.name, each]),
  );
  const changes: DirectoryChange[] = [];
  for (const after of teams.map(toTeam)) {
    const before = held.get(after.name) ?? null;
    if (canonicalJson(before) === canonicalJson(after)) continue;
    const { name: _name, ...columns } = after;
    db.orm.insert(team).values(after).onConflictDoUpdate({ target: team.name, set: columns }).run();
    const since = (before?.parent ?? null) === after.parent ? null : ALWAYS;
    changes.push({ subject: `team: ${after.name}`, before, after, since });
  }
  return changes;
}
