import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import type { Month } from '../../../src/core/base/time.js';
import { journalCells, journalOf } from '../../../src/core/invoices/journal.js';

const OCTOBER = '2026-10' as Month;

describe('the journal of a month', () => {
  it('debits each cost centre and treatment and credits clearing with the whole, on the last day', () => {
    const rows = [
      { values: ['CC-2', 'COGS'], cost: 5_000_000_000n },
      { values: ['CC-1', 'R&D'], cost: 2_500_000_000n },
    ];
    const lines = journalOf(OCTOBER, rows, { clearing: '1999 AI', treatments: { COGS: '5000 COGS' } });
    expect(lines.map(journalCells)).toEqual([
      ['2026-10-31', 'R&D', 'CC-1', '2.5', '', 'AI and cloud spend 2026-10'],
      ['2026-10-31', '5000 COGS', 'CC-2', '5', '', 'AI and cloud spend 2026-10'],
      ['2026-10-31', '1999 AI', '', '', '7.5', 'Cleared: 2026-10'],
    ]);
  });

  it('has equal debits and credits whatever the amounts and their signs', () => {
    const row = fc.record({
      values: fc.tuple(fc.string({ maxLength: 5 }), fc.constantFrom('COGS', 'R&D')),
      cost: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const lines = journalOf(OCTOBER, rows, { clearing: 'clearing' });
        expect(sumNanos(lines.map(({ debit }) => debit))).toBe(sumNanos(lines.map(({ credit }) => credit)));
        for (const { debit, credit } of lines) expect(debit >= 0n && credit >= 0n).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
