import { describe, expect, it } from 'vitest';
import { allocateWithFindings } from '../../../src/core/allocation/allocate.js';
import { HEADCOUNT } from '../../../src/core/ledger/measure.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import type { Split } from '../../../src/core/rules/target.js';
import { parseRuleset } from '../../../src/core/rules/validate.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { monthOfCharges, OWNED, type Spent, shared, shareOut } from '../../support/build/splits.js';

const spent = (owner: string, cost: string, more: Partial<Spent> = {}): Spent => ({
  ...more,
  cost,
  tags: { owner, ...more.tags },
});
const common = (value: string, cost: string, more: Partial<Spent> = {}): Spent => ({
  ...more,
  cost,
  tags: { shared: value, ...more.tags },
});
const teams = (...splits: [string, Split][]): Ruleset =>
  ruleset({ team: [OWNED, ...splits.map(([id, split]) => shared(id, split))] });

describe('The split charges of the AWS documentation', () => {
  // AWS Cost Categories, "Splitting charges": a shared cost among three values with 100, 300 and 600 of their own.
  const charges = [spent('A', '100'), spent('B', '300'), spent('C', '600'), common('s', '100')];
  it.each<[string, Split, Record<string, string>]>([
    [
      'proportional',
      { method: 'proportional', to: 'spend', among: ['A', 'B', 'C'] },
      { A: '110', B: '330', C: '660' },
    ],
    ['fixed', { method: 'fixed', shares: { A: 20, B: 30.5, C: 49.5 } }, { A: '120', B: '330.5', C: '649.5' }],
    [
      'even',
      { method: 'even', among: ['A', 'B', 'C'] },
      { A: '133.333333334', B: '333.333333333', C: '633.333333333' },
    ],
  ])('come out right: %s', (_, split, expected) => {
    expect(shareOut(teams(['s', split]), charges)).toEqual(expected);
  });
});

describe('The idle cost of opencost#1124 (28, 36 and 18 with 20 and 10 of idle)', () => {
  // Each of the two idle charges is rounded by itself: hence the last digits.
  const charges = [
    spent('kube', '28', { tags: { cluster: 'one' } }),
    spent('web', '36', { tags: { cluster: 'one' } }),
    spent('batch', '18', { tags: { cluster: 'two' } }),
    common('idle', '20', { tags: { cluster: 'one' } }),
    common('idle', '10', { tags: { cluster: 'two' } }),
  ];
  const owners = ['kube', 'web', 'batch'];
  const modes: Record<string, [Split, Record<string, string>]> = {
    weighted: [
      { method: 'proportional', to: 'spend' },
      { batch: '24.585365853', kube: '38.243902439', web: '49.170731708' },
    ],
    even: [
      { method: 'even', among: owners },
      { kube: '38', web: '45.999999999', batch: '28.000000001' },
    ],
    'weighted within the cluster': [
      { method: 'proportional', to: 'spend', partitionBy: 'tag:cluster' },
      { kube: '36.75', web: '47.25', batch: '28' },
    ],
    'weighted by one namespace only': [
      {
        method: 'proportional',
        to: 'spend',
        where: { attribute: 'tag:owner', is: 'web' },
      },
      { kube: '28', web: '66', batch: '18' },
    ],
  };
  it.each(Object.entries(modes))('is 112 with everything, %s', (_, [split, expected]) => {
    expect(shareOut(teams(['idle', split]), charges)).toEqual(expected);
  });

  it('is 112 with idle as an owner of its own, passed on as a shared cost', () => {
    const idle = rule('idle', { attribute: 'tag:shared', is: 'idle' }, { value: 'idle' });
    const rules: Ruleset = {
      version: 1,
      dimensions: [
        {
          id: 'team',
          rules: [OWNED, idle],
          shared: [
            { id: 'spread', name: 'Idle', owner: 'idle', split: { method: 'proportional', to: 'spend' } },
          ],
        },
      ],
    };
    expect(shareOut(rules, charges)).toEqual(modes['weighted']?.[1]);
  });
});

describe('A proportional split', () => {
  const charges = [spent('A', '60'), spent('B', '40'), common('even', '100'), common('rest', '200')];
  const after = (base: 'direct' | 'cumulative') =>
    shareOut(
      teams(
        ['even', { method: 'even', among: ['A', 'B'] }],
        ['rest', { method: 'proportional', to: 'spend', among: ['A', 'B'], base }],
      ),
      charges,
    );

  it('weighs by direct spend, or with a cumulative base by what earlier splits gave as well', () => {
    expect(after('direct')).toEqual({ A: '230', B: '170' }); // 60 + 50 + 60 % of 200
    expect(after('cumulative')).toEqual({ A: '220', B: '180' }); // 60 + 50 + 55 % of 200
  });

  it('weighs the whole calendar month, and each currency by itself', () => {
    const mixed = [
      spent('A', '30', { on: '2026-10-01' }),
      spent('B', '10', { on: '2026-10-31' }),
      spent('A', '1', { currency: 'EUR' }),
      spent('B', '1', { currency: 'EUR' }),
      common('s', '4', { on: '2026-10-02' }),
      common('s', '4', { currency: 'EUR' }),
    ];
    expect(shareOut(teams(['s', { method: 'proportional', to: 'spend' }]), mixed)).toEqual({
      A: '33',
      B: '11',
      'EUR A': '3',
      'EUR B': '3',
    });
  });

  it('takes a negative weight for zero and says so', () => {
    const ruleset = teams(['s', { method: 'proportional', to: 'spend' }]);
    const input = monthOfCharges([spent('A', '-5'), spent('B', '10'), common('s', '7')]);
    expect(allocateWithFindings({ ...input, ruleset }).negativeWeights).toEqual([
      {
        dimension: 'team',
        month: '2026-10',
        ruleId: 's',
        target: 'A',
        currency: 'USD',
        weight: -5_000_000_000n,
      },
    ]);
    expect(shareOut(ruleset, [spent('A', '-5'), spent('B', '10'), common('s', '7')])).toEqual({
      A: '-5',
      B: '17',
    });
  });

  it('falls back on an owner where all weights are zero, or leaves the money Unallocated with the reason', () => {
    const split: Split = { method: 'proportional', to: 'spend', among: ['A', 'B'] };
    const charges = [spent('A', '-1'), spent('C', '5'), common('s', '7')];
    expect(shareOut(teams(['s', { ...split, fallback: 'Platform' }]), charges)).toMatchObject({
      Platform: '7',
    });
    const input = monthOfCharges(charges);
    const { pieces } = allocateWithFindings({ ...input, ruleset: teams(['s', split]) });
    const piece = pieces.find(({ dimension, setId }) => dimension === 'team' && setId === 3);
    expect(piece).toMatchObject({ ruleId: 's', target: null, reason: null });
    expect(piece?.split).toMatchObject([
      { target: null, reason: 'nothing to split by: no spend of A, B in the month', steps: ['s'] },
    ]);
  });

  it('divides billed and list cost by the weights of effective cost', () => {
    const input = monthOfCharges([spent('A', '1'), spent('B', '3'), common('s', '0', { billed: '-100' })]);
    const ruleset = teams(['s', { method: 'proportional', to: 'spend' }]);
    const { pieces } = allocateWithFindings({ ...input, ruleset });
    const piece = pieces.find(({ dimension, setId }) => dimension === 'team' && setId === 3);
    expect(piece?.split?.map(({ target, cells }) => [target, cells[0]?.billedCost])).toEqual([
      ['A', -25_000_000_000n],
      ['B', -75_000_000_000n],
    ]);
  });

  it('within an empty partition falls back', () => {
    const charges = [
      spent('A', '5', { tags: { region: 'eu' } }),
      common('s', '7', { tags: { region: 'us' } }),
      common('s', '1', { tags: { region: 'eu' } }),
    ];
    const split: Split = { method: 'proportional', to: 'spend', partitionBy: 'tag:region', fallback: 'Ops' };
    expect(shareOut(teams(['s', split]), charges)).toEqual({ A: '6', Ops: '7' });
  });
});

describe('A split by a measure', () => {
  const measures = new Map([
    [
      'requests',
      new Map([
        ['A', 3n],
        ['B', 1n],
        ['C', -2n],
      ]),
    ],
    [
      HEADCOUNT,
      new Map([
        ['B', 31n],
        ['C', 62n],
      ]),
    ],
  ]);
  const by = (split: Split) => shareOut(teams(['s', split]), [common('s', '9.3')], { measures });

  it('takes all labels of the month, or some of them', () => {
    expect(by({ method: 'measure', measure: 'requests' })).toEqual({ A: '6.975', B: '2.325' });
    expect(by({ method: 'measure', measure: 'requests', among: ['B', 'D'] })).toEqual({ B: '9.3' });
    expect(by({ method: 'measure', measure: 'headcount' })).toEqual({ B: '3.1', C: '6.2' });
  });

  it('falls back where there is none', () => {
    expect(by({ method: 'measure', measure: 'seats', fallback: 'A' })).toEqual({ A: '9.3' });
    expect(by({ method: 'measure', measure: 'requests', among: ['C'] })).toEqual({ Unallocated: '9.3' });
  });
});

describe('Shared costs', () => {
  const pools = (...shared: NonNullable<Ruleset['dimensions'][number]['shared']>): Ruleset => ({
    version: 1,
    dimensions: [{ id: 'team', rules: [OWNED], shared }],
  });

  it('step down in their order: what the first gave to the second is passed on, nothing comes back', () => {
    const rules = pools(
      { id: 'hr', name: 'HR', owner: 'HR', split: { method: 'even', among: ['IT', 'A', 'B', 'HR'] } },
      { id: 'it', name: 'IT', owner: 'IT', split: { method: 'proportional', to: 'spend' } },
    );
    const charges = [spent('HR', '30'), spent('IT', '20'), spent('A', '10'), spent('B', '30')];
    // HR gives 10 each to IT, A and B; IT's 30 go to A and B by their direct 10 and 30.
    expect(shareOut(rules, charges)).toEqual({ A: '27.5', B: '62.5' });
  });

  it('are passed on only on the days on which they are in force', () => {
    const rules = pools({
      id: 'hr',
      name: 'HR',
      effective: { from: '2026-10-10' as never },
      owner: 'HR',
      split: { method: 'even', among: ['A'] },
    });
    const charges = [spent('HR', '1', { on: '2026-10-09' }), spent('HR', '2', { on: '2026-10-10' })];
    expect(shareOut(rules, charges)).toEqual({ HR: '1', A: '2' });
  });

  it('keep the way the money went', () => {
    const rules = pools({ id: 'hr', name: 'HR', owner: 'HR', split: { method: 'even', among: ['A'] } });
    const { pieces } = allocateWithFindings({ ...monthOfCharges([spent('HR', '1')]), ruleset: rules });
    expect(pieces.find(({ dimension }) => dimension === 'team')?.split).toMatchObject([
      { target: 'A', ruleId: 'owned', steps: ['hr'], basis: {} },
    ]);
  });
});

describe('A dimension that looks at a split one', () => {
  const rules = parseRuleset({
    version: 1,
    dimensions: [
      { id: 'team', rules: [OWNED, shared('s', { method: 'even', among: ['Search', 'Support', 'Ads'] })] },
      {
        id: 'product',
        rules: [
          rule('finder', { dimension: 'team', is: 'Search' }, { value: 'Finder' }),
          rule(
            'desk',
            { dimension: 'team', in: ['Support', 'Ads'] },
            { split: { method: 'fixed', shares: { Desk: 75, Finder: 25 } } },
          ),
        ],
      },
      { id: 'feature', rules: [rule('same', { dimension: 'product', exists: true }, { value: 'All' })] },
      {
        id: 'treatment',
        rules: [rule('both', { dimension: 'team', is: 'Ads' }, { attribute: 'dimension:product' })],
      },
    ],
  });
  const charges = [common('s', '12')];

  it('is worked out for each share', () => {
    expect(shareOut(rules, charges, { dimension: 'product' })).toEqual({ Finder: '6', Desk: '6' });
    expect(shareOut(rules, charges, { dimension: 'treatment' })).toEqual({
      Finder: '1',
      Desk: '3',
      Unallocated: '8',
    });
  });

  it('is not divided where all shares go the same way', () => {
    const { pieces } = allocateWithFindings({ ...monthOfCharges(charges), ruleset: rules });
    expect(pieces.filter(({ dimension }) => dimension === 'feature')).toMatchObject([
      { target: 'All', from: '2026-10-01', to: '2026-11-01' },
    ]);
    expect(pieces.find(({ dimension }) => dimension === 'feature')).not.toHaveProperty('split');
  });
});
