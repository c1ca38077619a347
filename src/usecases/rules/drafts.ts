import { type Actor, describeActor } from '../../core/base/actor.js';
import { AppError } from '../../core/base/errors.js';
import type { Notice } from '../../core/notices/notice.js';
import type { ApprovalOutcome } from '../../core/rule-review/approval.js';
import { describeChange } from '../../core/rules/describe-change.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { RuleDraft } from '../../store/contract/rules.js';
import type { Context } from '../context.js';
import { deriveChange } from './derive-change.js';

/** A previewed draft, as its preview named it. */
export interface CommitInput {
  readonly draftId: string;
  readonly hash: string;
}

/** @throws AppError `not-found` when the draft is not kept. */
export async function requireDraft({ store }: Context, draftId: string): Promise<RuleDraft> {
  const draft = await store.findDraft(draftId);
  if (draft === null)
    throw new AppError('not-found', 'This preview is not kept any more; preview the change again.');
  return draft;
}

/** What is committed is what was previewed: the preview is worked out once more and must be the same. */
export async function isFresh(context: Context, draft: RuleDraft): Promise<boolean> {
  const current = await context.store.currentRuleset();
  if (current.version.number !== draft.baseVersion) return false;
  return (await deriveChange(context, current, draft.ruleset)).hash === draft.hash;
}

/** The refusal of a draft whose preview no longer holds. */
export function outdated(): AppError {
  return new AppError('conflict', 'Rules or figures changed since the preview; preview again.');
}

/** Makes a fresh draft an edition and tells FinOps, at once. @throws AppError `conflict` when somebody was quicker. */
export async function commitDraft(
  context: Context,
  draft: RuleDraft,
  by: { readonly author: Actor; readonly approver: Actor | null },
): Promise<RulesetVersion> {
  const version = await context.store.commitRuleset({
    baseVersion: draft.baseVersion,
    ruleset: draft.ruleset,
    actor: by.author,
    approver: by.approver,
    note: draft.note,
    atMs: context.clock(),
    draftId: draft.id,
    notices: [await noticeOf(context, draft, by)],
  });
  context.log.info('rules committed', {
    version: version.number,
    by: version.author,
    approver: version.approver,
  });
  return version;
}

/** What FinOps is told, in words and money, of the edition that a draft becomes. */
async function noticeOf(
  context: Context,
  draft: RuleDraft,
  by: { readonly author: Actor; readonly approver: Actor | null },
): Promise<Notice> {
  const { note, diff } = draft;
  const version = draft.baseVersion + 1;
  const author = describeActor(by.author);
  const approver = by.approver === null ? null : describeActor(by.approver);
  const lines = await changeLines(context, draft);
  const body = { kind: 'rules-changed', figures: { version, author, approver, note, lines, diff } } as const;
  return { key: `rules:v${version}`, audience: { kind: 'finops' }, parentKey: null, body };
}

/** Puts up, or brings up to date, the card that asks FinOps for a second person. */
export async function tellApproval(
  context: Context,
  draft: RuleDraft,
  outcome: ApprovalOutcome,
): Promise<void> {
  const { id, hash, baseVersion, note, diff, need } = draft;
  if (need === null) throw new AppError('bug', `Draft ${id} waits for nobody.`);
  const lines = await changeLines(context, draft);
  const author = describeActor(draft.author);
  const figures = { draftId: id, hash, baseVersion, author, note, lines, diff, need, outcome };
  const body = { kind: 'rules-approval', figures } as const;
  const key = `rules-approval:${id}`;
  await context.store.putNotices(
    [{ key, audience: { kind: 'finops' }, parentKey: null, body }],
    context.clock(),
  );
}

async function changeLines({ store }: Context, draft: RuleDraft): Promise<readonly string[]> {
  const base = await store.rulesetAt({ number: draft.baseVersion });
  return describeChange(base.ruleset, draft.ruleset);
}
