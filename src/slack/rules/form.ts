import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import { type Comparison, type Condition, type Leaf, OPERATORS } from '../../core/rules/condition.js';
import { operatorOf } from '../../core/rules/matchers.js';
import type { Rule } from '../../core/rules/rule.js';
import type { Target } from '../../core/rules/target.js';
import { type Choice, encodeChoice } from '../kit/option-value.js';
import { emptySplit, SplitForm, splitFormOf } from './split-form.js';

/** The comparisons a form offers: the rules' own, and "is not set" as one of its own. */
export const FORM_OPERATORS = [...OPERATORS, 'missing'] as const;
export type FormOperator = (typeof FORM_OPERATORS)[number];

/** How the value of a comparison is given. */
export type ValueKind = 'choice' | 'choices' | 'text' | 'none';

export const MAX_ROWS = 8;
/** More listed values than this are shown as text, one a line: a select takes no more. */
export const MAX_LISTED = 100;
/** Text areas for pasted lists in one form. */
export const MAX_PASTES = 20;
/** What Slack lets people type into one of them. */
export const PASTE_LENGTH = 3_000;

const Chosen = z.object({ text: z.string(), value: z.string() });
const Row = z.object({
  id: z.number().int(),
  /** Grows whenever the value field must start afresh: a new block id is the only way to clear it in Slack. */
  generation: z.number().int(),
  attribute: Chosen.nullable(),
  operator: z.enum(FORM_OPERATORS),
  /** For a text operator one choice whose value is the text itself. */
  values: z.array(Chosen),
  /** What was pasted as a list, one value a line, text area by text area. */
  pastes: z.array(z.string()),
});
const FormTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), owner: Chosen.nullable() }),
  z.object({ kind: z.literal('attribute'), attribute: Chosen.nullable(), template: z.string().nullable() }),
  z.object({ kind: z.literal('owner'), owner: z.enum(['team', 'person', 'costCentre']) }),
  SplitForm,
  /** More than the form can show; it stays as it is. */
  z.object({ kind: z.literal('kept') }),
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

/** How many text areas for pasted lists a row shows. */
export function pasteAreas({ operator, pastes }: FormRow): number {
  return operator === 'in' ? Math.max(1, pastes.length) : 0;
}

/** The values that were pasted, without blanks and doubles, in order. */
export function pastedValues({ operator, pastes }: FormRow): readonly string[] {
  if (operator !== 'in') return [];
  const lines = pastes.flatMap((paste) => paste.split(/\r?\n/)).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

export function emptyRow(id: number): FormRow {
  return { id, generation: 0, attribute: null, operator: 'is', values: [], pastes: [] };
}

export function emptyTarget(kind: TargetKind): FormTarget {
  if (kind === 'value') return { kind, owner: null };
  if (kind === 'attribute') return { kind, attribute: null, template: null };
  if (kind === 'split') return emptySplit();
  if (kind === 'kept') return { kind };
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

/** A long list as text areas hold it, one value a line. */
function pastesOf(list: readonly string[]): readonly string[] {
  const pastes: string[] = [];
  for (const value of list) {
    const last = pastes.at(-1);
    if (last !== undefined && last.length + 1 + value.length <= PASTE_LENGTH)
      pastes[pastes.length - 1] = `${last}\n${value}`;
    else pastes.push(value);
  }
  return pastes;
}

function rowOf(leaf: Leaf, id: number): FormRow {
  const reference = 'dimension' in leaf ? `dimension:${leaf.dimension}` : leaf.attribute;
  const operator = leaf.exists === false ? 'missing' : operatorOf(leaf);
  const isLong = (leaf.in?.length ?? 0) > MAX_LISTED;
  return {
    id,
    generation: 0,
    attribute: encodeChoice(reference),
    operator,
    values: isLong ? [] : [...valuesOf(leaf)],
    pastes: isLong ? [...pastesOf(leaf.in ?? [])] : [],
  };
}

/** Whether a long list can be shown line by line and read back as it was. */
function canBePasted(list: readonly string[]): boolean {
  return list.every((value) => value === value.trim() && !/[\r\n]/.test(value)) && isDistinct(list);
}

function isDistinct(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

/** The rows of a condition, or null when the form cannot show it without changing what it means. */
function rowsOf(condition: Condition): Pick<RuleForm, 'join' | 'ignoreCase' | 'rows'> | null {
  const join = 'any' in condition ? 'any' : 'all';
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition];
  const leaves = parts.filter(isLeaf);
  if (leaves.length !== parts.length || leaves.length > MAX_ROWS) return null;
  const long = leaves.flatMap((leaf) => ((leaf.in?.length ?? 0) > MAX_LISTED ? [leaf.in ?? []] : []));
  if (!long.every(canBePasted)) return null;
  if (long.reduce((sum, list) => sum + pastesOf(list).length, 0) > MAX_PASTES) return null;
  const texts = leaves.filter((leaf) => leaf.exists === undefined);
  const folded = texts.filter((leaf) => leaf.ignoreCase === true).length;
  if (folded !== 0 && folded !== texts.length) return null;
  return { join, ignoreCase: folded > 0, rows: leaves.map(rowOf) };
}

function targetOf(target: Target): FormTarget {
  if ('value' in target) return { kind: 'value', owner: encodeChoice(target.value) };
  if ('owner' in target) return { kind: 'owner', owner: target.owner };
  if ('split' in target) return splitFormOf(target.split) ?? { kind: 'kept' };
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

/** One more, empty condition, as far as there is room. */
export function withRow(form: RuleForm): RuleForm {
  const rows = form.rows ?? [];
  if (form.rows === null || rows.length >= MAX_ROWS) return form;
  return { ...form, rows: [...rows, emptyRow(Math.max(-1, ...rows.map(({ id }) => id)) + 1)] };
}

/** One more text area for the pasted list of a condition, as far as there is room. */
export function withPaste(form: RuleForm, id: number): RuleForm {
  const rows = form.rows ?? [];
  const areas = rows.reduce((sum, row) => sum + pasteAreas(row), 0);
  if (form.rows === null || areas >= MAX_PASTES) return form;
  return {
    ...form,
    rows: rows.map((row) => (row.id === id ? { ...row, pastes: [...row.pastes, ''] } : row)),
  };
}

/** Without a condition; the last one stays. */
export function withoutRow(form: RuleForm, id: number): RuleForm {
  const rows = form.rows?.filter((row) => row.id !== id) ?? null;
  return rows?.length === 0 ? form : { ...form, rows };
}
