import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/core/base/csv.js';
import { formatNanos } from '../../../src/core/base/money.js';
import { mappingFor, readSheet } from '../../../src/core/invoices/csv.js';
import { readInvoiceRows, type SheetFacts } from '../../../src/core/invoices/rows.js';
import { day, month } from '../../support/build/charges.js';

const FACTS: SheetFacts = {
  source: 'replit',
  invoiceIssuerName: 'Replit',
  billingAccountId: null,
  invoiceId: null,
  period: null,
  currency: null,
  usualCurrency: 'USD',
  issuedOn: day('2026-11-18'),
};
const read = (text: string, changes: Partial<SheetFacts> = {}) => {
  const sheet = readSheet(text);
  return readInvoiceRows(sheet, mappingFor(sheet.header, null), { ...FACTS, ...changes });
};
const HEADER =
  'invoice_no,period_start,period_end,line_description,member_email,quantity,amount_usd,credit_usd';
const SEATS = `${HEADER}
R-7,2026-10-01,2026-10-31,Team seats,,3,105,0
R-7,2026-10-01,2026-10-31,Usage above the plan,Bo@Larkspur.test,1,41.25,-20
`;

describe('an invoice CSV', () => {
  it('is understood by its header: lines, people, credits, periods through their last day', () => {
    const { invoices } = read(SEATS);
    expect(invoices).toMatchObject([
      { invoiceId: 'R-7', billingPeriod: '2026-10', currency: 'USD', payable: 126_250_000_000n },
    ]);
    expect(
      invoices[0]?.lines.map(({ kind, amount, from, to, email, creditKind }) => [
        kind,
        formatNanos(amount),
        from,
        to,
        email,
        creditKind,
      ]),
    ).toEqual([
      ['seat', '105', '2026-10-01', '2026-11-01', undefined, undefined],
      ['usage', '41.25', '2026-10-01', '2026-11-01', 'bo@larkspur.test', undefined],
      ['credit', '-20', '2026-10-01', '2026-11-01', 'bo@larkspur.test', 'promotional'],
    ]);
  });

  it('is read in other ways of writing: a title above, semicolons, decimal commas, days first, totals below', () => {
    const text = [
      'Rechnung für Larkspur GmbH;;;',
      ';;;',
      'Datum;Description;Amount;VAT',
      '31.10.2026;GPU hours;1.234,50;234,56',
      '30.10.2026;"Fee; monthly";(10,00);',
      ';Total;1.459,06;',
      '',
    ].join('\r\n');
    const sheet = readSheet(text);
    const mapping = { ...mappingFor(sheet.header, null), isTaxRecoverable: true };
    const dated = { ...mapping, columns: { ...mapping.columns, date: 'Datum' } };
    const { invoices, remarks } = readInvoiceRows(sheet, dated, { ...FACTS, currency: 'EUR' });
    expect(remarks).toEqual(['Row 6 is a total and left out.']);
    expect(invoices).toMatchObject([{ invoiceId: 'replit-2026-10', currency: 'EUR' }]);
    expect(invoices[0]?.lines).toMatchObject([
      { kind: 'usage', amount: 1_234_500_000_000n, from: '2026-10-31', to: '2026-11-01' },
      { kind: 'tax', amount: 234_560_000_000n, recoverable: true },
      { kind: 'credit', amount: -10_000_000_000n },
    ]);
  });

  it('becomes one invoice per number and currency, or per month without a number', () => {
    const text =
      'Month,Item,Cost,Currency\n2026-09,Seats,10,USD\n2026-10,Seats,11,USD\n2026-10,Seats,9,EUR\n';
    expect(
      read(text).invoices.map(({ invoiceId, currency, payable }) => [
        invoiceId,
        currency,
        formatNanos(payable),
      ]),
    ).toEqual([
      ['replit-2026-09', 'USD', '10'],
      ['replit-2026-10', 'USD', '11'],
      ['replit-2026-10', 'EUR', '9'],
    ]);
    expect(read('Item,Amount\nSeats,10\n', { period: month('2026-10') }).invoices[0]?.billingPeriod).toBe(
      '2026-10',
    );
  });

  it.each([
    [
      'an amount that is none',
      SEATS.replace('105', 'about 100'),
      'Row 2, amount (column amount_usd): "about 100" is no amount.',
    ],
    [
      'a day that is none',
      SEATS.replace('2026-10-31', '2026-10-32'),
      'Row 2, endDate (column period_end): "2026-10-32" is no day; write it as 2026-10-31.',
    ],
    [
      'a person without an address',
      SEATS.replace('Bo@Larkspur.test', 'Bo'),
      'Row 3, person (column member_email): "Bo" is no e-mail address.',
    ],
    [
      'no amount at all',
      `${HEADER}\nR-7,2026-10-01,,Seats,,3,,\n`,
      'Row 2, amount (column amount_usd): "" is empty.',
    ],
    [
      'no day and no month',
      'Item,Amount\nSeats,10\n',
      'The rows name no day: say which month the invoice is of.',
    ],
    ['an open quote', 'Item,Amount\n"Seats,10\n', 'Row 2: a quote is not closed; export it again.'],
    ['nothing', ' \n', 'The file is empty.'],
    ['a header alone', 'Item,Amount\n', 'The file has a header and nothing below it.'],
    ['a column twice', 'Item,Amount,Amount\nSeats,1,2\n', 'Row 1: column "Amount" stands twice; rename one.'],
    [
      'too many rows',
      `Item,Amount\n${'x,1\n'.repeat(5_001)}`,
      'The file has 5001 rows; 5000 are the most. Import a larger bill as FOCUS.',
    ],
    [
      'too many bytes',
      `Item,Amount\n${'x'.repeat(1_048_577)},1\n`,
      'The file is larger than 1 MB; import a bill of that size as FOCUS.',
    ],
  ])('is refused with one sentence for %s', (_what, text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });

  it('keeps the mapping of before where the file still has its columns', () => {
    const remembered = {
      columns: { amount: 'Net', date: 'Day' },
      dayOrder: 'day-first',
      isTaxRecoverable: true,
    } as const;
    expect(mappingFor(['Day', 'Net', 'Amount'], remembered)).toBe(remembered);
    expect(mappingFor(['Date', 'Amount'], remembered)).toEqual({
      columns: { date: 'Date', amount: 'Amount' },
      dayOrder: 'day-first',
      isTaxRecoverable: true,
    });
  });

  it('comes back cell by cell whatever stands in it', () => {
    const cell = fc
      .string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 6 })
      .map((text) => text.trim());
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (records) => {
          const text = records
            .map((record) => record.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
            .join('\n');
          expect(parseCsv(text).records.map(({ cells }) => cells)).toEqual(records);
        },
      ),
    );
  });
});
