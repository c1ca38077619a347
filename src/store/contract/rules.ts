import type { AllocationDiff } from '../../core/allocation/diff.js';
import type { Actor } from '../../core/base/actor.js';
import type { Notice } from '../../core/notices/notice.js';
import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import type { RuleEdit } from '../../core/rules/edit.js';
import type { Ruleset, RulesetVersion } from '../../core/rules/rule.js';

/** A ruleset together with its edition. */
export interface VersionedRuleset {
  readonly version: RulesetVersion;
  readonly ruleset: Ruleset;
}

/**
 * Where a draft stands: only looked at so far; waiting for a second person; refused; in need of a new preview,
 * because rules or figures have changed under it; or an edition.
 */
export type DraftState = 'previewed' | 'waiting' | 'rejected' | 'outdated' | 'committed';

/** A change that was previewed and waits for its commit. */
export interface RuleDraft {
  readonly id: string;
  /** The edition it was made from: a commit on another one is refused. */
  readonly baseVersion: number;
  /** The edit that made the ruleset of the base; null when the ruleset as a whole was given. */
  readonly edit: RuleEdit | null;
  readonly ruleset: Ruleset;
  readonly note: string | null;
  readonly author: Actor;
  readonly diff: AllocationDiff;
  /** Hash of base, ruleset and diff: what is committed is exactly what was previewed. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly state: DraftState;
  /** Why a second person must approve it; null while that is not known or not so. */
  readonly need: ApprovalNeed | null;
  /** Who refused it, and why. */
  readonly refusal: { readonly by: Actor; readonly reason: string | null } | null;
  readonly committedVersion: number | null;
}

/** Rules with versions. Versions are append-only. */
export interface RuleStore {
  /** The edition in force; the empty ruleset with the default dimensions before the first edit. */
  currentRuleset(): Promise<VersionedRuleset>;
  /** The edition that was in force at an instant, or with a number. @throws AppError `not-found`. */
  rulesetAt(at: { readonly number: number } | { readonly instantMs: number }): Promise<VersionedRuleset>;
  /** Editions, newest first. */
  listRulesetVersions(limit: number): Promise<readonly RulesetVersion[]>;
  /**
   * Appends an edition, numbered one above `baseVersion`, marks all months with charges stale, audits it and puts
   * its notices into the outbox, in one transaction: no crash can leave an edition unannounced. `actor`
   * is its author; `approver` the second person, where one was needed.
   * @throws AppError `conflict` when `baseVersion` is not the edition in force, or the draft is no longer open.
   */
  commitRuleset(commit: {
    baseVersion: number;
    ruleset: Ruleset;
    actor: Actor;
    approver?: Actor | null;
    note: string | null;
    atMs: number;
    draftId: string | null;
    notices: readonly Notice[];
  }): Promise<RulesetVersion>;
  /** The first edition whose rules no longer give its hash: they were changed after the commit; null when none is. */
  findChangedEdition(): Promise<number | null>;
  /** Keeps a draft; uncommitted ones that were made more than 30 days before it are dropped. */
  saveDraft(draft: RuleDraft): Promise<void>;
  /**
   * Puts a draft in place of itself and audits who did that, unless its state is no longer `from`.
   * @throws AppError `conflict` naming the state that it has meanwhile.
   */
  changeDraft(change: { draft: RuleDraft; from: DraftState; actor: Actor; atMs: number }): Promise<void>;
  findDraft(id: string): Promise<RuleDraft | null>;
  /** Drafts in a state, oldest first. */
  listDrafts(state: DraftState, limit: number): Promise<readonly RuleDraft[]>;
}
