import type { AllocationDiff } from '../core/allocation/diff.js';
import { AppError } from '../core/errors.js';
import type { RuleEdit } from '../core/rules/edit.js';
import type { Context } from './context.js';

export type { RuleEdit } from '../core/rules/edit.js';

export interface RulePreview {
  readonly draftId: string;
  readonly hash: string;
  readonly baseVersion: number;
  /** The change in plain words, one line each; empty when nothing would change. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
}

/** Works out what an edit would move, in money, and keeps it as a draft; nothing counts until it is committed. */
export async function previewRules(
  _context: Context,
  _input: { readonly edit: RuleEdit; readonly note: string | null },
): Promise<RulePreview> {
  throw new AppError('bug', 'not built yet');
}
