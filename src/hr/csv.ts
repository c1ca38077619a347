import { invalid } from '../core/base/errors.js';
import { lookalikeRemarks } from '../core/base/lookalikes.js';
import type { CsvFile } from '../core/base/table.js';
import { addDays, parseDay } from '../core/base/time.js';
import type { Membership, Person, Team } from '../core/people/data.js';
import { PersonRow, TeamRow } from './schema.js';
import { readTable, type TableRow } from './table.js';

/** What an HR file says: the snapshot for the directory, and sentences about what looks odd but is taken. */
export interface PeopleSnapshot {
  readonly people: readonly Person[];
  readonly memberships: readonly Membership[];
  readonly teams: readonly Team[];
  readonly remarks: readonly string[];
}

/** The start of a membership without one: before any AI bill. */
const EVER = parseDay('1970-01-01');

/**
 * Reads the people file (`email,name,team,manager_email,cost_centre,effective_from,effective_to[,aliases,slack_id,
 * kind]`, one row a membership) and, when given, teams.csv (`team,parent,owner_email,channel`). Columns are found
 * by name. Where rows of one person differ in name, kind or Slack id, the one that starts last counts.
 * @throws AppError `invalid` naming file, row and column; overlapping memberships name both rows.
 */
export function parsePeople(peopleFile: CsvFile, teamsFile: CsvFile | null): PeopleSnapshot {
  const table = readTable(peopleFile, PersonRow, {
    required: ['email', 'name', 'team'],
    optional: [
      'manager_email',
      'cost_centre',
      'effective_from',
      'effective_to',
      'aliases',
      'slack_id',
      'kind',
    ],
  });
  const stays = table.rows.map((row) => toStay(row, peopleFile.name));
  const byPerson = new Map<string, Stay[]>();
  for (const stay of stays) {
    const own = byPerson.get(stay.row.value.email);
    if (own === undefined) byPerson.set(stay.row.value.email, [stay]);
    else own.push(stay);
  }
  const people = [...byPerson.values()].map((own) => toPerson(own, peopleFile.name));
  const memberships = stays.map(({ membership }) => membership);
  const teams = teamsFile === null ? null : parseTeams(teamsFile);
  return {
    people,
    memberships,
    teams: teams?.teams ?? [],
    remarks: [
      ...table.remarks,
      ...(teams?.remarks ?? []),
      ...gapRemarks([...byPerson.values()], peopleFile.name),
      ...lookalikeRemarks(peopleFile.name, 'teams', [
        ...memberships.flatMap(({ team }) => team ?? []),
        ...(teams?.teams ?? []).map(({ name }) => name),
      ]),
      ...lookalikeRemarks(
        peopleFile.name,
        'cost centres',
        memberships.flatMap(({ costCentre }) => costCentre ?? []),
      ),
      ...remarksOnAddresses(people, memberships, peopleFile.name),
      ...(teams === null ? [] : remarksOnTeams(memberships, teams.teams, teamsFile?.name ?? '')),
    ],
  };
}

interface Stay {
  readonly row: TableRow<PersonRow>;
  readonly membership: Membership;
}

function toStay(row: TableRow<PersonRow>, fileName: string): Stay {
  const { email, team, manager_email, cost_centre, effective_from, effective_to, kind } = row.value;
  if (team === null && (kind !== 'service' || manager_email === null)) {
    invalid(
      `${fileName}, row ${row.rowNumber}, column team: "" is empty, but every row needs it; only a service account with a manager may go without.`,
    );
  }
  const from = effective_from ?? EVER;
  if (effective_to !== null && effective_to <= from) {
    invalid(
      `${fileName}, row ${row.rowNumber}, column effective_to: ${effective_to} is not after ${from}; it is the first day that no longer counts.`,
    );
  }
  const place = { email, team, managerEmail: manager_email, costCentre: cost_centre };
  return { row, membership: { ...place, from, to: effective_to } };
}

/** The person of all their rows. @throws AppError `invalid` when two of the memberships overlap. */
function toPerson(own: readonly Stay[], fileName: string): Person {
  const inOrder = own.toSorted((a, b) => (a.membership.from < b.membership.from ? -1 : 1));
  for (const [index, next] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (before === undefined) continue;
    const { to } = before.membership;
    if (to !== null && to <= next.membership.from) continue;
    const [first, second] = [before.row.rowNumber, next.row.rowNumber].toSorted((a, b) => a - b);
    invalid(
      `${fileName}, rows ${first} and ${second}: ${next.membership.email} would be in two teams from ${next.membership.from} on; end one membership where the other begins.`,
    );
  }
  const latest = inOrder.at(-1) ?? invalid(`${fileName} holds no people.`);
  const { email, name, kind } = latest.row.value;
  const aliases = new Set(inOrder.flatMap(({ row }) => row.value.aliases));
  aliases.delete(email);
  const slackUserId = inOrder.findLast(({ row }) => row.value.slack_id !== null)?.row.value.slack_id ?? null;
  return { email, name, kind, aliases: [...aliases].toSorted(), slackUserId };
}

const MOST_GAPS = 5;

/** A day without a team between two rows of a person: the end was probably meant as the last day of the membership. */
function gapRemarks(stays: readonly (readonly Stay[])[], fileName: string): readonly string[] {
  const gaps = stays.flatMap((own) => {
    const inOrder = own.toSorted((a, b) => (a.membership.from < b.membership.from ? -1 : 1));
    return inOrder.flatMap(({ row, membership: { email, to } }, index) => {
      const next = inOrder[index + 1]?.membership.from;
      if (to === null || next === undefined || addDays(to, 1) !== next) return [];
      return [
        `${fileName}, row ${row.rowNumber}: ${email} belongs to no team on ${to}; effective_to is the first day that no longer counts, so write ${next} if ${to} was the last day.`,
      ];
    });
  });
  const more = gaps.length - MOST_GAPS;
  return [
    ...gaps.slice(0, MOST_GAPS),
    ...(more > 0 ? [`${fileName}: ${more} more people belong to no team for one day between two rows.`] : []),
  ];
}

function parseTeams(file: CsvFile): { teams: readonly Team[]; remarks: readonly string[] } {
  const columns = { required: ['team'], optional: ['parent', 'owner_email', 'channel'] };
  const { rows, remarks } = readTable(file, TeamRow, columns);
  const rowOf = new Map<string, number>();
  const teams = rows.map(({ rowNumber, value }) => {
    const { team: name, parent, owner_email: ownerEmail, channel } = value;
    const first = rowOf.get(name);
    if (first !== undefined)
      invalid(`${file.name}, rows ${first} and ${rowNumber}: team ${name} stands twice.`);
    rowOf.set(name, rowNumber);
    return { name, parent, ownerEmail, channel };
  });
  refuseCircles(teams, rowOf, file.name);
  return { teams, remarks };
}

function refuseCircles(teams: readonly Team[], rowOf: ReadonlyMap<string, number>, fileName: string): void {
  const parents = new Map(teams.map(({ name, parent }) => [name, parent]));
  for (const { name } of teams) {
    const seen = new Set<string>();
    for (let at: string | null = name; at !== null; at = parents.get(at) ?? null) {
      if (seen.has(at))
        invalid(`${fileName}, row ${rowOf.get(at)}: team ${at} is above itself; mend its parent.`);
      seen.add(at);
    }
  }
}

function remarksOnAddresses(
  people: readonly Person[],
  memberships: readonly Membership[],
  fileName: string,
): readonly string[] {
  const owners = new Map(people.map(({ email }) => [email, email]));
  const remarks: string[] = [];
  for (const { email, aliases } of people) {
    for (const alias of aliases) {
      const owner = owners.get(alias);
      if (owner === undefined) owners.set(alias, email);
      else remarks.push(`${fileName}: alias ${alias} of ${email} is also an address of ${owner}.`);
    }
  }
  const managers = new Set(memberships.flatMap(({ managerEmail }) => managerEmail ?? []));
  const unknown = [...managers].filter((manager) => !owners.has(manager));
  return [
    ...remarks,
    ...unknown.map((manager) => `${fileName}: manager ${manager} is not among the people.`),
  ];
}

function remarksOnTeams(
  memberships: readonly Membership[],
  teams: readonly Team[],
  fileName: string,
): readonly string[] {
  const known = new Set(teams.map(({ name }) => name));
  const named = [
    ...memberships.flatMap(({ team }) => team ?? []),
    ...teams.flatMap(({ parent }) => parent ?? []),
  ];
  return [...new Set(named)]
    .filter((team) => !known.has(team))
    .map((team) => `${fileName}: team ${team} is not listed, so it has no parent and no channel.`);
}
