import { AppError, assertNever, invalid } from '../base/errors.js';
import type { Day } from '../base/time.js';
import type { DimensionRules, Rule, Ruleset } from './rule.js';
import { checkRuleset } from './validate.js';

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
  /** `beforeRuleId` null: to the end. */
  | {
      readonly kind: 'move';
      readonly dimension: string;
      readonly ruleId: string;
      readonly beforeRuleId: string | null;
    }
  | { readonly kind: 'ruleset'; readonly ruleset: Ruleset };

/**
 * The ruleset after an edit, checked. Adding a rule to a dimension that does not exist yet creates it.
 * @throws AppError `not-found` when the dimension or the rule is not there; `invalid` when the result would not
 * be a sound ruleset.
 */
export function applyEdit(ruleset: Ruleset, edit: RuleEdit): Ruleset {
  const edited = edit.kind === 'ruleset' ? edit.ruleset : withDimension(ruleset, edit);
  checkRuleset(edited);
  return edited;
}

type DimensionEdit = Exclude<RuleEdit, { kind: 'ruleset' }>;

function withDimension(ruleset: Ruleset, edit: DimensionEdit): Ruleset {
  const found = ruleset.dimensions.find((dimension) => dimension.id === edit.dimension);
  if (found === undefined && edit.kind !== 'add')
    throw new AppError('not-found', `There is no rule "${edit.ruleId}" in dimension ${edit.dimension}.`);
  const before = found ?? { id: edit.dimension, rules: [] };
  const after = { ...before, rules: editRules(before, edit) };
  const dimensions =
    found === undefined
      ? [...ruleset.dimensions, after]
      : ruleset.dimensions.map((dimension) => (dimension === found ? after : dimension));
  return { ...ruleset, dimensions };
}

function editRules(dimension: DimensionRules, edit: DimensionEdit): Rule[] {
  const { rules } = dimension;
  switch (edit.kind) {
    case 'add': {
      const at = edit.beforeRuleId === null ? rules.length : indexOfRule(dimension, edit.beforeRuleId);
      return rules.toSpliced(at, 0, edit.rule);
    }
    case 'replace':
      return rules.with(indexOfRule(dimension, edit.ruleId), edit.rule);
    case 'retire': {
      const at = indexOfRule(dimension, edit.ruleId);
      const rest = rules.slice(at, at + 1).flatMap((rule) => retired(rule, edit.from));
      return rules.toSpliced(at, 1, ...rest);
    }
    case 'move':
      return moved(dimension, edit.ruleId, edit.beforeRuleId);
    default:
      return assertNever(edit);
  }
}

function moved(dimension: DimensionRules, ruleId: string, beforeRuleId: string | null): Rule[] {
  const { rules } = dimension;
  if (beforeRuleId === ruleId) return [...rules];
  const at = indexOfRule(dimension, ruleId);
  const rest = { ...dimension, rules: rules.toSpliced(at, 1) };
  const to = beforeRuleId === null ? rest.rules.length : indexOfRule(rest, beforeRuleId);
  return rest.rules.toSpliced(to, 0, ...rules.slice(at, at + 1));
}

/** What is left of a rule that ends: nothing if it would end before it starts. */
function retired(rule: Rule, from: Day | null): readonly Rule[] {
  const { from: start, to: end } = rule.effective ?? {};
  if (from === null || (start !== undefined && from <= start)) return [];
  if (end !== undefined && end <= from)
    return invalid(`Rule "${rule.id}" has already ended on ${end}; there is nothing to retire.`);
  return [{ ...rule, effective: { ...rule.effective, to: from } }];
}

function indexOfRule(dimension: DimensionRules, ruleId: string): number {
  const index = dimension.rules.findIndex((rule) => rule.id === ruleId);
  if (index < 0)
    throw new AppError('not-found', `There is no rule "${ruleId}" in dimension ${dimension.id}.`);
  return index;
}

/**
 * The rule before which a new one does what people expect: the first of those at the end that fall back on the
 * directory, since after them nothing would be left to match. Null: at the end.
 */
export function placeForNew(rules: readonly Rule[]): string | null {
  const lastOther = rules.findLastIndex(({ allocateTo }) => !('owner' in allocateTo));
  return rules[lastOther + 1]?.id ?? null;
}
