import type {
  ProvisionedPage,
  ProvisionedQuery,
  ProvisionedResource,
} from '../../core/people/provisioned.js';

/** Users and groups as an identity provider pushed them; the directory follows from them. Nothing is hard-deleted. */
export interface ProvisioningStore {
  /** Null for one that was deleted, too. */
  findProvisioned(kind: ProvisionedResource['kind'], id: string): Promise<ProvisionedResource | null>;
  listProvisioned(query: ProvisionedQuery): Promise<ProvisionedPage>;
  /**
   * Adds a resource (revision 1) or puts it in place of the revision before its own.
   * @throws AppError `conflict` when another user has the name, or it has changed meanwhile.
   */
  putProvisioned(resource: ProvisionedResource): Promise<void>;
}
