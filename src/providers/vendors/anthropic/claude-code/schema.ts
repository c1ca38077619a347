import { z } from 'zod';

const Count = z.int().nonnegative();

export const ActivityRow = z.object({
  date: z.string(),
  actor: z.object({
    type: z.string(),
    email_address: z.string().nullish(),
    /** The key's name, not its id: names are not unique. */
    api_key_name: z.string().nullish(),
  }),
  /** `api`, or `subscription`, whose use costs nothing beside the seat. */
  customer_type: z.string(),
  core_metrics: z.object({ num_sessions: Count }),
  /** `estimated_cost` is left out on purpose: a list price, no bill. */
  model_breakdown: z.array(
    z.object({
      tokens: z.object({ input: Count, output: Count, cache_read: Count, cache_creation: Count }),
    }),
  ),
});
export type ActivityRow = z.infer<typeof ActivityRow>;

/** `GET /v1/organizations/usage_report/claude_code` (platform.claude.com/docs, claude-code-analytics-api). */
export const ActivityPage = z.object({
  data: z.array(ActivityRow),
  has_more: z.boolean(),
  next_page: z.string().nullish(),
});
