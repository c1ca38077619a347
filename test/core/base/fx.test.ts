import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert, convertAll, createFxLookUp, type FxRate, parseRate } from '../../../src/core/base/fx.js';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { day, month } from '../../support/build/charges.js';

const rate = (text: string, on = '2026-10'): FxRate => {
  return { month: month(on), from: 'EUR', to: 'USD', rate: text, source: 'ECB', date: day('2026-10-01') };
};
const anyRate = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.bigInt({ min: 1n, max: 999_999_999_999n }))
  .map(([whole, places]) => `${whole}.${String(places).padStart(12, '0')}`);
const anyAmount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe('an exchange rate', () => {
  it('is read digit by digit, and nothing but a positive decimal is one', () => {
    expect(formatNanos(convert(parseNanos('100'), '1.0832'))).toBe('108.32');
    expect(formatNanos(convert(parseNanos('0.000000001'), '1.5'))).toBe('0.000000002');
    expect(formatNanos(convert(parseNanos('-0.000000003'), '0.5'))).toBe('-0.000000002');
    for (const text of ['0', '-1', '1,08', '1.', 'one', '1e3', '0.0000000000001'])
      expect(() => parseRate(text), text).toThrow(/is no rate/);
  });

  it('converts any amounts so that they add up to their converted sum, each less than a nano off', () => {
    fc.assert(
      fc.property(fc.array(anyAmount, { maxLength: 30 }), anyRate, (amounts, text) => {
        const converted = convertAll(amounts, text);
        expect(sumNanos(converted)).toBe(convert(sumNanos(amounts), text));
        const { numerator, denominator } = parseRate(text);
        for (const [index, amount] of amounts.entries()) {
          const off = (converted[index] ?? 0n) * denominator - amount * numerator;
          expect(off < denominator && -off < denominator).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the one of its own pair and month; an override goes before it, an inverse is none', () => {
    const override = { ...rate('1.2'), fromMonth: month('2026-10'), toMonth: month('2026-11') };
    const look = createFxLookUp({ rates: [rate('1.1'), rate('1.3', '2026-11')], overrides: [override] });
    expect(look('EUR', 'USD', month('2026-10'))).toMatchObject({ rate: '1.2', month: '2026-10' });
    expect(look('EUR', 'USD', month('2026-11'))?.rate).toBe('1.3');
    expect(look('EUR', 'USD', month('2026-12'))).toBeNull();
    expect(look('USD', 'EUR', month('2026-10'))).toBeNull();
  });
});
