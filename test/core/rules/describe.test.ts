import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/core/rules/condition.js';
import { describeCondition, describeRule, describeTarget } from '../../../src/core/rules/describe.js';
import { describeChange, splitChangeLine } from '../../../src/core/rules/describe-change.js';
import type { Pool, Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Split } from '../../../src/core/rules/target.js';
import { anyRuleset } from '../../support/arbitrary/rules.js';
import { day } from '../../support/build/directory.js';
import { rule, ruleset } from '../../support/build/rules.js';

const ci: Condition = { attribute: 'apiKeyName', startsWith: 'ci-' };
const env: Condition = { attribute: 'tag:env', is: 'ci' };
const gpt: Condition = { attribute: 'model', matches: '^gpt-' };

const spend = { method: 'proportional', to: 'spend' } as const;

describe('A split in plain words', () => {
  it.each<[Split, string]>([
    [{ method: 'even', among: ['Search', 'Ads'] }, 'split evenly among Search, Ads'],
    [
      { method: 'fixed', shares: { A: 33.5, B: 66.5 }, fallback: 'C' },
      'split by fixed shares: A 33.5 %, B 66.5 %, else all to C',
    ],
    [spend, 'split in proportion to direct spend among everyone who has any'],
    [
      {
        ...spend,
        among: ['1', '2', '3', '4', '5', '6'],
        where: { attribute: 'chargeCategory', is: 'Usage' },
        partitionBy: 'tag:region',
        base: 'cumulative',
      },
      'split in proportion to spend so far, earlier splits included, among 1, 2, 3, 4, 5 and 1 more with the same tag region, counting only charge category is "Usage"',
    ],
    [
      { method: 'measure', measure: 'headcount' },
      'split in proportion to head count among everyone who has any',
    ],
    [
      { method: 'measure', measure: 'requests', among: ['A'] },
      'split in proportion to the measure "requests" among A',
    ],
  ])('%j reads %s', (split, sentence) => {
    expect(describeTarget({ split })).toBe(sentence);
  });
});

describe('A condition in plain words', () => {
  it.each<[Condition, string]>([
    [{ any: [ci, env] }, 'API key name starts with "ci-" or tag env is "ci"'],
    [
      { any: [ci, { all: [env, { not: gpt }] }] },
      'API key name starts with "ci-" or (tag env is "ci" and model does not match "^gpt-")',
    ],
    [{ not: { any: [ci, env] } }, 'not (API key name starts with "ci-" or tag env is "ci")'],
    [
      { all: [{ not: { all: [ci, env] } }, gpt] },
      'not (API key name starts with "ci-" and tag env is "ci") and model matches "^gpt-"',
    ],
    [{ not: { not: { all: [ci, env] } } }, 'API key name starts with "ci-" and tag env is "ci"'],
    [{ all: [{ any: [ci] }] }, 'API key name starts with "ci-"'],
    [{ dimension: 'team', is: 'Search' }, 'team is "Search"'],
    [{ attribute: 'dimension:team', exists: false }, 'team is not set'],
    [{ not: { attribute: 'tag:env', exists: false } }, 'tag env is set'],
    [{ not: { attribute: 'tag:env', exists: true } }, 'tag env is not set'],
    [{ attribute: 'serviceName', in: ['Cursor'] }, 'service is one of "Cursor"'],
    [
      { not: { attribute: 'model', in: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], ignoreCase: true } },
      'model is none of "a", "b", "c", "d", "e" and 2 more (in any case)',
    ],
    [{ person: { team: 'Search' } }, 'the person is in team Search'],
    [{ not: { person: { costCentre: 'cc-1' } } }, 'the person is not in cost centre cc-1'],
    [{ not: { person: { reportsTo: 'a@b.test' } } }, 'the person does not report to a@b.test'],
  ])('%j reads %s', (condition, sentence) => {
    expect(describeCondition(condition)).toBe(sentence);
  });

  it('names the values of a list, or where room is short only counts them', () => {
    const listed = (values: string[]): Condition => ({ all: [ci, { attribute: 'model', in: values }] });
    const seven = listed(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(describeCondition(seven, 'all')).toContain('is one of "a", "b", "c", "d", "e", "f", "g"');
    expect(describeCondition(seven, 'count')).toBe(
      'API key name starts with "ci-" and model is one of 7 values',
    );
    expect(describeCondition(listed(['a', 'b', 'c']), 'count')).toContain('is one of "a", "b", "c"');
    const long = ['x', 'y'].map((end) => `apikey_01${'A'.repeat(40)}${end}`);
    expect(describeCondition(listed(long), 'count')).toContain('is one of 2 values');
    expect(describeCondition(listed([long[0] ?? '']), 'count')).toContain(`is one of "${long[0]}"`);
  });
});

describe('A rule in plain words', () => {
  it('names its owner and the days on which it holds, the last one included', () => {
    const effective = { from: day('2026-03-01'), to: day('2026-06-01') };
    expect(describeRule(rule('ci', { any: [ci, env] }, { value: 'Platform' }, { effective }))).toBe(
      'API key name starts with "ci-" or tag env is "ci" → Platform, from 2026-03-01, through 2026-05-31',
    );
    expect(describeRule(rule('ci', ci, { owner: 'team' }))).toBe(
      'API key name starts with "ci-" → the owner\'s team on the day of use',
    );
  });

  it('says where an owner is taken from', () => {
    expect(describeTarget({ attribute: 'tag:product' })).toBe('the value of tag product');
    expect(describeTarget({ attribute: 'customerId', template: 'cust {value}' })).toBe(
      'the value of customer ID, as "cust {value}"',
    );
  });
});

const named = (id: string, value: string, more: Partial<Rule> = {}) =>
  rule(id, { attribute: 'model', is: id }, { value }, { name: `Rule ${id}`, ...more });
const of = (...rules: (Rule | undefined)[]) => ruleset({ team: rules.filter((each) => each !== undefined) });
const list = (last: string) =>
  rule('a', { attribute: 'model', in: ['1', '2', '3', '4', '5', last] }, { value: 'A' });

describe('A change in plain words', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => named(id, 'Search'));
  it.each<[string, Ruleset, Ruleset, string[]]>([
    ['nothing', of(a, b), of(a, b), []],
    ['a new rule', of(a), of(b, a), ['team: added "Rule b" as rule 1 of 2: model is "b" → Search']],
    ['a rule that went', of(a, b), of(b), ['team: removed "Rule a": model is "a" → Search']],
    [
      'one rule moved up',
      of(a, b, c, d),
      of(d, a, b, c),
      ['team: moved "Rule d" from rule 4 to rule 1 of 4, before "Rule a"'],
    ],
    [
      'one rule moved down',
      of(a, b, c, d),
      of(b, c, d, a),
      ['team: moved "Rule a" from rule 1 to rule 4 of 4, after "Rule d"'],
    ],
    [
      'a changed rule',
      of(a),
      of(named('a', 'Support', { name: 'Other', effective: { from: day('2026-03-01') } })),
      ['team: changed "Rule a": name "Rule a" → "Other"; to Search → to Support; starts no day → 2026-03-01'],
    ],
    [
      'a changed condition',
      of(a),
      of({ ...named('a', 'Search'), when: gpt }),
      ['team: changed "Rule a": when model is "a" → when model matches "^gpt-"'],
    ],
    ['a new dimension', of(), ruleset({ team: [], region: [] }), ['added dimension region']],
    ['a dimension that went', ruleset({ region: [] }), ruleset({}), ['removed dimension region']],
    ['a default dimension being listed', ruleset({}), ruleset({ team: [] }), []],
  ])('tells of %s', (_, before, after, lines) => {
    expect(describeChange(before, after)).toEqual(lines);
  });

  it('tells of shared costs as of rules', () => {
    const pool = (id: string, owner: string, more: Partial<Pool> = {}): Pool => {
      return { id, name: `Pool ${id}`, owner, split: { method: 'even', among: ['A'] }, ...more };
    };
    const pools = (...shared: Pool[]): Ruleset => {
      return { version: 1, dimensions: [{ id: 'team', rules: [], shared }] };
    };
    const changed = pool('b', 'HR', { split: { method: 'fixed', shares: { A: 100 } } });
    expect(describeChange(pools(pool('a', 'IT'), pool('b', 'HR')), pools(changed))).toEqual([
      'team: removed shared cost "Pool a": what IT has been allocated → split evenly among A',
      'team: changed shared cost "Pool b": split evenly among A → split by fixed shares: A 100 %',
    ]);
    const [it, hr] = [pool('a', 'IT', { effective: { from: day('2026-03-01') } }), pool('b', 'HR')];
    expect(describeChange(pools(hr), pools(it, hr))).toEqual([
      'team: added shared cost "Pool a" as shared cost 1 of 2: what IT has been allocated → split evenly among A, from 2026-03-01',
    ]);
    expect(describeChange(pools(it, hr), pools(hr, pool('a', 'Ops')))).toEqual([
      'team: moved shared cost "Pool b" from shared cost 2 to shared cost 1 of 2, before "Pool a"',
      'team: changed shared cost "Pool a": of IT → of Ops; starts 2026-03-01 → no day',
    ]);
  });

  it('tells of a change beyond the part of a list that is shown', () => {
    expect(describeChange(of(list('6')), of(list('7')))).toEqual([
      'team: changed "a": other values in the lists of: model is one of "1", "2", "3", "4", "5" and 1 more',
    ]);
  });

  it('is empty exactly where rules and their order are the same', () => {
    fc.assert(
      fc.property(anyRuleset, anyRuleset, (before, after) => {
        expect(describeChange(before, structuredClone(before))).toEqual([]);
        const same = JSON.stringify(before) === JSON.stringify(after);
        expect(describeChange(before, after).length === 0).toBe(same);
        for (const line of describeChange(before, after)) {
          const { dimension, text } = splitChangeLine(line);
          expect(dimension === null ? text : `${dimension}: ${text}`).toBe(line);
          const known = [...before.dimensions, ...after.dimensions].map(({ id }) => id);
          if (dimension === null) expect(line).toMatch(/^(added|removed) dimension /);
          else expect(known).toContain(dimension);
        }
      }),
    );
  });

  it('moves no more rules than had to move', () => {
    const ids = Array.from({ length: 12 }, (_, i) => named(`r${i}`, 'Search'));
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: 12 }), fc.nat(11), fc.nat(11), (rules, from, to) => {
        const [moving] = rules.slice(from, from + 1);
        const moved = rules.toSpliced(from, 1).toSpliced(to, 0, moving ?? rules[0]!);
        expect(describeChange(of(...rules), of(...moved)).length).toBe(from === to ? 0 : 1);
      }),
    );
  });
});
