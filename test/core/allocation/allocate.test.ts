import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece } from '../../../src/core/allocation/allocation.js';
import { daysIn, monthRange, parseMonth } from '../../../src/core/base/time.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { DEFAULT_DIMENSIONS, type Rule, type Ruleset } from '../../../src/core/rules/rule.js';
import { anyDirectoryData, anyMonthSets, anyRuleset, OCTOBER } from '../../support/arbitrary/rules.js';
import { day, directoryData, link, member, person } from '../../support/build/directory.js';
import { dimensionSet, monthSet, pieceLines, rule, ruleset } from '../../support/build/rules.js';
import { allocateNaively } from '../../support/naive/allocation.js';

const RUNS = { numRuns: 300 };
const world = fc.record({ ruleset: anyRuleset, sets: anyMonthSets, data: anyDirectoryData });

/** Team pieces of one October set under some team rules. */
function allocateTeam(
  rules: readonly Rule[],
  set = dimensionSet({}),
  data: Partial<DirectoryData> = {},
): string[] {
  return pieceLines(allocate(ruleset({ team: rules }), set, data));
}

function allocate(
  rules: Ruleset,
  set = dimensionSet({}),
  data: Partial<DirectoryData> = {},
): readonly AllocationPiece[] {
  const directory = createDirectory(directoryData(data));
  return allocateMonth({ month: OCTOBER, sets: [monthSet(1, set)], ruleset: rules, directory });
}

const tagged = (template?: string) => [
  rule('tagged', everything, {
    attribute: 'tag:product',
    ...(template === undefined ? {} : { template }),
  }),
];

const everything = { attribute: 'model', exists: false } as const;

describe('allocation, for any rules, sets and directory', () => {
  it('gives every day of every set the rule and owner that reading the rules day by day gives', () => {
    fc.assert(
      fc.property(world, ({ ruleset, sets, data }) => {
        const pieces = allocateMonth({ month: OCTOBER, sets, ruleset, directory: createDirectory(data) });
        const found = new Map(
          pieces
            .filter((piece) => ruleset.dimensions.some(({ id }) => id === piece.dimension))
            .flatMap(({ dimension, setId, from, to, ruleId, target }) =>
              daysIn({ from, to }).map((each) => [`${dimension}/${setId}/${each}`, { rule: ruleId, target }]),
            ),
        );
        expect(found).toEqual(allocateNaively({ month: OCTOBER, sets, ruleset, data }));
      }),
      RUNS,
    );
  });

  it('covers the days of each set within the month exactly once, with no more pieces than it takes', () => {
    fc.assert(
      fc.property(world, ({ ruleset, sets, data }) => {
        const pieces = allocateMonth({ month: OCTOBER, sets, ruleset, directory: createDirectory(data) });
        const dimensions = new Set([...ruleset.dimensions.map(({ id }) => id), ...DEFAULT_DIMENSIONS]);
        for (const dimension of dimensions) {
          for (const { setId, firstDay, lastDay } of sets) {
            const own = pieces.filter((piece) => piece.dimension === dimension && piece.setId === setId);
            const days = daysIn(monthRange(OCTOBER)).filter((each) => firstDay <= each && each <= lastDay);
            expect(own.flatMap(({ from, to }) => daysIn({ from, to }))).toEqual(days);
            const verdicts = own.map(({ ruleId, target, reason }) =>
              JSON.stringify([ruleId, target, reason]),
            );
            expect(verdicts.filter((verdict, i) => verdict === verdicts[i - 1])).toEqual([]);
          }
        }
        expect(pieces.every(({ target, reason }) => (target === null) === (reason !== null))).toBe(true);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of sets, people, memberships or links', () => {
    fc.assert(
      fc.property(world, ({ ruleset, sets, data }) => {
        const reversed: DirectoryData = {
          people: data.people.toReversed(),
          memberships: data.memberships.toReversed(),
          teams: data.teams,
          links: data.links.toReversed(),
        };
        expect(
          allocateMonth({
            month: OCTOBER,
            sets: sets.toReversed(),
            ruleset,
            directory: createDirectory(reversed),
          }),
        ).toEqual(allocateMonth({ month: OCTOBER, sets, ruleset, directory: createDirectory(data) }));
      }),
      RUNS,
    );
  });
});

describe('rules', () => {
  it('win in order, each for the days on which it is in force', () => {
    const rules = [
      rule(
        'mid',
        everything,
        { value: 'Search' },
        { effective: { from: day('2026-10-10'), to: day('2026-10-20') } },
      ),
      rule('rest', everything, { value: 'Support' }, { effective: { to: day('2026-10-25') } }),
    ];
    expect(allocateTeam(rules)).toEqual([
      '1 2026-10-01..2026-10-10 Support',
      '1 2026-10-10..2026-10-20 Search',
      '1 2026-10-20..2026-10-25 Support',
      '1 2026-10-25..2026-11-01 (no rule matches)',
    ]);
  });

  it('that end on the first day of the month or start after it do not count in it', () => {
    const rules = [
      rule('past', everything, { value: 'Search' }, { effective: { to: day('2026-10-01') } }),
      rule('future', everything, { value: 'Search' }, { effective: { from: day('2026-11-01') } }),
    ];
    expect(allocateTeam(rules)).toEqual(['1 2026-10-01..2026-11-01 (no rule matches)']);
  });

  it('keep what they matched even where their target finds no owner', () => {
    const rules = [
      rule('person', { attribute: 'email', exists: true }, { owner: 'team' }),
      rule('rest', { attribute: 'email', exists: true }, { value: 'Support' }),
    ];
    const pieces = allocate(ruleset({ team: rules }), dimensionSet({ email: 'X@Y.test' }));
    expect(pieces.find((piece) => piece.dimension === 'team')).toEqual({
      dimension: 'team',
      setId: 1,
      from: '2026-10-01',
      to: '2026-11-01',
      ruleId: 'person',
      target: null,
      reason: 'e-mail x@y.test is not in the directory',
    });
  });

  it('may look at another dimension on the same day, wherever it is listed', () => {
    const rules = ruleset({
      product: [rule('p', { dimension: 'team', is: 'Search' }, { value: 'Finder' })],
      team: [rule('t', everything, { value: 'Search' }, { effective: { from: day('2026-10-15') } })],
      'cost-centre': [rule('c', everything, { attribute: 'dimension:product', template: 'cc {value}' })],
    });
    const pieces = allocate(rules);
    expect(pieceLines(pieces, 'product')).toEqual([
      '1 2026-10-01..2026-10-15 (no rule matches)',
      '1 2026-10-15..2026-11-01 Finder',
    ]);
    expect(pieceLines(pieces, 'cost-centre')).toEqual([
      '1 2026-10-01..2026-10-15 (product is unallocated)',
      '1 2026-10-15..2026-11-01 cc Finder',
    ]);
    expect([...new Set(pieces.map((piece) => piece.dimension))]).toEqual([
      'team',
      'product',
      'cost-centre',
      'customer',
      'feature',
      'treatment',
    ]);
  });
});

describe('the owner in the directory', () => {
  const owner = [rule('owner', everything, { owner: 'team' })];

  it('changes on the day on which the person changes teams', () => {
    const data = {
      people: [person('ana', { aliases: ['ana.old@larkspur.test'] })],
      memberships: [
        member('ana', 'Search', '2026-01-01', { to: day('2026-10-12') }),
        member('ana', 'Support', '2026-10-15'),
      ],
    };
    expect(allocateTeam(owner, dimensionSet({ email: 'Ana.Old@larkspur.test' }), data)).toEqual([
      '1 2026-10-01..2026-10-12 Search',
      '1 2026-10-12..2026-10-15 (ana@larkspur.test was in no team on that day)',
      '1 2026-10-15..2026-11-01 Support',
    ]);
  });

  it('follows a key from hand to hand', () => {
    const data = {
      people: [person('ana')],
      memberships: [member('ana', 'Search', '2026-01-01')],
      links: [
        link('apiKey', 'k1', { person: 'ana@larkspur.test' }, { from: '2026-10-05', to: '2026-10-10' }),
        link('apiKey', 'k1', { team: 'Platform' }, { from: '2026-10-10' }),
      ],
    };
    const set = dimensionSet({ apiKeyId: 'k1' });
    expect(allocateTeam(owner, set, data)).toEqual([
      '1 2026-10-01..2026-10-05 (key has no owner)',
      '1 2026-10-05..2026-10-10 Search',
      '1 2026-10-10..2026-11-01 Platform',
    ]);
    expect(allocateTeam([rule('owner', everything, { owner: 'person' })], set, data)).toEqual([
      '1 2026-10-01..2026-10-05 (key has no owner)',
      '1 2026-10-05..2026-10-10 ana@larkspur.test',
      '1 2026-10-10..2026-11-01 (key belongs to team Platform, not to a person)',
    ]);
  });

  it('is missing for another reason from the day on which the reason changes', () => {
    const links = [link('apiKey', 'k1', { person: 'gone@larkspur.test' }, { from: '2026-10-05' })];
    expect(allocateTeam(owner, dimensionSet({ apiKeyId: 'k1' }), { links })).toEqual([
      '1 2026-10-01..2026-10-05 (key has no owner)',
      '1 2026-10-05..2026-11-01 (key belongs to gone@larkspur.test, who is not in the directory)',
    ]);
  });

  it('may be their cost centre, if they have one', () => {
    const data = {
      people: [person('ana')],
      memberships: [
        member('ana', 'Search', '2026-01-01', { costCentre: 'cc-7', to: day('2026-10-20') }),
        member('ana', 'Search', '2026-10-20'),
      ],
    };
    const rules = [rule('owner', everything, { owner: 'costCentre' })];
    expect(allocateTeam(rules, dimensionSet({ email: 'ana@larkspur.test' }), data)).toEqual([
      '1 2026-10-01..2026-10-20 cc-7',
      '1 2026-10-20..2026-11-01 (ana@larkspur.test had no cost centre on that day)',
    ]);
  });

  it('is nobody where a charge names nobody', () => {
    expect(allocateTeam(owner)).toEqual([
      '1 2026-10-01..2026-11-01 (charge names no e-mail, key, principal or seat)',
    ]);
  });
});

describe('the value of an attribute', () => {
  it('is put into the template as it stands, `$` and all', () => {
    expect(allocateTeam(tagged('{value}/{value}'), dimensionSet({}, { product: "$&$'" }))).toEqual([
      "1 2026-10-01..2026-11-01 $&$'/$&$'",
    ]);
  });

  it.each([
    [{}, 'tag product is not given'],
    [{ product: '  ' }, 'tag product is blank'],
    [{ product: 'Unallocated' }, 'tag product says Unallocated'],
  ])('%j is no owner: %s', (tags, reason) => {
    expect(allocateTeam(tagged(), dimensionSet({}, tags))).toEqual([`1 2026-10-01..2026-11-01 (${reason})`]);
  });

  it('is not found in what every object inherits', () => {
    const rules = [rule('odd', everything, { attribute: 'tag:constructor' })];
    expect(allocateTeam(rules)).toEqual(['1 2026-10-01..2026-11-01 (tag constructor is not given)']);
  });
});

it('A set without a day in the month has no pieces in it', () => {
  const sets = [monthSet(1, dimensionSet({}))];
  const directory = createDirectory(directoryData({}));
  expect(allocateMonth({ month: parseMonth('2026-11'), sets, ruleset: ruleset({}), directory })).toEqual([]);
});
