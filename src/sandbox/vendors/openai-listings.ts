import type { OpenAiDataset, OpenAiKeyEvent } from './dataset.js';

/** An item of a listing, in the vendor's shape. */
type Listed = Readonly<Record<string, unknown>> & { readonly id: string };

/** An admin key in the vendor's shape. */
export function toAdminKey({ id, name, ownerId }: NonNullable<OpenAiDataset['adminKeys']>[number]): Listed {
  return {
    object: 'organization.admin_api_key',
    id,
    name,
    owner: { type: 'user', id: ownerId, role: 'owner' },
  };
}

/** An event about a key in the vendor's shape. */
export function toEvent({ id, type, effectiveAt, projectId, keyId, name, actor }: OpenAiKeyEvent): Listed {
  return {
    id,
    type,
    effective_at: effectiveAt,
    project: { id: projectId, name: projectId },
    actor: { type: 'session', session: { user: actor, ip_address: '127.0.0.1' } },
    [type]: { id: keyId, ...(name !== null && { data: { name, scopes: [] } }) },
  };
}

/** The service accounts that own keys of a project, each once. */
export function serviceAccountsOf({ apiKeys }: OpenAiDataset['projects'][number]): readonly Listed[] {
  const owners = new Map(
    apiKeys.flatMap(({ owner }) => (owner.type === 'service_account' ? [[owner.id, owner] as const] : [])),
  );
  return [...owners.values()].map(({ id, name }) => ({
    object: 'organization.project.service_account',
    id,
    name,
    role: 'member',
  }));
}
