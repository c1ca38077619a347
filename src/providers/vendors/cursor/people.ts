import { type Day, utcDay } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { toIdentity } from '../../parts/pull-parts.js';
import type { CursorFacts } from './client.js';

/** A billing group as sub-account. */
interface Group {
  readonly id: string;
  readonly name: string;
}

/** A member of the team, present or removed, by lower-case e-mail. */
export interface Person {
  readonly memberId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly isRemoved: boolean;
}

/** Who is who, across the vendor's two kinds of ids. */
export interface People {
  readonly members: readonly Person[];
  byEmail(email: string): Person | null;
  /** The billing group on that day: as listed now, or as remembered when the group is gone since. */
  groupOn(email: string, day: Day): Group | null;
}

/** Trimmed and in lower case; null for none. */
export function toEmail(text: string | null | undefined): string | null {
  const email = text?.trim().toLowerCase() ?? '';
  return email === '' ? null : email;
}

type Listings = Pick<CursorFacts, 'members' | 'groups' | 'activity'>;

/** Members as listed, with those that the vendor has forgotten since (`known`). */
export function createPeople({ members, groups }: Listings, known: readonly VendorIdentity[]): People {
  const listed = members.map(
    (member): Person => ({
      memberId: member.id,
      email: toEmail(member.email),
      name: member.name ?? null,
      isRemoved: member.isRemoved === true,
    }),
  );
  const ids = new Set(listed.map(({ memberId }) => memberId));
  const users = known.filter(({ kind, tags }) => kind === 'user' && tags['id'] !== 'daily-usage');
  const forgotten = users
    .filter(({ id }) => !ids.has(id))
    .map(({ id, email, name }): Person => ({ memberId: id, email, name, isRemoved: true }));
  const all = [...listed, ...forgotten];
  // Somebody who left and came back has two ids: the one that is held now counts.
  const byEmail = new Map<string, Person>();
  for (const person of all.toSorted((a, b) => Number(b.isRemoved) - Number(a.isRemoved)))
    if (person.email !== null) byEmail.set(person.email, person);
  const groupOn = createGroupFinder(groups, known);
  return {
    members: all,
    byEmail: (email) => byEmail.get(email) ?? null,
    groupOn,
  };
}

/** Deleting a group moves its history to Unassigned: whoever was in it keeps it, as remembered. */
function createGroupFinder(
  cycles: CursorFacts['groups'],
  known: readonly VendorIdentity[],
): People['groupOn'] {
  const spans = new Map<string, { from: Day | null; to: Day | null; group: Group }[]>();
  const listedIds = new Set<string>();
  for (const { cycle, groups } of cycles ?? [])
    for (const { id, name, currentMembers, formerMembers } of groups) {
      listedIds.add(id);
      for (const member of [...(currentMembers ?? []), ...(formerMembers ?? [])]) {
        const email = toEmail(member.email);
        if (email === null) continue;
        const joined = dayOf(member.joinedAt);
        const from = joined !== null && joined > cycle.from ? joined : cycle.from;
        const left = dayOf(member.leftAt);
        const to = left !== null && left < cycle.to ? left : cycle.to;
        spans.set(email, [...(spans.get(email) ?? []), { from, to, group: { id, name } }]);
      }
    }
  const names = new Map(known.filter(({ kind }) => kind === 'sub-account').map(({ id, name }) => [id, name]));
  const remembered = new Map(
    known.flatMap(({ kind, email, subAccountId: id }) => {
      const isGone = kind === 'user' && email !== null && id !== null && !listedIds.has(id);
      return isGone ? [[email, { id, name: names.get(id) ?? id }] as const] : [];
    }),
  );
  return (email, day) => {
    const listed = spans.get(email)?.find(({ from, to }) => (from ?? '') <= day && (to === null || day < to));
    return listed?.group ?? remembered.get(email) ?? null;
  };
}

function dayOf(text: string | null | undefined): Day | null {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : utcDay(ms);
}

/** Members, billing groups, service accounts, and the numbers by which daily usage knows members. */
export function toIdentities(
  facts: Listings & Pick<CursorFacts, 'events'>,
  people: People,
  at: { readonly source: string; readonly seenOn: Day },
): readonly VendorIdentity[] {
  const identity = (part: Parameters<typeof toIdentity>[2]) => toIdentity(at.source, at.seenOn, part);
  const groups = new Map(
    (facts.groups ?? []).flatMap((cycle) => cycle.groups).map((group) => [group.id, group]),
  );
  const services = new Map(
    facts.events.flatMap(({ serviceAccountId: id, serviceAccountName: name }) =>
      id ? [[id, name ?? null] as const] : [],
    ),
  );
  const numbers = new Map(
    facts.activity.flatMap(({ userId, email }) => (userId ? [[userId, toEmail(email)] as const] : [])),
  );
  return [
    ...people.members.map(({ memberId, email, name, isRemoved }) =>
      identity({
        kind: 'user',
        id: memberId,
        name,
        email,
        subAccountId: email === null ? null : (people.groupOn(email, at.seenOn)?.id ?? null),
        status: isRemoved ? 'removed' : 'active',
      }),
    ),
    ...[...groups.values()].map(({ id, name }) =>
      identity({ kind: 'sub-account', id, name, status: 'active' }),
    ),
    ...[...services].map(([id, name]) => identity({ kind: 'service-account', id, name })),
    ...[...numbers].map(([id, email]) => identity({ kind: 'user', id, email, tags: { id: 'daily-usage' } })),
  ];
}
