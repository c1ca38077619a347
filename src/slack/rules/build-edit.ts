import { AppError, assertNever } from '../../core/base/errors.js';
import { AttributeRef, type Condition, type Leaf } from '../../core/rules/condition.js';
import type { RuleEdit } from '../../core/rules/edit.js';
import { Rule } from '../../core/rules/rule.js';
import { Target } from '../../core/rules/target.js';
import { type Choice, decodeChoice, resolveChoice } from '../kit/option-value.js';
import { displayName } from '../kit/text.js';
import { type FormRow, type FormTarget, pastedValues, type RuleForm, valueKindOf } from './form.js';
import { BLOCK } from './ids.js';
import { splitErrors, splitOf } from './split-form.js';

/** Errors in Slack's shape: the block id of an input and what is wrong with it. */
export type FormErrors = Readonly<Record<string, string>>;

function rowErrors(row: FormRow): [string, string][] {
  if (row.attribute === null) return [[BLOCK.attribute(row.id), 'Choose what to look at.']];
  const pasted = pasteErrors(row);
  if (pasted.length > 0) return pasted;
  if (valueKindOf(row.operator) === 'none' || row.values.length > 0 || pastedValues(row).length > 0)
    return [];
  // The value's own block may not be in the view yet, so the error stands at the comparison.
  return [[BLOCK.operator(row.id), 'Give it something to compare with.']];
}

/** What the rules take: see `Condition`. */
const MAX_VALUES = 5_000;
const MAX_VALUE_LENGTH = 500;

function pasteErrors(row: FormRow): [string, string][] {
  const pasted = pastedValues(row);
  const total = pasted.length + row.values.length;
  if (total > MAX_VALUES) {
    const sentence = `A list holds ${MAX_VALUES.toLocaleString('en-US')} values; these are ${total.toLocaleString('en-US')}.`;
    return [[BLOCK.paste(row.id, row.generation, 0), sentence]];
  }
  return row.pastes.flatMap((paste, area): [string, string][] => {
    const long = paste.split(/\r?\n/).find((line) => line.trim().length > MAX_VALUE_LENGTH);
    if (long === undefined) return [];
    const sentence = `One line is longer than ${MAX_VALUE_LENGTH} characters: “${displayName(long, 40)}”.`;
    return [[BLOCK.paste(row.id, row.generation, area), sentence]];
  });
}

function targetErrors(target: FormTarget, generation: number): [string, string][] {
  const block = BLOCK.target(generation);
  if (target.kind === 'owner' || target.kind === 'kept') return [];
  if (target.kind === 'split') return splitErrors(target, generation);
  if (target.kind === 'attribute') {
    if (target.attribute === null) return [[block, 'Choose whose value names the owner.']];
    if (target.template !== null && !target.template.includes('{value}'))
      return [[BLOCK.template(generation), 'Write {value} where the value goes.']];
    return [];
  }
  if (target.owner === null) return [[block, 'Choose or type an owner.']];
  const checked = Target.safeParse({ value: decodeChoice(target.owner) });
  return checked.success ? [] : [[block, 'This name cannot be an owner; choose another.']];
}

/** What can be said of a form at once, before any figure is worked out; empty when it may be previewed. */
export function checkForm(form: RuleForm): FormErrors {
  const errors = (form.rows ?? []).flatMap(rowErrors);
  if (form.name === '') errors.push([BLOCK.name, 'Give the rule a name.']);
  if (form.from !== null && form.to !== null && form.from >= form.to)
    errors.push([BLOCK.to, 'It must end after it starts.']);
  errors.push(...targetErrors(form.target, form.targetGeneration));
  return Object.fromEntries<string>(errors);
}

/** What the ledger and the rules say while a form becomes an edit. */
export interface EditSources {
  /** The rule being edited, null for a new one. */
  readonly existing: Rule | null;
  /** Ids taken in the dimension. */
  readonly takenIds: readonly string[];
  readonly attributes: () => Promise<readonly string[]>;
  readonly values: (attribute: string, contains: string) => Promise<readonly string[]>;
}

async function attributeOf(choice: Choice | null, sources: EditSources): Promise<AttributeRef> {
  if (choice === null) throw new AppError('invalid', 'An attribute is missing.');
  return AttributeRef.parse(await resolveChoice(choice, sources.attributes));
}

/** Values the rule names already; they count even if the ledger has forgotten them. */
function namedIn(rule: Rule | null): readonly string[] {
  if (rule === null) return [];
  const named: string[] = [];
  const visit = (condition: Condition): void => {
    if ('all' in condition) condition.all.forEach(visit);
    else if ('any' in condition) condition.any.forEach(visit);
    else if ('not' in condition) visit(condition.not);
    else if (!('person' in condition))
      named.push(...(condition.in ?? []), ...((condition.is ?? '') ? [condition.is ?? ''] : []));
  };
  visit(rule.when);
  return 'value' in rule.allocateTo ? [...named, rule.allocateTo.value] : named;
}

async function leafOf(row: FormRow, form: RuleForm, sources: EditSources): Promise<Leaf> {
  const attribute = await attributeOf(row.attribute, sources);
  const known = namedIn(sources.existing);
  const resolve = (choice: Choice) =>
    resolveChoice(choice, async (contains) => [...known, ...(await sources.values(attribute, contains))]);
  const folding = form.ignoreCase ? { ignoreCase: true } : {};
  const [first] = row.values;
  switch (row.operator) {
    case 'exists':
      return { attribute, exists: true };
    case 'missing':
      return { attribute, exists: false };
    case 'in':
      return {
        attribute,
        in: [...new Set([...(await Promise.all(row.values.map(resolve))), ...pastedValues(row)])],
        ...folding,
      };
    case 'is':
      return { attribute, is: first === undefined ? '' : await resolve(first), ...folding };
    case 'startsWith':
    case 'endsWith':
    case 'contains':
    case 'matches':
      return { attribute, [row.operator]: first?.value ?? '', ...folding };
    default:
      return assertNever(row.operator);
  }
}

async function conditionOf(form: RuleForm, sources: EditSources): Promise<Condition> {
  if (form.rows === null) {
    if (sources.existing === null) throw new AppError('bug', 'A new rule has no condition to keep.');
    return sources.existing.when;
  }
  const leaves = await Promise.all(form.rows.map((row) => leafOf(row, form, sources)));
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  return form.join === 'any' ? { any: leaves } : { all: leaves };
}

async function targetOf(form: RuleForm, sources: EditSources): Promise<Target> {
  const { target } = form;
  if (target.kind === 'owner') return { owner: target.owner };
  if (target.kind === 'attribute') {
    const attribute = await attributeOf(target.attribute, sources);
    return target.template === null ? { attribute } : { attribute, template: target.template };
  }
  if (target.kind === 'kept') {
    if (sources.existing === null) throw new AppError('bug', 'A new rule has no target to keep.');
    return sources.existing.allocateTo;
  }
  const known = ownersIn(sources.existing);
  const resolve = (choice: Choice) =>
    resolveChoice(choice, async (contains) => [
      ...known,
      ...(await sources.values(`dimension:${form.dimension}`, contains)),
    ]);
  if (target.kind === 'split') return { split: await splitOf(target, resolve) };
  if (target.owner === null) throw new AppError('invalid', 'The owner is missing.');
  return { value: await resolve(target.owner) };
}

/** Owners the rule names already; they count even if nothing is theirs. */
function ownersIn(rule: Rule | null): readonly string[] {
  if (rule === null) return [];
  const { allocateTo } = rule;
  if ('value' in allocateTo) return [allocateTo.value];
  if (!('split' in allocateTo)) return [];
  const { split } = allocateTo;
  const named = split.method === 'fixed' ? Object.keys(split.shares) : (split.among ?? []);
  return split.fallback === undefined ? named : [...named, split.fallback];
}

/**
 * A rule's id made of its name: `CI agents!` becomes `ci-agents`, or `ci-agents-2` when that is taken.
 * @internal Pure: tests try names without a form.
 */
export function idFromName(name: string, taken: readonly string[]): string {
  const ascii = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const base =
    ascii
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 55)
      .replace(/-$/, '') || 'rule';
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/**
 * The edit that a checked form asks for.
 * @throws AppError `invalid` when a chosen value is gone or the rule is none the engine takes.
 */
export async function buildEdit(form: RuleForm, sources: EditSources): Promise<RuleEdit> {
  const { from, to, dimension } = form;
  const id = form.ruleId ?? idFromName(form.name, sources.takenIds);
  const effective = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
  const parsed = Rule.safeParse({
    id,
    name: form.name,
    ...(from === null && to === null ? {} : { effective }),
    when: await conditionOf(form, sources),
    allocateTo: await targetOf(form, sources),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError(
      'invalid',
      `The rule cannot be kept: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    );
  }
  if (form.ruleId !== null) return { kind: 'replace', dimension, ruleId: form.ruleId, rule: parsed.data };
  const beforeRuleId = form.before === null ? null : decodeChoice(form.before);
  return { kind: 'add', dimension, rule: parsed.data, beforeRuleId };
}
