import { z } from 'zod';
import { assertNever } from '../../core/errors.js';
import { type Comparison, type Condition, type Leaf, OPERATORS } from '../../core/rules/condition.js';
import { operatorOf } from '../../core/rules/matchers.js';
import type { Rule } from '../../core/rules/rule.js';
import type { Target } from '../../core/rules/target.js';
import { type Choice, encodeChoice } from './option-value.js';

/** The comparisons a form offers: the rules' own, and "is not set" as one of its own. */
export const FORM_OPERATORS = [...OPERATORS, 'missing'] as const;
export type FormOperator = (typeof FORM_OPERATORS)[number];

/** How the value of a comparison is given. */
export type ValueKind = 'choice' | 'choices' | 'text' | 'none';

export const MAX_ROWS = 8;
/** More listed values than this and the form leaves the condition alone. */
export const MAX_LISTED = 100;

const Chosen = z.object({ text: z.string(), value: z.string() });
const Row = z.object({
  id: z.number().int(),
  /** Grows whenever the value field must start afresh: a new block id is the only way to clear it in Slack. */
  generation: z.number().int(),
  attribute: Chosen.nullable(),
  operator: z.enum(FORM_OPERATORS),
  /** For a text operator one choice whose value is the text itself. */
  values: z.array(Chosen),
});
const FormTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), owner: Chosen.nullable() }),
  z.object({ kind: z.literal('attribute'), attribute: Chosen.nullable(), template: z.string().nullable() }),
  z.object({ kind: z.literal('owner'), owner: z.enum(['team', 'person', 'costCentre']) }),
]);

/** Everything a person has put into the rule editor so far. It lives in the view, nowhere else. */
export const RuleForm = z.object({
  /** Null: a new rule. */
  ruleId: z.string().nullable(),
  dimension: z.string(),
  name: z.string(),
  join: z.enum(['all', 'any']),
  ignoreCase: z.boolean(),
  /** Null: the rule's condition is richer than the form and stays untouched. */
  rows: z.array(Row).nullable(),
  target: FormTarget,
  targetGeneration: z.number().int(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** The rule before which a new one goes; null: last. */
  before: Chosen.nullable(),
  note: z.string().nullable(),
});
export type RuleForm = z.infer<typeof RuleForm>;
export type FormRow = z.infer<typeof Row>;
export type FormTarget = z.infer<typeof FormTarget>;
export type TargetKind = FormTarget['kind'];

/** How an operator wants its value. */
export function valueKindOf(operator: FormOperator): ValueKind {
  switch (operator) {
    case 'is':
      return 'choice';
    case 'in':
      return 'choices';
    case 'exists':
    case 'missing':
      return 'none';
    case 'startsWith':
    case 'endsWith':
    case 'contains':
    case 'matches':
      return 'text';
    default:
      return assertNever(operator);
  }
}

export function emptyRow(id: number): FormRow {
  return { id, generation: 0, attribute: null, operator: 'is', values: [] };
}

export function emptyTarget(kind: TargetKind): FormTarget {
  if (kind === 'value') return { kind, owner: null };
  if (kind === 'attribute') return { kind, attribute: null, template: null };
  return { kind, owner: 'team' };
}

/** An empty form for a new rule of a dimension. */
export function newForm(dimension: string): RuleForm {
  return {
    ruleId: null,
    dimension,
    name: '',
    join: 'all',
    ignoreCase: false,
    rows: [emptyRow(0)],
    target: emptyTarget('value'),
    targetGeneration: 0,
    from: null,
    to: null,
    before: null,
    note: null,
  };
}

function isLeaf(condition: Condition): condition is Leaf {
  return 'attribute' in condition || 'dimension' in condition;
}

function textChoice(text: string): Choice {
  return { text, value: text };
}

function valuesOf(comparison: Comparison): readonly Choice[] {
  if (comparison.is !== undefined) return [encodeChoice(comparison.is)];
  if (comparison.in !== undefined) return comparison.in.map(encodeChoice);
  const text = comparison.startsWith ?? comparison.endsWith ?? comparison.contains ?? comparison.matches;
  return text === undefined ? [] : [textChoice(text)];
}

function rowOf(leaf: Leaf, id: number): FormRow {
  const reference = 'dimension' in leaf ? `dimension:${leaf.dimension}` : leaf.attribute;
  const operator = leaf.exists === false ? 'missing' : operatorOf(leaf);
  return { id, generation: 0, attribute: encodeChoice(reference), operator, values: [...valuesOf(leaf)] };
}

/** The rows of a condition, or null when the form cannot show it without changing what it means. */
function rowsOf(condition: Condition): Pick<RuleForm, 'join' | 'ignoreCase' | 'rows'> | null {
  const join = 'any' in condition ? 'any' : 'all';
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition];
  const leaves = parts.filter(isLeaf);
  if (leaves.length !== parts.length || leaves.length > MAX_ROWS) return null;
  if (leaves.some((leaf) => (leaf.in?.length ?? 0) > MAX_LISTED)) return null;
  const texts = leaves.filter((leaf) => leaf.exists === undefined);
  const folded = texts.filter((leaf) => leaf.ignoreCase === true).length;
  if (folded !== 0 && folded !== texts.length) return null;
  return { join, ignoreCase: folded > 0, rows: leaves.map(rowOf) };
}

function targetOf(target: Target): FormTarget {
  if ('value' in target) return { kind: 'value', owner: encodeChoice(target.value) };
  if ('owner' in target) return { kind: 'owner', owner: target.owner };
  // A split has no form yet: its rule opens with no owner chosen, so that nothing is overwritten by accident.
  if ('split' in target) return emptyTarget('value');
  return { kind: 'attribute', attribute: encodeChoice(target.attribute), template: target.template ?? null };
}

/** The form of a rule that exists. */
export function formOfRule(dimension: string, rule: Rule): RuleForm {
  const rows = rowsOf(rule.when) ?? { join: 'all' as const, ignoreCase: false, rows: null };
  return {
    ...newForm(dimension),
    ...rows,
    ruleId: rule.id,
    name: rule.name,
    target: targetOf(rule.allocateTo),
    from: rule.effective?.from ?? null,
    to: rule.effective?.to ?? null,
  };
}
