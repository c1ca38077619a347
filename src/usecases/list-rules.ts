import { AppError } from '../core/errors.js';
import type { Rule, RulesetVersion } from '../core/rules/rule.js';
import type { Context } from './context.js';

/** A rule with its sentence in plain words. */
export interface ListedRule {
  readonly rule: Rule;
  readonly sentence: string;
}

export interface RuleList {
  readonly version: RulesetVersion;
  readonly dimensions: readonly { readonly id: string; readonly rules: readonly ListedRule[] }[];
}

/** The ruleset in force, each rule in plain words, in order of precedence. */
export async function listRules(_context: Context): Promise<RuleList> {
  throw new AppError('bug', 'not built yet');
}
