import { orderDimensions } from '../../core/rules/dependencies.js';
import { describeRule } from '../../core/rules/describe.js';
import type { Rule, RulesetVersion } from '../../core/rules/rule.js';
import type { Context } from '../context.js';

/** A rule with its sentence in plain words, in which long lists are only counted. */
export interface ListedRule {
  readonly rule: Rule;
  readonly sentence: string;
}

export interface RuleList {
  readonly version: RulesetVersion;
  readonly dimensions: readonly { readonly id: string; readonly rules: readonly ListedRule[] }[];
}

/** The ruleset in force, each rule in plain words, in order of precedence; the default dimensions always among them. */
export async function listRules(context: Context): Promise<RuleList> {
  const { version, ruleset } = await context.store.currentRuleset();
  const dimensions = orderDimensions(ruleset).map(({ id, rules }) => ({
    id,
    rules: rules.map((rule) => ({ rule, sentence: describeRule(rule, 'count') })),
  }));
  return { version, dimensions };
}
