import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateWithFindings } from '../../../src/core/allocation/allocate.js';
import type { MonthSet } from '../../../src/core/allocation/allocation.js';
import { createLinter, type IdleRule } from '../../../src/core/allocation/lint.js';
import { parseMonth } from '../../../src/core/base/time.js';
import { createDirectory, type Directory } from '../../../src/core/people/directory.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import { anyDirectoryData, anyMonthSets, anyRuleset, OCTOBER } from '../../support/arbitrary/rules.js';
import { day, directoryData } from '../../support/build/directory.js';
import { dimensionSet, monthSet, rule, ruleset } from '../../support/build/rules.js';
import { idleNaively } from '../../support/naive/allocation.js';

function lintRuleset(input: {
  ruleset: Ruleset;
  months: ReadonlyMap<typeof OCTOBER, readonly MonthSet[]>;
  directory: Directory;
}): readonly IdleRule[] {
  const { ruleset, directory } = input;
  const linter = createLinter(ruleset);
  for (const [month, sets] of input.months)
    allocateWithFindings({ month, sets, ruleset, directory, money: [] }, linter);
  return linter.idle();
}

function lint(rules: readonly Rule[], months: ReadonlyMap<typeof OCTOBER, readonly MonthSet[]>): string[] {
  return lintRuleset({
    ruleset: ruleset({ team: rules }),
    months,
    directory: createDirectory(directoryData({})),
  }).map(({ dimension, ruleId, why }) => `${dimension}/${ruleId} ${why}`);
}

describe('Lint', () => {
  it('finds, for any rules, those that match nothing and those that never win', () => {
    fc.assert(
      fc.property(anyRuleset, anyMonthSets, anyDirectoryData, (rules, sets, data) => {
        const idle = lintRuleset({
          ruleset: rules,
          months: new Map([[OCTOBER, sets]]),
          directory: createDirectory(data),
        });
        const { matching, winning } = idleNaively({ month: OCTOBER, sets, ruleset: rules, data });
        const expected = rules.dimensions.flatMap(({ id, rules }) =>
          rules
            .filter((each) => !winning.has(`${id}/${each.id}`))
            .map((each) => ({
              dimension: id,
              ruleId: each.id,
              why: matching.has(`${id}/${each.id}`) ? 'shadowed' : 'dead',
            })),
        );
        expect(idle.toSorted(byKey)).toEqual(expected.toSorted(byKey));
      }),
      { numRuns: 60 },
    );
  });

  const set = dimensionSet({ model: 'gpt-6' });
  const months = new Map([
    [OCTOBER, [monthSet(1, set)]],
    [parseMonth('2026-11'), [monthSet(1, set, '2026-11-01', '2026-11-30')]],
  ]);

  it('calls a rule shadowed where the rules above take all it would match, on every day', () => {
    const first = rule('first', { attribute: 'model', startsWith: 'gpt' }, { value: 'A' });
    const second = rule('second', { attribute: 'model', is: 'gpt-6' }, { value: 'B' });
    expect(lint([first, second], months)).toEqual(['team/second shadowed']);
    expect(lint([{ ...first, effective: { to: day('2026-11-30') } }, second], months)).toEqual([]);
  });

  it('calls a rule dead that no charge matches, also where it is only not in force', () => {
    const other = rule('other', { attribute: 'model', is: 'claude' }, { value: 'A' });
    const later = rule(
      'later',
      { attribute: 'model', exists: true },
      { value: 'A' },
      { effective: { from: day('2027-01-01') } },
    );
    expect(lint([other, later], months)).toEqual(['team/other dead', 'team/later dead']);
  });
});

function byKey(a: { dimension: string; ruleId: string }, b: { dimension: string; ruleId: string }): number {
  return `${a.dimension}/${a.ruleId}` < `${b.dimension}/${b.ruleId}` ? -1 : 1;
}
