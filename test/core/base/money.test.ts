import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareText,
  createNanoCarry,
  formatNanos,
  parseNanos,
  roundedQuotient,
  splitNanos,
  sumNanos,
} from '../../../src/core/base/money.js';

const nanos = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe('Parsing an amount', () => {
  it.each([
    ['12.5', 12_500_000_000n],
    ['-0.000001', -1_000n],
    ['1e-7', 100n],
    ['1.5E+3', 1_500_000_000_000n],
    ['+.5', 500_000_000n],
    ['7.', 7_000_000_000n],
    [' 3 ', 3_000_000_000n],
    ['9007199254.740993', 9_007_199_254_740_993_000n],
    ['0.0000000005', 0n],
    ['0.0000000015', 2n],
    ['0.0000000025', 2n],
    ['-0.0000000015', -2n],
    ['0.00000000250000000000000000000000001', 3n],
  ])('reads %s digit by digit, half to even below a nano', (text, expected) => {
    expect(parseNanos(text)).toBe(expected);
  });

  it.each(['', '.', '-', 'NaN', '1,5', '1.2.3', '0x10', '1e9999', '12 USD', '--1'])('refuses %j', (text) => {
    expect(() => parseNanos(text)).toThrow(`"${text}" is not a decimal amount.`);
  });

  it('reads back what was formatted, for any amount', () => {
    fc.assert(
      fc.property(nanos, (amount) => {
        expect(parseNanos(formatNanos(amount))).toBe(amount);
      }),
    );
  });
});

describe('Formatting an amount', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [-1n, '-0.000000001'],
    [1_500_000_000n, '1.5'],
    [-20_000_000_000n, '-20'],
  ])('writes %s nanos as %s', (amount, text) => {
    expect(formatNanos(amount)).toBe(text);
  });
});

describe('Dividing', () => {
  it('is never off by more than half, and goes to the even side of a tie', () => {
    fc.assert(
      fc.property(nanos, fc.bigInt({ min: 1n, max: 10n ** 12n }), (a, b) => {
        const quotient = roundedQuotient(a, b);
        const twice = 2n * (a - quotient * b);
        expect(twice <= b && twice >= -b).toBe(true);
        expect(twice !== b && twice !== -b ? 0n : quotient % 2n).toBe(0n);
      }),
    );
  });
});

describe('The carry of a feed', () => {
  const amount = fc.tuple(
    fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
    fc.integer({ min: 0, max: 18 }),
  );

  it('keeps the running total within half a nano of the exact one after every row', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 40 }), (rows) => {
        const carry = createNanoCarry();
        let exact = 0n; // units of 1e-18
        let given = 0n;
        for (const [digits, decimals] of rows) {
          exact += digits * 10n ** BigInt(18 - decimals);
          given += carry.add(`${digits}e-${decimals}`);
          const off = exact - given * 10n ** 9n;
          expect(2n * (off < 0n ? -off : off) <= 10n ** 9n).toBe(true);
        }
      }),
    );
  });

  it('moves the decimal point first where a feed is in cents', () => {
    const carry = createNanoCarry();
    expect(carry.add('123.45', -2)).toBe(1_234_500_000n);
    expect(carry.add('1', 3)).toBe(1_000_000_000_000n);
  });

  it('gives the next row what the last one lost', () => {
    const carry = createNanoCarry();
    const thirds = [1, 2, 3].map(() => carry.add('0.000000000333333333333333333'));
    expect(sumNanos(thirds)).toBe(1n);
  });

  it('is as it was after an amount that it refused', () => {
    const carry = createNanoCarry();
    expect(() => carry.add('much')).toThrow('"much" is not a decimal amount.');
    expect(carry.add('1')).toBe(1_000_000_000n);
  });
});

const sorted = (split: ReadonlyMap<string, bigint> | null) =>
  split === null ? null : [...split].toSorted(([a], [b]) => compareText(a, b));

const even = (...ids: string[]) => ids.map((id) => ({ id, weight: 1n }));

describe('Splitting an amount', () => {
  const weights = fc
    .uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 12 })
    .chain((ids) =>
      fc
        .array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: ids.length, maxLength: ids.length })
        .map((values) => ids.map((id, i) => ({ id, weight: values[i] ?? 0n }))),
    );

  it('loses nothing, gives nobody a nano more or less than their share rounded, nor the other sign', () => {
    fc.assert(
      fc.property(nanos, weights, (amount, parts) => {
        const total = sumNanos(parts.map((part) => part.weight));
        const split = splitNanos(amount, parts);
        expect(split === null).toBe(total === 0n);
        const shares = parts.map(({ id, weight }) => ({ weight, share: split?.get(id) ?? 0n }));
        expect(sumNanos(shares.map(({ share }) => share))).toBe(total === 0n ? 0n : amount);
        for (const { weight, share } of shares) {
          const off = share * total - amount * weight;
          expect(total === 0n || (off < 0n ? -off : off) < total).toBe(true);
          expect(share * amount >= 0n).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the order of the weights', () => {
    fc.assert(
      fc.property(nanos, weights, (amount, parts) => {
        expect(sorted(splitNanos(amount, parts.toReversed()))).toEqual(sorted(splitNanos(amount, parts)));
      }),
    );
  });

  it('gives what is left over to the largest remainder, and of equals to the first by code point', () => {
    expect(Object.fromEntries(splitNanos(5n, even('b', 'a', 'c')) ?? [])).toEqual({ a: 2n, b: 2n, c: 1n });
    expect(Object.fromEntries(splitNanos(-5n, even('b', 'a', 'c')) ?? [])).toEqual({
      a: -2n,
      b: -2n,
      c: -1n,
    });
    expect(
      splitNanos(10n, [
        { id: 'a', weight: 1n },
        { id: 'b', weight: 6n },
      ])?.get('b'),
    ).toBe(9n);
  });

  it('refuses weights that are negative or name a part twice', () => {
    expect(() => splitNanos(1n, [{ id: 'a', weight: -1n }])).toThrow('A split weight is negative.');
    const twice = [1n, 2n].map((weight) => ({ id: 'a', weight }));
    expect(() => splitNanos(3n, twice)).toThrow('A split names "a" twice.');
  });
});

describe('The order of texts', () => {
  it('is that of their code points, not of UTF-16 or of a language', () => {
    expect(['ä', 'b', '\u{1F600}', '\uFFFD', 'B', 'ab', ''].toSorted(compareText)).toEqual([
      '',
      'B',
      'ab',
      'b',
      'ä',
      '\uFFFD',
      '\u{1F600}',
    ]);
  });

  it('is that of their UTF-8 bytes, for any texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 5 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
