import { type Day, parseDay } from '../../../src/core/base/time.js';
import type { DirectoryData, IdentifierLink, Membership, Person } from '../../../src/core/people/data.js';

/** A day from a literal. */
export const day = (text: string): Day => parseDay(text);

/** A person with the address `NAME@larkspur.test`. */
export function person(name: string, more: Partial<Person> = {}): Person {
  return {
    email: `${name}@larkspur.test`,
    name,
    kind: 'employee',
    aliases: [],
    slackUserId: null,
    ...more,
  };
}

/** `name` was in `team` from a day on. `managerEmail` and the like in `more`. */
export function member(name: string, team: string, from: string, more: Partial<Membership> = {}): Membership {
  return {
    email: `${name}@larkspur.test`,
    team,
    managerEmail: null,
    costCentre: null,
    from: day(from),
    to: null,
    ...more,
  };
}

/** An identifier that belongs to a person or a team from a day on. */
export function link(
  kind: IdentifierLink['kind'],
  value: string,
  owner: IdentifierLink['owner'],
  interval: { from: string; to?: string } = { from: '2020-01-01' },
): IdentifierLink {
  return {
    kind,
    value,
    owner,
    from: day(interval.from),
    to: interval.to === undefined ? null : day(interval.to),
  };
}

/** Directory data with what a test does not care about left empty. */
export function directoryData(data: Partial<DirectoryData>): DirectoryData {
  return { people: [], memberships: [], teams: [], links: [], ...data };
}
