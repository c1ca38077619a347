import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Actor } from '../../../core/base/actor.js';
import { type DayInterval, firstDay, type Month, monthRange } from '../../../core/base/time.js';
import type { DirectoryData, IdentifierLink, PersonChange } from '../../../core/people/data.js';
import type { DirectoryStore } from '../../contract/people.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { incurredMonths, markMonthsStale } from '../base/stale.js';
import { identifierLink, team } from '../schema/people.js';
import { type DirectoryChange, readPeople, wasKnown, writePeople, writeTeams } from './people.js';
import { addMissingTeams, amendPerson } from './person-change.js';

type LinkRow = typeof identifierLink.$inferSelect;
type Snapshot = Parameters<DirectoryStore['importPeople']>[0];

/** The directory store on SQLite. */
export const directoryMethods: Methods<DirectoryStore> = {
  directory: readDirectory,
  directoryAt: readDirectory,
  importPeople: inTransaction(importPeople),
  changePeople: inTransaction((db, changes, actor, atMs) => changePeople(db, { changes, actor, atMs })),
  putLink: inTransaction((db, link, actor, atMs) => putLink(db, { link, actor, atMs })),
};

/** The directory in force or, with `knownAtMs`, with the memberships and links that were known at that time. */
export function readDirectory(db: Database, knownAtMs: number | null = null): DirectoryData {
  const teams = db.orm.select().from(team).orderBy(asc(team.name)).all();
  const links = db.orm
    .select()
    .from(identifierLink)
    .where(wasKnown(identifierLink, knownAtMs))
    .orderBy(asc(identifierLink.kind), asc(identifierLink.value), asc(identifierLink.from))
    .all();
  return { ...readPeople(db, knownAtMs), teams, links: links.map(toLink) };
}

function toLink({ kind, value, from, to, person, team }: LinkRow): IdentifierLink {
  return { kind, value, from, to, owner: person === null ? { team: team ?? '' } : { person } };
}

function importPeople(
  db: Database,
  snapshot: Snapshot,
): { changedPeople: number; changedTeams: number; staleMonths: readonly Month[] } {
  const people = writePeople(db, snapshot);
  const teams = writeTeams(db, snapshot.teams);
  const subject = `directory: ${people.length} people and ${teams.length} teams changed`;
  const staleMonths = settleChanges(db, {
    changes: [...people, ...teams],
    subject,
    action: 'directory.import',
    actor: snapshot.actor,
    atMs: snapshot.atMs,
  });
  return { changedPeople: people.length, changedTeams: teams.length, staleMonths };
}

function changePeople(
  db: Database,
  change: { changes: readonly PersonChange[]; actor: Actor; atMs: number },
): { changedPeople: number; staleMonths: readonly Month[] } {
  const people = change.changes.flatMap((each) => amendPerson(db, each, change.atMs) ?? []);
  const teams = addMissingTeams(db, change.changes);
  const [only] = people;
  const subject =
    people.length === 1 && only !== undefined ? only.subject : `directory: ${people.length} people changed`;
  const changes = [...people, ...teams];
  const { actor, atMs } = change;
  const staleMonths = settleChanges(db, { changes, subject, action: 'directory.change', actor, atMs });
  return { changedPeople: people.length, staleMonths };
}

/** Marks what follows from the changes as stale and audits them; no changes leave no trace. */
function settleChanges(
  db: Database,
  settled: {
    changes: readonly DirectoryChange[];
    subject: string;
    action: string;
    actor: Actor;
    atMs: number;
  },
): readonly Month[] {
  const { changes, subject, action, actor, atMs } = settled;
  if (changes.length === 0) return [];
  const earliest = changes.flatMap((change) => change.since ?? []).toSorted()[0];
  const staleMonths = earliest === undefined ? [] : monthsTouched(db, [{ from: earliest, to: null }]);
  markMonthsStale(db, staleMonths, subject);
  writeAudit(db, { actor, action, subject, detail: { since: earliest ?? null, changes }, atMs });
  return staleMonths;
}

/** Adds or replaces a link and marks its months. Runs inside the caller's transaction. */
export function putLink(db: Database, put: { link: IdentifierLink; actor: Actor; atMs: number }): void {
  const { link, actor, atMs } = put;
  const { kind, value, from, to, owner } = link;
  const held = db.orm
    .select()
    .from(identifierLink)
    .where(
      and(
        eq(identifierLink.kind, kind),
        eq(identifierLink.value, value),
        eq(identifierLink.from, from),
        isNull(identifierLink.supersededAtMs),
      ),
    )
    .get();
  const person = 'person' in owner ? owner.person : null;
  const ownTeam = 'team' in owner ? owner.team : null;
  if (held !== undefined) {
    if (held.to === to && held.person === person && held.team === ownTeam) return;
    db.orm.update(identifierLink).set({ supersededAtMs: atMs }).where(eq(identifierLink.id, held.id)).run();
  }
  db.orm
    .insert(identifierLink)
    .values({ kind, value, from, to, person, team: ownTeam, recordedAtMs: atMs })
    .run();
  markMonthsStale(
    db,
    monthsTouched(db, held === undefined ? [link] : [link, held]),
    `directory: ${kind} ${value}`,
  );
  const before = held === undefined ? null : toLink(held);
  const subject = `link: ${kind} ${value}`;
  writeAudit(db, { actor, action: 'directory.link', subject, detail: { before, after: link }, atMs });
}

/** The months with charges, late ones too, that any of the intervals reaches into. */
function monthsTouched(db: Database, intervals: readonly DayInterval[]): readonly Month[] {
  return incurredMonths(db).filter((month) =>
    intervals.some(({ from, to }) => from < monthRange(month).to && (to === null || to > firstDay(month))),
  );
}
