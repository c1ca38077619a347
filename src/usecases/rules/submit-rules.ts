import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { Context } from '../context.js';
import { approvalNeeded } from './approval-needed.js';
import { commitRules } from './commit-rules.js';
import { type CommitInput, isFresh, outdated, requireDraft, tellApproval } from './drafts.js';

/** What came of a draft that its author is content with. */
export type Submission =
  | { readonly kind: 'committed'; readonly version: RulesetVersion }
  /** It moves more than one person may decide; FinOps is asked for a second one. */
  | { readonly kind: 'waiting'; readonly draftId: string; readonly need: ApprovalNeed };

/**
 * Commits a previewed draft, or asks FinOps for a second person where it moves more than the company's policy lets
 * one decide. The same draft again changes nothing and answers the same.
 * @throws AppError `conflict` when rules or figures changed since the preview: preview again; `not-found`.
 */
export async function submitRules(context: Context, input: CommitInput): Promise<Submission> {
  const draft = await requireDraft(context, input.draftId);
  if (draft.hash !== input.hash || draft.state === 'rejected' || draft.state === 'outdated') throw outdated();
  if (draft.state === 'waiting' && draft.need !== null) {
    await tellApproval(context, draft, { kind: 'waiting' });
    return { kind: 'waiting', draftId: draft.id, need: draft.need };
  }
  const need = draft.state === 'committed' ? null : await approvalNeeded(context, draft.diff);
  if (need === null) return { kind: 'committed', version: await commitRules(context, input) };
  if (!(await isFresh(context, draft))) throw outdated();
  const { store, actor, clock, log } = context;
  const waiting = { ...draft, author: actor, state: 'waiting', need } as const;
  await store.changeDraft({ draft: waiting, from: 'previewed', actor, atMs: clock() });
  await tellApproval(context, waiting, { kind: 'waiting' });
  log.info('a change of the rules waits for approval', { draftId: draft.id, by: actor.name });
  return { kind: 'waiting', draftId: draft.id, need };
}
