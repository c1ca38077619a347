import { z } from 'zod';
import { TAG_OPTIONS } from '../../parts/use-tags.js';

/** Settings of a source of this kind. */
export const TokenRecordOptions = z.strictObject(TAG_OPTIONS);
export type TokenRecordOptions = z.infer<typeof TokenRecordOptions>;

/** A count that is none as text: records with such counts are refused, so that nobody adds texts up. */
const Count = z.number().int().nonnegative();

/** One LLM request. What is wrong with one is told by `rejectionOf`, so the form here is wide. */
export const TokenRecord = z.object({
  event_id: z.string().min(1),
  timestamp: z.string(),
  provider: z.string().min(1),
  model: z.string().min(1),
  usage: z.object({
    input_tokens: Count.nullish(),
    output_tokens: Count.nullish(),
    cache_read_input_tokens: Count.nullish(),
    cache_write_input_tokens: Count.nullish(),
    uncached_input_tokens: Count.nullish(),
  }),
  tags: z.record(z.string(), z.unknown()).nullish(),
  service_tier: z.string().nullish(),
  api_key_id: z.string().nullish(),
  is_batch: z.boolean().nullish(),
  status: z.string().nullish(),
});
export type TokenRecord = z.infer<typeof TokenRecord>;
