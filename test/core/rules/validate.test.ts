import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/base/errors.js';
import type { Condition } from '../../../src/core/rules/condition.js';
import { orderDimensions } from '../../../src/core/rules/dependencies.js';
import { checkRuleset, parseRuleset } from '../../../src/core/rules/validate.js';
import { anyRuleset } from '../../support/arbitrary/rules.js';
import { rule, ruleset } from '../../support/build/rules.js';

const when = { attribute: 'model', exists: true } as const;
const to = { value: 'Search' };

/** The sentence with which a call is refused. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.message;
    throw error;
  }
  return 'nothing was refused';
}

/** A ruleset file of one rule, some of whose fields are replaced. */
function fileOf(fields: Readonly<Record<string, unknown>>): unknown {
  const one = { id: 'ci', name: 'CI', when, allocateTo: to, ...fields };
  return { version: 1, dimensions: [{ id: 'team', rules: [one] }] };
}

function nested(depth: number): Condition {
  let condition: Condition = when;
  for (let i = 1; i < depth; i++) condition = { not: condition };
  return condition;
}

describe('Reading a ruleset', () => {
  it('reads e-mail addresses in lower case, as they are kept, and leaves other values as they are', () => {
    const read = (when: unknown) => parseRuleset(fileOf({ when })).dimensions[0]?.rules[0]?.when;
    expect(read({ attribute: 'email', is: ' Ana@A.example' })).toEqual({
      attribute: 'email',
      is: 'ana@a.example',
    });
    const nested = {
      any: [{ not: { attribute: 'email', in: ['B@X.example'] } }, { attribute: 'model', is: 'GPT' }],
    };
    expect(read(nested)).toEqual({
      any: [{ not: { attribute: 'email', in: ['b@x.example'] } }, { attribute: 'model', is: 'GPT' }],
    });
    expect(read({ attribute: 'email', endsWith: '@A.Example' })).toMatchObject({ endsWith: '@a.example' });
    expect(read({ attribute: 'email', matches: '^Ana' })).toMatchObject({
      matches: '^Ana',
      ignoreCase: true,
    });
  });

  it('gives back what was written', () => {
    fc.assert(
      fc.property(anyRuleset, (rules) => {
        expect(parseRuleset(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
      }),
    );
  });

  it.each([
    [
      { when: { attribute: 'colour', is: 'x' } },
      /: when\.attribute is no attribute: write tag:KEY, dimension:ID or one of/,
    ],
    [{ when: { any: [when, { attribute: 'model' }] } }, /: when\.any\[1\] needs exactly one of is, in/],
    [{ when: { attribute: 'model', is: 'x', contains: 'y' } }, /: when needs exactly one of is, in/],
    [{ when: { all: [{ not: { attribute: 'model', in: [] } }] } }, /: when\.all\[0\]\.not\.in is too small/],
    [{ when: { attribute: 'model', is: 'x', colour: 'red' } }, /: when has the unknown field colour\.$/],
    [{ when: { colour: 'red' } }, /: when is no condition: write all, any, not/],
    [{ when: 'model' }, /: when is no condition: write all, any, not/],
    [{ when: { person: { team: 'A', costCentre: 'B' } } }, /: when\.person needs exactly one of team/],
    [{ when: undefined }, /: when is no condition/],
    [{ allocateTo: { value: 'Unallocated' } }, /: allocateTo\.value may not be "Unallocated"/],
    [{ allocateTo: { attribute: 'model', template: 'x' } }, /: allocateTo\.template must contain \{value\}/],
    [{ allocateTo: { owner: 'boss' } }, /: allocateTo\.owner must be team or person or costCentre\.$/],
    [{ allocateTo: {} }, /: allocateTo is no target/],
    [{ name: undefined }, /: name is missing\.$/],
    [{ name: 7 }, /: name is no string\.$/],
    [{ effective: { from: '2026-03-01', to: '2026-03-01' } }, /: effective must start before it ends/],
    [{ effective: { from: '2026-02-30' } }, /: effective\.from is no day; write it as/],
  ])('refuses %j naming dimension, rule and place', (fields, sentence) => {
    const message = refusal(() => parseRuleset(fileOf(fields), 'rules.yml'));
    expect(message).toMatch(/^rules\.yml cannot be read: dimensions\[0\] \(team\) rule "ci": /);
    expect(message.slice(message.indexOf('"ci"') + 4)).toMatch(sentence);
  });

  it('names places outside of rules, and says how many more there are', () => {
    expect(refusal(() => parseRuleset({ version: 2, dimensions: [{ id: 'Team' }] }))).toBe(
      'The rules cannot be read: version must be 1 (and 2 more such places).',
    );
    expect(refusal(() => parseRuleset({ version: 1, dimensions: [{ id: 'Team', rules: [] }] }))).toMatch(
      /dimensions\[0\] \(Team\): id must be lower-case/,
    );
    expect(refusal(() => parseRuleset(null))).toBe('The rules cannot be read: the file is no object.');
  });

  it('refuses what is nested without end before it reads it', () => {
    let endless: unknown = when;
    for (let i = 0; i < 100_000; i++) endless = { not: endless };
    expect(refusal(() => parseRuleset(fileOf({ when: endless })))).toMatch(/nested too deeply/);
    const circle: Record<string, unknown> = {};
    circle['not'] = circle;
    expect(refusal(() => parseRuleset(fileOf({ when: circle })))).toMatch(/nested too deeply/);
  });

  it('allows conditions twenty deep and no deeper', () => {
    const groups = (depth: number): Condition =>
      depth === 1 ? when : { all: [{ any: [groups(depth - 2)] }] };
    expect(parseRuleset(fileOf({ when: groups(19) }))).toBeDefined();
    expect(parseRuleset(fileOf({ when: nested(20) }))).toBeDefined();
    expect(refusal(() => parseRuleset(fileOf({ when: nested(21) })))).toBe(
      'Dimension team, rule "ci" nests its conditions deeper than 20; flatten them.',
    );
  });
});

describe('Checking a ruleset', () => {
  it.each([
    [
      {
        version: 1 as const,
        dimensions: [
          { id: 'team', rules: [] },
          { id: 'team', rules: [] },
        ],
      },
      'There are two dimensions with the id "team"; join their rules.',
    ],
    [
      ruleset({ team: [rule('a', when, to), rule('a', when, to)] }),
      'Dimension team has two rules with the id "a"; give one of them another id.',
    ],
    [
      ruleset({ team: [rule('a', { dimension: 'region', is: 'x' }, to)] }),
      'Dimension team, rule "a" looks at the dimension "region", which does not exist; there are team, product, customer, feature, cost-centre, treatment.',
    ],
    [
      ruleset({ team: [rule('a', when, { attribute: 'dimension:team' })] }),
      'Dimensions look at each other in a circle: team → team. Take one of these looks away.',
    ],
    [
      ruleset({
        team: [rule('a', { not: { any: [{ attribute: 'dimension:product', exists: true }] } }, to)],
        product: [rule('b', when, { attribute: 'dimension:feature' })],
        feature: [rule('c', { dimension: 'team', exists: true }, to)],
      }),
      'Dimensions look at each other in a circle: team → product → feature → team. Take one of these looks away.',
    ],
    [
      ruleset({ product: [rule('a', { dimension: 'team', is: 'Unallocated' }, to)] }),
      'Dimension product, rule "a" compares a dimension with "Unallocated"; write exists: false instead.',
    ],
    [
      ruleset({ team: [rule('a', { attribute: 'model', matches: '(?=x)' }, to)] }),
      'Dimension team, rule "a": the pattern "(?=x)" cannot be run in linear time (invalid or unsupported Perl syntax: `(?=`); write it without look-around and back-references.',
    ],
    [
      ruleset({
        team: [
          rule(
            'a',
            { all: Array.from({ length: 11 }, () => ({ any: Array.from({ length: 200 }, () => when) })) },
            to,
          ),
        ],
      }),
      'Dimension team, rule "a" has more than 2000 conditions; use "in" with a list instead.',
    ],
  ])('refuses it with a sentence: %#', (rules, sentence) => {
    expect(refusal(() => checkRuleset(rules))).toBe(sentence);
  });

  it('allows the same rule id in two dimensions', () => {
    expect(() =>
      checkRuleset(ruleset({ team: [rule('a', when, to)], product: [rule('a', when, to)] })),
    ).not.toThrow();
  });
});

describe('A split that makes no sense', () => {
  const file = (split: unknown, shared: unknown[] = []) => ({
    version: 1,
    dimensions: [{ id: 'team', rules: [{ id: 'a', name: 'a', when, allocateTo: { split } }], shared }],
  });
  const even = { method: 'even', among: ['A'] };
  const spend = { method: 'proportional', to: 'spend' };
  const place = 'The rules cannot be read: dimensions[0] (team) rule "a": allocateTo.split';
  it.each<[unknown, string]>([
    [{ method: 'even' }, `${place}.among is missing.`],
    [{ method: 'even', among: [] }, `${place}.among is too small: expected array to have >=1 items.`],
    [{ method: 'even', among: ['A', 'A'] }, `${place}.among names an owner twice.`],
    [
      { method: 'even', among: ['Unallocated'] },
      `${place}.among[0] may not be "Unallocated": it is what is left when no rule matches.`,
    ],
    [{ method: 'fixed', shares: { A: 60, B: 39.9 } }, `${place}.shares must total exactly 100.`],
    [
      { method: 'fixed', shares: { A: 110, B: -10 } },
      `${place}.shares.A is too big: expected number to be <=100 (and 1 more such places).`,
    ],
    [{ method: 'proportional', among: ['A'] }, `${place}.to must be spend.`],
    [{ method: 'measure' }, `${place}.measure is missing.`],
    [
      { method: 'random' },
      `${place}.method is no split: its method must be even, fixed, proportional or measure.`,
    ],
    [{ ...even, where: when }, `${place} has the unknown field where.`],
  ])('is refused with a sentence: %j', (split, sentence) => {
    expect(refusal(() => parseRuleset(file(split)))).toBe(sentence);
  });

  it.each([[{ A: 33.3, B: 33.3, C: 33.4 }], [{ A: 0.1, B: 0.2, C: 99.7 }], [{ A: 100, B: 0 }]])(
    'is not one with the shares %j, which floats would not add up',
    (shares) => {
      expect(() => parseRuleset(file({ method: 'fixed', shares }))).not.toThrow();
    },
  );

  it.each<[unknown[], string]>([
    [
      [{ id: 'p', name: 'p', owner: 'IT', split: { method: 'fixed', shares: { IT: 50, A: 50 } } }],
      'Dimension team, rule "p" gives IT its own money back; take IT out of it.',
    ],
    [
      [{ id: 'p', name: 'p', owner: 'IT', split: { ...spend, fallback: 'IT' } }],
      'Dimension team, rule "p" gives IT its own money back; take IT out of it.',
    ],
    [
      [
        { id: 'p', name: 'p', owner: 'IT', split: even },
        { id: 'q', name: 'q', owner: 'HR', split: { method: 'even', among: ['A', 'IT'] } },
      ],
      'Dimension team, rule "q" gives to IT, whose money "p" has passed on before; take IT out of it or put this one first.',
    ],
    [
      [{ id: 'a', name: 'p', owner: 'IT', split: even }],
      'Dimension team has two rules with the id "a"; give one of them another id.',
    ],
    [
      [{ id: 'p', name: 'p', owner: 'IT', split: { ...spend, where: { dimension: 'team', is: 'A' } } }],
      'Dimensions look at each other in a circle: team → team. Take one of these looks away.',
    ],
  ])('is refused among shared costs: %#', (shared, sentence) => {
    expect(refusal(() => parseRuleset(file(even, shared)))).toBe(sentence);
  });
});

describe('The order of dimensions', () => {
  it('puts each after those it looks at, otherwise as written, and the default ones that are not listed last', () => {
    const rules = ruleset({
      product: [rule('a', { dimension: 'region', exists: true }, to)],
      customer: [],
      region: [rule('b', when, { attribute: 'dimension:treatment' })],
      team: [],
    });
    expect(orderDimensions(rules).map(({ id }) => id)).toEqual([
      'treatment',
      'region',
      'product',
      'customer',
      'team',
      'feature',
      'cost-centre',
    ]);
  });
});
