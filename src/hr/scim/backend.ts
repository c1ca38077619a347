import type {
  ProvisionedGroup,
  ProvisionedPage,
  ProvisionedQuery,
  ProvisionedResource,
  ProvisionedUser,
} from '../../core/people/provisioned.js';
import type { ReadResource } from './schema.js';

/** A resource to save; `held` is what stands there now, null for a new one. */
interface Saving<T> extends ReadResource<T> {
  readonly held: ProvisionedResource | null;
}

/** What the server is handed: the use cases behind it. Each may throw an AppError. */
export interface ScimBackend {
  readonly find: (kind: ProvisionedResource['kind'], id: string) => Promise<ProvisionedResource | null>;
  readonly list: (query: ProvisionedQuery) => Promise<ProvisionedPage>;
  readonly saveUser: (saving: Saving<ProvisionedUser>) => Promise<ProvisionedResource>;
  readonly saveGroup: (saving: Saving<ProvisionedGroup>) => Promise<ProvisionedResource>;
  /** Ends a resource: it is not shown any more, and what follows from it ends today. */
  readonly end: (held: ProvisionedResource) => Promise<void>;
}
