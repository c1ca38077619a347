import { z } from 'zod';
import { Count, Decimal } from '../../parts/amounts.js';
import { TAG_OPTIONS } from '../../parts/use-tags.js';

/** Settings of a source of this kind. */
export const LiteLlmOptions = z.strictObject({
  ...TAG_OPTIONS,
  /** Id or name of the vendor's key that the proxy uses, by vendor: `{openai: key_Router}`. */
  vendorKeys: z.record(z.string(), z.string().min(1)).default({}),
});
export type LiteLlmOptions = z.infer<typeof LiteLlmOptions>;

/** LiteLLM writes objects and lists as they are or as JSON texts, by version and database. */
function jsonOr<T extends z.ZodType>(schema: T) {
  return z.preprocess((value): unknown => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  }, schema);
}

/** Cached tokens, under any of the names that versions have given them. */
const CachedCounts = z.object({
  cache_read_input_tokens: Count.nullish(),
  cache_creation_input_tokens: Count.nullish(),
  cache_creation: z.object({ ephemeral_1h_input_tokens: Count.nullish() }).nullish(),
  prompt_tokens_details: z
    .object({
      cached_tokens: Count.nullish(),
      cache_creation_tokens: Count.nullish(),
      cache_write_tokens: Count.nullish(),
      cache_creation_token_details: z.object({ ephemeral_1h_input_tokens: Count.nullish() }).nullish(),
    })
    .nullish(),
});
export type CachedCounts = z.infer<typeof CachedCounts>;

/** A hash as a rule; a master key may stand there itself, of which nothing must be kept. */
const KeyHash = z
  .string()
  .nullish()
  .transform((text) => (text?.startsWith('sk-') === true ? `sk-…${text.slice(-4)}` : (text ?? null)));

/** A row of `GET /spend/logs?summarize=false` (BerriAI/litellm). Prompts and answers are not read. */
export const SpendLog = CachedCounts.extend({
  request_id: z.string().min(1),
  api_key: KeyHash,
  spend: Decimal,
  prompt_tokens: Count,
  completion_tokens: Count,
  startTime: z.string(),
  model: z.string().nullish(),
  custom_llm_provider: z.string().nullish(),
  cache_hit: z.union([z.boolean(), z.string()]).nullish(),
  status: z.string().nullish(),
  user: z.string().nullish(),
  team_id: z.string().nullish(),
  end_user: z.string().nullish(),
  request_tags: jsonOr(z.array(z.string()).nullish().catch(null)),
  metadata: jsonOr(
    z
      .object({
        status: z.string().nullish(),
        user_api_key_alias: z.string().nullish(),
        user_api_key_team_alias: z.string().nullish(),
        user_api_key_user_id: z.string().nullish(),
        attempted_retries: z.number().int().nonnegative().nullish(),
        spend_logs_metadata: z.record(z.string(), z.unknown()).nullish(),
        usage_object: CachedCounts.nullish(),
        additional_usage_values: CachedCounts.nullish(),
      })
      .nullish(),
  ),
});
export type SpendLog = z.infer<typeof SpendLog>;
