import { z } from 'zod';
import { readCount } from '../../../../core/base/amounts.js';
import { Day } from '../../../../core/base/time.js';
import type { TableColumns } from '../../../../hr/table.js';
import { DECIMAL } from '../../../parts/amounts.js';

const text = z.string().trim();
const decimal = text.regex(DECIMAL, 'is no decimal amount in dollars such as 12.34');
const count = text
  .refine((value) => value === '' || readCount(value) !== null, 'is no whole number')
  .transform((value) => Number(readCount(value) ?? 0))
  .refine(Number.isSafeInteger, 'is too large to count');
const day = text.pipe(
  z.custom<Day>((value) => Day.safeParse(value).success, 'is no day; the Console writes 2026-10-31'),
);
const orNull = text.transform((value) => (value === '' ? null : value));

/** Token types as the Console writes them, in the words of the reports. */
const TOKEN_TYPES: Readonly<Record<string, string>> = {
  input_no_cache: 'uncached_input_tokens',
  input_cache_write_5m: 'cache_creation.ephemeral_5m_input_tokens',
  input_cache_write_1h: 'cache_creation.ephemeral_1h_input_tokens',
  input_cache_read: 'cache_read_input_tokens',
  output: 'output_tokens',
};

/** "Claude Haiku 4.5" and `claude-haiku-4-5` are one model. */
const model = orNull.transform((name) => name?.toLowerCase().replace(/[\s.]+/g, '-') ?? null);
const tier = orNull.transform((name) => (name === null || /^messages?$/.test(name) ? 'standard' : name));
const context = orNull.transform((words) => {
  if (words === null) return null;
  return /^[≤<]/.test(words) ? '0-200k' : words.startsWith('>') ? '200k-1M' : words;
});

const Common = {
  usage_date_utc: day,
  /** Display name. */
  workspace: text,
  api_key: orNull,
  usage_type: tier,
  context_window: context,
  inference_geo: orNull,
  speed: orNull,
};

export const CostRow = z.object({
  ...Common,
  model,
  token_type: orNull.transform((name) => (name === null ? null : (TOKEN_TYPES[name] ?? name))),
  cost_usd: decimal,
  list_price_usd: z.union([decimal, text.regex(/^$/).transform(() => null)]),
  cost_type: orNull.transform((name) => (name === 'token' ? 'tokens' : name)),
  api_key_id: orNull,
  api_key_status: orNull,
});
export type CostRow = z.infer<typeof CostRow>;

export const UsageRow = z.object({
  ...Common,
  model_version: model,
  usage_input_tokens_no_cache: count,
  usage_input_tokens_cache_write_5m: count,
  usage_input_tokens_cache_write_1h: count,
  usage_input_tokens_cache_read: count,
  usage_output_tokens: count,
  web_search_count: count,
});
export type UsageRow = z.infer<typeof UsageRow>;

/**
 * Columns of the Console's cost export (platform.claude.com/cost). They have grown over time: only those without
 * which a row means nothing are demanded.
 */
export const COST_COLUMNS: TableColumns = {
  amounts: { names: ['cost_usd', 'list_price_usd'], currency: 'USD', isPointByFormat: true },
  required: ['usage_date_utc', 'model', 'workspace', 'token_type', 'cost_usd'],
  optional: [
    'api_key',
    'usage_type',
    'context_window',
    'list_price_usd',
    'cost_type',
    'inference_geo',
    'speed',
    'api_key_id',
    'api_key_status',
  ],
};

/** Columns of the Console's usage export. */
export const USAGE_COLUMNS = {
  required: ['usage_date_utc', 'model_version', 'workspace', 'usage_output_tokens'],
  optional: [
    'api_key',
    'usage_type',
    'context_window',
    'usage_input_tokens_no_cache',
    'usage_input_tokens_cache_write_5m',
    'usage_input_tokens_cache_write_1h',
    'usage_input_tokens_cache_read',
    'web_search_count',
    'inference_geo',
    'speed',
  ],
};
