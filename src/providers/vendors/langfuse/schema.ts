import { z } from 'zod';
import { Count, Decimal } from '../../parts/amounts.js';
import { TAG_OPTIONS } from '../../parts/use-tags.js';

/** Settings of a source of this kind. */
export const LangfuseOptions = z.strictObject({
  ...TAG_OPTIONS,
  /** Which of the two metrics endpoints the installation has: v2 on Langfuse Cloud and from version 4 on. */
  api: z.enum(['v1', 'v2']).default('v1'),
});
export type LangfuseOptions = z.infer<typeof LangfuseOptions>;

/**
 * A row of the metrics answer: a day's sums by what was asked for. Names of measures are `aggregation_measure`; sums are
 * null where nothing was counted.
 */
export const MetricsRow = z.object({
  time_dimension: z.string(),
  userId: z.string().nullish(),
  tags: z.union([z.array(z.string()), z.string()]).nullish(),
  name: z.string().nullish(),
  traceName: z.string().nullish(),
  providedModelName: z.string().nullish(),
  sum_totalCost: Decimal.nullish(),
  sum_inputTokens: Count.nullish(),
  sum_outputTokens: Count.nullish(),
  sum_totalTokens: Count,
  count_count: Count,
});
export type MetricsRow = z.infer<typeof MetricsRow>;
export const MetricsAnswer = z.object({ data: z.array(MetricsRow) });
