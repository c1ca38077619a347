import { RE2JS } from 're2js';
import { AppError, invalid } from '../base/errors.js';
import { type Comparison, OPERATORS, type Operator } from './condition.js';

/** Whether a value satisfies a comparison; undefined is an absent value. */
export type ValueTest = (value: string | undefined) => boolean;

/** Rules are read again and again, and a pattern takes longer to compile than to run. */
const compiled = new WeakMap<Comparison, ValueTest>();

/** Makes the test of one comparison. @throws AppError `invalid` for a pattern that cannot be run. */
export function compileComparison(comparison: Comparison): ValueTest {
  const known = compiled.get(comparison);
  if (known !== undefined) return known;
  const test = makeTest(comparison);
  compiled.set(comparison, test);
  return test;
}

function makeTest(comparison: Comparison): ValueTest {
  const fold = comparison.ignoreCase === true ? foldCase : asIs;
  const { is, in: list, startsWith, endsWith, contains, matches, exists } = comparison;
  if (is !== undefined) return isValue(is, fold);
  if (list !== undefined) return inList(list, fold);
  if (startsWith !== undefined) return startsWithText(startsWith, fold);
  if (endsWith !== undefined) return endsWithText(endsWith, fold);
  if (contains !== undefined) return containsText(contains, fold);
  if (matches !== undefined) return matchesPattern(matches, comparison.ignoreCase === true);
  if (exists !== undefined) return isPresent(exists);
  throw new AppError('bug', 'A comparison without an operator got past the schema.');
}

/** The operator that a comparison uses. */
export function operatorOf(comparison: Comparison): Operator {
  const operator = OPERATORS.find((name) => comparison[name] !== undefined);
  if (operator === undefined)
    throw new AppError('bug', 'A comparison without an operator got past the schema.');
  return operator;
}

/** How texts are made comparable where case does not matter. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}

type Fold = (text: string) => string;
const asIs: Fold = (text) => text;

// One matcher an operator. All but `exists` are false of an absent value.

function isValue(wanted: string, fold: Fold): ValueTest {
  const folded = fold(wanted);
  return (value) => value !== undefined && fold(value) === folded;
}

function inList(wanted: readonly string[], fold: Fold): ValueTest {
  const folded = new Set(wanted.map(fold));
  return (value) => value !== undefined && folded.has(fold(value));
}

function startsWithText(start: string, fold: Fold): ValueTest {
  const folded = fold(start);
  return (value) => value !== undefined && fold(value).startsWith(folded);
}

function endsWithText(end: string, fold: Fold): ValueTest {
  const folded = fold(end);
  return (value) => value !== undefined && fold(value).endsWith(folded);
}

function containsText(part: string, fold: Fold): ValueTest {
  const folded = fold(part);
  return (value) => value !== undefined && fold(value).includes(folded);
}

/** Found anywhere in the value unless the pattern is anchored; linear in the length of the value. */
function matchesPattern(pattern: string, ignoreCase: boolean): ValueTest {
  const compiled = compilePattern(pattern, ignoreCase);
  return (value) => value !== undefined && compiled.test(value);
}

function isPresent(wanted: boolean): ValueTest {
  return (value) => (value !== undefined) === wanted;
}

function compilePattern(pattern: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (cause) {
    const why =
      cause instanceof Error ? cause.message.replace('error parsing regexp: ', '') : 'unknown reason';
    return invalid(
      `the pattern "${pattern.slice(0, 60)}" cannot be run in linear time (${why}); write it without look-around and back-references.`,
    );
  }
}
