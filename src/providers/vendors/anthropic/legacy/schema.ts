import { z } from 'zod';
import { Cents, Tokens } from '../schema.js';

const buckets = <T extends z.ZodType>(result: T) =>
  z.object({
    data: z.array(z.object({ starting_at: z.iso.datetime({ offset: true }), results: z.array(result) })),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
  });

export const CostResult = z.object({
  currency: z.string().length(3),
  amount: Cents,
  /** Null is the default workspace. */
  workspace_id: z.string().nullable(),
  description: z.string().nullable(),
  /** What the vendor reads out of its own description; null where it does not apply. */
  cost_type: z.string().nullish(),
  context_window: z.string().nullish(),
  model: z.string().nullish(),
  service_tier: z.string().nullish(),
  token_type: z.string().nullish(),
  inference_geo: z.string().nullish(),
});
export type CostResult = z.infer<typeof CostResult>;

/** `GET /v1/organizations/cost_report` by workspace and description (platform.claude.com/docs, admin/cost_report). */
export const CostBuckets = buckets(CostResult);

/** The same without grouping: the control total. */
export const TotalBuckets = buckets(z.object({ currency: z.string().length(3), amount: Cents }));

export const UsageResult = Tokens.extend({
  /** Null is the Workbench, or somebody signed in without a key. */
  api_key_id: z.string().nullable(),
  workspace_id: z.string().nullable(),
  model: z.string().nullable(),
  service_tier: z.string().nullable(),
  context_window: z.string().nullish(),
  inference_geo: z.string().nullish(),
  speed: z.string().nullish(),
  account_id: z.string().nullish(),
  service_account_id: z.string().nullish(),
});
export type UsageResult = z.infer<typeof UsageResult>;

/** `GET /v1/organizations/usage_report/messages` (platform.claude.com/docs, usage_report/retrieve_messages). */
export const UsageBuckets = buckets(UsageResult);
