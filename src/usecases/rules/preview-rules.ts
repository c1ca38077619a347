import type { AllocationDiff } from '../../core/allocation/diff.js';
import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import { applyEdit, type RuleEdit } from '../../core/rules/edit.js';
import type { Context } from '../context.js';
import { approvalNeeded } from './approval-needed.js';
import { deriveChange } from './derive-change.js';

/** An edit to look at, with the author's remark. */
export interface PreviewInput {
  readonly edit: RuleEdit;
  readonly note: string | null;
}

export interface RulePreview {
  readonly draftId: string;
  readonly hash: string;
  readonly baseVersion: number;
  /** The change in plain words, one line each; empty when nothing would change. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
  /** Set when it moves more than one person may decide: then it is submitted for approval. */
  readonly need: ApprovalNeed | null;
}

/**
 * Works out what an edit would move, in money, and keeps it as a draft; nothing counts until it is committed.
 * @throws AppError `invalid` or `not-found` with the sentence of what is wrong with the edit.
 */
export async function previewRules(context: Context, input: PreviewInput): Promise<RulePreview> {
  const current = await context.store.currentRuleset();
  const ruleset = applyEdit(current.ruleset, input.edit);
  const { lines, diff, hash } = await deriveChange(context, current, ruleset);
  const need = await approvalNeeded(context, diff);
  const draftId = crypto.randomUUID();
  const baseVersion = current.version.number;
  await context.store.saveDraft({
    id: draftId,
    baseVersion,
    edit: input.edit.kind === 'ruleset' ? null : input.edit,
    ruleset,
    note: input.note,
    author: context.actor,
    diff,
    hash,
    createdAtMs: context.clock(),
    state: 'previewed',
    need,
    refusal: null,
    committedVersion: null,
  });
  return { draftId, hash, baseVersion, lines, diff, need };
}
