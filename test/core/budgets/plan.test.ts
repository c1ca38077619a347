import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysIn, monthRange, parseDay, parseMonth } from '../../../src/core/base/time.js';
import { PHASINGS, planToDate } from '../../../src/core/budgets/plan.js';

const NOVEMBER = parseMonth('2026-11'); // 30 days from a Sunday on, 21 of them Monday to Friday
const plan = (phasing: (typeof PHASINGS)[number]) => ({ month: NOVEMBER, amount: 2_100n, phasing });

describe('a plan to date', () => {
  it('is spread over all days, or over Monday to Friday alone', () => {
    expect(planToDate(plan('calendar-days'), parseDay('2026-11-10'))).toBe(700n);
    expect(planToDate(plan('working-days'), parseDay('2026-11-01'))).toBe(0n);
    expect(planToDate(plan('working-days'), parseDay('2026-11-10'))).toBe(700n);
  });

  it('is nothing before the month, never falls, and is the whole plan on its last day and after', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 70n }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...PHASINGS),
        (amount, number, phasing) => {
          const month = parseMonth(`2027-${String(number).padStart(2, '0')}`);
          const { from, to } = monthRange(month);
          const at = (day: typeof from) => planToDate({ month, amount, phasing }, day);
          expect(at(addDays(from, -1))).toBe(0n);
          expect(at(addDays(to, -1))).toBe(amount);
          expect(at(addDays(to, 40))).toBe(amount);
          let before = 0n;
          for (const day of daysIn({ from, to })) {
            expect(at(day)).toBeGreaterThanOrEqual(before);
            before = at(day);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
