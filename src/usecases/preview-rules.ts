import type { AllocationDiff } from '../core/allocation/diff.js';
import { AppError } from '../core/errors.js';
import type { Rule, Ruleset } from '../core/rules/rule.js';
import type { Day } from '../core/time.js';
import type { Context } from './context.js';

/** One change to the ruleset in force. */
export type RuleEdit =
  /** `beforeRuleId` null: at the end (lowest precedence). */
  | {
      readonly kind: 'add';
      readonly dimension: string;
      readonly rule: Rule;
      readonly beforeRuleId: string | null;
    }
  | { readonly kind: 'replace'; readonly dimension: string; readonly ruleId: string; readonly rule: Rule }
  /** `from` null: as if it had never been; otherwise it ends on that day. */
  | {
      readonly kind: 'retire';
      readonly dimension: string;
      readonly ruleId: string;
      readonly from: Day | null;
    }
  | { readonly kind: 'ruleset'; readonly ruleset: Ruleset };

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
