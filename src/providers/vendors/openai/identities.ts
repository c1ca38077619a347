import type { Day } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { OpenAiFacts } from './client.js';
import type { ApiKey } from './schema.js';

/**
 * The facts with the projects and keys, owners too, that the vendor no longer lists: as they were remembered, else as
 * the audit log tells.
 */
export function withRemembered<
  Facts extends Pick<OpenAiFacts, 'apiKeys' | 'projects' | 'traces' | 'adminKeys'>,
>(facts: Facts, known: readonly VendorIdentity[]): Facts {
  const listed = new Set([...facts.apiKeys, ...facts.adminKeys, ...facts.projects].map(({ id }) => id));
  const forgotten = known.filter(({ id }) => !listed.has(id));
  return {
    ...facts,
    projects: [
      ...facts.projects,
      ...forgotten.filter(({ kind }) => kind === 'sub-account').map(({ id, name }) => ({ id, name })),
    ],
    apiKeys: [
      ...facts.apiKeys,
      ...forgotten
        .filter(({ kind }) => kind === 'api-key')
        .map(({ id, name, subAccountId, ...owner }) => ({
          id,
          name,
          projectId: subAccountId ?? '',
          owner: ownerOf(owner),
        })),
      ...facts.traces
        .filter(({ id }) => !known.some((identity) => identity.id === id))
        .map(({ id, name, projectId, ...owner }) => ({
          id,
          name,
          projectId: projectId ?? '',
          owner: ownerOf(owner),
        })),
    ],
  };
}

/** A key's `createdBy` is its owner's id (see `toIdentities`); people have an address, service accounts none. */
function ownerOf({ createdBy: id, email }: Pick<VendorIdentity, 'createdBy' | 'email'>): ApiKey['owner'] {
  if (id === null) return null;
  return email === null
    ? { type: 'service_account', service_account: { id } }
    : { type: 'user', user: { id, email } };
}

type Listed = Pick<
  OpenAiFacts,
  'apiKeys' | 'users' | 'projects' | 'serviceAccounts' | 'adminKeys' | 'traces'
>;
type Nothing = Omit<VendorIdentity, 'kind' | 'id' | 'name'>;

/** Projects, their keys with owners, service accounts and users as listed; admin keys; deleted keys by the audit log. */
export function toIdentities(facts: Listed, source: string, seenOn: Day): readonly VendorIdentity[] {
  const none = { source, email: null, createdBy: null, subAccountId: null, status: null, tags: {}, seenOn };
  return [...toProjects(facts, none), ...toKeys(facts, none), ...toPeople(facts, none)];
}

function toProjects({ projects }: Listed, none: Nothing): readonly VendorIdentity[] {
  return projects.map((project) => ({
    ...none,
    kind: 'sub-account',
    id: project.id,
    name: project.name ?? null,
    status: project.status ?? (project.archived_at ? 'archived' : 'active'),
  }));
}

function toKeys({ apiKeys, adminKeys, traces }: Listed, none: Nothing): readonly VendorIdentity[] {
  return [
    ...apiKeys.map(
      (key): VendorIdentity => ({
        ...none,
        kind: 'api-key',
        id: key.id,
        name: key.name ?? null,
        email: key.owner?.user?.email?.toLowerCase() ?? null,
        createdBy: key.owner?.user?.id ?? key.owner?.service_account?.id ?? null,
        subAccountId: key.projectId,
        status: key.owner_project_access ?? null,
      }),
    ),
    ...adminKeys.map(
      ({ id, name, owner }): VendorIdentity => ({
        ...none,
        kind: 'api-key',
        id,
        name: name ?? null,
        createdBy: owner?.id ?? null,
        status: 'admin',
      }),
    ),
    ...traces.map(
      ({ id, name, projectId, createdBy, email }): VendorIdentity => ({
        ...none,
        kind: 'api-key',
        id,
        name,
        email,
        createdBy,
        subAccountId: projectId,
        status: 'deleted',
      }),
    ),
  ];
}

/** A service account stands in both listings: the one of users knows more. */
function toPeople({ users, serviceAccounts }: Listed, none: Nothing): readonly VendorIdentity[] {
  const listed = new Set(users.map(({ id }) => id));
  return [
    ...serviceAccounts
      .filter(({ id }) => !listed.has(id))
      .map(
        ({ id, name, projectId }): VendorIdentity => ({
          ...none,
          kind: 'service-account',
          id,
          name: name ?? null,
          subAccountId: projectId,
        }),
      ),
    ...users.map(
      (user): VendorIdentity => ({
        ...none,
        kind: user.is_service_account === true ? 'service-account' : 'user',
        id: user.id,
        name: user.name ?? null,
        email: user.email?.toLowerCase() ?? null,
      }),
    ),
  ];
}
