import { z } from 'zod';
import { AppError, invalid } from '../../core/base/errors.js';
import { lookalikeRemarks, plainName } from '../../core/base/lookalikes.js';
import { parseNanos } from '../../core/base/money.js';
import type { CsvFile } from '../../core/base/table.js';
import { Day } from '../../core/base/time.js';
import type { MeasureRow } from '../../core/ledger/measure.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { readTable } from '../../hr/table.js';

const name = z
  .string()
  .transform(plainName)
  .pipe(z.string().min(1, 'is empty, but every row needs it').max(200, 'is longer than 200 letters'));

const Row = z.object({
  date: z
    .string()
    .trim()
    .pipe(z.custom<Day>((text) => Day.safeParse(text).success, 'is no day; write it as 2026-10-31')),
  measure: name,
  label: name.refine((label) => label !== UNALLOCATED, 'is what is left over; it gets no share'),
  amount: z.string().transform((text, context) => {
    try {
      return parseNanos(text);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: 'is no decimal number' });
      return z.NEVER;
    }
  }),
});

/**
 * Reads a file of figures that money is split by: `date,measure,label,amount`, columns found by name.
 * @throws AppError `invalid` naming file, row and column; a figure that is given twice names both rows.
 */
export function parseMeasures(file: CsvFile): {
  readonly rows: readonly MeasureRow[];
  readonly remarks: readonly string[];
} {
  const columns = {
    required: ['date', 'measure', 'label', 'amount'],
    optional: [],
    amounts: { names: ['amount'], currency: null },
  };
  const { rows, remarks } = readTable(file, Row, columns);
  const seen = new Map<string, number>();
  for (const { rowNumber, value } of rows) {
    const key = JSON.stringify([value.measure, value.label, value.date]);
    const first = seen.get(key);
    if (first !== undefined)
      invalid(
        `${file.name}, rows ${first} and ${rowNumber}: ${value.measure} of ${value.label} on ${value.date} stands twice; remove one or add them up.`,
      );
    seen.set(key, rowNumber);
  }
  const labels = rows.map(({ value }) => value.label);
  const measures = rows.map(({ value }) => value.measure);
  return {
    rows: rows.map(({ value }) => value),
    remarks: [
      ...remarks,
      ...lookalikeRemarks(file.name, 'measures', measures),
      ...lookalikeRemarks(file.name, 'labels', labels),
    ],
  };
}
