import { addDays } from '../time.js';
import type { Comparison, Condition, Leaf, PersonTest } from './condition.js';
import { attributeLabel, operatorLabel, referenceLabel } from './labels.js';
import { operatorOf } from './matchers.js';
import { referenceOf } from './reference.js';
import type { Rule } from './rule.js';
import type { Target } from './target.js';

/** A longer list is cut, and says how many more there are. */
const MAX_LISTED = 5;

/** A condition in plain words: `API key name starts with "ci-" or tag env is "ci"`. */
export function describeCondition(condition: Condition): string {
  return describe(condition, false);
}

/** A target in plain words: `Platform`, `the value of tag product`, `the person's team on the day of use`. */
export function describeTarget(target: Target): string {
  if ('value' in target) return target.value;
  if ('attribute' in target) {
    const value = `the value of ${attributeLabel(target.attribute)}`;
    return target.template === undefined ? value : `${value}, as "${target.template}"`;
  }
  return OWNERS[target.owner];
}

const OWNERS: Readonly<Record<Extract<Target, { owner: string }>['owner'], string>> = {
  team: "the owner's team on the day of use",
  person: 'the person who used it',
  costCentre: "the person's cost centre on the day of use",
};

/** A rule in plain words: `API key name starts with "ci-" → Platform, from 2026-03-01`. */
export function describeRule(rule: Rule): string {
  return `${describeCondition(rule.when)} → ${describeTarget(rule.allocateTo)}${describeEffective(rule)}`;
}

/** `, from 2026-03-01, through 2026-05-31` (the last day inclusive, as people say it); empty when always in force. */
function describeEffective({ effective }: Rule): string {
  const from = effective?.from === undefined ? '' : `, from ${effective.from}`;
  const to = effective?.to === undefined ? '' : `, through ${addDays(effective.to, -1)}`;
  return from + to;
}

/** `negated`: the opposite of the condition. */
function describe(condition: Condition, negated: boolean): string {
  if ('all' in condition) return describeGroup(condition.all, 'and', negated);
  if ('any' in condition) return describeGroup(condition.any, 'or', negated);
  if ('not' in condition) return describe(condition.not, !negated);
  if ('person' in condition) return describePersonTest(condition.person, negated);
  return describeLeaf(condition, negated);
}

function describeGroup(parts: readonly Condition[], word: 'and' | 'or', negated: boolean): string {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return describe(only, negated);
  const text = parts.map((part) => (isGroup(part) ? `(${describe(part, false)})` : describe(part, false)));
  return negated ? `not (${text.join(` ${word} `)})` : text.join(` ${word} `);
}

/** Whether the text of a condition needs brackets beside others. */
function isGroup(condition: Condition): boolean {
  if ('not' in condition && 'not' in condition.not) return isGroup(condition.not.not);
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? isGroup(only) : parts.length > 1;
}

function describeLeaf(leaf: Leaf, negated: boolean): string {
  const label = referenceLabel(referenceOf(leaf));
  if (leaf.exists !== undefined) return `${label} ${operatorLabel('exists', leaf.exists === negated)}`;
  const anyCase = leaf.ignoreCase === true ? ' (in any case)' : '';
  return `${label} ${operatorLabel(operatorOf(leaf), negated)} ${describeOperand(leaf)}${anyCase}`;
}

function describeOperand(comparison: Comparison): string {
  if (comparison.in !== undefined) {
    const listed = comparison.in.slice(0, MAX_LISTED).map(quote).join(', ');
    const more = comparison.in.length - MAX_LISTED;
    return more > 0 ? `${listed} and ${more} more` : listed;
  }
  const operator = operatorOf(comparison);
  return quote(String(comparison[operator]));
}

function quote(text: string): string {
  return `"${text}"`;
}

function describePersonTest({ team, costCentre, reportsTo }: PersonTest, negated: boolean): string {
  const not = negated ? ' not' : '';
  if (team !== undefined) return `the person is${not} in team ${team}`;
  if (costCentre !== undefined) return `the person is${not} in cost centre ${costCentre}`;
  return `the person ${negated ? 'does not report' : 'reports'} to ${reportsTo ?? ''}`;
}
