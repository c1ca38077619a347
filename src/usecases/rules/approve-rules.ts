import { actorName, describeActor, isSameActor } from '../../core/base/actor.js';
import { AppError } from '../../core/base/errors.js';
import { movedMoney } from '../../core/rule-review/approval.js';
import { describeChange } from '../../core/rules/describe-change.js';
import { applyEdit } from '../../core/rules/edit.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { RuleDraft } from '../../store/contract/rules.js';
import type { Context } from '../context.js';
import { approvalNeeded } from './approval-needed.js';
import { deriveChange } from './derive-change.js';
import { type CommitInput, commitDraft, isFresh, outdated, requireDraft, tellApproval } from './drafts.js';

/**
 * Commits a draft that waits for approval, exactly as it was previewed, under its author's name and the actor's as
 * approver. The surface sees to it that the actor may change rules at all. The same click again answers the same.
 * @throws AppError `forbidden` to the author; `conflict` when it was decided meanwhile, or when rules or figures
 * changed since the preview: then the card says so, and the change is to be previewed again.
 */
export async function approveDraft(context: Context, input: CommitInput): Promise<RulesetVersion> {
  const { store, actor } = context;
  const draft = await requireDraft(context, input.draftId);
  if (draft.state !== 'waiting') return decided(context, draft);
  if (isSameActor(draft.author, actor))
    throw new AppError('forbidden', 'You made this change yourself, so somebody else must approve it.');
  if (draft.hash !== input.hash)
    throw new AppError('conflict', 'This change was previewed again; look at its card as it is now.');
  if (!(await isFresh(context, draft))) return refuseOutdated(context, draft);
  try {
    const version = await commitDraft(context, draft, { author: draft.author, approver: actor });
    await tellApproval(context, draft, {
      kind: 'approved',
      by: describeActor(actor),
      version: version.number,
    });
    return version;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    // Between our look and our commit somebody decided about this draft, or committed another one.
    const now = (await store.findDraft(draft.id)) ?? draft;
    return now.state === 'waiting' ? refuseOutdated(context, now) : decided(context, now);
  }
}

/** What to say of a draft that no longer waits: its edition to its approver, a sentence to everyone else. */
async function decided(context: Context, draft: RuleDraft): Promise<RulesetVersion> {
  if (draft.state === 'committed' && draft.committedVersion !== null) {
    const { version } = await context.store.rulesetAt({ number: draft.committedVersion });
    const by = version.approver;
    if (by === describeActor(context.actor)) {
      await tellApproval(context, draft, { kind: 'approved', by, version: version.number });
      return version;
    }
    throw new AppError(
      'conflict',
      `${actorName(by ?? version.author)} was quicker: this change is approved already, version ${version.number} holds.`,
    );
  }
  if (draft.refusal !== null)
    throw new AppError('conflict', `${draft.refusal.by.name} has rejected this change already.`);
  throw outdated();
}

/** What the approver of a change is told who then wants something else of it. */
function tooLate({ number }: RulesetVersion): never {
  throw new AppError('conflict', `You have approved this change already: version ${number} holds; undo it.`);
}

async function refuseOutdated(context: Context, draft: RuleDraft): Promise<never> {
  const { store, actor, clock } = context;
  const changed = { ...draft, state: 'outdated' } as const;
  await store.changeDraft({ draft: changed, from: 'waiting', actor, atMs: clock() });
  await tellApproval(context, changed, { kind: 'outdated' });
  throw outdated();
}

/** Refuses a change that waits for approval; by its author it is withdrawn. @throws AppError `conflict` when decided. */
export async function rejectDraft(
  context: Context,
  input: { readonly draftId: string; readonly reason: string | null },
): Promise<void> {
  const { store, actor, clock } = context;
  const draft = await requireDraft(context, input.draftId);
  if (draft.state !== 'waiting' && draft.state !== 'outdated') {
    return tooLate(await decided(context, draft));
  }
  const reason = input.reason?.trim() || null;
  const rejected = { ...draft, state: 'rejected', refusal: { by: actor, reason } } as const;
  await store.changeDraft({ draft: rejected, from: draft.state, actor, atMs: clock() });
  const kind = isSameActor(draft.author, actor) ? 'withdrawn' : 'rejected';
  await tellApproval(context, rejected, { kind, by: describeActor(actor), reason });
}

/**
 * Works an outdated change out again, on the rules and figures of now, and puts it before FinOps again; its author
 * stays its author.
 * @throws AppError `conflict` when it was decided meanwhile, or when a whole rules file or an undo would overwrite
 * what others have committed since.
 */
export async function previewAgain(context: Context, input: { readonly draftId: string }): Promise<void> {
  const { store, actor, clock } = context;
  const draft = await requireDraft(context, input.draftId);
  if (draft.state === 'waiting') return;
  if (draft.state !== 'outdated') {
    return tooLate(await decided(context, draft));
  }
  const current = await store.currentRuleset();
  const baseVersion = current.version.number;
  if (draft.edit === null && baseVersion !== draft.baseVersion)
    throw new AppError(
      'conflict',
      `Version ${baseVersion} of the rules has come in between, and this change would undo it; make the change again.`,
    );
  const ruleset = draft.edit === null ? draft.ruleset : applyEdit(current.ruleset, draft.edit);
  if (describeChange(current.ruleset, ruleset).length === 0)
    throw new AppError('conflict', 'The rules say this already; there is nothing left to approve.');
  const { diff, hash } = await deriveChange(context, current, ruleset);
  const need = (await approvalNeeded(context, diff)) ?? lessNeed(draft, diff);
  const again = { ...draft, baseVersion, ruleset, diff, hash, need, state: 'waiting' } as const;
  await store.changeDraft({ draft: again, from: 'outdated', actor, atMs: clock() });
  await tellApproval(context, again, { kind: 'waiting' });
}

/** A change that has shrunk below the limit still waits for whom it was sent to. */
function lessNeed({ need }: RuleDraft, diff: RuleDraft['diff']): RuleDraft['need'] {
  if (need === null) return null;
  const moved = movedMoney(diff).find(({ currency }) => currency === need.currency)?.moved ?? 0n;
  return { ...need, moved };
}
