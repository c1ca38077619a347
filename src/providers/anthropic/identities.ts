import type { VendorIdentity } from '../../core/directory/directory-data.js';
import type { Day } from '../../core/time.js';
import type { AnthropicFacts } from './client.js';

/**
 * The facts as they were before the vendor forgot: keys and workspaces that are no longer listed as they were
 * remembered, and the addresses of deleted people.
 */
export function withRemembered<Facts extends Pick<AnthropicFacts, 'apiKeys' | 'workspaces' | 'costs'>>(
  facts: Facts,
  known: readonly VendorIdentity[],
): Facts {
  const ofKind = (kind: VendorIdentity['kind']) => known.filter((identity) => identity.kind === kind);
  const listed = new Set([...facts.apiKeys, ...facts.workspaces].map(({ id }) => id));
  const forgotten = (kind: VendorIdentity['kind']) => ofKind(kind).filter(({ id }) => !listed.has(id));
  const emails = new Map(ofKind('user').map(({ id, email }) => [id, email]));
  return {
    ...facts,
    apiKeys: [...facts.apiKeys, ...forgotten('api-key').map(({ id, name }) => ({ id, name }))],
    workspaces: [
      ...facts.workspaces,
      ...forgotten('sub-account').map(({ id, name, tags }) => ({ id, name: name ?? id, tags })),
    ],
    costs: facts.costs.map((row) => {
      const { actor } = row.group;
      if (actor === null || actor.email_address) return row;
      const remembered = { ...actor, email_address: emails.get(actor.user_id ?? '') ?? null };
      return { ...row, group: { ...row.group, actor: remembered } };
    }),
  };
}

/**
 * Keys, people and workspaces as listed, and the people whom only cost rows still know: listings drop former
 * members, their cost stays.
 */
export function toIdentities(
  facts: Pick<AnthropicFacts, 'apiKeys' | 'users' | 'workspaces' | 'costs'>,
  source: string,
  seenOn: Day,
): readonly VendorIdentity[] {
  const none = { source, email: null, createdBy: null, subAccountId: null, status: null, tags: {}, seenOn };
  const emails = new Map(facts.users.map((user) => [user.id, user.email?.toLowerCase() ?? null]));
  const keys = facts.apiKeys.map(
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
  const users = facts.users.map(
    (user): VendorIdentity => ({
      ...none,
      kind: 'user',
      id: user.id,
      name: user.name,
      email: emails.get(user.id) ?? null,
      status: 'active',
    }),
  );
  const workspaces = facts.workspaces.map(
    (workspace): VendorIdentity => ({
      ...none,
      kind: 'sub-account',
      id: workspace.id,
      name: workspace.name,
      status: workspace.archived_at ? 'archived' : 'active',
      tags: workspace.tags ?? {},
    }),
  );
  return [...keys, ...users, ...workspaces, ...actorsOf(facts, none, emails)];
}

function actorsOf(
  facts: Pick<AnthropicFacts, 'costs'>,
  none: Omit<VendorIdentity, 'kind' | 'id' | 'name'>,
  listed: ReadonlyMap<string, unknown>,
): readonly VendorIdentity[] {
  const actors = new Map<string, VendorIdentity>();
  for (const { group } of facts.costs) {
    const { actor } = group;
    const user = actor?.user_id;
    if (actor && user && !listed.has(user)) {
      actors.set(user, {
        ...none,
        kind: 'user',
        id: user,
        name: actor.name ?? null,
        email: actor.email_address?.toLowerCase() ?? null,
        status: actor.deleted === true ? 'deleted' : 'unlisted',
      });
    }
    const account = actor?.service_account_id;
    if (account) actors.set(account, { ...none, kind: 'service-account', id: account, name: null });
  }
  return [...actors.values()];
}
