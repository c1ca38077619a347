import type { Actor } from '../core/actor.js';
import type { AllocationDiff } from '../core/allocation/diff.js';
import type { Notice } from '../core/notice.js';
import type { Ruleset, RulesetVersion } from '../core/rules/rule.js';

/** A ruleset together with the edition that holds it. */
export interface VersionedRuleset {
  readonly version: RulesetVersion;
  readonly ruleset: Ruleset;
}

/** A change that was previewed and waits for its commit. */
export interface RuleDraft {
  readonly id: string;
  /** The edition it was made from: a commit on another one is refused. */
  readonly baseVersion: number;
  readonly ruleset: Ruleset;
  readonly note: string | null;
  readonly author: string;
  readonly diff: AllocationDiff;
  /** Hash of base, ruleset and diff: what is committed is exactly what was previewed. */
  readonly hash: string;
  readonly createdAtMs: number;
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
   * the notices that tell of it into the outbox, in one transaction: no crash can leave an edition untold.
   * @throws AppError `conflict` when `baseVersion` is not the edition in force.
   */
  commitRuleset(commit: {
    baseVersion: number;
    ruleset: Ruleset;
    actor: Actor;
    note: string | null;
    atMs: number;
    draftId: string | null;
    notices: readonly Notice[];
  }): Promise<RulesetVersion>;
  /** Keeps a draft; uncommitted ones that were made more than 30 days before it are dropped. */
  saveDraft(draft: RuleDraft): Promise<void>;
  findDraft(id: string): Promise<RuleDraft | null>;
}
