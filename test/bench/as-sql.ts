import type { AttributeName, DimensionSet } from '../../src/core/ledger/charge.js';
import type { Comparison, Condition } from '../../src/core/rules/condition.js';
import { parseReference, referenceOf } from '../../src/core/rules/reference.js';
import type { Rule } from '../../src/core/rules/rule.js';
import type { Target } from '../../src/core/rules/target.js';

/** What DuckDB's table of charges holds of a dimension set: the columns that the rules may look at. */
export const SET_COLUMNS: readonly (AttributeName | `tag:${string}`)[] = [
  'serviceName',
  'subAccountId',
  'regionId',
  'apiKeyId',
  'apiKeyName',
  'model',
  'email',
  'tag:env',
  'tag:team',
  'tag:project',
];

/** A column's name in SQL. */
export function sqlColumn(column: (typeof SET_COLUMNS)[number]): string {
  return `"${column}"`;
}

/** A set's value in a column; empty where it has none, which DuckDB reads as null. */
export function columnValue(set: DimensionSet, column: (typeof SET_COLUMNS)[number]): string {
  const reference = parseReference(column);
  if (reference.kind === 'tag') return set.tags[reference.key] ?? '';
  return reference.kind === 'attribute' ? (set.attributes[reference.name] ?? '') : '';
}

/** All rules as one expression, first match wins: what people write who allocate in SQL. */
export function caseOf(rules: readonly Rule[]): string {
  const branches = rules.map((rule) => {
    const { from, to } = rule.effective ?? {};
    const dates = [
      ...(from === undefined ? [] : [`day >= date ${text(from)}`]),
      ...(to === undefined ? [] : [`day < date ${text(to)}`]),
    ];
    return `when ${[...dates, sqlCondition(rule.when)].join(' and ')} then ${sqlTarget(rule.allocateTo)}`;
  });
  return `case ${branches.join('\n')} end`;
}

function sqlTarget(target: Target): string {
  if ('value' in target) return text(target.value);
  if ('attribute' in target) return `"${target.attribute}"`;
  throw new Error('The benchmark has no SQL for such a target.');
}

function sqlCondition(condition: Condition): string {
  if ('all' in condition) return `(${condition.all.map(sqlCondition).join(' and ')})`;
  if ('any' in condition) return `(${condition.any.map(sqlCondition).join(' or ')})`;
  if ('not' in condition) return `not ${sqlCondition(condition.not)}`;
  if ('person' in condition) throw new Error('The benchmark has no SQL for conditions on people.');
  const reference = referenceOf(condition);
  const column =
    reference.kind === 'attribute'
      ? `"${reference.name}"`
      : 'key' in reference
        ? `"tag:${reference.key}"`
        : '';
  if (condition.exists !== undefined) return `(${column} is ${condition.exists ? 'not ' : ''}null)`;
  // A comparison with null is null in SQL and false with us: `not` would tell them apart.
  return `coalesce(${sqlComparison(column, condition)}, false)`;
}

function sqlComparison(column: string, comparison: Comparison): string {
  const fold = (operand: string) => (comparison.ignoreCase === true ? `lower(${operand})` : operand);
  const { is, in: list, startsWith, endsWith, contains, matches } = comparison;
  const value = fold(column);
  if (is !== undefined) return `${value} = ${fold(text(is))}`;
  // Never IN: inside a CASE it becomes one join a list, and 5,000 of them need more memory than there is.
  if (list !== undefined)
    return `list_contains([${list.map((each) => fold(text(each))).join(', ')}], ${value})`;
  if (startsWith !== undefined) return `starts_with(${value}, ${fold(text(startsWith))})`;
  if (endsWith !== undefined) return `suffix(${value}, ${fold(text(endsWith))})`;
  if (contains !== undefined) return `contains(${value}, ${fold(text(contains))})`;
  return `regexp_matches(${column}, ${text(matches ?? '')}${comparison.ignoreCase === true ? ", 'i'" : ''})`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
