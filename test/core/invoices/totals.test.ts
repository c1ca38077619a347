import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNanos } from '../../../src/core/base/money.js';
import { mappingFor, readSheet } from '../../../src/core/invoices/csv.js';
import { readInvoiceRows } from '../../../src/core/invoices/rows.js';
import { day, month } from '../../support/build/charges.js';

function read(
  rows: readonly string[],
  header = 'Invoice number,Description,Amount',
  currency: string | null = null,
) {
  const sheet = readSheet(`${[header, ...rows].join('\n')}\n`);
  return readInvoiceRows(sheet, mappingFor(sheet.header, null), {
    source: 'acme',
    invoiceIssuerName: 'Acme',
    billingAccountId: null,
    invoiceId: null,
    period: month('2026-10'),
    currency,
    usualCurrency: 'USD',
    issuedOn: day('2026-11-18'),
  });
}
const payables = (...given: Parameters<typeof read>) =>
  read(...given).invoices.map(({ payable, currency }) => `${formatNanos(payable)} ${currency}`);

const LINES = ['I1,Claude,100', 'I1,GPT,50'];

describe('rows that sum up an invoice', () => {
  it.each([
    'Total',
    'Grand total',
    'Sub Total',
    'Amount due (USD)',
    'Balance due',
    'Summe',
    'Gesamtbetrag',
    'Net à payer',
    'Sous-total',
    'Importe total',
    'Totale fattura',
    'Totaal te betalen',
    'Att betala',
    'Yhteensä',
    'Razem do zapłaty',
    'Celkem k úhradě',
    'Összesen',
    'Итого',
    'Усього до сплати',
    'Σύνολο',
    'Genel Toplam',
    '合計',
    '合计',
    '합계',
    'المجموع',
    'סה"כ'.replace('"', '""'),
    'कुल',
  ])('are left out, in any language: %s', (words) => {
    expect(payables([...LINES, `I1,"${words}",150`])).toEqual(['150 USD']);
  });

  it('are left out at every level, with tax between and payments below', () => {
    expect(
      payables([
        ...LINES,
        'I1,Subtotal,150',
        'I1,VAT 19 %,28.50',
        'I1,Total,178.50',
        'I1,Payment received,-100',
        'I1,Balance due,78.50',
      ]),
    ).toEqual(['178.5 USD']);
    expect(payables(['I1,Previous balance,80', 'I1,Payment,-80', ...LINES, 'I1,Total,150'])).toEqual([
      '150 USD',
    ]);
  });

  it('are known without a word where lines below depend on them, or where they lack what all lines have', () => {
    expect(payables([...LINES, 'I1,Xyzzy,150', 'I1,Support,20', 'I1,Total,170'])).toEqual(['170 USD']);
    const header = 'Date,Description,Quantity,Amount';
    expect(payables(['2026-10-01,Claude,1,100', '2026-10-02,GPT,2,50', ',Xyzzy,,150'], header)).toEqual([
      '150 USD',
    ]);
  });

  it('of a file of several invoices belong to their own, or to all', () => {
    expect(
      payables([...LINES, 'I1,Total,150', 'I2,Claude,7', 'I2,GPT,5', 'I2,Total,12', ',Total,162']),
    ).toEqual(['150 USD', '12 USD']);
  });

  it('stay lines where their name is a product, or where they add nothing up', () => {
    expect(payables(['I1,Total API usage (Claude),100', 'I1,GPT,50'])).toEqual(['150 USD']);
    expect(payables(['I1,Claude,100', 'I1,Total tokens of GPT,50'])).toEqual(['150 USD']);
    expect(payables(['I1,Seat of Ana,20', 'I1,Seat of Bo,20'])).toEqual(['40 USD']);
    expect(payables(['I1,A,10', 'I1,B,20', 'I1,C,30', 'I1,D,5'])).toEqual(['65 USD']);
    expect(payables(['I1,Claude,100', 'I1,Promotional credit,-100'])).toEqual(['0 USD']);
  });

  it('are asked about when the last row may be either', () => {
    expect(() => read(['I1,A,10', 'I1,B,20', 'I1,C,30'])).toThrow(
      'Row 4: 30 is the sum of the 2 lines above it. If it is a total, remove the row; if it is a line, move it above them.',
    );
  });

  it('are refused when they are no sum: the file lacks rows', () => {
    expect(() => read([...LINES, 'I1,Total,170'])).toThrow(
      'Row 4: "Total" says 170, but the rows above it add up to 150.',
    );
  });

  it('change no invoice, whatever its lines', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(cents, { minLength: 2, maxLength: 8 }), fc.boolean(), (amounts, hasTotal) => {
        const sum = amounts.reduce((a, b) => a + b, 0);
        const rows = amounts.map((amount, at) => `I1,Line ${at},${(amount / 100).toFixed(2)}`);
        const total = `I1,Amount due,${(sum / 100).toFixed(2)}`;
        try {
          expect(payables(hasTotal ? [...rows, total] : rows)).toEqual([`${sum / 100} USD`]);
        } catch (error) {
          expect(String(error)).toContain('If it is a total');
        }
      }),
    );
  });
});

describe('the currency of an amount', () => {
  it('is that of its sign, its code, its column or the name of its column', () => {
    expect(payables(['I1,Claude,€12.50'])).toEqual(['12.5 EUR']);
    expect(payables(['I1,Claude,12.50 CHF'])).toEqual(['12.5 CHF']);
    expect(payables(['I1,Claude,12.50'], 'Invoice number,Description,Amount (SEK)')).toEqual(['12.5 SEK']);
    expect(payables(['I1,Claude,$12.50,CAD'], 'Invoice number,Description,Amount,Currency')).toEqual([
      '12.5 CAD',
    ]);
    expect(payables(['I1,Claude,$12.50'])).toEqual(['12.5 USD']);
  });

  it.each<[string[], string, string | null, string]>([
    [
      ['I1,Claude,€12.50,USD'],
      'Invoice number,Description,Amount,Currency',
      null,
      'the currency of the row is USD',
    ],
    [['I1,Claude,€12.50'], 'Invoice number,Description,Amount', 'USD', 'the currency of the row is USD'],
    [['I1,Claude,kr 12.50'], 'Invoice number,Description,Amount', null, 'say which currency the file is in'],
    [['I1,Claude,12.50,EUR'], 'Invoice number,Description,Amount (USD),Currency', null, 'differs from USD'],
    [['I1,Claude,12.50,XQZ'], 'Invoice number,Description,Amount,Currency', null, 'no ISO 4217 currency'],
  ])('is refused where two differ or none is known: %j under %s', (rows, header, currency, sentence) => {
    expect(() => read(rows, header, currency)).toThrow(sentence);
  });
});
