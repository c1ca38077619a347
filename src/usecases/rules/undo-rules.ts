import { AppError } from '../../core/base/errors.js';
import { undoChange } from '../../core/rules/undo.js';
import type { Context } from '../context.js';
import { previewRules, type RulePreview } from './preview-rules.js';

/** The edition whose change is to be taken back. */
export interface UndoInput {
  readonly version: number;
}

/**
 * Previews a change that takes an edition back and keeps the later ones: committed or approved like any other, it
 * becomes a new edition.
 * @throws AppError `conflict` naming the rules that a later edition has touched again; `not-found`.
 */
export async function previewUndo(context: Context, { version }: UndoInput): Promise<RulePreview> {
  const { store } = context;
  if (version < 1) throw new AppError('not-found', `There is no version ${version} to undo.`);
  const [after, before, now] = [
    await store.rulesetAt({ number: version }),
    await store.rulesetAt({ number: version - 1 }),
    await store.currentRuleset(),
  ];
  const { ruleset, conflicts } = undoChange({
    before: before.ruleset,
    after: after.ruleset,
    now: now.ruleset,
  });
  if (conflicts.length > 0)
    throw new AppError(
      'conflict',
      `Version ${version} cannot be undone by itself: ${conflicts.slice(0, 5).join(' ')}${
        conflicts.length > 5 ? ` And ${conflicts.length - 5} more.` : ''
      } Undo the later version first, or change the rule by hand.`,
    );
  return previewRules(context, { edit: { kind: 'ruleset', ruleset }, note: `Undo of version ${version}` });
}
