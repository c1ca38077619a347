import { z } from 'zod';
import { Count, Decimal, Price } from '../../parts/amounts.js';

/** Settings of a source of this kind. */
export const OpenRouterOptions = z.strictObject({
  /** Credits bought, from the receipts: the vendor says how many there were in all, never when. */
  purchases: z
    .array(
      z.strictObject({
        date: z.iso.date(),
        /** Dollars of credits, without the fee for buying them. */
        amount: Price,
        invoiceId: z.string().min(1).optional(),
      }),
    )
    .default([]),
});
export type OpenRouterOptions = z.infer<typeof OpenRouterOptions>;

export const Activity = z.object({
  /** A UTC day; some answers carry a time behind it. */
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}/, 'not a day'),
  model: z.string(),
  model_permaslug: z.string().nullish(),
  endpoint_id: z.string().nullish(),
  provider_name: z.string().nullish(),
  /** Dollars taken from the credits. */
  usage: Decimal,
  /** Dollars of inference on keys of our own: on those vendors' bills, never ours to add. */
  byok_usage_inference: Decimal.nullish(),
  requests: Count,
  prompt_tokens: Count,
  completion_tokens: Count,
  /** Part of the completion tokens. */
  reasoning_tokens: Count.nullish(),
  workspace_id: z.string().nullish(),
});
export type Activity = z.infer<typeof Activity>;
/** `GET /api/v1/activity` (SDK 1.3.19): the last 30 completed UTC days by model and endpoint. */
export const ActivityAnswer = z.object({ data: z.array(Activity) });

export const ApiKey = z.object({
  hash: z.string(),
  name: z.string().nullish(),
  disabled: z.boolean().nullish(),
  usage: Decimal.nullish(),
  byok_usage: Decimal.nullish(),
  creator_user_id: z.string().nullish(),
  workspace_id: z.string().nullish(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** `GET /api/v1/keys`, paged by offset, of one workspace. */
export const KeyPage = z.object({ data: z.array(ApiKey) });

export const Workspace = z.object({ id: z.string(), name: z.string().nullish() });
export type Workspace = z.infer<typeof Workspace>;
/** `GET /api/v1/workspaces`. */
export const WorkspacePage = z.object({ data: z.array(Workspace) });

/** `GET /api/v1/credits`: dollars bought and used since the account began. */
export const Credits = z.object({ data: z.object({ total_credits: Decimal, total_usage: Decimal }) });
