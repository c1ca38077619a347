import { z } from 'zod';
import { Count, Decimal } from '../../parts/amounts.js';
import { TAG_OPTIONS } from '../../parts/use-tags.js';

/** Settings of a source of this kind. */
export const LangfuseOptions = z.strictObject({
  ...TAG_OPTIONS,
  /** `v2` reads observations, `v1` the metrics of installations before version 4; absent: v2 where it is there. */
  api: z.enum(['v1', 'v2']).optional(),
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

/** An observation, as far as it is asked for: without prompts and answers. Tokens by class are apart from one another. */
export const Observation = z.object({
  startTime: z.string(),
  userId: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  name: z.string().nullish(),
  traceName: z.string().nullish(),
  model: z.string().nullish(),
  usageDetails: z.record(z.string(), Count).nullish(),
  totalCost: Decimal.nullish(),
});
export type Observation = z.infer<typeof Observation>;
export const ObservationPage = z.object({
  data: z.array(Observation),
  meta: z.object({ cursor: z.string().nullish() }),
});
