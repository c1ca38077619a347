import { describe, expect, it } from 'vitest';
import { monthRange } from '../../../src/core/base/time.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import type { Condition } from '../../../src/core/rules/condition.js';
import { createFacts, type Facts } from '../../../src/core/rules/facts.js';
import { compileRules } from '../../../src/core/rules/predicate.js';
import { createRuleIndex } from '../../../src/core/rules/rule-index.js';
import { OCTOBER } from '../../support/arbitrary/rules.js';
import { directoryData } from '../../support/build/directory.js';
import { dimensionSet, rule } from '../../support/build/rules.js';

/** A thousand sets, each with a key of its own, in ten services. */
const directory = createDirectory(directoryData({}));
const subjects: readonly Facts[] = Array.from({ length: 1000 }, (_, i) =>
  createFacts(
    dimensionSet(
      { serviceName: `service ${i % 10}`, apiKeyName: `key-${i}.` },
      i % 2 === 0 ? { env: 'ci' } : {},
    ),
    monthRange(OCTOBER),
    directory,
  ),
);

/** How many of the thousand sets have to try a rule. */
function tries(when: Condition): number {
  const index = createRuleIndex(compileRules([rule('r', when, { value: 'A' })]), subjects);
  return subjects.filter((facts) => index.candidates(facts).length > 0).length;
}

const service: Condition = { attribute: 'serviceName', is: 'service 3' };

describe('The rule index', () => {
  it.each<[Condition, number]>([
    [{ attribute: 'apiKeyName', is: 'key-7.' }, 1],
    [{ attribute: 'apiKeyName', in: ['KEY-7.', 'Key-8.'], ignoreCase: true }, 2],
    [{ attribute: 'apiKeyName', matches: '^key-7' }, 111],
    [{ attribute: 'tag:env', exists: false }, 500],
    [{ attribute: 'tag:env', exists: true }, 500],
    [{ any: [service, { attribute: 'apiKeyName', is: 'key-7.' }] }, 101],
    [{ any: [service, { not: service }] }, 1000],
    [{ all: [service, { not: service }] }, 100],
    [{ all: [{ attribute: 'tag:env', is: 'ci' }, { all: [service] }] }, 100],
    [{ person: { team: 'Search' } }, 1000],
    [{ dimension: 'team', is: 'Search' }, 0],
  ])('has %j tried by %i of 1000 sets', (when, count) => {
    expect(tries(when)).toBe(count);
  });

  it('anchors a rule at its rarest leaf where finding it costs less than it saves', () => {
    const prefix: Condition = { attribute: 'apiKeyName', startsWith: 'key-7.' };
    expect(tries({ all: [{ attribute: 'apiKeyName', is: 'key-7.' }, service] })).toBe(1);
    // 1000 values would have to be looked at to spare 100 sets a try.
    expect(tries({ all: [prefix, service] })).toBe(100);
    // 1000 values to spare 1000 sets a try, over and over, is worth it.
    expect(tries({ all: [prefix, { attribute: 'apiKeyName', exists: true }] })).toBe(1);
  });

  it('hands out candidates in order of precedence, each once', () => {
    const both: Condition = { any: [service, { attribute: 'apiKeyName', is: 'key-3.' }] };
    const rules = ['a', 'b', 'c', 'd'].map((id, i) =>
      rule(id, i % 2 === 0 ? both : { not: { attribute: 'model', exists: true } }, { value: 'A' }),
    );
    const index = createRuleIndex(compileRules(rules), subjects);
    const found = subjects.slice(3, 5).map((facts) => index.candidates(facts).map((each) => each.rule.id));
    expect(found).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
    ]);
  });
});
