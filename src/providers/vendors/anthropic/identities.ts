import type { Day } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { AnthropicLists } from './account-client.js';
import type { Actor } from './schema.js';

type Lists = Pick<AnthropicLists, 'apiKeys' | 'workspaces'>;

/** The lists as they were before the vendor forgot: keys and workspaces that are no longer listed. */
export function withRemembered<T extends Lists>(lists: T, known: readonly VendorIdentity[]): T {
  const listed = new Set([...lists.apiKeys, ...lists.workspaces].map(({ id }) => id));
  const forgotten = (kind: VendorIdentity['kind']) =>
    known.filter((identity) => identity.kind === kind && !listed.has(identity.id));
  return {
    ...lists,
    apiKeys: [...lists.apiKeys, ...forgotten('api-key').map(({ id, name }) => ({ id, name }))],
    workspaces: [
      ...lists.workspaces,
      ...forgotten('sub-account').map(({ id, name, tags }) => ({ id, name: name ?? id, tags })),
    ],
  };
}

/** Gives deleted people back the address that the vendor has dropped. */
export function rememberActors(known: readonly VendorIdentity[]): (actor: Actor | null) => Actor | null {
  const emails = new Map(known.flatMap(({ kind, id, email }) => (kind === 'user' ? [[id, email]] : [])));
  return (actor) => {
    if (actor === null || actor.email_address) return actor;
    return { ...actor, email_address: emails.get(actor.user_id ?? '') ?? null };
  };
}

/** Lists, and whoever stands in the reports: listings drop former members, their cost stays. */
export interface SeenIdentities extends Pick<AnthropicLists, 'apiKeys' | 'users' | 'workspaces'> {
  readonly serviceAccounts?: AnthropicLists['serviceAccounts'];
  readonly actors: readonly (Actor | null)[];
}

/** Keys, people, service accounts and workspaces as listed, and the people whom only reports still know. */
export function toIdentities(seen: SeenIdentities, source: string, seenOn: Day): readonly VendorIdentity[] {
  const none = { source, email: null, createdBy: null, subAccountId: null, status: null, tags: {}, seenOn };
  const emails = new Map(seen.users.map((user) => [user.id, user.email?.toLowerCase() ?? null]));
  const keys = seen.apiKeys.map(
    (key): VendorIdentity => ({
      ...none,
      kind: 'api-key',
      id: key.id,
      name: key.name,
      email: emails.get(key.principal?.user_id ?? '') ?? null,
      createdBy: key.created_by?.id ?? null,
      subAccountId: key.scope?.workspace_id ?? key.workspace_id ?? null,
      status: key.status ?? null,
    }),
  );
  const users = seen.users.map(
    (user): VendorIdentity => ({
      ...none,
      kind: 'user',
      id: user.id,
      name: user.name,
      email: emails.get(user.id) ?? null,
      status: 'active',
    }),
  );
  const workspaces = seen.workspaces.map(
    (workspace): VendorIdentity => ({
      ...none,
      kind: 'sub-account',
      id: workspace.id,
      name: workspace.name,
      status: workspace.archived_at ? 'archived' : 'active',
      tags: workspace.tags ?? {},
    }),
  );
  const services = (seen.serviceAccounts ?? []).map(
    ({ id, name, archived_at }): VendorIdentity => ({
      ...none,
      kind: 'service-account',
      id,
      name,
      status: archived_at ? 'archived' : 'active',
    }),
  );
  const listed = new Set([...users, ...services].map(({ id }) => id));
  return [...keys, ...users, ...workspaces, ...services, ...actorsOf(seen.actors, none, listed)];
}

function actorsOf(
  actors: SeenIdentities['actors'],
  none: Omit<VendorIdentity, 'kind' | 'id' | 'name'>,
  listed: ReadonlySet<string>,
): readonly VendorIdentity[] {
  const found = new Map<string, VendorIdentity>();
  for (const actor of actors) {
    const user = actor?.user_id;
    if (actor && user && !listed.has(user)) {
      found.set(user, {
        ...none,
        kind: 'user',
        id: user,
        name: actor.name ?? null,
        email: actor.email_address?.toLowerCase() ?? null,
        status: actor.deleted === true ? 'deleted' : 'unlisted',
      });
    }
    const account = actor?.service_account_id;
    if (account && !listed.has(account))
      found.set(account, { ...none, kind: 'service-account', id: account, name: null });
  }
  return [...found.values()];
}
