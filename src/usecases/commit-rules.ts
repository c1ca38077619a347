import { AppError } from '../core/errors.js';
import type { RulesetVersion } from '../core/rules/rule.js';
import type { Context } from './context.js';

/**
 * Commits a previewed draft, exactly as previewed, and tells FinOps. Months are stale afterwards: run `reallocate`.
 * @throws AppError `conflict` when rules or figures changed since the preview: preview again.
 */
export async function commitRules(
  _context: Context,
  _input: { readonly draftId: string; readonly hash: string },
): Promise<RulesetVersion> {
  throw new AppError('bug', 'not built yet');
}
