import { covers, type Day, type DayInterval, type DayRange } from '../base/time.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { DirectoryData, IdentifierKind, IdentifierLink, Membership, Person } from './data.js';
import { type DirectoryIndex, indexDirectory, normaliseEmail } from './index-people.js';

/** Who a charge belongs to on a day, by its e-mail, key, principal or seat; `reason` is for people. */
type ChargeOwner =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'team'; readonly team: string; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Where a person belongs on a day. */
interface Standing {
  readonly team: string;
  readonly managerEmail: string | null;
  readonly costCentre: string | null;
}

/** The rows of the directory that say who owned a charge on a day, in the order in which they were read. */
export interface Evidence {
  /** The link of an identifier; null where the charge's own e-mail told, or nothing did. */
  readonly link: IdentifierLink | null;
  readonly person: Person | null;
  /** The person's place on the day; for a service account without a team, then those of its managers. */
  readonly memberships: readonly Membership[];
}

/** The company as it was on any day. Where effective-dated rows overlap, the one that starts last wins. */
export interface Directory {
  /** A person by their address or one of their aliases, in any case. */
  findPerson(email: string): Person | null;
  /** The person's e-mail decides; where it tells nothing, links of the e-mail, key, principal and seat, in this order. */
  ownerOf(set: DimensionSet, day: Day): ChargeOwner;
  /** The rows behind `ownerOf` and `membershipOn`. */
  evidenceOf(set: DimensionSet, day: Day): Evidence;
  /** A service account without a team of its own stands where its manager stands; null: in no team on that day. */
  membershipOn(email: string, day: Day): Standing | null;
  /** The person's own cost centre, whether or not anybody has a team on that day; else that of the manager's row. */
  costCentreOn(email: string, day: Day): string | null;
  /** Whether `boss` is above the person on that day, at any distance; nobody is above themselves. */
  reportsTo(email: string, boss: string, day: Day): boolean;
  /** The days inside a range (its first day excluded) on which any answer about this set could change, ascending. */
  boundaries(set: DimensionSet, range: DayRange): readonly Day[];
}

export function createDirectory(data: DirectoryData): Directory {
  const index = indexDirectory(data);
  return {
    findPerson: (email) => index.person(email),
    ownerOf: (set, day) => ownerOf(index, set, day),
    evidenceOf: (set, day) => evidenceOf(index, set, day),
    membershipOn: (email, day) => standingOn(index, email, day),
    costCentreOn: (email, day) => costCentreOn(index, email, day),
    reportsTo: (email, boss, day) => reportsTo(index, { email, boss, day }),
    boundaries: (set, range) => boundaries(index, set, range),
  };
}

interface SetIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** How sentences call it. */
  readonly noun: string;
}

/** What the set is known by, in the order in which it is asked. */
function identifiersOf({ attributes }: DimensionSet): readonly SetIdentifier[] {
  const { email, apiKeyId, principalId, seatId } = attributes;
  const known: SetIdentifier[] = [];
  if (email !== undefined) known.push({ kind: 'email', value: email, noun: 'e-mail' });
  if (apiKeyId !== undefined) known.push({ kind: 'apiKey', value: apiKeyId, noun: 'key' });
  if (principalId !== undefined) known.push({ kind: 'principal', value: principalId, noun: 'principal' });
  if (seatId !== undefined) known.push({ kind: 'seat', value: seatId, noun: 'seat' });
  return known;
}

function ownerOf(index: DirectoryIndex, set: DimensionSet, day: Day): ChargeOwner {
  const person = set.attributes.email === undefined ? null : index.person(set.attributes.email);
  if (person !== null) return { kind: 'person', person };
  let reason: string | null = null;
  for (const identifier of identifiersOf(set)) {
    const answer = linkedOwner(index, identifier, day);
    if (answer.kind !== 'none') return answer;
    reason ??= answer.reason;
  }
  return { kind: 'none', reason: reason ?? 'charge names no e-mail, key, principal or seat' };
}

function linkedOwner(index: DirectoryIndex, identifier: SetIdentifier, day: Day): ChargeOwner {
  const { kind, value, noun } = identifier;
  const link = current(index.links(kind, value), day);
  if (link === null) {
    const reason =
      kind === 'email' ? `e-mail ${normaliseEmail(value)} is not in the directory` : `${noun} has no owner`;
    return { kind: 'none', reason };
  }
  if ('team' in link.owner) {
    const { team } = link.owner;
    return { kind: 'team', team, reason: `${noun} belongs to team ${team}, not to a person` };
  }
  const person = index.person(link.owner.person);
  if (person !== null) return { kind: 'person', person };
  const stranger = normaliseEmail(link.owner.person);
  return { kind: 'none', reason: `${noun} belongs to ${stranger}, who is not in the directory` };
}

/** The same steps as `ownerOf`, keeping what was read. */
function evidenceOf(index: DirectoryIndex, set: DimensionSet, day: Day): Evidence {
  const owner = ownerOf(index, set, day);
  const isByAddress = set.attributes.email !== undefined && index.person(set.attributes.email) !== null;
  const deciding = isByAddress
    ? undefined
    : identifiersOf(set).find((identifier) => linkedOwner(index, identifier, day).kind !== 'none');
  const link = deciding === undefined ? null : current(index.links(deciding.kind, deciding.value), day);
  if (owner.kind !== 'person') return { link, person: null, memberships: [] };
  return { link, person: owner.person, memberships: chainOn(index, owner.person.email, day) };
}

/** The person's own row, then while a row names no team that of its manager; a circle of managers ends it. */
function chainOn(index: DirectoryIndex, email: string, day: Day): readonly Membership[] {
  const seen = new Set<string>();
  const chain: Membership[] = [];
  let next: string | null = email;
  while (next !== null && !seen.has(index.canonical(next))) {
    seen.add(index.canonical(next));
    const row: Membership | null = current(index.memberships(next), day);
    if (row !== null) chain.push(row);
    next = row === null || row.team !== null ? null : row.managerEmail;
  }
  return chain;
}

/** Where the person's own row says, or the nearest manager's row that names a team; a circle of managers has none. */
function standingOn(index: DirectoryIndex, email: string, day: Day): Standing | null {
  const chain = chainOn(index, email, day);
  const [own, at] = [chain[0], chain.at(-1)];
  if (own === undefined || at === undefined || at.team === null) return null;
  return { team: at.team, managerEmail: own.managerEmail, costCentre: costCentreOn(index, email, day) };
}

function costCentreOn(index: DirectoryIndex, email: string, day: Day): string | null {
  const chain = chainOn(index, email, day);
  const at = chain.at(-1);
  return chain[0]?.costCentre ?? (at === undefined || at.team === null ? null : at.costCentre);
}

function reportsTo(index: DirectoryIndex, question: { email: string; boss: string; day: Day }): boolean {
  const boss = index.canonical(question.boss);
  const seen = new Set<string>();
  let at: string | null = index.canonical(question.email);
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    const manager: string | null = current(index.memberships(at), question.day)?.managerEmail ?? null;
    at = manager === null ? null : index.canonical(manager);
    if (at === boss && !seen.has(boss)) return true;
  }
  return false;
}

function boundaries(index: DirectoryIndex, set: DimensionSet, range: DayRange): readonly Day[] {
  const days = new Set<Day>();
  const note = (interval: DayInterval): void => {
    for (const day of [interval.from, interval.to])
      if (day !== null && range.from < day && day < range.to) days.add(day);
  };
  const people: string[] = [];
  for (const { kind, value } of identifiersOf(set)) {
    if (kind === 'email') people.push(value);
    for (const link of overlapping(index.links(kind, value), range)) {
      note(link);
      if ('person' in link.owner) people.push(link.owner.person);
    }
  }
  // Up the chain of command: a manager's move changes whom everyone below reports to.
  const seen = new Set<string>();
  for (let email = people.pop(); email !== undefined; email = people.pop()) {
    const canonical = index.canonical(email);
    if (seen.has(canonical)) continue;
    seen.add(canonical);
    for (const membership of overlapping(index.memberships(canonical), range)) {
      note(membership);
      if (membership.managerEmail !== null) people.push(membership.managerEmail);
    }
  }
  return [...days].toSorted();
}

/** The row that holds on the day; rows come in order of precedence. */
function current<T extends Membership | IdentifierLink>(rows: readonly T[], day: Day): T | null {
  return rows.find((row) => covers(row, day)) ?? null;
}

function overlapping<T extends DayInterval>(rows: readonly T[], range: DayRange): readonly T[] {
  return rows.filter((row) => row.from < range.to && (row.to === null || row.to > range.from));
}
