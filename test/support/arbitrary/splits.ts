import fc from 'fast-check';
import type { MonthSet, SetMoney } from '../../../src/core/allocation/allocation.js';
import { addDays, daysBetween } from '../../../src/core/base/time.js';
import type { AttributeRef, Condition } from '../../../src/core/rules/condition.js';
import type { DimensionRules, Pool, Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Split, Target } from '../../../src/core/rules/target.js';
import { day } from '../build/directory.js';
import { anyMonthSets, anyRuleset, condition, TEAMS } from './rules.js';

const OWNERS = [...TEAMS, 'IT', 'HR'];
const among = fc.subarray(OWNERS, { minLength: 1 });
const fallback = fc.option(fc.constantFrom(...TEAMS), { nil: undefined });

/** Undefined fields left out, as a file would. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

const fixed: fc.Arbitrary<Split> = fc
  .tuple(among, fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 5 }))
  .map(([owners, parts]) => {
    const total = owners.reduce((sum, _, i) => sum + (parts[i] ?? 1), 0);
    const tenths = owners.map((_, i) => Math.floor(((parts[i] ?? 1) * 1000) / total));
    const rest = 1000 - tenths.reduce((sum, part) => sum + part, 0);
    const shares: Record<string, number> = {};
    for (const [i, owner] of owners.entries()) shares[owner] = ((tenths[i] ?? 0) + (i === 0 ? rest : 0)) / 10;
    return { method: 'fixed', shares };
  });

/** Any split; `earlier` names the dimensions that it may look at. */
function anySplit(earlier: readonly string[]): fc.Arbitrary<Split> {
  const partitions: AttributeRef[] = [
    'model',
    'tag:env',
    ...earlier.map((id): AttributeRef => `dimension:${id}`),
  ];
  return fc.oneof(
    among.map((owners): Split => ({ method: 'even', among: owners })),
    fixed,
    fc
      .record({
        method: fc.constant('proportional' as const),
        to: fc.constant('spend' as const),
        among: fc.option(among, { nil: undefined }),
        where: fc.option(condition(earlier), { nil: undefined }),
        partitionBy: fc.option(fc.constantFrom(...partitions), { nil: undefined }),
        base: fc.constantFrom('direct' as const, 'cumulative' as const, undefined),
        fallback,
      })
      .map(compact),
    fc
      .record({
        method: fc.constant('measure' as const),
        measure: fc.constantFrom('requests', 'headcount', 'nothing'),
        among: fc.option(among, { nil: undefined }),
        fallback,
      })
      .map(compact),
  );
}

/** Some measures, with a figure below zero now and then. */
export const anyMeasures: fc.Arbitrary<ReadonlyMap<string, ReadonlyMap<string, bigint>>> = fc
  .array(fc.tuple(fc.constantFrom(...OWNERS), fc.bigInt({ min: -5n, max: 100n })), { maxLength: 5 })
  .map(
    (figures) =>
      new Map([
        ['requests', new Map(figures)],
        [
          'headcount',
          new Map([
            ['Search', 31n],
            ['IT', 62n],
          ]),
        ],
      ]),
  );

/** Pools of IT and HR, in this order: what would flow back to IT is taken out. */
function pools(earlier: readonly string[]): fc.Arbitrary<Pool[]> {
  const span = fc
    .tuple(fc.option(fc.integer({ min: 1, max: 29 })), fc.boolean())
    .map(([days, isEnd]): Pool['effective'] => {
      if (days === null) return undefined;
      const cut = addDays(day('2026-10-01'), days);
      return isEnd ? { to: cut } : { from: cut };
    });
  return fc
    .tuple(fc.subarray(['IT', 'HR']), fc.tuple(anySplit(earlier), span), fc.tuple(anySplit(earlier), span))
    .map(([owners, ...parts]) =>
      owners.map((owner, i): Pool => {
        const [split, effective] = parts[i] ?? parts[0];
        const closed = owners.slice(0, i + 1);
        return {
          id: `pool-${owner.toLowerCase()}`,
          name: owner,
          owner,
          split: without(split, closed),
          ...(effective === undefined ? {} : { effective }),
        };
      }),
    );
}

/** Takes owners out of a split: money must not flow back to them. */
function without(split: Split, closed: readonly string[]): Split {
  const left = (owners: readonly string[]): string[] => {
    const open = owners.filter((owner) => !closed.includes(owner));
    return open.length > 0 ? open : ['Search'];
  };
  if (split.method === 'fixed') {
    const owners = Object.keys(split.shares);
    return owners.some((owner) => closed.includes(owner)) ? { method: 'even', among: left(owners) } : split;
  }
  if (split.method === 'even') return { ...split, among: left(split.among) };
  return split.among === undefined ? split : { ...split, among: left(split.among) };
}

/** Rules that often match: some give to one owner, among them those of the pools, others split. */
function busyRules(earlier: readonly string[]): fc.Arbitrary<Rule[]> {
  const whens: Condition[] = [
    { attribute: 'apiKeyName', exists: true },
    { attribute: 'model', exists: false },
    { attribute: 'tag:env', exists: true },
    ...earlier.flatMap((dimension): Condition[] => [
      { dimension, in: ['Search', 'IT'] },
      { dimension, is: 'Support' },
    ]),
  ];
  const allocateTo = fc.oneof(
    fc.constantFrom(...OWNERS).map((value): Target => ({ value })),
    anySplit(earlier).map((split): Target => ({ split })),
  );
  return fc
    .array(fc.record({ when: fc.constantFrom(...whens), allocateTo }), { minLength: 2, maxLength: 6 })
    .map((rules) => rules.map((rule, i) => ({ id: `busy-${i}`, name: `Busy ${i}`, ...rule })));
}

/** `anyRuleset` with many splits before its rules, and shared costs in `team` and `product`. */
export const anySplitRuleset: fc.Arbitrary<Ruleset> = fc
  .tuple(
    anyRuleset,
    fc.tuple(busyRules([]), busyRules(['team']), busyRules(['team', 'product'])),
    fc.tuple(pools([]), pools(['team'])),
  )
  .map(([ruleset, busy, shared]): Ruleset => {
    const places = ['team', 'product', 'feature'];
    const dimensions = ruleset.dimensions.map(({ id, rules }): DimensionRules => {
      const place = places.indexOf(id);
      return compact({ id, rules: [...(busy[place] ?? []), ...rules], shared: shared[place] });
    });
    return { version: 1, dimensions };
  });

const manySets = anyMonthSets.filter((sets) => sets.length > 2);

/** Sets with money on some of their days, on a bill in dollars and one in euros, credits among it. */
export function anySplitMonth(
  amount: fc.Arbitrary<bigint>,
): fc.Arbitrary<{ sets: MonthSet[]; money: SetMoney[] }> {
  const cell = fc.record({
    setId: fc.integer({ min: 1, max: 8 }),
    offset: fc.nat(40),
    billId: fc.constantFrom(1, 1, 2),
    effectiveCost: amount,
    billedCost: amount,
  });
  return fc.tuple(manySets, fc.array(cell, { minLength: 8, maxLength: 40 })).map(([sets, cells]) => {
    const money = new Map<string, SetMoney>();
    for (const { setId, offset, billId, effectiveCost, billedCost } of cells) {
      const set = sets[setId - 1];
      if (set === undefined) continue;
      const on = addDays(set.firstDay, offset % (daysBetween(set.firstDay, set.lastDay) + 1));
      if (on < '2026-10-01' || on > '2026-10-31') continue;
      const currency = billId === 1 ? 'USD' : 'EUR';
      const costs = { effectiveCost, billedCost, listCost: effectiveCost };
      money.set(`${setId} ${on} ${billId}`, { setId, day: on, billId, currency, ...costs });
    }
    return { sets, money: [...money.values()] };
  });
}

/**
 * Rules and shared costs that divide money in `team` only, by direct spend or measures: an owner's part then differs
 * by a nano at most when the same money stands in other cells.
 */
export const anyDirectSplits: fc.Arbitrary<Ruleset> = anySplitRuleset.map((ruleset) => ({
  ...ruleset,
  dimensions: ruleset.dimensions.map(({ shared = [], ...dimension }): DimensionRules => {
    const rules = dimension.rules.flatMap((rule): Rule[] => {
      if (!('split' in rule.allocateTo)) return [rule];
      return dimension.id === 'team'
        ? [{ ...rule, allocateTo: { split: direct(rule.allocateTo.split) } }]
        : [];
    });
    if (dimension.id !== 'team') return { ...dimension, rules };
    return { ...dimension, rules, shared: shared.map((pool) => ({ ...pool, split: direct(pool.split) })) };
  }),
}));

function direct(split: Split): Split {
  if (split.method !== 'proportional') return split;
  const { base: _base, ...rest } = split;
  return rest;
}
