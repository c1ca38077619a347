import { z } from 'zod';

const DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$/;

/**
 * A decimal as text. Documented as a number, but some organisations get strings (CodexBar #999). A number is taken
 * by its shortest form (31.2 stays "31.2"), which is what the vendor wrote up to 15 digits.
 */
const Decimal = z.union([
  z.number().transform(String),
  z.string().trim().regex(DECIMAL, 'not a decimal number'),
]);

const page = <T extends z.ZodType>(result: T) =>
  z.object({
    data: z.array(z.object({ start_time: z.number().int(), results: z.array(result) })),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
  });

/** The contract lets a result come without an amount, and an amount without value or currency: it costs nothing then. */
const Amount = z
  .object({ value: Decimal.optional(), currency: z.string().length(3).optional() })
  .optional()
  .transform((amount) => ({
    value: amount?.value ?? '0',
    currency: amount?.currency ?? 'usd',
    isMissing: amount?.value === undefined,
  }));

export const CostResult = z.object({
  amount: Amount,
  /** Free text: "model, kind" for tokens, anything for the rest. */
  line_item: z.string().nullish(),
  project_id: z.string().nullish(),
  api_key_id: z.string().nullish(),
  api_source: z.string().nullish(),
  quantity: z.union([z.number(), z.string().trim().regex(DECIMAL).transform(Number)]).nullish(),
  quantity_unit: z.string().nullish(),
});
export type CostResult = z.infer<typeof CostResult>;
/** `GET /v1/organization/costs` (SDK `resources/admin/organization/usage.d.ts`). */
export const CostPage = page(CostResult);

export const UserCostResult = z.object({ amount: Amount, user_id: z.string().nullish() });
export type UserCostResult = z.infer<typeof UserCostResult>;
/** The same, grouped by user. */
export const UserCostPage = page(UserCostResult);

const text = z.string().nullish();
const count = z
  .union([z.number(), z.string().trim().regex(DECIMAL, 'not a decimal number').transform(Number)])
  .refine((value) => value >= 0, 'is below zero')
  .nullish();

/**
 * A result of any usage endpoint: each fills its own fields, older rows lack the newer ones. `input_tokens` holds
 * cached and cache-write tokens too; the text, audio and image fields split the uncached rest and the cached ones.
 */
export const UsageResult = z.object({
  project_id: text,
  api_key_id: text,
  user_id: text,
  model: text,
  batch: z.boolean().nullish(),
  /** Names that are not documented do occur: `incentivized-tier` (genai-prices #115). */
  service_tier: text,
  size: text,
  api_source: text,
  vector_store_id: text,
  input_tokens: count,
  input_uncached_tokens: count,
  input_cached_tokens: count,
  input_cache_write_tokens: count,
  input_audio_tokens: count,
  input_cached_audio_tokens: count,
  input_image_tokens: count,
  input_cached_image_tokens: count,
  output_tokens: count,
  output_audio_tokens: count,
  output_image_tokens: count,
  num_model_requests: count,
  num_requests: count,
  num_sessions: count,
  images: count,
  characters: count,
  seconds: count,
  usage_bytes: count,
});
export type UsageResult = z.infer<typeof UsageResult>;
/** `GET /v1/organization/usage/...` (SDK `resources/admin/organization/usage.d.ts`). */
export const UsagePage = page(UsageResult);

const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), has_more: z.boolean(), last_id: z.string().nullish() });

export const Project = z.object({
  id: z.string(),
  name: z.string().nullish(),
  archived_at: z.number().nullish(),
  status: z.string().nullish(),
});
export type Project = z.infer<typeof Project>;
/** `GET /v1/organization/projects`. */
export const ProjectList = list(Project);

export const ApiKey = z.object({
  id: z.string(),
  name: z.string().nullish(),
  owner_project_access: z.string().nullish(),
  owner: z
    .object({
      type: z.string().nullish(),
      user: z.object({ id: z.string(), name: z.string().nullish(), email: z.string().nullish() }).nullish(),
      service_account: z.object({ id: z.string(), name: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** `GET /v1/organization/projects/{id}/api_keys`; there is no list over all projects. */
export const ApiKeyList = list(ApiKey);

/** Name and address stand at the top, in the nested `user`, or in both. */
export const User = z
  .object({
    id: z.string(),
    name: z.string().nullish(),
    email: z.string().nullish(),
    is_service_account: z.boolean().nullish(),
    user: z.object({ name: z.string().nullish(), email: z.string().nullish() }).nullish(),
  })
  .transform(({ user, name, email, ...rest }) => ({
    ...rest,
    name: name ?? user?.name ?? null,
    email: email ?? user?.email ?? null,
  }));
export type User = z.infer<typeof User>;
/** `GET /v1/organization/users`. */
export const UserList = list(User);

export const ServiceAccount = z.object({ id: z.string(), name: z.string().nullish() });
export type ServiceAccount = z.infer<typeof ServiceAccount>;
/** `GET /v1/organization/projects/{id}/service_accounts`. */
export const ServiceAccountList = list(ServiceAccount);

export const AdminKey = z.object({
  id: z.string(),
  name: z.string().nullish(),
  owner: z.object({ id: z.string().nullish(), type: z.string().nullish() }).nullish(),
});
export type AdminKey = z.infer<typeof AdminKey>;
/** `GET /v1/organization/admin_api_keys`. */
export const AdminKeyList = list(AdminKey);

const KeyEvent = z.object({
  id: z.string(),
  name: z.string().nullish(),
  data: z.object({ name: z.string().nullish() }).nullish(),
  changes_requested: z.object({ name: z.string().nullish() }).nullish(),
});
const Person = z.object({ id: z.string().nullish(), email: z.string().nullish() }).nullish();

/** An event about a key. The names of its fields are the documented ones; a name is not promised, but seen. */
export const AuditEvent = z.object({
  id: z.string(),
  type: z.string(),
  effective_at: z.number(),
  project: z.object({ id: z.string(), name: z.string().nullish() }).nullish(),
  actor: z
    .object({
      session: z.object({ user: Person }).nullish(),
      api_key: z.object({ user: Person, service_account: Person }).nullish(),
    })
    .nullish(),
  'api_key.created': KeyEvent.nullish(),
  'api_key.updated': KeyEvent.nullish(),
  'api_key.deleted': KeyEvent.nullish(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;
/** `GET /v1/organization/audit_logs`, newest first. */
export const AuditLog = list(AuditEvent);
