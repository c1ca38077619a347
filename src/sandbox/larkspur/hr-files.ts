import Papa from 'papaparse';
import { emailOf, type Staff, type Stay } from './people.js';
import { COMPANY, DIVISIONS, TEAMS } from './teams.js';

const CHIEF = emailOf('Ingrid Solheim');

function managerOf(staff: Staff, stay: Stay): string {
  const lead = TEAMS.find(({ name }) => name === stay.team)?.lead;
  const manager = lead === undefined ? CHIEF : emailOf(lead);
  return manager !== staff.email ? manager : staff.email === CHIEF ? '' : CHIEF;
}

/** The HR file: one row a membership. */
export function peopleCsv(staff: readonly Staff[]): string {
  const rows = staff.flatMap((person) =>
    person.stays.map((stay) => ({
      email: person.email,
      name: person.name,
      team: stay.team,
      manager_email: managerOf(person, stay),
      cost_centre: TEAMS.find(({ name }) => name === stay.team)?.costCentre ?? '',
      effective_from: stay.from,
      effective_to: stay.to ?? '',
      aliases: person.aliases.join(';'),
      slack_id: person.slackId ?? '',
      kind: person.kind,
    })),
  );
  return `${Papa.unparse(rows, { newline: '\n' })}\n`;
}

/** teams.csv: the tree of teams, who owns them, and where they are told things. */
export function teamsCsv(): string {
  const divisions = DIVISIONS.map((team) => ({ team, parent: COMPANY, owner_email: CHIEF, channel: '' }));
  const teams = TEAMS.map(({ name, parent, lead, channel }) => ({
    team: name,
    parent,
    owner_email: emailOf(lead),
    channel: `#${channel}`,
  }));
  const rows = [{ team: COMPANY, parent: '', owner_email: CHIEF, channel: '' }, ...divisions, ...teams];
  return `${Papa.unparse(rows, { newline: '\n' })}\n`;
}
