import { canonicalJson } from '../base/json.js';
import { compareText } from '../base/money.js';
import type { DayInterval } from '../base/time.js';
import type { DirectoryData, IdentifierKind, IdentifierLink, Membership, Person } from './data.js';

/** Directory rows found by what they are asked by. Dated rows come in order of precedence: last start first. */
export interface DirectoryIndex {
  person(email: string): Person | null;
  /** A person's own address for any of their aliases; an unknown address is only normalised. */
  canonical(email: string): string;
  memberships(email: string): readonly Membership[];
  links(kind: IdentifierKind, value: string): readonly IdentifierLink[];
}

/** Addresses are compared in lower case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

export function indexDirectory(data: DirectoryData): DirectoryIndex {
  const people = peopleByAddress(data.people);
  const canonical = (email: string): string => {
    const address = normaliseEmail(email);
    return people.get(address)?.email ?? address;
  };
  const memberships = byPrecedence(data.memberships, (row) => canonical(row.email));
  const links = byPrecedence(data.links, (row) => linkKey(row.kind, row.value));
  return {
    person: (email) => people.get(normaliseEmail(email)) ?? null,
    canonical,
    memberships: (email) => memberships.get(canonical(email)) ?? [],
    links: (kind, value) => links.get(linkKey(kind, value)) ?? [],
  };
}

/** Own addresses go before aliases; where two people claim one alias, the first by address has it. */
function peopleByAddress(people: readonly Person[]): ReadonlyMap<string, Person> {
  const byAddress = new Map<string, Person>();
  const claim = (address: string, person: Person): void => {
    if (!byAddress.has(address)) byAddress.set(address, person);
  };
  const ordered = people
    .map((person) => ({ ...person, email: normaliseEmail(person.email) }))
    .toSorted((a, b) => compareText(a.email, b.email));
  for (const person of ordered) claim(person.email, person);
  for (const person of ordered) for (const alias of person.aliases) claim(normaliseEmail(alias), person);
  return byAddress;
}

function linkKey(kind: IdentifierKind, value: string): string {
  return `${kind}\0${kind === 'email' ? normaliseEmail(value) : value}`;
}

function byPrecedence<T extends DayInterval>(
  rows: readonly T[],
  keyOf: (row: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  // The text of the row breaks ties, so that the order of the input never matters.
  for (const group of groups.values())
    group.sort((a, b) => compareText(b.from, a.from) || compareText(canonicalJson(a), canonicalJson(b)));
  return groups;
}
