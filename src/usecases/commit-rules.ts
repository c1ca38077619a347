import { AppError } from '../core/errors.js';
import { describeChange } from '../core/rules/describe-change.js';
import type { RulesetVersion } from '../core/rules/rule.js';
import type { RuleDraft } from '../store/rule-store.js';
import type { Context } from './context.js';
import { deriveChange } from './preview-rules.js';

/** A previewed draft, as its preview named it. */
export interface CommitInput {
  readonly draftId: string;
  readonly hash: string;
}

/**
 * Commits a previewed draft, exactly as previewed, and tells FinOps. Months are stale afterwards: run `reallocate`.
 * The same draft again returns the edition it became.
 * @throws AppError `conflict` when rules or figures changed since the preview: preview again; `not-found`.
 */
export async function commitRules(context: Context, input: CommitInput): Promise<RulesetVersion> {
  const { store, actor, clock } = context;
  const draft = await store.findDraft(input.draftId);
  if (draft === null)
    throw new AppError('not-found', 'This preview is not kept any more; preview the change again.');
  if (draft.hash !== input.hash) throw outdated();
  const version =
    draft.committedVersion === null
      ? await commit(context, draft)
      : (await store.rulesetAt({ number: draft.committedVersion })).version;
  const base = await store.rulesetAt({ number: draft.baseVersion });
  const lines = describeChange(base.ruleset, draft.ruleset);
  const { number, author, note } = version;
  const figures = { version: number, author, note, lines, diff: draft.diff };
  const key = `rules:v${number}`;
  const body = { kind: 'rules-changed', figures } as const;
  await store.putNotices([{ key, audience: { kind: 'finops' }, parentKey: null, body }], clock());
  context.log.info('rules committed', { version: number, by: actor.name });
  return version;
}

/** What is committed is what was previewed: the preview is worked out once more and must be the same. */
async function commit(context: Context, draft: RuleDraft): Promise<RulesetVersion> {
  const { store, actor, clock } = context;
  const current = await store.currentRuleset();
  if (current.version.number !== draft.baseVersion) throw outdated();
  const derived = await deriveChange(context, current, draft.ruleset);
  if (derived.hash !== draft.hash) throw outdated();
  return store.commitRuleset({
    baseVersion: draft.baseVersion,
    ruleset: draft.ruleset,
    actor,
    note: draft.note,
    atMs: clock(),
    draftId: draft.id,
  });
}

function outdated(): AppError {
  return new AppError('conflict', 'Rules or figures changed since the preview; preview again.');
}
