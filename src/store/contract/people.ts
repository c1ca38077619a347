import type { Actor } from '../../core/base/actor.js';
import type { Month } from '../../core/base/time.js';
import type {
  DirectoryData,
  IdentifierLink,
  Membership,
  Person,
  PersonChange,
  Team,
} from '../../core/people/data.js';
import type {
  ProvisionedPage,
  ProvisionedQuery,
  ProvisionedResource,
} from '../../core/people/provisioned.js';

/** People, teams and identifier links, effective-dated; nothing is ever hard-deleted. */
export interface DirectoryStore {
  directory(): Promise<DirectoryData>;
  /**
   * The directory with the memberships and links that were known at an instant. Persons and teams themselves are
   * those of now: their names and aliases are changed in place.
   */
  directoryAt(instantMs: number): Promise<DirectoryData>;
  /**
   * Takes an HR snapshot: persons and teams in it are replaced by it (each person's memberships as a whole),
   * others stay; a Slack user that the snapshot does not name stays linked. Marks every month with charges from the earliest changed day on as stale, and audits it.
   */
  importPeople(snapshot: {
    people: readonly Person[];
    memberships: readonly Membership[];
    teams: readonly Team[];
    actor: Actor;
    atMs: number;
  }): Promise<{
    readonly changedPeople: number;
    readonly changedTeams: number;
    readonly staleMonths: readonly Month[];
  }>;
  /**
   * Takes what is new about some people, one after the other: persons are added or amended, a new place ends
   * the standing membership on its day and begins another. Teams that were never heard of are added. Marks months
   * with charges from the earliest changed day on as stale, and audits it; nothing new changes nothing.
   */
  changePeople(
    changes: readonly PersonChange[],
    actor: Actor,
    atMs: number,
  ): Promise<{ readonly changedPeople: number; readonly staleMonths: readonly Month[] }>;
  /** Adds or replaces (kind, value, from) and marks the months it covers stale; audits it. */
  putLink(link: IdentifierLink, actor: Actor, atMs: number): Promise<void>;
}

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
