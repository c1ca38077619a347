import { z } from 'zod';
import { readCount } from '../../../core/base/amounts.js';
import { invalid } from '../../../core/base/errors.js';
import { Day } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import { describeConnector } from '../../connector.js';
import { createCsvProvider } from '../../files/csv-source.js';
import { type CsvRow, readCsvTable } from '../../files/csv-table.js';
import { FILE_OPTIONS } from '../../files/read-file.js';
import { DECIMAL, exactProduct } from '../../parts/amounts.js';
import { createCycles } from './cycles.js';
import { type EventCharges, toEventCharges } from './focus.js';
import type { UsageEvent } from './schema.js';

const CursorCsvOptions = z.strictObject({
  ...FILE_OPTIONS,
  /** The first day of any billing cycle; absent: cycles are calendar months. */
  cycleStart: Day.optional(),
});

/** The usage export of Cursor's dashboard as a file. It has no seats, and no value of what the seats include. */
export const cursorCsv = describeConnector({
  kind: 'cursor-csv',
  needs: 'file',
  options: CursorCsvOptions,
  form: { label: 'Cursor usage export (CSV)' },
  create({ options, ...file }) {
    const cycles = createCycles(Date.parse(`${options.cycleStart ?? '2026-01-01'}T00:00:00Z`));
    const people = { byEmail: () => null, groupOn: () => null };
    return createCsvProvider({
      ...file,
      kind: 'cursor-csv',
      overlaps: [sharedUsage('cursor', 'export')],
      options,
      read(csv) {
        const rows = readCsvTable(csv, { needed: ['Date', 'Model', 'Cost'], amounts: ['Cost'] });
        const usage = toEventCharges(rows.map(toEvent), { source: file.source, cycles, people });
        const unrated = { usage: usage.unrated, billed: [] };
        return {
          charges: usage.charges,
          ...(usage.unrated.length > 0 && { unrated }),
          remarks: remarksOn(usage, csv.name),
        };
      },
    });
  },
});

function remarksOn({ hidden }: EventCharges, fileName: string): readonly string[] {
  if (hidden.events === 0) return [];
  return [
    `${fileName} has ${hidden.events} on-demand rows with tokens that cost 0: they are rated by the price list.`,
  ];
}

/** A row as the API would tell it. Columns vary by age: `User` and the ids of agents are missing in older files. */
function toEvent(row: CsvRow): UsageEvent {
  const { cell } = row;
  const orNull = (column: string) => (cell(column) === '' ? null : cell(column));
  const { kind, cents } = paymentOf(row);
  return {
    timestamp: toInstant(row),
    userEmail: orNull('user'),
    cloudAgentId: orNull('Cloud Agent ID'),
    automationId: orNull('Automation ID'),
    model: orNull('model'),
    kind,
    isChargeable: null,
    tokenUsage: tokensOf(row),
    chargedCents: cents,
  };
}

function toInstant({ cell, place }: CsvRow): number {
  const text = cell('date');
  const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$/.test(text) ? text : '';
  const ms = Date.parse(
    iso.length === 10 ? `${iso}T00:00:00Z` : `${iso.replace(' ', 'T').replace(/Z$/, '')}Z`,
  );
  return Number.isNaN(ms)
    ? invalid(`${place}, column Date: "${text.slice(0, 40)}" is no instant such as 2026-11-18T17:02:11.417Z.`)
    : ms;
}

/** `Cost` is an amount or a word; without a `Kind` the word says what it was. An amount in dollars is cents x 1e2. */
function paymentOf({ cell, place }: CsvRow): { readonly kind: string; readonly cents: string } {
  const cost = cell('cost');
  if (DECIMAL.test(cost))
    return { kind: cell('kind') === '' ? 'On-Demand' : cell('kind'), cents: exactProduct(cost, '100') };
  if (/^(included|free|-|)$/i.test(cost)) {
    const word = /^free$/i.test(cost) ? 'Free' : 'Included';
    return {
      kind: /on.?demand|usage.?based/i.test(cell('kind')) || cell('kind') === '' ? word : cell('kind'),
      cents: '0',
    };
  }
  return invalid(`${place}, column Cost: "${cost.slice(0, 40)}" is neither an amount nor Included or Free.`);
}

/**
 * The two input columns are two views of one input, with and without what was written to the cache; in files whose
 * total says otherwise they are two counts. Either way the total decides how much was written.
 */
function tokensOf(row: CsvRow): UsageEvent['tokenUsage'] {
  const plain = countOf(row, 'Input (w/o Cache Write)');
  const withWrites = countOf(row, 'Input (w/ Cache Write)');
  const cacheReadTokens = countOf(row, 'Cache Read');
  const outputTokens = countOf(row, 'Output Tokens');
  const total = countOf(row, 'Total Tokens');
  const written = total > 0 ? total - plain - cacheReadTokens - outputTokens : withWrites - plain;
  return { inputTokens: plain, outputTokens, cacheReadTokens, cacheWriteTokens: Math.max(0, written) };
}

function countOf({ cell, place }: CsvRow, column: string): number {
  const text = cell(column);
  if (text === '') return 0;
  const count = Number(readCount(text) ?? Number.NaN);
  return Number.isSafeInteger(count)
    ? count
    : invalid(`${place}, column ${column}: "${text.slice(0, 40)}" is no count of tokens.`);
}
