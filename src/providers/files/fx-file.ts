import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import { type FxRate, parseRate } from '../../core/base/fx.js';
import type { CsvFile } from '../../core/base/table.js';
import { Day, Month } from '../../core/base/time.js';
import { readTable } from '../../hr/table.js';

const currency = z
  .string()
  .trim()
  .regex(/^[A-Z]{3}$/, 'is no ISO 4217 currency such as EUR');

const Row = z.object({
  month: z
    .string()
    .trim()
    .pipe(z.custom<Month>((text) => Month.safeParse(text).success, 'is no month; write it as 2026-10')),
  from: currency,
  to: currency,
  rate: z.string().trim().refine(isRate, 'is no positive decimal such as 1.0832'),
  source: z
    .string()
    .trim()
    .min(1, 'is empty; say where the rate is from')
    .max(100, 'is longer than 100 letters'),
  date: z
    .string()
    .trim()
    .pipe(z.custom<Day>((text) => Day.safeParse(text).success, 'is no day; write it as 2026-10-31')),
});

function isRate(text: string): boolean {
  try {
    return parseRate(text).numerator > 0n;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** Reads `month,from,to,rate,source,date`. @throws AppError `invalid` naming file, row and column. */
export function parseFxRates(file: CsvFile): {
  readonly rates: readonly FxRate[];
  readonly remarks: readonly string[];
} {
  const columns = {
    required: ['month', 'from', 'to', 'rate', 'source', 'date'],
    optional: [],
    amounts: { names: ['rate'], currency: null },
  };
  const { rows, remarks } = readTable(file, Row, columns);
  return { rates: rows.map(({ value }) => value), remarks };
}
