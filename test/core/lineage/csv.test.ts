import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { lineageCsv } from '../../../src/core/lineage/csv.js';
import type { ChargeLine, Lineage } from '../../../src/core/lineage/lineage.js';
import { day, month } from '../../support/build/charges.js';

const LINE: ChargeLine = {
  day: day('2026-10-05'),
  priorDay: null,
  source: 'anthropic',
  service: 'Claude, "API"',
  key: '=HYPERLINK("http://evil.test")',
  model: '+1',
  sku: '-1',
  category: '@SUM(A1)',
  description: '\tx',
  quantity: 5,
  unit: 'Tokens',
  unitPrice: 1,
  confidence: 'billed',
  chargeCost: -3_000_000_000n,
  cost: -1_500_000_000n,
  raw: [{ endpoint: '/costs', fetchedAtMs: Date.UTC(2026, 10, 1) }],
};

function lineageOf(lines: readonly ChargeLine[]): Lineage {
  const range = { from: day('2026-10-01'), to: day('2026-11-01') };
  const sum = { cost: -1_000_000_000n, charges: 3, confidence: [] };
  const invoice = {
    invoiceIssuerName: 'Anthropic',
    billingAccountId: 'org',
    billingPeriod: month('2026-10'),
    invoiceId: null,
  };
  const how = {
    ...sum,
    how: { kind: 'value' },
    nature: 'charge',
    basis: {},
    target: '=Search',
    chargeCost: -3n,
    lines,
    remainder: { charges: 2, cost: 500_000_000n },
  } as const;
  const rule = { ...sum, version: 3, rule: null, reason: null, hows: [how] };
  return {
    figure: { dimension: 'team', where: [], range, currency: 'USD' },
    ...sum,
    bills: [{ ...sum, source: 'anthropic', invoice, rules: [rule] }],
  };
}

const rowsOf = (lines: readonly ChargeLine[]) =>
  Papa.parse<Record<string, string>>(lineageCsv(lineageOf(lines)), { header: true, skipEmptyLines: true });

describe('the leaves as CSV', () => {
  it('hold no cell that a spreadsheet would run, and amounts that stay numbers', () => {
    const { data, errors } = rowsOf([LINE]);
    expect(errors).toEqual([]);
    expect(data[0]).toMatchObject({
      owner: "'=Search",
      service: 'Claude, "API"',
      key: `'=HYPERLINK("http://evil.test")`,
      model: "'+1",
      sku: "'-1",
      charge_category: "'@SUM(A1)",
      description: "'\tx",
      charge_cost: '-3',
      cost: '-1.5',
      currency: 'USD',
      responses: '/costs 2026-11-01T00:00:00.000Z',
    });
  });

  it('have a row for what is not listed, so that the column adds up', () => {
    const { data } = rowsOf([LINE]);
    expect(data).toHaveLength(2);
    expect(data[1]).toMatchObject({
      description: '2 more charges',
      quantity: '',
      cost: '0.5',
      currency: 'USD',
      responses: '',
    });
  });
});
