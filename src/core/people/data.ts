import type { Day, DayInterval } from '../base/time.js';

/** What kind of account a person's row is. A service account answers to its manager of the day, its owner. */
export type PersonKind = 'employee' | 'contractor' | 'service';

/** A human (or service account) as HR knows them, keyed by lower-case e-mail. */
export interface Person {
  readonly email: string;
  readonly name: string;
  readonly kind: PersonKind;
  /** Other lower-case addresses the same person is known by. */
  readonly aliases: readonly string[];
  readonly slackUserId: string | null;
}

/** Where somebody belongs. */
export interface Place {
  /** Null only for a service account without a team of its own: that of its manager on the day counts. */
  readonly team: string | null;
  readonly managerEmail: string | null;
  readonly costCentre: string | null;
}

/** One effective-dated belonging; days in the company's time zone, half-open. */
export interface Membership extends DayInterval, Place {
  readonly email: string;
}

/** What is known again of one person; what is left out stays as it is. */
export interface PersonChange {
  /** Lower case; an address that nobody has adds the person. */
  readonly email: string;
  readonly name?: string;
  readonly kind?: PersonKind;
  /** Lower-case addresses that join those known. */
  readonly addAliases?: readonly string[];
  readonly slackUserId?: string | null;
  /** Where they belong from a day on, in the company's time zone; `at` null: nowhere any more. */
  readonly place?: { readonly from: Day; readonly at: Place | null };
}

/** An org unit. `channel` is where its digests and alerts go (a Slack channel id or #name). */
export interface Team {
  readonly name: string;
  readonly parent: string | null;
  readonly ownerEmail: string | null;
  readonly channel: string | null;
}

/** What a vendor knows someone by. */
export type IdentifierKind = 'apiKey' | 'principal' | 'seat' | 'email';

/** A dated statement that an identifier belongs to a person or to a team. */
export interface IdentifierLink extends DayInterval {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly owner: { readonly person: string } | { readonly team: string };
}

/** Everything the directory is built from. */
export interface DirectoryData {
  readonly people: readonly Person[];
  readonly memberships: readonly Membership[];
  readonly teams: readonly Team[];
  readonly links: readonly IdentifierLink[];
}

/** What a vendor's listing says of a key, user or sub-account; kept for good, since dead keys keep costing. */
export interface VendorIdentity {
  readonly source: string;
  readonly kind: 'api-key' | 'user' | 'service-account' | 'sub-account';
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  /** The vendor user who created it: a hint for claims, never an owner by itself. */
  readonly createdBy: string | null;
  readonly subAccountId: string | null;
  readonly status: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly seenOn: Day;
}
