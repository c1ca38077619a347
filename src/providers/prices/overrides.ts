import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError, invalid } from '../../core/base/errors.js';
import { canonicalJson } from '../../core/base/json.js';
import { formatNanos, parseNanos } from '../../core/base/money.js';
import type { CsvFile } from '../../core/base/table.js';
import { Day } from '../../core/base/time.js';
import {
  ALWAYS,
  OVERRIDE_PRIORITY,
  type Price,
  type PriceList,
  SERVICE_TIERS,
  TOKEN_TYPES,
} from '../../core/prices/price.js';
import { priceKey } from '../../core/prices/snapshot.js';
import { readTable, type TableRow } from '../../hr/table.js';

const name = z
  .string()
  .trim()
  .min(1, 'is empty, but every row needs it')
  .max(200, 'is longer than 200 letters');
const optional = (otherwise: string) =>
  z
    .string()
    .trim()
    .transform((text) => text || otherwise)
    .optional()
    .default(otherwise);
const day = z
  .string()
  .trim()
  .pipe(
    z.custom<Day>((text) => text === '' || Day.safeParse(text).success, 'is no day; write it as 2026-10-31'),
  );

const Row = z.object({
  provider: name.transform((text) => text.toLowerCase()),
  model: name,
  token_type: z.enum(TOKEN_TYPES, `must be one of ${TOKEN_TYPES.join(', ')}`),
  usd_per_million: z.string().transform((text, context) => {
    try {
      const nanos = parseNanos(text);
      if (nanos >= 0n) return nanos;
      context.addIssue({ code: 'custom', message: 'is below zero' });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: 'is no decimal number' });
    }
    return z.NEVER;
  }),
  context_tier: optional('0').pipe(z.string().regex(/^\d{1,9}$/, 'is no number of tokens such as 200000')),
  service_tier: optional('standard').pipe(
    z.enum(SERVICE_TIERS, `must be one of ${SERVICE_TIERS.join(', ')}`),
  ),
  geo: optional('global'),
  speed: optional('standard'),
  from: day.optional(),
  to: day.optional(),
});

/**
 * Prices that go before the list: `provider,model,token_type,usd_per_million` and, when wanted, `context_tier`,
 * `service_tier`, `geo`, `speed`, `from`, `to` (half-open days). Columns are found by name.
 * @throws AppError `invalid` naming file, row and column.
 */
export function parseOverrides(file: CsvFile): PriceList {
  const columns = {
    required: ['provider', 'model', 'token_type', 'usd_per_million'],
    optional: ['context_tier', 'service_tier', 'geo', 'speed', 'from', 'to'],
    amounts: { names: ['usd_per_million'], currency: 'USD' },
  };
  const { rows, remarks } = readTable(file, Row, columns);
  const seen = new Map<string, number>();
  const prices = rows.map(({ rowNumber, value }) => {
    const price = toPrice(value, file.name);
    if (price.validTo !== null && price.validTo <= price.validFrom)
      invalid(
        `${file.name}, row ${rowNumber}: to must be after from; it is the first day without this price.`,
      );
    const key = `${priceKey(price)}\u0000${price.validFrom}`;
    const first = seen.get(key);
    if (first !== undefined)
      invalid(`${file.name}, rows ${first} and ${rowNumber}: the same price stands twice; remove one.`);
    seen.set(key, rowNumber);
    return price;
  });
  const contentHash = createHash('sha256').update(canonicalJson(prices)).digest('hex');
  return {
    source: file.name,
    contentHash,
    prices,
    aliases: [],
    remarks: [...remarks, ...perTokenRemarks(rows, file.name)],
  };
}

/** No model costs so little for a million tokens: the price of one token was written. */
const LEAST_PER_MILLION = 1_000_000n;

function perTokenRemarks(
  rows: readonly TableRow<z.infer<typeof Row>>[],
  fileName: string,
): readonly string[] {
  return rows
    .filter(({ value: { usd_per_million: price } }) => price > 0n && price < LEAST_PER_MILLION)
    .slice(0, 5)
    .map(({ rowNumber, value: { model, usd_per_million: price } }) => {
      return `${fileName}, row ${rowNumber}: ${formatNanos(price)} USD for a million tokens of ${model} looks like the price of one token; for a million that would be ${formatNanos(price * 1_000_000n)}.`;
    });
}

function toPrice(row: z.infer<typeof Row>, source: string): Price {
  return {
    provider: row.provider,
    model: row.model,
    tokenType: row.token_type,
    contextTier: Number(row.context_tier),
    serviceTier: row.service_tier,
    geo: row.geo,
    speed: row.speed,
    validFrom: row.from || ALWAYS,
    validTo: row.to || null,
    nanosPerMillion: row.usd_per_million,
    source,
    priority: OVERRIDE_PRIORITY,
  };
}
