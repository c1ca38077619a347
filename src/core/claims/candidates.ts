import { compareText } from '../base/money.js';
import { nameTokens } from '../base/names.js';
import type { Day } from '../base/time.js';
import type { DirectoryData, Person, Team } from '../people/data.js';
import type { Directory } from '../people/directory.js';
import { normaliseEmail } from '../people/index-people.js';
import type { ClaimCandidate } from './claim.js';

/** What may tell whose an identifier is. Addresses may be unknown to the directory: then they tell nothing. */
export interface ClaimClues {
  /** The name it has at the vendor. */
  readonly label: string;
  /** Who created it there. */
  readonly createdBy: string | null;
  /** Whom links gave it to; `until` is the first day that no longer counted, null for one that still stands. */
  readonly pastOwners: readonly { readonly email: string; readonly until: Day | null }[];
  /** Owners of the other identifiers in the same sub-account, and how many each has there. */
  readonly neighbours: readonly { readonly email: string; readonly identifiers: number }[];
  /** How sentences call that sub-account. */
  readonly place: string;
}

/** The company in which an owner is looked for; `directory` is made of `data`. */
export interface ClaimCompany {
  readonly data: DirectoryData;
  readonly directory: Directory;
  readonly today: Day;
}

/** Points of a clue: what a vendor or HR wrote down counts more than what a name may mean. */
const POINTS = {
  created: 50,
  owned: 45,
  wholeName: 40,
  neighbours: 30,
  lastName: 25,
  team: 20,
  firstName: 12,
};
/** Someone above the person whom the clue names knows less than that person. */
const ABOVE = 0.8;
const MOST_CANDIDATES = 8;

interface Hint {
  readonly email: string;
  readonly points: number;
  readonly reason: string;
}

/**
 * Who may own an identifier, likeliest first, with the reasons in words; the points of several clues add up. Who
 * has left, or is a service account, is replaced by the nearest manager above them who is there. The order of the
 * input does not matter; equal points go by address.
 */
export function findCandidates(clues: ClaimClues, company: ClaimCompany): readonly ClaimCandidate[] {
  const hints = [...writtenHints(clues), ...neighbourHints(clues), ...nameHints(clues.label, company)];
  const found = new Map<string, { person: Person; hints: Hint[] }>();
  for (const hint of hints) {
    const reached = reach(hint, company);
    if (reached === null) continue;
    const entry = found.get(reached.person.email) ?? { person: reached.person, hints: [] };
    entry.hints.push(reached.hint);
    found.set(reached.person.email, entry);
  }
  return [...found.values()]
    .map(toCandidate)
    .toSorted((a, b) => b.score - a.score || compareText(a.email, b.email))
    .slice(0, MOST_CANDIDATES);
}

function toCandidate({ person, hints }: { person: Person; hints: readonly Hint[] }): ClaimCandidate {
  const ordered = hints.toSorted((a, b) => b.points - a.points || compareText(a.reason, b.reason));
  return {
    email: person.email,
    name: person.name,
    score: ordered.reduce((sum, { points }) => sum + points, 0),
    reasons: [...new Set(ordered.map(({ reason }) => reason))],
  };
}

/** What a vendor or an earlier link says. */
function writtenHints({ createdBy, pastOwners }: ClaimClues): readonly Hint[] {
  const created =
    createdBy === null ? [] : [{ email: createdBy, points: POINTS.created, reason: 'created it' }];
  const [latest] = pastOwners.toSorted(
    (a, b) => compareText(b.until ?? '9', a.until ?? '9') || compareText(a.email, b.email),
  );
  if (latest === undefined) return created;
  const reason = latest.until === null ? 'owns it by our records' : `owned it until ${latest.until}`;
  return [...created, { email: latest.email, points: POINTS.owned, reason }];
}

function neighbourHints({ neighbours, place }: ClaimClues): readonly Hint[] {
  const total = neighbours.reduce((sum, { identifiers }) => sum + identifiers, 0);
  return neighbours.map(({ email, identifiers }) => ({
    email,
    points: Math.round((POINTS.neighbours * identifiers) / total),
    reason: `owns ${identifiers} of ${total} others in ${place}`,
  }));
}

/** What the name may mean: a person's whole name, initial and last name, last name, first name; a team's name. */
function nameHints(label: string, { data, today }: ClaimCompany): readonly Hint[] {
  const tokens = new Set(nameTokens(label));
  const people = data.people.filter(({ kind }) => kind !== 'service');
  const firstNames = new Map<string, number>();
  for (const { name } of people) {
    const [first = ''] = nameTokens(name);
    firstNames.set(first, (firstNames.get(first) ?? 0) + 1);
  }
  const persons = people.flatMap((person): Hint[] => {
    const points = nameScore(person, tokens, firstNames);
    return points === 0 ? [] : [{ email: person.email, points, reason: 'has a name like it' }];
  });
  const teams = data.teams.flatMap((team): Hint[] => {
    const words = nameTokens(team.name);
    if (words.length === 0 || !words.every((word) => tokens.has(word))) return [];
    const lead = leadOf(team, data, today);
    return lead === null
      ? []
      : [{ email: lead, points: POINTS.team, reason: `leads ${team.name}, which has a name like it` }];
  });
  return [...persons, ...teams];
}

function nameScore(
  { name, email }: Person,
  tokens: ReadonlySet<string>,
  firstNames: ReadonlyMap<string, number>,
): number {
  const words = nameTokens(name);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const local = normaliseEmail(email).split('@')[0] ?? '';
  const joined = [words.join(''), `${first.slice(0, 1)}${last}`, local.replaceAll(/[^a-z0-9]/g, '')];
  const isWhole = words.length > 1 && words.every((word) => tokens.has(word));
  if (isWhole || joined.some((word) => word.length > 3 && tokens.has(word))) return POINTS.wholeName;
  if (words.length > 1 && last.length > 3 && tokens.has(last)) return POINTS.lastName;
  // A first name that several have would ask them all.
  return first.length > 2 && tokens.has(first) && firstNames.get(first) === 1 ? POINTS.firstName : 0;
}

/** The team's owner, else the manager whom most of its members have. */
function leadOf({ name, ownerEmail }: Team, data: DirectoryData, today: Day): string | null {
  if (ownerEmail !== null) return ownerEmail;
  const counts = new Map<string, number>();
  for (const { team, managerEmail, from, to } of data.memberships) {
    if (team !== name || managerEmail === null || from > today || (to !== null && to <= today)) continue;
    counts.set(managerEmail, (counts.get(managerEmail) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return most?.[0] ?? null;
}

/** The hint's person if they can be asked, else the nearest manager above who can; null when there is none. */
function reach(
  hint: Hint,
  { data, directory, today }: ClaimCompany,
): { readonly person: Person; readonly hint: Hint } | null {
  const named = directory.findPerson(hint.email);
  if (named === null) return null;
  const seen = new Set<string>();
  for (let at: Person | null = named; at !== null && !seen.has(at.email); ) {
    if (at.kind !== 'service' && directory.membershipOn(at.email, today) !== null) {
      if (at === named) return { person: at, hint };
      const reason = `is above ${named.name}, who ${hint.reason}${named.kind === 'service' ? '' : ' and has left'}`;
      return { person: at, hint: { ...hint, points: Math.round(hint.points * ABOVE), reason } };
    }
    seen.add(at.email);
    const manager: string | null = lastManager(data, at, today);
    at = manager === null ? null : directory.findPerson(manager);
  }
  return null;
}

/** The manager in the latest membership that had begun by today. */
function lastManager({ memberships }: DirectoryData, { email }: Person, today: Day): string | null {
  const own = memberships.filter((each) => normaliseEmail(each.email) === email && each.from <= today);
  return own.toSorted((a, b) => compareText(b.from, a.from))[0]?.managerEmail ?? null;
}
