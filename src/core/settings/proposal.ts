import type { Actor } from '../base/actor.js';
import type { ApprovalPolicy } from '../rule-review/approval.js';
import type { Settings, SettingsArea } from './settings.js';

/** How far a change of the settings that needs a second person has come. Names are in the form of audit rows. */
export type ProposalOutcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'approved' | 'rejected' | 'withdrawn'; readonly by: string };

/** A change of one area that takes effect when a second person of FinOps approves it. */
export interface SettingsProposal {
  readonly id: string;
  readonly area: SettingsArea;
  /** The area as it would be; null: what the configuration says. */
  readonly value: unknown;
  /** Number of the area's edition that the change was made from; null: the default. */
  readonly base: number | null;
  readonly author: Actor;
  /** What is in force and what would be, to tell the second person. */
  readonly before: Settings;
  readonly after: Settings;
  readonly outcome: ProposalOutcome;
}

/**
 * Whether a change weakens the second person's approval, so that it needs a second person itself: a higher limit or
 * none, or more people who may approve while a limit is in force. Tightening needs nobody.
 */
export function loosensApproval(before: Settings, after: Settings): boolean {
  if (before.approval.threshold === null) return false;
  return isLooser(before.approval, after.approval) || addsApprovers(before, after);
}

type Limit = { readonly [Key in keyof ApprovalPolicy]: ApprovalPolicy[Key] | null };

function isLooser(before: Limit, after: Limit): boolean {
  if (before.threshold === null) return false;
  if (after.threshold === null || after.threshold > before.threshold) return true;
  return (after.basisPoints ?? 0) > (before.basisPoints ?? 0);
}

function addsApprovers(before: Settings, after: Settings): boolean {
  const known = new Set([...before.roles.finops.users, ...before.roles.finops.groups]);
  return [...after.roles.finops.users, ...after.roles.finops.groups].some((member) => !known.has(member));
}
