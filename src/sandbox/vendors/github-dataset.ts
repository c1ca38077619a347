import type { Day } from '../../core/base/time.js';

/**
 * A row of the bill of one day; money in dollars as decimal text.
 * @internal The data sets of the tests are made of it.
 */
export interface GithubBillRow {
  readonly product: string;
  readonly sku: string;
  readonly quantity: string;
  readonly unitType: string;
  readonly pricePerUnit: string;
  readonly grossAmount: string;
  readonly discountAmount: string;
  readonly netAmount: string;
  readonly organization: string;
  /** Null: no cost centre. */
  readonly costCenterId: string | null;
}

/** Credits of one user, model and day. */
export interface GithubCredits {
  readonly login: string;
  readonly model: string;
  readonly credits: string;
  readonly grossAmount: string;
  readonly discountAmount: string;
  readonly netAmount: string;
}

/** What a fake GitHub knows of one organisation or enterprise. */
export interface GithubDataset {
  readonly token: string;
  readonly organization: string;
  /** Null: an organisation of its own, whose enterprise endpoints refuse. */
  readonly enterprise: string | null;
  /** Whether there are reports of users by day; absent: there are. */
  readonly hasUserReports?: boolean;
  readonly seats: readonly {
    readonly login: string;
    readonly id: number;
    readonly createdAt: string;
    readonly cancelsOn: string | null;
    readonly lastActivityAt: string | null;
    readonly plan: 'business' | 'enterprise' | 'unknown';
    /** More than one entry when several organisations or teams granted it. */
    readonly organizations: readonly string[];
    /** The team that granted it. */
    readonly team?: string;
  }[];
  readonly costCenters: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: 'active' | 'deleted';
    readonly users: readonly string[];
    /** Teams that it holds, by slug. */
    readonly teams?: readonly string[];
  }[];
  /** Null: no single sign-on. `login` null: an identity that is not linked yet. */
  readonly saml:
    | readonly { readonly nameId: string; readonly login: string | null; readonly id: number | null }[]
    | null;
  readonly bill: (day: Day) => readonly GithubBillRow[];
  readonly credits: (day: Day) => readonly GithubCredits[];
  /** Premium requests of a month before June 2026, `2026-05`. */
  readonly premium: (month: string) => readonly GithubCredits[];
}
