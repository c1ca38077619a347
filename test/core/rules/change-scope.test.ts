import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import { evaluateMonth } from '../../../src/core/allocation/evaluate-month.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { changeScope } from '../../../src/core/rules/change-scope.js';
import { prepareRules } from '../../../src/core/rules/prepared.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Target } from '../../../src/core/rules/target.js';
import {
  anyDirectoryData,
  anyMonthSets,
  anyRuleset,
  anyRulesetPair,
  OCTOBER,
} from '../../support/arbitrary/rules.js';
import { dimensionSet, rule, ruleset } from '../../support/build/rules.js';

describe('The scope of a change', () => {
  it('leaves out no set and no dimension that comes out differently, for any small change', () => {
    fc.assert(
      fc.property(anyRulesetPair, anyMonthSets, anyDirectoryData, ({ before, after }, sets, data) => {
        const directory = createDirectory(data);
        const { affected, concerns } = changeScope(before, after);
        const untouched = sets
          .filter(({ set }) => concerns !== null && !concerns(set))
          .map((each) => each.setId);
        const outside = (rules: Ruleset) =>
          allocateMonth({ month: OCTOBER, sets, ruleset: rules, directory }).filter(
            ({ dimension, setId }) => !affected.has(dimension) || untouched.includes(setId),
          );
        expect(outside(after)).toEqual(outside(before));
      }),
      { numRuns: 400 },
    );
  });

  it('has everything in it that is needed to work its dimensions out, for any rules', () => {
    fc.assert(
      fc.property(anyRuleset, anyMonthSets, anyDirectoryData, (rules, sets, data) => {
        const input = { month: OCTOBER, sets, ruleset: rules, directory: createDirectory(data) };
        for (const only of ['team', 'product', 'feature']) {
          const part = [...evaluateMonth(input, prepareRules(rules, new Set([only])))].flatMap(
            ({ pieces }) => pieces,
          );
          const isAsked = ({ dimension }: { dimension: string }) => dimension === only;
          expect(part.filter(isAsked)).toEqual(allocateMonth(input).filter(isAsked));
        }
      }),
      { numRuns: 50 },
    );
  });

  const key = (name: string): Rule => rule(name, { attribute: 'apiKeyName', is: name }, { value: 'Search' });
  const tagged = rule('tagged', { attribute: 'tag:env', exists: true }, { value: 'Platform' });
  const follows = rule('follows', { dimension: 'team', is: 'Search' }, { value: 'Atlas' });
  const base = ruleset({ team: [key('a'), key('b'), tagged], product: [follows] });
  const edited = (rules: Rule[]): Ruleset => ruleset({ team: rules, product: [follows] });
  const a = dimensionSet({ apiKeyName: 'a' });
  const b = dimensionSet({ apiKeyName: 'b' });
  const c = dimensionSet({ apiKeyName: 'c' });
  const [isA, isB, isEnv] = [a, b, dimensionSet({}, { env: 'ci' })];

  it.each<[string, Rule[], boolean[]]>([
    [
      'a changed condition: what it matched and what it matches',
      [{ ...key('c'), id: 'a' }, key('b'), tagged],
      [true, false, false, true],
    ],
    [
      'another owner: what the rule matches',
      [{ ...key('a'), allocateTo: { value: 'Support' } }, key('b'), tagged],
      [true, false, false, false],
    ],
    ['a rule that moved: what it matches', [key('a'), tagged, key('b')], [false, false, true, false]],
    ['a rule that is gone: what it matched', [key('a'), tagged], [false, true, false, false]],
    [
      'a rule that looks at another dimension: everything it does not exclude',
      [
        rule(
          'x',
          { all: [{ not: { attribute: 'apiKeyName', is: 'a' } }, { person: { team: 'Search' } }] },
          { value: 'X' },
        ),
        key('a'),
        key('b'),
        tagged,
      ],
      [false, true, true, true],
    ],
    ['nothing: nothing', [key('a'), key('b'), tagged], [false, false, false, false]],
  ])('of %s', (_, rules, expected) => {
    const { concerns } = changeScope(base, edited(rules));
    expect([isA, isB, isEnv, c].map((set) => concerns?.(set))).toEqual(expected);
  });

  it('reaches the dimensions that look at an edited one, and no others', () => {
    const scope = changeScope(base, edited([key('a')]));
    expect(scope.edited).toEqual(['team']);
    expect([...scope.affected]).toEqual(['team', 'product']);
  });

  it('is every set where an affected dimension, or one that it looks at, divides money', () => {
    const split: Target = { split: { method: 'even', among: ['Search', 'Support'] } };
    const shared = rule('shared', { attribute: 'apiKeyName', is: 'a' }, split);
    const product = (value: string) => [{ ...follows, allocateTo: { value } }];
    const scope = (team: Rule[]) =>
      changeScope(
        ruleset({ team, product: product('Atlas') }),
        ruleset({ team, product: product('Helpdesk') }),
      );
    expect(scope([shared]).concerns).toBeNull();
    expect(scope([key('a')]).concerns).not.toBeNull();
  });
});
