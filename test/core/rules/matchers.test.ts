import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/core/rules/condition.js';
import { compileComparison } from '../../../src/core/rules/matchers.js';

const cases: [Comparison, string[], string[]][] = [
  [{ is: 'ci' }, ['ci'], ['CI', 'ci-1']],
  [{ is: 'ci', ignoreCase: true }, ['ci', 'CI'], ['ci-1']],
  [{ in: ['a', 'b'] }, ['a', 'b'], ['A', 'ab']],
  [{ in: ['a', 'B'], ignoreCase: true }, ['A', 'b'], ['ab']],
  [{ startsWith: 'ci-' }, ['ci-', 'ci-agent'], ['xci-', 'CI-agent']],
  [{ startsWith: 'Ci-', ignoreCase: true }, ['cI-agent'], ['ci']],
  [{ endsWith: '-prod' }, ['-prod', 'a-prod'], ['a-prod-1', 'a-PROD']],
  [{ endsWith: '-PROD', ignoreCase: true }, ['a-prod'], ['prod']],
  [{ contains: 'gpt' }, ['gpt-6', 'a gpt'], ['GPT', 'gp']],
  [{ contains: 'GPT', ignoreCase: true }, ['a gpt'], ['gp']],
  [{ matches: '^gpt-[0-9]+$' }, ['gpt-6', 'gpt-66'], ['gpt-', 'a gpt-6', 'GPT-6']],
  [{ matches: 'b+' }, ['abba'], ['a', 'B']],
  [{ matches: '^gpt', ignoreCase: true }, ['GPT-6'], ['a']],
  [{ exists: true }, ['a'], []],
  [{ exists: false }, [], ['a']],
];

describe('a comparison', () => {
  it.each(cases)('%j is true of %j and not of %j', (comparison, yes, no) => {
    const test = compileComparison(comparison);
    expect(yes.map(test)).toEqual(yes.map(() => true));
    expect(no.map(test)).toEqual(no.map(() => false));
  });

  it.each(cases)('%j is true of an absent value only if it asks for absence', (comparison) => {
    expect(compileComparison(comparison)(undefined)).toBe(comparison.exists === false);
  });

  it.each([['(?=a)b'], ['(a)\\1'], ['((a{100}){100}){100}'], ['(']])(
    'refuses the pattern %s with a sentence',
    (matches) => {
      expect(() => compileComparison({ matches })).toThrow(/^the pattern ".*" cannot be run in linear time/);
    },
  );

  it('runs a pattern that would hang a backtracking engine', () => {
    const test = compileComparison({ matches: '^(a+)+$' });
    expect(test(`${'a'.repeat(20_000)}b`)).toBe(false);
  });
});
