import type { PersonKind } from './data.js';

/** What an identity provider says of one user, as of now. */
export interface ProvisionedUser {
  readonly userName: string;
  readonly externalId: string | null;
  /** Lower case; the person's own address first. */
  readonly emails: readonly [string, ...string[]];
  readonly name: string;
  readonly kind: PersonKind;
  readonly active: boolean;
  readonly department: string | null;
  readonly costCentre: string | null;
  /** An id, external id, user name or e-mail of the manager: providers send any of them. */
  readonly manager: string | null;
}

/** What an identity provider says of one group, as of now. */
export interface ProvisionedGroup {
  readonly displayName: string;
  readonly externalId: string | null;
  /** Ids of users. */
  readonly members: readonly string[];
}

/** A user or group as it was pushed, kept so that the provider reads back what it wrote. */
export interface ProvisionedResource {
  readonly id: string;
  readonly kind: 'user' | 'group';
  /** User name in lower case, or the group's display name: what providers look it up by. */
  readonly name: string;
  readonly externalId: string | null;
  /** The person in the directory; null for a group. Stays the same when the address changes. */
  readonly personEmail: string | null;
  readonly facts: ProvisionedUser | ProvisionedGroup;
  /** The resource in the protocol's own JSON, without id and meta. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Grows with each change. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** Set when the provider deleted it: it is kept, but not shown any more. */
  readonly deletedAtMs: number | null;
}

/** Which resources of a kind, by name or external id, and which page of them. */
export interface ProvisionedQuery {
  readonly kind: ProvisionedResource['kind'];
  readonly name?: string;
  readonly externalId?: string;
  /** The person in the directory. */
  readonly personEmail?: string;
  /** Users whose manager is called so. */
  readonly manager?: string;
  readonly offset: number;
  readonly limit: number;
}

/** A page in order of creation, and how many there are in all. */
export interface ProvisionedPage {
  readonly total: number;
  readonly resources: readonly ProvisionedResource[];
}
