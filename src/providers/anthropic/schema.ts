import { z } from 'zod';

/** A decimal amount in cents, as text: never through a float. */
const Cents = z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/, 'not a decimal string');

/**
 * Who acted: one flat shape over the vendor's union (`user_actor`, `service_account_actor`, `federated_actor`,
 * `api_actor`), so that an actor type of tomorrow keeps its cost.
 */
const Actor = z.object({
  type: z.string(),
  user_id: z.string().nullish(),
  /** Null once the account is deleted. */
  email_address: z.string().nullish(),
  name: z.string().nullish(),
  deleted: z.boolean().nullish(),
  service_account_id: z.string().nullish(),
  /** Of a federated identity: an IAM principal's ARN, a GCP principal ... */
  subject: z.string().nullish(),
  api_key_id: z.string().nullish(),
});

/** The dimensions that we group by; null is a value of its own (unattributed). */
const Group = z.object({
  actor: Actor.nullable(),
  api_key_id: z.string().nullable(),
  workspace_id: z.string().nullable(),
  model: z.string().nullable(),
  service_tier: z.string().nullable(),
});
export type Group = z.infer<typeof Group>;

const page = <T extends z.ZodType>(row: T) =>
  z.object({
    data: z.array(row),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
    data_refreshed_at: z.iso.datetime({ offset: true }).nullish(),
  });

const Cost = z.object({ amount: Cents, list_amount: Cents, currency: z.string().length(3) });

export const CostRow = z.object({
  starting_at: z.iso.datetime({ offset: true }),
  group: Group.extend({ cost_type: z.string().nullable(), token_type: z.string().nullable() }),
  cost: Cost,
});
export type CostRow = z.infer<typeof CostRow>;

/** `GET /v1/organizations/analytics/cost` (SDK `resources/beta/organization/analytics/cost.d.ts`). */
export const CostPage = page(CostRow);

/** The same without grouping: the control total. */
export const TotalPage = page(z.object({ starting_at: z.iso.datetime({ offset: true }), cost: Cost }));
export type TotalRow = z.infer<typeof TotalPage>['data'][number];

export const UsageRow = z.object({
  starting_at: z.iso.datetime({ offset: true }),
  group: Group,
  usage: z.object({
    uncached_input_tokens: z.number(),
    cache_creation: z.object({
      ephemeral_5m_input_tokens: z.number(),
      ephemeral_1h_input_tokens: z.number(),
    }),
    cache_read_input_tokens: z.number(),
    output_tokens: z.number(),
    server_tool_use: z.object({ web_search_requests: z.number() }).nullish(),
  }),
});
export type UsageRow = z.infer<typeof UsageRow>;

/** `GET /v1/organizations/analytics/usage`. */
export const UsagePage = page(UsageRow);

const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), has_more: z.boolean(), last_id: z.string().nullish() });

export const ApiKey = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string().nullish(),
  created_by: z.object({ id: z.string() }).nullish(),
  principal: Actor.nullish(),
  scope: z.object({ type: z.string(), workspace_id: z.string().nullish() }).nullish(),
  /** The older shape: flat, no principal and no scope. */
  workspace_id: z.string().nullish(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** `GET /v1/organizations/api_keys`, both shapes. */
export const ApiKeyList = list(ApiKey);

export const User = z.object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable() });
export type User = z.infer<typeof User>;
/** `GET /v1/organizations/users`: present members only. */
export const UserList = list(User);

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  archived_at: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
});
export type Workspace = z.infer<typeof Workspace>;
/** `GET /v1/organizations/workspaces`. */
export const WorkspaceList = list(Workspace);

/** `GET /v1/organizations/me`. */
export const Organization = z.object({ id: z.string(), name: z.string().nullish() });
export type Organization = z.infer<typeof Organization>;
