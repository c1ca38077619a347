import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateWithFindings } from '../../../src/core/allocation/allocate.js';
import type { MonthSet, SetMoney } from '../../../src/core/allocation/allocation.js';
import { daysIn, monthRange } from '../../../src/core/base/time.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { createOverlapFinder, type RuleOverlap } from '../../../src/core/rule-review/overlap.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import { anyDirectoryData, anyMonthSets, anyRuleset, OCTOBER } from '../../support/arbitrary/rules.js';
import { day, directoryData } from '../../support/build/directory.js';
import { dimensionSet, monthSet, rule, ruleset } from '../../support/build/rules.js';
import { World } from '../../support/naive/allocation.js';

interface Company {
  readonly ruleset: Ruleset;
  readonly sets: readonly MonthSet[];
  readonly data: DirectoryData;
  readonly money?: readonly SetMoney[];
}

/** A set costs its id on the first of the month, its id + 1 on the second ...; a day has some euros as well. */
function priceList(sets: readonly MonthSet[]) {
  return sets.flatMap(({ setId }) =>
    daysIn(monthRange(OCTOBER)).flatMap((on, index) => [
      { setId, day: on, currency: 'USD', effectiveCost: BigInt(setId + index) },
      ...(index % 7 === 0 ? [{ setId, day: on, currency: 'EUR', effectiveCost: 1000n }] : []),
    ]),
  );
}

function overlapsOf({ ruleset: rules, sets, data, money = [] }: Company): readonly RuleOverlap[] {
  const finder = createOverlapFinder();
  const directory = createDirectory(data);
  allocateWithFindings({ month: OCTOBER, sets, ruleset: rules, directory, money }, finder);
  const wanted = new Set(finder.setsToPrice());
  finder.price(priceList(sets).filter(({ setId }) => wanted.has(setId)));
  expect(finder.setsToPrice()).toEqual([]);
  return finder.overlaps();
}

/** The oracle: day by day, every rule is tried beside the one that wins. */
function overlapsNaively({ ruleset: rules, sets, data }: Company): readonly RuleOverlap[] {
  const pairs = new Map<string, { decided: boolean; matched: number; costs: Map<string, bigint> }>();
  const won = new Map<string, number>();
  const prices = priceList(sets);
  for (const { setId, set, firstDay, lastDay } of sets) {
    for (const on of daysIn(monthRange(OCTOBER))) {
      if (on < firstDay || on > lastDay) continue;
      const world = new World(data, set, on);
      for (const dimension of rules.dimensions) {
        const [winner, ...others] = dimension.rules.filter((each) => world.matches(each));
        const target = winner === undefined ? null : world.target(winner.allocateTo);
        for (const other of winner === undefined ? [] : others) {
          const key = `${dimension.id}/${winner?.id}/${other.id}`;
          const pair = pairs.get(key) ?? { decided: false, matched: 0, costs: new Map<string, bigint>() };
          pairs.set(key, pair);
          pair.matched += 1;
          if (world.target(other.allocateTo) === target) continue;
          pair.decided = true;
          for (const price of prices)
            if (price.setId === setId && price.day === on)
              pair.costs.set(price.currency, (pair.costs.get(price.currency) ?? 0n) + price.effectiveCost);
        }
        if (winner !== undefined) {
          const key = `${dimension.id}/${winner.id}`;
          won.set(key, (won.get(key) ?? 0) + 1);
        }
        world.earlier.set(dimension.id, target);
      }
    }
  }
  return [...pairs]
    .filter(([, { decided }]) => decided)
    .map(([key, { matched, costs }]) => {
      const [dimension = '', aboveId = '', belowId = ''] = key.split('/');
      const byCurrency = [...costs].map(([currency, cost]) => ({ currency, cost }));
      return {
        dimension,
        aboveId,
        belowId,
        costs: byCurrency.toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
        isException: matched === won.get(`${dimension}/${aboveId}`),
      };
    })
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ dimension, aboveId, belowId }: RuleOverlap): string {
  return `${dimension}/${aboveId}/${belowId}`;
}

describe('Overlaps', () => {
  it('are, for any rules, what trying every rule on every day finds, with the money', () => {
    let found = 0;
    fc.assert(
      fc.property(anyRuleset, anyMonthSets, anyDirectoryData, (rules, sets, data) => {
        const company = { ruleset: rules, sets, data };
        const overlaps = overlapsOf(company);
        found += overlaps.length;
        expect(overlaps).toEqual(overlapsNaively(company));
      }),
      { numRuns: 80 },
    );
    expect(found).toBeGreaterThan(20);
  });

  const set = dimensionSet({ model: 'gpt-6', apiKeyName: 'ci-1' });
  const other = dimensionSet({ model: 'gpt-6', apiKeyName: 'web' });
  const third = dimensionSet({ model: 'claude', apiKeyName: 'ci-2' });
  const sets = [monthSet(1, set, '2026-10-01', '2026-10-01'), monthSet(2, other), monthSet(3, third)];
  const data = directoryData({});
  const find = (...rules: Rule[]) => overlapsOf({ ruleset: ruleset({ team: rules }), sets, data });
  const gpt = rule('gpt', { attribute: 'model', startsWith: 'gpt' }, { value: 'A' });
  const ci = rule('ci', { attribute: 'apiKeyName', startsWith: 'ci' }, { value: 'B' });

  it('tell two rules that cross from an exception before a general rule', () => {
    const costs = [
      { currency: 'EUR', cost: 1000n },
      { currency: 'USD', cost: 1n },
    ];
    expect(find(gpt, ci)).toEqual([
      { dimension: 'team', aboveId: 'gpt', belowId: 'ci', costs, isException: false },
    ]);
    const all = rule('all', { attribute: 'model', exists: true }, { value: 'C' });
    expect(find(ci, all)).toMatchObject([{ aboveId: 'ci', belowId: 'all', isException: true }]);
  });

  it('are none where both rules lead to the same owner, or never hold on the same day', () => {
    expect(find(gpt, { ...ci, allocateTo: { value: 'A' } })).toEqual([]);
    expect(find(gpt, { ...ci, effective: { from: day('2026-10-02') } })).toEqual([]);
  });

  it('count a rule that splits as another owner, unless both split alike', () => {
    const even = { split: { method: 'even' as const, among: ['A', 'B'] } };
    expect(find(gpt, { ...ci, allocateTo: even })).toHaveLength(1);
    expect(find({ ...gpt, allocateTo: even }, ci)).toHaveLength(1);
    expect(find({ ...gpt, allocateTo: even }, { ...ci, allocateTo: even })).toEqual([]);
  });

  it('count, in a dimension that looks at a divided one, only the part that both match', () => {
    const money = [1, 2].map((setId): SetMoney => {
      const costs = { effectiveCost: 100n, billedCost: 100n, listCost: 100n };
      return { setId, day: day('2026-10-01'), billId: 1, currency: 'USD', ...costs };
    });
    const divided = rule(
      'divided',
      { attribute: 'model', is: 'gpt-6' },
      { split: { method: 'fixed', shares: { Search: 70, Support: 30 } } },
    );
    const search = rule('search', { dimension: 'team', is: 'Search' }, { value: 'S' });
    const keys = rule('keys', { attribute: 'apiKeyName', is: 'ci-1' }, { value: 'K' });
    const rules = ruleset({ team: [divided], product: [search, keys] });
    expect(overlapsOf({ ruleset: rules, sets: sets.slice(0, 2), data, money })).toEqual([
      {
        dimension: 'product',
        aboveId: 'search',
        belowId: 'keys',
        costs: [{ currency: 'USD', cost: 70n }],
        isException: false,
      },
    ]);
  });
});
