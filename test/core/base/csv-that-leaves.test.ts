import { readdirSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src/core/base/csv-write.js';
import { lineageCsv } from '../../../src/core/lineage/csv.js';
import type { Lineage } from '../../../src/core/lineage/lineage.js';
import { extreme, makeExtreme } from '../../support/arbitrary/extremes.js';
import { day, month } from '../../support/build/charges.js';

const SUMMED = { cost: 5n, charges: 1, confidence: [{ confidence: 'billed' as const, cost: 5n }] };
const LINE = {
  day: day('2026-11-01'),
  priorDay: null,
  source: 's',
  service: 'API',
  key: '=1+1',
  model: '@SUM(A1)',
  sku: '+44',
  category: 'Usage',
  description: '-2+3',
  quantity: -5,
  unit: 'Tokens',
  unitPrice: 0.1,
  confidence: 'billed' as const,
  chargeCost: -5n,
  cost: -5n,
  raw: [{ endpoint: '=cmd', fetchedAtMs: 0 }],
};
const LINEAGE: Lineage = {
  ...SUMMED,
  figure: {
    dimension: 'team',
    where: [],
    range: { from: day('2026-11-01'), to: day('2026-12-01') },
    currency: 'USD',
  },
  bills: [
    {
      ...SUMMED,
      source: 's',
      invoice: {
        invoiceIssuerName: 'S',
        billingAccountId: 'a',
        billingPeriod: month('2026-11'),
        invoiceId: '=INV',
      },
      rules: [
        {
          ...SUMMED,
          version: 1,
          rule: { id: 'r', name: '@rule', sentence: 'x', from: null, to: null },
          reason: null,
          hows: [
            {
              ...SUMMED,
              how: { kind: 'value' },
              nature: 'charge',
              basis: {},
              target: '+Search',
              chargeCost: 5n,
              lines: [LINE],
              remainder: { charges: 2, cost: -5n },
            },
          ],
        },
      ],
    },
  ],
};

/** Files of the product that write CSV: each needs a property below. */
function writersOfCsv(folder = 'src'): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    // The sandbox writes bills for its own made-up vendors; nobody opens them.
    if (path === 'src/sandbox') return [];
    if (statSync(path).isDirectory()) return writersOfCsv(path);
    const text = readFileSync(path, 'utf8');
    return /\bunparse\(|\.join\('[,;]'\)\}\\r?\\n/.test(text) ? [path] : [];
  });
}

describe('CSV that people open in a spreadsheet', () => {
  it('is written in two places, which the properties below hold to', () => {
    expect(writersOfCsv().toSorted()).toEqual(['src/core/base/csv-write.ts', 'src/core/lineage/csv.ts']);
  });

  it('is one record a line that reads back as it was written, numbers as numbers', () => {
    fc.assert(
      fc.property(extreme, ({ texts, amounts }) => {
        const cells = [...texts.map((text) => text.slice(0, 500)), ...amounts.map(String)];
        const { data } = Papa.parse<string[]>(csvLine(cells).slice(0, -2), {
          delimiter: ',',
          newline: '\r\n',
        });
        const isFormula = (cell: string) => /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell);
        expect(data).toEqual([cells.map((cell) => (isFormula(cell) ? `'${cell}` : cell))]);
      }),
      { numRuns: 60 },
    );
  });

  it('has no cell that a spreadsheet takes for a formula, whatever things are called', () => {
    fc.assert(
      fc.property(extreme, (how) => {
        const text = lineageCsv(makeExtreme(LINEAGE, how));
        const { data } = Papa.parse<string[]>(text, { delimiter: ',' });
        for (const cell of data.flat())
          expect(/^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
