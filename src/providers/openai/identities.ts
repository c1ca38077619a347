import type { VendorIdentity } from '../../core/directory/directory-data.js';
import type { Day } from '../../core/time.js';
import type { OpenAiFacts } from './client.js';

/** Projects, their keys with owners, and users as listed. */
export function toIdentities(
  facts: Pick<OpenAiFacts, 'apiKeys' | 'users' | 'projects'>,
  source: string,
  seenOn: Day,
): readonly VendorIdentity[] {
  const none = { source, email: null, createdBy: null, subAccountId: null, status: null, tags: {}, seenOn };
  return [
    ...facts.projects.map(
      (project): VendorIdentity => ({
        ...none,
        kind: 'sub-account',
        id: project.id,
        name: project.name ?? null,
        status: project.status ?? (project.archived_at ? 'archived' : 'active'),
      }),
    ),
    ...facts.apiKeys.map(
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
    ...facts.users.map(
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
