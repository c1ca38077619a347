import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import {
  type ChangeCause,
  type ChangeExplanation,
  explainChange,
  printedParts,
} from '../../../src/core/explain/change.js';
import type { WorkCell } from '../../../src/core/explain/work.js';

const CENT = 10_000_000n;

/** Million tokens of a model at a price per million. */
function tokens(key: string, model: string, meter: string, [mtok, price]: [number, string]): WorkCell {
  const micro = BigInt(Math.round(mtok * 1e6));
  const cost = (micro * parseNanos(price)) / 1_000_000n;
  const id = `key/anthropic/${key}`;
  return {
    key: { id, label: key, place: 'anthropic/w1' },
    model,
    meter,
    unit: 'Tokens',
    cost,
    quantity: mtok * 1e6,
  };
}

function period(cells: readonly WorkCell[], total = sumNanos(cells.map(({ cost }) => cost))) {
  return { cells, total };
}

function printed(explanation: ChangeExplanation): Record<string, string> {
  const parts = printedParts(explanation, CENT).filter(({ amount }) => amount !== 0n);
  return Object.fromEntries(parts.map(({ cause, amount }) => [cause, formatNanos(amount)]));
}

function mainCause({ parts }: ChangeExplanation): ChangeCause {
  const size = (amount: bigint) => (amount < 0n ? -amount : amount);
  return parts.reduce((most, part) => (size(part.amount) > size(most.amount) ? part : most)).cause;
}

const BEFORE = [
  tokens('search-prod', 'sonnet', 'Input', [200, '3']),
  tokens('search-prod', 'sonnet', 'Output', [40, '15']),
  tokens('search-prod', 'haiku', 'Input', [300, '0.8']),
  tokens('search-prod', 'haiku', 'Output', [60, '4']),
  tokens('old-batch', 'haiku', 'Input', [100, '0.8']),
];
const AFTER = [
  tokens('search-prod', 'sonnet', 'Input', [330, '3']),
  tokens('search-prod', 'sonnet', 'Output', [90, '15']),
  tokens('search-prod', 'haiku', 'Input', [200, '1']),
  tokens('search-prod', 'haiku', 'Output', [40, '5']),
  tokens('evals-new', 'opus', 'Input', [10, '15']),
  tokens('evals-new', 'opus', 'Output', [2, '75']),
];

describe('why spend changed', () => {
  it('takes the worked example apart to the cent', () => {
    const explanation = explainChange(period(BEFORE), period(AFTER));
    expect(formatNanos(explanation.before)).toBe('1760');
    expect(formatNanos(explanation.after)).toBe('3040');
    expect(printed(explanation)).toEqual({
      'new-keys': '300',
      'lost-keys': '-80',
      volume: '207.7',
      'model-mix': '563.73',
      'token-mix': '188.57',
      rate: '100',
    });
    const rate = explanation.parts.find(({ cause }) => cause === 'rate');
    expect(rate?.details).toEqual([
      { label: 'haiku, Input', amount: parseNanos('50') },
      { label: 'haiku, Output', amount: parseNanos('50') },
    ]);
  });

  const anyCell = fc
    .record({
      key: fc.constantFrom('a', 'b', 'c', null),
      model: fc.constantFrom('opus', 'sonnet', 'haiku'),
      meter: fc.constantFrom('Input', 'Output', 'Cache Read'),
      unit: fc.constantFrom('Tokens', 'Tokens', 'Requests', null),
      cost: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 16n }),
      quantity: fc.option(fc.double({ min: -10, max: 1e12, noNaN: true }), { freq: 5 }),
    })
    .map(({ key, ...rest }): WorkCell => {
      return key === null
        ? { ...rest, key, unit: null, quantity: null }
        : { ...rest, key: { id: key, label: key, place: '' } };
    });
  const anyPeriod = fc.array(anyCell, { maxLength: 25 });
  const anyMove = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });

  it('adds up to the change to the nano, its details and its printed cents too, and flips with the periods', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, anyMove, (cells0, cells1, move) => {
        const [before, after] = [
          period(cells0),
          period(cells1, sumNanos(cells1.map(({ cost }) => cost)) + move),
        ];
        const there = explainChange(before, after);
        const back = explainChange(after, before);
        expect(sumNanos(there.parts.map(({ amount }) => amount))).toBe(after.total - before.total);
        const opposite: Partial<Record<ChangeCause, ChangeCause>> = {
          'new-keys': 'lost-keys',
          'lost-keys': 'new-keys',
        };
        const backOf = new Map(back.parts.map(({ cause, amount }) => [cause, amount]));
        for (const { cause, amount, details } of there.parts) {
          expect(backOf.get(opposite[cause] ?? cause)).toBe(-amount);
          const labelled = sumNanos(details.map((detail) => detail.amount));
          if (cause !== 'other' && cause !== 're-allocation') expect(labelled).toBe(amount);
        }
        expect(there.parts.find(({ cause }) => cause === 're-allocation')?.amount).toBe(move);
        const cents = printedParts(there, CENT);
        const whole = sumNanos(cents.map(({ amount }) => amount));
        expect(cents.every(({ amount }) => amount % CENT === 0n)).toBe(true);
        expect(2n * (whole - there.delta) <= CENT && 2n * (there.delta - whole) <= CENT).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the exact figures of large bills, which a float would lose', () => {
    const before = [tokens('k', 'opus', 'Input', [1_000_000, '15'])];
    const after = [tokens('k', 'opus', 'Input', [1_000_000, '15.000000001'])];
    const explanation = explainChange(period(before), period(after));
    expect(mainCause(explanation)).toBe('rate');
    expect(explanation.parts.find(({ cause }) => cause === 'rate')?.amount).toBe(1_000_000n);
  });

  it.each<readonly [string, ChangeCause, readonly WorkCell[]]>([
    ['a runaway loop', 'volume', BEFORE.map((cell) => scaled(cell, 5))],
    ['a dearer price', 'rate', BEFORE.map((cell) => ({ ...cell, cost: cell.cost * 2n }))],
    [
      'a model switch',
      'model-mix',
      BEFORE.map((cell) =>
        cell.model === 'haiku' ? { ...cell, model: 'opus', cost: cell.cost * 20n } : cell,
      ),
    ],
    ['a key that is new', 'new-keys', [...BEFORE, tokens('fresh', 'opus', 'Input', [100, '15'])]],
    ['a key that went quiet', 'lost-keys', BEFORE.filter(({ key }) => key?.label !== 'search-prod')],
    [
      'longer answers',
      'token-mix',
      BEFORE.map((cell) => (cell.meter === 'Output' ? scaled(cell, 2.5) : scaled(cell, 0.7))),
    ],
    [
      'a credit',
      'other',
      [...BEFORE, { ...tokens('x', 'x', 'x', [1, '-900']), key: null, unit: null, quantity: null }],
    ],
  ])('names the cause of %s', (_, cause, after) => {
    expect(mainCause(explainChange(period(BEFORE), period(after)))).toBe(cause);
  });

  it('sees one key where a key was rotated, and two where two namesakes live side by side', () => {
    const old = tokens('search-prod', 'sonnet', 'Input', [100, '3']);
    const fresh = {
      ...scaled(old, 1.5),
      key: { id: 'another', label: 'Search-Prod', place: 'anthropic/w1' },
    };
    expect(printed(explainChange(period([old]), period([fresh])))).toEqual({ volume: '150' });
    const elsewhere = { ...fresh, key: { ...fresh.key, place: 'anthropic/w2' } };
    expect(printed(explainChange(period([old]), period([elsewhere])))).toEqual({
      'new-keys': '450',
      'lost-keys': '-300',
    });
    const both = explainChange(period([old, fresh]), period([scaled(old, 2), fresh]));
    expect(both.parts.find(({ cause }) => cause === 'volume')?.details).toHaveLength(1);
    expect(printed(both)).toEqual({ volume: '300' });
  });

  it('lists every cause in one order, also when nothing changed', () => {
    const { parts, delta } = explainChange(period(BEFORE), period(BEFORE));
    expect(delta).toBe(0n);
    expect(parts.map(({ cause }) => cause)).toEqual([
      'new-keys',
      'lost-keys',
      'volume',
      'model-mix',
      'token-mix',
      'rate',
      'other',
      're-allocation',
    ]);
    expect(parts.every(({ amount, details }) => amount === 0n && details.length === 0)).toBe(true);
  });
});

function scaled(cell: WorkCell, factor: number): WorkCell {
  const cost = (cell.cost * BigInt(Math.round(factor * 10))) / 10n;
  return { ...cell, cost, quantity: (cell.quantity ?? 0) * factor };
}
