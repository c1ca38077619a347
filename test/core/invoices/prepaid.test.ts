import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type Day } from '../../../src/core/base/time.js';
import { expiryInvoice, grantsOf, prepaidAccount } from '../../../src/core/invoices/prepaid.js';
import { day } from '../../support/build/charges.js';
import { invoiceOf, lineOf } from '../../support/build/invoices.js';

const bought = (id: string, amount: string, on: string, expiresOn: string | null) =>
  invoiceOf(
    [
      lineOf('purchase', amount, {
        creditKind: 'prepaid',
        from: day(on),
        to: addDays(day(on), 1),
        ...(expiresOn === null ? {} : { expiresOn: day(expiresOn) }),
      }),
    ],
    { invoiceId: id },
  );
const draw = (on: string, amount: string) => ({ day: day(on), amount: parseNanos(amount) });

describe('prepaid value', () => {
  const grants = grantsOf([
    bought('P-1', '100', '2026-01-10', '2026-07-10'),
    bought('P-2', '50', '2026-03-01', null),
  ]);

  it('is drawn down by usage, what expires first goes first, and the rest expires on its day', () => {
    const draws = [draw('2026-02-01', '30'), draw('2026-04-01', '40'), draw('2026-07-10', '5')];
    const account = prepaidAccount(grants, draws, day('2026-08-01'));
    expect(account.grants.map(({ drawn, expired, left }) => [drawn, expired, left].map(formatNanos))).toEqual(
      [
        ['70', '30', '0'],
        ['5', '0', '45'],
      ],
    );
    expect(formatNanos(account.balance)).toBe('45');
    const [first] = account.grants;
    const writeOff = first === undefined ? null : expiryInvoice(first, 'Platform');
    expect(writeOff).toMatchObject({ billingPeriod: '2026-07', payable: 0n });
    expect(writeOff?.lines.map(({ kind, amount, owner }) => [kind, formatNanos(amount), owner])).toEqual([
      ['fee', '30', 'Platform'],
      ['credit', '-30', 'Platform'],
    ]);
  });

  it('says what no value was left for, and draws on nothing that was bought later', () => {
    const account = prepaidAccount(
      grants,
      [draw('2026-01-09', '5'), draw('2026-02-01', '130')],
      day('2026-02-02'),
    );
    expect([account.balance, account.uncovered].map(formatNanos)).toEqual(['50', '35']);
  });

  it('is never lost: bought is drawn, expired or left, and every draw is covered or said to be uncovered', () => {
    const anyDay = fc.integer({ min: 0, max: 400 }).map((n): Day => addDays(day('2026-01-01'), n));
    const anyAmount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyAmount, anyDay, fc.option(anyDay)), { maxLength: 5 }),
        fc.array(fc.record({ day: anyDay, amount: anyAmount }), { maxLength: 20 }),
        anyDay,
        (purchases, draws, through) => {
          const some = grantsOf(
            purchases.map(([amount, on, expiry], index) =>
              bought(`P-${index}`, formatNanos(amount), on, expiry),
            ),
          );
          const account = prepaidAccount(some, draws, through);
          for (const grant of account.grants)
            expect(grant.drawn + grant.expired + grant.left).toBe(grant.bought);
          const asked = sumNanos(draws.filter((each) => each.day <= through).map(({ amount }) => amount));
          expect(sumNanos(account.grants.map(({ drawn }) => drawn)) + account.uncovered).toBe(asked);
        },
      ),
      { numRuns: 100 },
    );
  });
});
