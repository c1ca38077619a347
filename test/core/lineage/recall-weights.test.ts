import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece, SetMoney } from '../../../src/core/allocation/allocation.js';
import type { MonthInput } from '../../../src/core/allocation/evaluate-month.js';
import { formatNanos, splitNanos } from '../../../src/core/base/money.js';
import { recallWeights } from '../../../src/core/lineage/recall-weights.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { anyDirectoryData, OCTOBER } from '../../support/arbitrary/rules.js';
import { anyMeasures, anySplitMonth, anySplitRuleset } from '../../support/arbitrary/splits.js';
import { monthOfCharges, OWNED, type Spent, shared } from '../../support/build/splits.js';

const spent = (owner: string, cost: string): Spent => ({ tags: { owner }, cost });

/** The weights of a step, read back from the allocation of a month; `Search 30 of 40` is the recipient's share. */
function weightsOf(ruleset: Ruleset, charges: readonly Spent[], step: { id: string; recipient: string }) {
  const input: MonthInput = { ...monthOfCharges(charges), ruleset };
  const [dimension] = ruleset.dimensions;
  if (dimension === undefined) throw new Error('no dimension');
  const pieces = allocateMonth(input);
  const month = { ...input, money: input.money ?? [], measures: new Map(), pieces };
  const weights = recallWeights(month, dimension, 'USD')(step.id, step.recipient);
  if (weights === null) return null;
  const { owners, share, unit } = weights;
  return {
    unit,
    owners: owners.map(({ owner, weight }) => `${owner} ${formatNanos(weight)}`),
    share: share === null ? null : `${formatNanos(share.weight)} of ${formatNanos(share.total)}`,
  };
}

describe('the weights of a split, read back', () => {
  it('are the direct spend of the owners before a step, also when a shared cost has taken it away since', () => {
    const ruleset: Ruleset = {
      version: 1,
      dimensions: [
        {
          id: 'team',
          rules: [shared('s', { method: 'proportional', to: 'spend' }), OWNED],
          shared: [
            { id: 'hr', name: 'HR', owner: 'HR', split: { method: 'even', among: ['IT', 'A', 'B'] } },
            { id: 'it', name: 'IT', owner: 'IT', split: { method: 'proportional', to: 'spend' } },
          ],
        },
      ],
    };
    const charges = [
      spent('HR', '30'),
      spent('IT', '20'),
      spent('A', '10'),
      spent('B', '30'),
      { tags: { shared: 's' }, cost: '9' },
    ];
    expect(weightsOf(ruleset, charges, { id: 's', recipient: 'A' })).toEqual({
      unit: 'spend',
      owners: ['B 30', 'HR 30', 'IT 20', 'A 10'],
      share: '10 of 90',
    });
    expect(weightsOf(ruleset, charges, { id: 'hr', recipient: 'IT' })).toEqual({
      unit: 'alike',
      owners: ['A 1', 'B 1', 'IT 1'],
      share: '1 of 3',
    });
    expect(weightsOf(ruleset, charges, { id: 'it', recipient: 'B' })).toEqual({
      unit: 'spend',
      owners: ['B 30', 'A 10'],
      share: '30 of 40',
    });
  });

  it('are none where all went to the fallback, and unknown where partitions differ', () => {
    const nobody = shared('s', { method: 'proportional', to: 'spend', among: ['C'], fallback: 'A' });
    const rules = (rule: typeof nobody): Ruleset => {
      return { version: 1, dimensions: [{ id: 'team', rules: [rule, OWNED] }] };
    };
    const common = { tags: { shared: 's' }, cost: '9' };
    expect(weightsOf(rules(nobody), [spent('A', '1'), common], { id: 's', recipient: 'A' })).toEqual({
      unit: 'spend',
      owners: [],
      share: null,
    });
    const apart = shared('s', { method: 'proportional', to: 'spend', partitionBy: 'tag:region' });
    const inRegion = (region: string, charge: Spent): Spent => {
      return { ...charge, tags: { ...charge.tags, region } };
    };
    const charges = [
      inRegion('eu', spent('A', '1')),
      inRegion('us', spent('B', '1')),
      inRegion('eu', common),
      inRegion('us', common),
    ];
    expect(weightsOf(rules(apart), charges, { id: 's', recipient: 'A' })).toBeNull();
  });

  it('divide every charge that went through one split exactly as it was divided', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        anySplitMonth(fc.bigInt({ min: 0n, max: 1_000_000n })),
        anySplitRuleset,
        anyDirectoryData,
        anyMeasures,
        ({ sets, money }, ruleset, data, measures) => {
          const directory = createDirectory(data);
          const pieces = allocateMonth({ month: OCTOBER, sets, money, ruleset, directory, measures });
          const month = { sets, money, pieces, measures, directory };
          for (const dimension of ruleset.dimensions) {
            const recalled = recallWeights(month, dimension, 'USD');
            for (const { cell, step, given } of singleSplits(pieces, money, dimension.id)) {
              const weights = recalled(step, null);
              const owners = weights?.owners.map(({ owner: id, weight }) => ({ id, weight })) ?? [];
              if (owners.length === 0) continue;
              compared += 1;
              const expected = [...(splitNanos(cell.effectiveCost, owners) ?? [])];
              expect(given).toEqual(new Map(expected.filter(([, share]) => share !== 0n)));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

/** Cells in dollars of which every part went through the same one split and nothing else. */
function* singleSplits(pieces: readonly AllocationPiece[], money: readonly SetMoney[], dimension: string) {
  for (const { split = [], setId, from, to, dimension: own } of pieces) {
    const steps = new Set(split.map((part) => JSON.stringify(part.steps)));
    const [step, ...more] = split[0]?.steps ?? [];
    const isPlain = split.every(({ basis }) => Object.keys(basis).length === 0);
    if (own !== dimension || steps.size !== 1 || step === undefined || more.length > 0 || !isPlain) continue;
    for (const cell of money) {
      if (cell.setId !== setId || cell.currency !== 'USD' || cell.day < from || cell.day >= to) continue;
      const given = new Map<string, bigint>();
      for (const { target, cells } of split)
        for (const { day, billId, effectiveCost } of cells)
          if (target !== null && day === cell.day && billId === cell.billId && effectiveCost !== 0n)
            given.set(target, (given.get(target) ?? 0n) + effectiveCost);
      yield { cell, step, given };
    }
  }
}
