import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MovedMoney } from '../../../src/core/allocation/diff.js';
import { summariseMoves } from '../../../src/core/allocation/move-summary.js';
import { sumNanos } from '../../../src/core/base/money.js';
import { parseMonth } from '../../../src/core/base/time.js';

const owner = fc.option(fc.constantFrom('Search', 'Platform', 'Support'));
const move: fc.Arbitrary<MovedMoney> = fc.record({
  dimension: fc.constantFrom('team', 'product'),
  month: fc.integer({ min: 1, max: 12 }).map((month) => parseMonth(`2026-${String(month).padStart(2, '0')}`)),
  currency: fc.constantFrom('USD', 'EUR'),
  from: owner,
  to: owner,
  cost: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
});

describe('moves added up over the months', () => {
  it('keep every nano, per summary and in all', () => {
    fc.assert(
      fc.property(fc.array(move), (moved) => {
        const summaries = summariseMoves(moved, []);
        expect(sumNanos(summaries.map(({ cost }) => cost))).toBe(sumNanos(moved.map(({ cost }) => cost)));
        for (const { cost, months } of summaries)
          expect(sumNanos(months.map((part) => part.cost))).toBe(cost);
      }),
    );
  });

  it('put the edited dimension first and the largest move before smaller ones', () => {
    const month = parseMonth('2026-10');
    const base = { month, currency: 'USD', from: null };
    const moved = [
      { ...base, dimension: 'product', to: 'Helpdesk', cost: 900n },
      { ...base, dimension: 'team', to: 'Search', cost: 5n },
      { ...base, dimension: 'team', to: 'Support', cost: -70n },
    ];
    expect(summariseMoves(moved, ['team']).map(({ to }) => to)).toEqual(['Support', 'Search', 'Helpdesk']);
  });
});
