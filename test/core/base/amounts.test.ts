import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AmountHints,
  type DecimalMark,
  readAmountColumns,
  readCount,
} from '../../../src/core/base/amounts.js';
import { currencyInName } from '../../../src/core/base/currencies.js';
import { AppError } from '../../../src/core/base/errors.js';
import { formatNanos, parseNanos } from '../../../src/core/base/money.js';

const UNSAID: AmountHints = { mark: null, isPointByFormat: false };

function readColumn(cells: readonly string[], hints: AmountHints = UNSAID): readonly (string | null)[] {
  const [column = []] = readAmountColumns([{ cells, place: (at) => `bill.csv, row ${at + 2}, Cost` }], hints);
  return column.map((cell) => (cell === null ? null : formatNanos(parseNanos(cell.decimal))));
}

function currenciesOfCell(text: string): readonly string[] | null | undefined {
  return readAmountColumns([{ cells: [text], place: () => 'here' }], UNSAID)[0]?.[0]?.currencies;
}

describe('a column of amounts', () => {
  it.each([
    [
      ['0.48', '1,200.00'],
      ['0.48', '1200'],
    ],
    [
      ['0,48', '1.200,00'],
      ['0.48', '1200'],
    ],
    [
      ['1,234', '0.5'],
      ['1234', '0.5'],
    ],
    [
      ['1,234', '0,5'],
      ['1.234', '0.5'],
    ],
    [
      ['1 234,50', '1\u00a0234\u202f567,5'],
      ['1234.5', '1234567.5'],
    ],
    [
      ["1'234.50", '1’234’567.5', '1´234.5'],
      ['1234.5', '1234567.5', '1234.5'],
    ],
    [
      ['12,34,567.89', '1,00,000'],
      ['1234567.89', '100000'],
    ],
    [
      ['(12.50)', '12.50-', '-12.50', '−12.50', '+12.50'],
      ['-12.5', '-12.5', '-12.5', '-12.5', '12.5'],
    ],
    [
      ['($1,234.56)', '-$0.50', '$-0.50', '$(0.50)'],
      ['-1234.56', '-0.5', '-0.5', '-0.5'],
    ],
    [
      ['4.2e-7', '1E+3', '1,5e2'.replace(',', '.')],
      ['0.00000042', '1000', '150'],
    ],
    [
      ['Fr. 12.50', 'CHF 1’000.00', '12.50 Fr.'],
      ['12.5', '1000', '12.5'],
    ],
    [
      ['Rs.500', 'Rs. 1,00,000.50'],
      ['500', '100000.5'],
    ],
    [
      ['12,-', '1.234,50'],
      ['12', '1234.5'],
    ],
    [
      ['.5', '12.', '１２．５'],
      ['0.5', '12', '12.5'],
    ],
    [
      ['100', '1000000'],
      ['100', '1000000'],
    ],
    [
      ['1000000000000000', '0'],
      ['1000000000000000', '0'],
    ],
  ])('%j is %j', (cells, wanted) => {
    expect(readColumn(cells)).toEqual(wanted);
  });

  it.each([
    ['1,234', '"1,234" may be 1234 or 1.234'],
    ['1.234', '"1.234" may be 1.234 or 1234'],
    ['€100,000', '"€100,000" may be 100000 or 100.000'],
  ])('with %s alone is refused with row, column and both readings', (cell, sentence) => {
    expect(() => readColumn(['7', cell])).toThrow(`bill.csv, row 3, Cost: ${sentence}`);
  });

  it('that a person has settled, or whose format is a point, is read so', () => {
    expect(readColumn(['1,234'], { ...UNSAID, mark: 'comma' })).toEqual(['1.234']);
    expect(readColumn(['1,234'], { ...UNSAID, mark: 'point' })).toEqual(['1234']);
    expect(readColumn(['1.234'], { ...UNSAID, isPointByFormat: true })).toEqual(['1.234']);
    expect(() => readColumn(['1,234'], { ...UNSAID, isPointByFormat: true })).toThrow('may be');
    expect(() => readColumn(['0,48'], { ...UNSAID, mark: 'point' })).toThrow('does not fit a decimal point');
  });

  it('is no point by format where another column of the file has a decimal comma', () => {
    const column = (cell: string) => ({ cells: [cell], place: () => cell });
    expect(() =>
      readAmountColumns([column('1.234'), column('0,48')], { mark: null, isPointByFormat: true }),
    ).toThrow('"1.234" may be');
  });

  it('that holds both marks is refused, naming both cells', () => {
    expect(() => readColumn(['0,48', '0.48'])).toThrow(
      'bill.csv, row 2, Cost: "0,48" has a decimal comma, while "0.48" (bill.csv, row 3, Cost) has a decimal point',
    );
  });

  it.each(['1e16', '-1000000000000001', '1e300', '12345678901234567890'])(
    'refuses %s, which no bill holds',
    (cell) => expect(() => readColumn([cell])).toThrow('is larger than 10^15'),
  );

  it.each([
    '',
    'Included',
    '-',
    'NaN',
    'Infinity',
    '1.2.3',
    '12,34,5',
    '1 23',
    '12 %',
    '--5',
    '-(5)',
    '5 CR',
    '0,123,456',
    '1,,5',
    '2026-10-31',
    '½',
    '€5 USD',
    '0x10',
  ])('leaves %j to its reader: it is no amount', (cell) => expect(readColumn([cell])).toEqual([null]));

  it('tells the currency of a cell by sign or code on either side', () => {
    expect(currenciesOfCell('€12.50')).toEqual(['EUR']);
    expect(currenciesOfCell('12.50 usd')).toEqual(['USD']);
    expect(currenciesOfCell('US$ 12.50 USD')).toEqual(['USD']);
    expect(currenciesOfCell('$12.50 CAD')).toEqual(['CAD']);
    expect(currenciesOfCell('$12.50')).toContain('AUD');
    expect(currenciesOfCell('12.50')).toBeNull();
  });

  const marks: Readonly<Record<DecimalMark, { decimal: string; groups: readonly string[] }>> = {
    point: { decimal: '.', groups: ['', ',', ' ', "'", '\u00a0', '\u202f', '’'] },
    comma: { decimal: ',', groups: ['', '.', ' ', "'", '\u00a0', '\u202f', '’'] },
  };
  const amount = fc.record({
    whole: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
    fraction: fc.stringMatching(/^\d{0,9}$/),
    sign: fc.constantFrom('', '-', '()', 'after'),
    currency: fc.constantFrom('', '€', 'USD ', '$'),
    isIndian: fc.boolean(),
  });

  it('is read to the last digit or refused, whatever its marks', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<DecimalMark>('point', 'comma'),
        fc.nat(6),
        fc.array(amount, { minLength: 1, maxLength: 6 }),
        (mark, group, amounts) => {
          const { decimal, groups } = marks[mark];
          const thousands = groups[group] ?? '';
          const cells = amounts.map(({ whole, fraction, sign, currency, isIndian }) => {
            const pattern = isIndian && thousands === ',' ? /(\d)(?=(\d\d)+\d$)/g : /(\d)(?=(\d{3})+$)/g;
            const figures = String(whole).replaceAll(pattern, `$1${thousands}`);
            const text = `${currency}${figures}${fraction === '' ? '' : decimal + fraction}`;
            return sign === '()' ? `(${text})` : sign === 'after' ? `${text}-` : `${sign}${text}`;
          });
          const exact = amounts.map(({ whole, fraction, sign }) =>
            formatNanos(parseNanos(`${sign === '' ? '' : '-'}${whole}.${fraction === '' ? '0' : fraction}`)),
          );
          try {
            expect(readColumn(cells)).toEqual(exact);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            expect(error.message).toContain('may be');
            refused += 1;
          }
          expect(readColumn(cells, { mark, isPointByFormat: false })).toEqual(exact);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(refused).toBeLessThan(600);
  });
});

describe('a count', () => {
  it.each([
    ['1200', '1200'],
    ['1,200', '1200'],
    ['1.200', '1200'],
    ['1 200 000', '1200000'],
    ['12.0', '12'],
    ['1.5', null],
    ['-3', null],
    ['2e3', null],
    ['12,34', null],
    ['', null],
  ])('%j is %j', (text, count) => {
    expect(readCount(text)).toBe(count);
  });
});

describe('the name of a column', () => {
  it.each([
    ['amount_usd', 'USD'],
    ['Betrag (EUR)', 'EUR'],
    ['Cost in €', 'EUR'],
    ['Total SEK', 'SEK'],
    ['cost for all', null],
    ['Amount', null],
    ['Net', null],
  ])('%s says %s', (name, currency) => {
    expect(currencyInName(name)).toBe(currency);
  });
});
