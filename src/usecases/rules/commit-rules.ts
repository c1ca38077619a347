import { AppError } from '../../core/base/errors.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { Context } from '../context.js';
import { approvalNeeded } from './approval-needed.js';
import { type CommitInput, commitDraft, isFresh, outdated, requireDraft } from './drafts.js';

/**
 * Commits a previewed draft, exactly as previewed, and tells FinOps. Months are stale afterwards: run `reallocate`.
 * The same draft again returns the edition it became.
 * @throws AppError `conflict` when rules or figures changed since the preview: preview again; `forbidden` when it
 * needs a second person (see `submitRules`); `not-found`.
 */
export async function commitRules(context: Context, input: CommitInput): Promise<RulesetVersion> {
  const draft = await requireDraft(context, input.draftId);
  if (draft.hash !== input.hash) throw outdated();
  if (draft.committedVersion !== null)
    return (await context.store.rulesetAt({ number: draft.committedVersion })).version;
  if (draft.state !== 'previewed' || (await approvalNeeded(context, draft.diff)) !== null)
    throw new AppError('forbidden', 'This change needs a second person: submit it for approval.');
  if (!(await isFresh(context, draft))) throw outdated();
  return commitDraft(context, draft, { author: context.actor, approver: null });
}
