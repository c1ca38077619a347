import { z } from 'zod';
import { Cents, Tokens } from '../schema.js';

const instant = z.iso.datetime({ offset: true });

/** The SDK writes `email_address`, the help centre `email`. Null once the account is deleted. */
const Member = z
  .object({
    type: z.string().nullish(),
    user_id: z.string().nullish(),
    email_address: z.string().nullish(),
    email: z.string().nullish(),
    name: z.string().nullish(),
    deleted: z.boolean().nullish(),
  })
  .transform(({ type, email, email_address, ...rest }) => ({
    ...rest,
    type: type ?? 'user_actor',
    email_address: email_address ?? email ?? null,
  }));

/** What a row is broken out by; null where the report was not asked or does not tell. */
const Dimensions = z.object({
  product: z.string().nullish(),
  model: z.string().nullish(),
  context_window: z.string().nullish(),
  inference_geo: z.string().nullish(),
  speed: z.string().nullish(),
});
const Money = z.object({ amount: Cents, list_amount: Cents, currency: z.string().length(3) });

const report = <T extends z.ZodType>(row: T) =>
  z.object({
    data: z.array(row),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
    data_refreshed_at: instant.nullish(),
  });

export const UserCost = Dimensions.extend(Money.shape).extend({
  actor: Member,
  starting_at: instant,
  cost_type: z.string().nullish(),
  token_type: z.string().nullish(),
  requests: z.int().nonnegative().nullish(),
});
export type UserCost = z.infer<typeof UserCost>;
/** `GET /v1/organizations/analytics/user_cost_report` (SDK 1.14, `analytics/user-cost-report.d.ts`). */
export const UserCostPage = report(UserCost);

export const UserUsage = Dimensions.extend(Tokens.shape).extend({ actor: Member, starting_at: instant });
export type UserUsage = z.infer<typeof UserUsage>;
/** `GET /v1/organizations/analytics/user_usage_report`. */
export const UserUsagePage = report(UserUsage);

/** `GET /v1/organizations/analytics/cost_report`: all cost by day, users or none. */
export const CostBuckets = report(
  z.object({
    starting_at: instant,
    results: z.array(Money.extend({ product: z.string().nullish() })),
  }),
);

const listing = <T extends z.ZodType>(item: T) =>
  z
    .object({ data: z.array(item), next_page: z.string().nullish() })
    .transform((page) => ({ ...page, has_more: Boolean(page.next_page) }));

/** `GET /v1/organizations/analytics/summaries`: one entry a day. */
export const SummaryPage = listing(
  z.object({ starting_at: z.string(), assigned_seat_count: z.int().nullish() }),
);

export const Activity = z.object({
  user: z.object({ id: z.string(), email_address: z.string().nullish() }).nullish(),
  last_activity_date: z.string().nullish(),
});
export type Activity = z.infer<typeof Activity>;
/** `GET /v1/organizations/analytics/users`, over a range of days: one row a member. */
export const ActivityPage = listing(Activity);

export const SpendLimit = z.object({
  actor: Member,
  source: z.object({ type: z.string(), seat_tier: z.string().nullish() }),
});
export type SpendLimit = z.infer<typeof SpendLimit>;
/** `GET /v1/organizations/spend_limits/effective`: a row per member and period. */
export const SpendLimitPage = listing(SpendLimit);
