import { describeActor } from '../core/actor.js';
import { AppError } from '../core/errors.js';
import type { Notice } from '../core/notice.js';
import { describeChange } from '../core/rules/describe-change.js';
import type { Ruleset, RulesetVersion } from '../core/rules/rule.js';
import type { RuleDraft } from '../store/rule-store.js';
import type { Context } from './context.js';
import { deriveChange } from './preview-rules.js';

/**
 * Commits a previewed draft, exactly as previewed, and tells FinOps in the same transaction. Months are stale
 * afterwards: run `reallocate`. The same draft again returns the edition it became.
 * @throws AppError `conflict` when rules or figures changed since the preview: preview again; `not-found`.
 */
export async function commitRules(
  context: Context,
  input: { readonly draftId: string; readonly hash: string },
): Promise<RulesetVersion> {
  const { store, actor, clock, log } = context;
  const draft = await store.findDraft(input.draftId);
  if (draft === null)
    throw new AppError('not-found', 'This preview is not kept any more; preview the change again.');
  if (draft.hash !== input.hash) throw outdated();
  if (draft.committedVersion !== null)
    return (await store.rulesetAt({ number: draft.committedVersion })).version;
  const current = await store.currentRuleset();
  if (current.version.number !== draft.baseVersion) throw outdated();
  // What is committed is what was previewed: the preview is worked out once more and must be the same.
  const derived = await deriveChange(context, current, draft.ruleset);
  if (derived.hash !== draft.hash) throw outdated();
  const { baseVersion, ruleset, note } = draft;
  const version = await store.commitRuleset({
    baseVersion,
    ruleset,
    actor,
    note,
    atMs: clock(),
    draftId: draft.id,
    notices: [noticeOf(context, draft, current.ruleset)],
  });
  log.info('rules committed', { version: version.number, by: actor.name });
  return version;
}

/** What FinOps is told of the edition that the draft becomes. */
function noticeOf({ actor }: Context, draft: RuleDraft, before: Ruleset): Notice {
  const { note, diff } = draft;
  const version = draft.baseVersion + 1;
  const author = describeActor(actor);
  const lines = describeChange(before, draft.ruleset);
  const figures = { version, author, note, lines, diff };
  const body = { kind: 'rules-changed', figures } as const;
  return { key: `rules:v${version}`, audience: { kind: 'finops' }, parentKey: null, body };
}

function outdated(): AppError {
  return new AppError('conflict', 'Rules or figures changed since the preview; preview again.');
}
