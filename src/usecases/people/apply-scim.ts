import { canonicalJson } from '../../core/base/json.js';
import { compareText } from '../../core/base/money.js';
import { dayIn } from '../../core/base/time.js';
import type { PersonChange, Place } from '../../core/people/data.js';
import { createDirectory } from '../../core/people/directory.js';
import { normaliseEmail } from '../../core/people/index-people.js';
import type {
  ProvisionedGroup,
  ProvisionedResource,
  ProvisionedUser,
} from '../../core/people/provisioned.js';
import type { Context } from '../context.js';

/** How what is pushed becomes teams. */
export interface ScimSettings {
  /**
   * Groups whose name begins so are teams, and named after the rest; a user in none of them, and everybody when
   * this is null, has the team that `department` names.
   */
  readonly teamGroupPrefix: string | null;
}

interface Push<T> {
  /** What stands there now; null for a new one. */
  readonly held: ProvisionedResource | null;
  readonly facts: T;
  readonly document: ProvisionedResource['document'];
}

/** More groups than a company has. */
const ALL_GROUPS = 100_000;

/**
 * Takes a user as the provider has them now. Where they belong changes from today on (the company's time zone):
 * the standing membership ends today and another begins; inactive ends it; active again begins a new one. A user
 * without a team keeps the place they have. The person is the one who has one of the addresses, else a new one; further
 * addresses become aliases. The same push again changes nothing.
 * @throws AppError `conflict` when another user has the user name.
 */
export async function saveScimUser(
  context: Context,
  settings: ScimSettings,
  push: Push<ProvisionedUser>,
): Promise<ProvisionedResource> {
  const { store } = context;
  const { held, facts } = push;
  const directory = createDirectory(await store.directory());
  const known = facts.emails.flatMap((email) => directory.findPerson(email) ?? [])[0];
  const personEmail = held?.personEmail ?? known?.email ?? facts.emails[0];
  const saved = await put(context, {
    ...push,
    kind: 'user',
    name: facts.userName.toLowerCase(),
    personEmail,
  });
  const changes = [await changeOf(context, settings, saved)];
  if (held === null) changes.push(...(await changesBelow(context, settings, saved)));
  await store.changePeople(changes.flat(), context.actor, context.clock());
  return saved;
}

/** Takes a group as the provider has it now; anyone who is or was in a group that is a team belongs to it from today on. */
export async function saveScimGroup(
  context: Context,
  settings: ScimSettings,
  push: Push<ProvisionedGroup>,
): Promise<ProvisionedResource> {
  const saved = await put(context, {
    ...push,
    kind: 'group',
    name: push.facts.displayName,
    personEmail: null,
  });
  const members = [...membersOf(push.held), ...push.facts.members];
  await placeMembers(context, settings, { groups: [push.held, saved], members });
  return saved;
}

/** Ends a user or group: it is not shown any more, the person leaves today, and nothing of them is dropped. */
export async function endScimResource(
  context: Context,
  settings: ScimSettings,
  held: ProvisionedResource,
): Promise<void> {
  const { store, actor, company, clock } = context;
  const nowMs = clock();
  await store.putProvisioned({
    ...held,
    revision: held.revision + 1,
    modifiedAtMs: nowMs,
    deletedAtMs: nowMs,
  });
  if (held.kind === 'group') {
    await placeMembers(context, settings, { groups: [held], members: membersOf(held) });
    return;
  }
  const email = held.personEmail;
  if (email === null || (await hasOtherAccount(context, held))) return;
  const from = dayIn(company.timeZone, nowMs);
  await store.changePeople([{ email, place: { from, at: null } }], actor, nowMs);
}

/** Whether the person is there under another user too: a rehire whose old account is cleaned up later. */
async function hasOtherAccount({ store }: Context, user: ProvisionedResource): Promise<boolean> {
  if (user.personEmail === null) return false;
  const query = { kind: 'user', personEmail: user.personEmail, offset: 0, limit: 100 } as const;
  const { resources } = await store.listProvisioned(query);
  return resources.some(({ id, facts }) => id !== user.id && 'active' in facts && facts.active);
}

async function put(
  { store, clock }: Context,
  push: Push<ProvisionedResource['facts']> & Pick<ProvisionedResource, 'kind' | 'name' | 'personEmail'>,
): Promise<ProvisionedResource> {
  const { held, kind, name, personEmail, facts, document } = push;
  if (held !== null && canonicalJson(held.document) === canonicalJson(document)) return held;
  const nowMs = clock();
  const resource: ProvisionedResource = {
    id: held?.id ?? crypto.randomUUID(),
    kind,
    name,
    externalId: facts.externalId,
    personEmail,
    facts,
    document,
    revision: (held?.revision ?? 0) + 1,
    createdAtMs: held?.createdAtMs ?? nowMs,
    modifiedAtMs: nowMs,
    deletedAtMs: null,
  };
  await store.putProvisioned(resource);
  return resource;
}

/** What a user means for the directory from today on; nothing for a group. */
async function changeOf(
  context: Context,
  settings: ScimSettings,
  user: ProvisionedResource,
): Promise<PersonChange[]> {
  const { id, facts, personEmail } = user;
  if (!('userName' in facts) || personEmail === null) return [];
  const from = dayIn(context.company.timeZone, context.clock());
  const { name, kind, emails } = facts;
  const at = facts.active ? await placeOf(context, settings, { id, facts }) : await leave(context, user);
  return [
    {
      email: personEmail,
      name,
      kind,
      addAliases: emails.filter((email) => email !== personEmail),
      ...(at === 'as it was' ? {} : { place: { from, at } }),
    },
  ];
}

async function leave(context: Context, user: ProvisionedResource): Promise<null | 'as it was'> {
  return (await hasOtherAccount(context, user)) ? 'as it was' : null;
}

async function placeOf(
  context: Context,
  settings: ScimSettings,
  { id, facts }: { id: string; facts: ProvisionedUser },
): Promise<Place | 'as it was'> {
  const team = (await teamByGroup(context, settings, id)) ?? facts.department;
  const managerEmail = facts.manager === null ? null : await managerOf(context, facts.manager);
  if (team === null && (facts.kind !== 'service' || managerEmail === null)) return 'as it was';
  return { team, managerEmail, costCentre: facts.costCentre };
}

/** The first team, by name, that a group gives the user. */
async function teamByGroup(
  { store }: Context,
  settings: ScimSettings,
  userId: string,
): Promise<string | null> {
  if (settings.teamGroupPrefix === null) return null;
  const { resources } = await store.listProvisioned({ kind: 'group', offset: 0, limit: ALL_GROUPS });
  const teams = resources.flatMap((group) => {
    const team = teamOf(group, settings);
    return team !== null && membersOf(group).includes(userId) ? [team] : [];
  });
  return teams.toSorted(compareText)[0] ?? null;
}

/** The team that a group is; null for any other group. */
function teamOf(group: ProvisionedResource | null, { teamGroupPrefix }: ScimSettings): string | null {
  if (group === null || teamGroupPrefix === null || !group.name.startsWith(teamGroupPrefix)) return null;
  const team = group.name.slice(teamGroupPrefix.length).trim();
  return team === '' ? null : team;
}

function membersOf(group: ProvisionedResource | null): readonly string[] {
  return group !== null && 'members' in group.facts ? group.facts.members : [];
}

/** A manager's address, by whatever the provider calls them; null while nobody is called so. */
async function managerOf({ store }: Context, reference: string): Promise<string | null> {
  const byId = await store.findProvisioned('user', reference);
  if (byId !== null) return byId.personEmail;
  for (const query of [{ externalId: reference }, { name: reference.toLowerCase() }]) {
    const { resources } = await store.listProvisioned({ kind: 'user', ...query, offset: 0, limit: 1 });
    const [found] = resources;
    if (found !== undefined) return found.personEmail;
  }
  return reference.includes('@') ? normaliseEmail(reference) : null;
}

/** Users who named this one as their manager before there was such a user. */
async function changesBelow(
  context: Context,
  settings: ScimSettings,
  { id, externalId, name }: ProvisionedResource,
): Promise<PersonChange[][]> {
  const changes: PersonChange[][] = [];
  for (const manager of new Set([id, externalId, name])) {
    if (manager === null) continue;
    const query = { kind: 'user', manager, offset: 0, limit: ALL_GROUPS } as const;
    const { resources } = await context.store.listProvisioned(query);
    for (const user of resources) changes.push(await changeOf(context, settings, user));
  }
  return changes;
}

async function placeMembers(
  context: Context,
  settings: ScimSettings,
  { groups, members }: { groups: readonly (ProvisionedResource | null)[]; members: readonly string[] },
): Promise<void> {
  if (groups.every((group) => teamOf(group, settings) === null)) return;
  const changes: PersonChange[] = [];
  for (const id of new Set(members)) {
    const user = await context.store.findProvisioned('user', id);
    if (user !== null) changes.push(...(await changeOf(context, settings, user)));
  }
  await context.store.changePeople(changes, context.actor, context.clock());
}
