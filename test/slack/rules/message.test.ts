import { describe, expect, it } from 'vitest';
import type { MovedMoney } from '../../../src/core/allocation/diff.js';
import type { Month } from '../../../src/core/base/time.js';
import { rulesChangedMessage } from '../../../src/slack/rules/message.js';
import { ruleChange } from '../../support/slack/figures.js';
import { textOf } from '../../support/slack/world.js';

const DOLLAR = 1_000_000_000n;
const { diff } = ruleChange();

function move(to: string, dollars: bigint, month = '2026-11', dimension = 'team'): MovedMoney {
  return { dimension, month: month as Month, currency: 'USD', from: null, to, cost: dollars * DOLLAR };
}
const told = (more: Parameters<typeof ruleChange>[0]) => rulesChangedMessage(ruleChange(more));
const textsOf = (more: Parameters<typeof ruleChange>[0]) => textOf(told(more).blocks).split('\n');
function tableOf(more: Parameters<typeof ruleChange>[0]) {
  const block = told(more).blocks.find(({ type }) => type === 'table');
  if (block?.type !== 'table') throw new Error('no table');
  return block.rows.map((row) => row.map((cell) => (cell.type === 'raw_text' ? cell.text : '')));
}

describe('a change of the rules', () => {
  it('is told by dimension, at most eight lines of it, and no dimension hides another', () => {
    const rules = (dimension: string, many: number) =>
      Array.from({ length: many }, (_, i) => `${dimension}: added "${dimension} ${i}": model is "m" → X`);
    const texts = textsOf({
      lines: [...rules('team', 12), ...rules('product', 2), ...rules('cost-centre', 9)],
    });
    expect(texts.filter((text) => text.startsWith('Added'))).toEqual([
      ...['team 0', 'team 1', 'team 2'].map((name) => `Added "${name}": model is "m" → X`),
      ...['product 0', 'product 1'].map((name) => `Added "${name}": model is "m" → X`),
      ...['cost-centre 0', 'cost-centre 1', 'cost-centre 2'].map(
        (name) => `Added "${name}": model is "m" → X`,
      ),
    ]);
    expect(texts).toEqual(
      expect.arrayContaining(['Team', 'and 9 more', 'Product', 'Cost centre', 'and 6 more']),
    );
  });

  it('says how many changes stand in dimensions that found no room', () => {
    const lines = Array.from({ length: 11 }, (_, i) => `d${i}: added "rule": model is "m" → X`);
    expect(textsOf({ lines })).toContain('and 3 more changes elsewhere');
  });

  it('shows each move once, the dearest first and twelve at most', () => {
    const moved = Array.from({ length: 20 }, (_, i) => [
      move(`owner ${i}`, BigInt(i + 1), '2026-10'),
      move(`owner ${i}`, BigInt(i + 1), '2026-11'),
    ]).flat();
    const [, ...rows] = tableOf({
      diff: { ...diff, moved: [...moved, move('CC-1', 30n, '2026-11', 'cost-centre')] },
    });
    expect(rows.slice(0, 3)).toEqual([
      ['Unallocated → owner 19', 'Team', '$40.00'],
      ['Unallocated → owner 18', 'Team', '$38.00'],
      ['Unallocated → owner 17', 'Team', '$36.00'],
    ]);
    expect(rows).toContainEqual(['Unallocated → CC-1', 'Cost centre', '$30.00']);
    expect(rows).toHaveLength(13);
    expect(rows.at(-1)?.[0]).toBe('and 9 smaller moves');
  });

  it('tells months apart where one move has several, and else only which they are', () => {
    const months = (...moved: MovedMoney[]) => textsOf({ diff: { ...diff, moved } });
    expect(months(move('A', 1n), move('B', 2n))).toContain('All of it in Nov 2026.');
    expect(months(move('A', 1n, '2026-09'), move('A', 2n))).toContain(
      '$1.00 in Sep 2026, $2.00 in Nov 2026.',
    );
    expect(months(move('A', 1n, '2026-09'), move('B', 2n))).toContain('From Sep 2026 to Nov 2026.');
  });

  it('says in one sentence what nobody owns before and after, by dimension', () => {
    const unallocated = [
      { dimension: 'cost-centre', currency: 'USD', before: 9n * DOLLAR, after: 4n * DOLLAR },
      { dimension: 'product', currency: 'USD', before: 5n * DOLLAR, after: 5n * DOLLAR },
      { dimension: 'team', currency: 'USD', before: 9n * DOLLAR, after: 0n },
    ];
    expect(textsOf({ diff: { ...diff, unallocated } })).toContain(
      'Unallocated before → after: by cost centre $9.00 → $4.00; by team $9.00 → $0.00.',
    );
  });

  it('that changes nothing says so', () => {
    const nothing = { moved: [], unallocated: [], shadowedRuleIds: [], deadRuleIds: [], lockedMonths: [] };
    const texts = textsOf({ lines: [], diff: nothing });
    expect(texts).toEqual(expect.arrayContaining(['No rule reads differently.', 'No money moves.']));
    expect(texts.join(' ')).not.toContain('Unallocated');
  });
});
