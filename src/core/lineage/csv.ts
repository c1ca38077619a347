import { textCell } from '../base/csv-write.js';
import { formatNanos } from '../base/money.js';
import { UNALLOCATED } from '../rules/target.js';
import type { BillLineage, ChargeLine, HowLineage, Lineage, RuleLineage } from './lineage.js';
import { howWords } from './words.js';

const COLUMNS = [
  'source',
  'invoice',
  'billing_period',
  'rules_version',
  'rule_id',
  'rule',
  'reason',
  'owner',
  'way',
  'day',
  'real_day',
  'service',
  'key',
  'model',
  'sku',
  'charge_category',
  'description',
  'quantity',
  'unit',
  'confidence',
  'charge_cost',
  'cost',
  'currency',
  'responses',
];

/**
 * All leaves of a lineage as CSV (RFC 4180, with a header): the column `cost` adds up to the figure. Charges that are
 * not listed are one row of their way. No cell can start a formula in a spreadsheet.
 */
export function lineageCsv(lineage: Lineage): string {
  const rows = lineage.bills.flatMap((bill) =>
    bill.rules.flatMap((rule) =>
      rule.hows.flatMap((how) => {
        const head = headOf(bill, rule, how);
        const { currency } = lineage.figure;
        return [
          ...how.lines.map((line) => [...head, ...lineCells(line, currency)]),
          ...(how.remainder === null ? [] : [[...head, ...restCells(how.remainder, currency)]]),
        ];
      }),
    ),
  );
  return [COLUMNS, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function headOf({ source, invoice }: BillLineage, rule: RuleLineage, how: HowLineage): readonly string[] {
  return [
    source,
    invoice?.invoiceId ?? '',
    invoice?.billingPeriod ?? '',
    String(rule.version ?? ''),
    rule.rule?.id ?? '',
    rule.rule?.name ?? '',
    rule.reason ?? '',
    how.target ?? UNALLOCATED,
    howWords(how).join(' '),
  ].map(textCell);
}

function lineCells(line: ChargeLine, currency: string): readonly string[] {
  const { day, priorDay, service, key, model, sku, category, description, quantity, unit } = line;
  const responses = line.raw.map(
    ({ endpoint, fetchedAtMs }) => `${endpoint} ${new Date(fetchedAtMs).toISOString()}`,
  );
  return [
    ...[day, priorDay, service, key, model, sku, category, description].map((cell) => textCell(cell ?? '')),
    quantity === null ? '' : String(quantity),
    ...[unit ?? '', line.confidence].map(textCell),
    formatNanos(line.chargeCost),
    formatNanos(line.cost),
    ...[currency, responses.join('; ')].map(textCell),
  ];
}

function restCells({ charges, cost }: NonNullable<HowLineage['remainder']>, currency: string) {
  const empty = Array.from({ length: 7 }, () => '');
  return [
    ...empty,
    textCell(`${charges} more charges`),
    '',
    '',
    '',
    '',
    formatNanos(cost),
    textCell(currency),
    '',
  ];
}
