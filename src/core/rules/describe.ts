import { assertNever } from '../base/errors.js';
import { addDays } from '../base/time.js';
import { HEADCOUNT } from '../ledger/measure.js';
import type { Comparison, Condition, Leaf, PersonTest } from './condition.js';
import { attributeLabel, operatorLabel, referenceLabel } from './labels.js';
import { operatorOf } from './matchers.js';
import { referenceOf } from './reference.js';
import type { Pool, Rule } from './rule.js';
import type { Split, Target } from './target.js';

/** How much is said of a list of values: its first ones, every one, or (when it is long) only how many there are. */
export type ListDetail = 'first' | 'all' | 'count';

/** `first`: a longer list is cut, and says how many more there are. */
const MAX_FIRST = 5;
/** `count`: a list of more values, or of more characters, is counted. */
const MAX_NAMED = 3;
const MAX_NAMED_LENGTH = 80;

/** A condition in plain words: `API key name starts with "ci-" or tag env is "ci"`. */
export function describeCondition(condition: Condition, lists: ListDetail = 'first'): string {
  return describe(condition, false, lists);
}

/** A target in plain words: `Platform`, `the value of tag product`, `the person's team on the day of use`. */
export function describeTarget(target: Target): string {
  if ('value' in target) return target.value;
  if ('attribute' in target) {
    const value = `the value of ${attributeLabel(target.attribute)}`;
    return target.template === undefined ? value : `${value}, as "${target.template}"`;
  }
  return 'split' in target ? describeSplit(target.split) : OWNERS[target.owner];
}

const OWNERS: Readonly<Record<Extract<Target, { owner: string }>['owner'], string>> = {
  team: "the owner's team on the day of use",
  person: 'the person who used it',
  costCentre: "the person's cost centre on the day of use",
};

/** A shared cost in plain words: `what Platform holds → split evenly among Search, Support`. */
export function describePool(pool: Pool): string {
  return `what ${pool.owner} has been allocated → ${describeSplit(pool.split)}${describeEffective(pool)}`;
}

/** A split in plain words: `split by spend in proportion among Search, Support, counting only model is "gpt-6"`. */
export function describeSplit(split: Split): string {
  const rest = split.fallback === undefined ? '' : `, else all to ${split.fallback}`;
  return `split ${describeWeights(split)}${rest}`;
}

function describeWeights(split: Split): string {
  switch (split.method) {
    case 'even':
      return `evenly among ${listed(split.among)}`;
    case 'fixed':
      return `by fixed shares: ${listed(Object.entries(split.shares).map(([owner, share]) => `${owner} ${share} %`))}`;
    case 'proportional':
      return `in proportion to ${describeSpend(split)}`;
    case 'measure': {
      const measure = split.measure === HEADCOUNT ? 'head count' : `the measure "${split.measure}"`;
      return `in proportion to ${measure} among ${split.among === undefined ? 'everyone who has any' : listed(split.among)}`;
    }
    default:
      return assertNever(split);
  }
}

function describeSpend({ base, among, where, partitionBy }: Extract<Split, { to: 'spend' }>): string {
  const spend = base === 'cumulative' ? 'spend so far, earlier splits included,' : 'direct spend';
  const owners = among === undefined ? 'everyone who has any' : listed(among);
  const same = partitionBy === undefined ? '' : ` with the same ${attributeLabel(partitionBy)}`;
  const only = where === undefined ? '' : `, counting only ${describeCondition(where)}`;
  return `${spend} among ${owners}${same}${only}`;
}

function listed(items: readonly string[]): string {
  const more = items.length - MAX_FIRST;
  const shown = items.slice(0, MAX_FIRST).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A rule in plain words: `API key name starts with "ci-" → Platform, from 2026-03-01`. */
export function describeRule(rule: Rule, lists: ListDetail = 'first'): string {
  return `${describeCondition(rule.when, lists)} → ${describeTarget(rule.allocateTo)}${describeEffective(rule)}`;
}

/** `, from 2026-03-01, through 2026-05-31` (the last day inclusive, as people say it); empty when always in force. */
function describeEffective({ effective }: Rule | Pool): string {
  const from = effective?.from === undefined ? '' : `, from ${effective.from}`;
  const to = effective?.to === undefined ? '' : `, through ${addDays(effective.to, -1)}`;
  return from + to;
}

/** `negated`: the opposite of the condition. */
function describe(condition: Condition, negated: boolean, lists: ListDetail): string {
  if ('all' in condition || 'any' in condition) return describeGroup(condition, negated, lists);
  if ('not' in condition) return describe(condition.not, !negated, lists);
  if ('person' in condition) return describePersonTest(condition.person, negated);
  return describeLeaf(condition, negated, lists);
}

function describeGroup(
  group: Extract<Condition, { all: unknown } | { any: unknown }>,
  negated: boolean,
  lists: ListDetail,
): string {
  const [parts, word] = 'all' in group ? [group.all, 'and'] : [group.any, 'or'];
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return describe(only, negated, lists);
  const text = parts.map((part) => {
    const plain = describe(part, false, lists);
    return isGroup(part) ? `(${plain})` : plain;
  });
  return negated ? `not (${text.join(` ${word} `)})` : text.join(` ${word} `);
}

/** Whether the text of a condition needs brackets beside others. */
function isGroup(condition: Condition): boolean {
  if ('not' in condition && 'not' in condition.not) return isGroup(condition.not.not);
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? isGroup(only) : parts.length > 1;
}

function describeLeaf(leaf: Leaf, negated: boolean, lists: ListDetail): string {
  const label = referenceLabel(referenceOf(leaf));
  if (leaf.exists !== undefined) return `${label} ${operatorLabel('exists', leaf.exists === negated)}`;
  const anyCase = leaf.ignoreCase === true ? ' (in any case)' : '';
  return `${label} ${operatorLabel(operatorOf(leaf), negated)} ${describeOperand(leaf, lists)}${anyCase}`;
}

function describeOperand(comparison: Comparison, lists: ListDetail): string {
  if (comparison.in !== undefined) return describeList(comparison.in, lists);
  const operator = operatorOf(comparison);
  return quote(String(comparison[operator]));
}

function describeList(values: readonly string[], lists: ListDetail): string {
  const all = values.map(quote).join(', ');
  switch (lists) {
    case 'all':
      return all;
    case 'count': {
      const isShort = values.length <= MAX_NAMED && all.length <= MAX_NAMED_LENGTH;
      return isShort || values.length === 1 ? all : `${values.length} values`;
    }
    case 'first': {
      const more = values.length - MAX_FIRST;
      return more > 0 ? `${values.slice(0, MAX_FIRST).map(quote).join(', ')} and ${more} more` : all;
    }
    default:
      return assertNever(lists);
  }
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
