import { z } from 'zod';

/** A decimal amount in cents, as text: never through a float. */
export const Cents = z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/, 'not a decimal string');

/**
 * Who acted: one flat shape over the vendor's union (`user_actor`, `service_account_actor`, `federated_actor`,
 * `api_actor`), so that an actor type of tomorrow keeps its cost.
 */
export const Actor = z.object({
  type: z.string(),
  user_id: z.string().nullish(),
  /** Null once the account is deleted. */
  email_address: z.string().nullish(),
  name: z.string().nullish(),
  deleted: z.boolean().nullish(),
  service_account_id: z.string().nullish(),
  /** Of a federated identity: an IAM principal's ARN, a GCP principal ... */
  subject: z.string().nullish(),
  provider: z.object({ type: z.string() }).nullish(),
  api_key_id: z.string().nullish(),
});
export type Actor = z.infer<typeof Actor>;

/** The dimensions that we always group by; null is a value of its own (unattributed). */
const Group = z.object({
  actor: Actor.nullable(),
  api_key_id: z.string().nullable(),
  workspace_id: z.string().nullable(),
  model: z.string().nullable(),
  service_tier: z.string().nullable(),
});
export type Group = z.infer<typeof Group>;

/** A page of an analytics report. */
const reportPage = <T extends z.ZodType>(row: T) =>
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
export const CostPage = reportPage(CostRow);

/** The same without grouping: the control total. */
export const TotalPage = reportPage(z.object({ starting_at: z.iso.datetime({ offset: true }), cost: Cost }));
export type TotalRow = z.infer<typeof TotalPage>['data'][number];

const Count = z.int().nonnegative();

/** Tokens and searches, the same in every usage report of the vendor. */
export const Tokens = z.object({
  uncached_input_tokens: Count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count }),
  cache_read_input_tokens: Count,
  output_tokens: Count,
  server_tool_use: z.object({ web_search_requests: Count }).nullish(),
});
export type Tokens = z.infer<typeof Tokens>;

/** Quantities by token type, and by cost type where it is no token. */
export function quantitiesOf(usage: Tokens): readonly (readonly [kind: string, amount: number])[] {
  const { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens } = usage.cache_creation;
  return [
    ['uncached_input_tokens', usage.uncached_input_tokens],
    ['cache_creation.ephemeral_5m_input_tokens', ephemeral_5m_input_tokens],
    ['cache_creation.ephemeral_1h_input_tokens', ephemeral_1h_input_tokens],
    ['cache_read_input_tokens', usage.cache_read_input_tokens],
    ['output_tokens', usage.output_tokens],
    ...(usage.server_tool_use ? [['web_search', usage.server_tool_use.web_search_requests] as const] : []),
  ];
}

export const UsageRow = z.object({
  starting_at: z.iso.datetime({ offset: true }),
  group: Group,
  usage: Tokens,
});
export type UsageRow = z.infer<typeof UsageRow>;

/** `GET /v1/organizations/analytics/usage`. */
export const UsagePage = reportPage(UsageRow);

/** Further dimensions of which one at a time is asked for beside actor, key, model and tier. */
export const DETAILS = ['product', 'context_window', 'inference_geo', 'speed', 'user_profile_id'] as const;
export type Detail = (typeof DETAILS)[number];

const detailGroup = Group.omit({ workspace_id: true }).extend({
  product: z.string().nullish(),
  context_window: z.string().nullish(),
  inference_geo: z.string().nullish(),
  speed: z.string().nullish(),
  user_profile_id: z.string().nullish(),
});

export const DetailCostRow = CostRow.extend({
  group: detailGroup.extend({ cost_type: z.string().nullable(), token_type: z.string().nullable() }),
});
export type DetailCostRow = z.infer<typeof DetailCostRow>;
export const DetailCostPage = reportPage(DetailCostRow);

export const DetailUsageRow = UsageRow.extend({ group: detailGroup });
export type DetailUsageRow = z.infer<typeof DetailUsageRow>;
export const DetailUsagePage = reportPage(DetailUsageRow);

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

export const ServiceAccount = z.object({
  id: z.string(),
  name: z.string().nullable(),
  archived_at: z.string().nullish(),
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;
/** `GET /v1/organizations/service_accounts`: OAuth with `org:admin` only. The stored page has no `has_more`. */
export const ServiceAccountList = z
  .object({
    data: z.array(ServiceAccount),
    has_more: z.boolean().nullish(),
    next_page: z.string().nullish(),
  })
  .transform((page) => ({ ...page, has_more: page.has_more ?? Boolean(page.next_page) }));

/** `GET /v1/organizations/me`. */
export const Organization = z.object({ id: z.string(), name: z.string().nullish() });
export type Organization = z.infer<typeof Organization>;
