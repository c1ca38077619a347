import { z } from 'zod';
import { invalid } from '../../core/base/errors.js';
import { lookalikeRemarks, plainName } from '../../core/base/lookalikes.js';
import { parseNanos } from '../../core/base/money.js';
import type { CsvFile } from '../../core/base/table.js';
import { Month } from '../../core/base/time.js';
import type { PlanRow } from '../../core/budgets/plan.js';
import { PHASINGS } from '../../core/budgets/plan.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { readTable } from '../../hr/table.js';

const Row = z.object({
  owner: z
    .string()
    .transform(plainName)
    .pipe(z.string().min(1, 'is empty, but every row needs it').max(200, 'is longer than 200 letters'))
    .refine((owner) => owner !== UNALLOCATED, 'is nobody; it gets no budget'),
  month: z
    .string()
    .trim()
    .pipe(z.custom<Month>((text) => Month.safeParse(text).success, 'is no month; write it as 2026-10')),
  amount: z
    .string()
    .trim()
    .regex(/^\d{1,15}(\.\d{1,9})?$/, 'is no amount; write it as 1200 or 1200.50')
    .transform(parseNanos),
  currency: z
    .string()
    .trim()
    .regex(/^([A-Z]{3})?$/, 'is no currency; write three letters such as USD'),
  dimension: z
    .string()
    .trim()
    .regex(/^([a-z0-9][a-z0-9-]{0,62})?$/, 'is no dimension; write its id such as team'),
  phasing: z
    .string()
    .trim()
    .pipe(z.enum(['', ...PHASINGS], `is not known; write ${PHASINGS.join(' or ')}, or leave it empty`)),
});

/**
 * Reads budgets: `owner,month,amount`, and if need be `currency`, `dimension` (team where empty), `phasing`.
 * @throws AppError `invalid` naming file, row and column; a month of an owner that stands twice names both rows.
 */
export function parsePlans(file: CsvFile): {
  readonly rows: readonly PlanRow[];
  readonly remarks: readonly string[];
} {
  const columns = {
    required: ['owner', 'month', 'amount'],
    optional: ['currency', 'dimension', 'phasing'],
    amounts: { names: ['amount'], currency: { column: 'currency' } },
  };
  const { rows, remarks } = readTable(file, Row, columns);
  if (rows.length === 0) invalid(`${file.name} holds no budget below its header.`);
  const seen = new Map<string, number>();
  const plans = rows.map(({ rowNumber, value }): PlanRow => {
    const dimension = value.dimension === '' ? 'team' : value.dimension;
    const key = JSON.stringify([dimension, value.owner, value.month]);
    const first = seen.get(key);
    if (first !== undefined)
      invalid(
        `${file.name}, rows ${first} and ${rowNumber}: the budget of ${value.owner} in ${value.month} stands twice; remove one.`,
      );
    seen.set(key, rowNumber);
    return {
      dimension,
      owner: value.owner,
      month: value.month,
      amount: value.amount,
      currency: value.currency === '' ? null : value.currency,
      phasing: value.phasing === '' ? null : value.phasing,
    };
  });
  const owners = plans.map(({ owner }) => owner);
  return { rows: plans, remarks: [...remarks, ...lookalikeRemarks(file.name, 'owners', owners)] };
}
