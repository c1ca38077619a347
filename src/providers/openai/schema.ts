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

const Amount = z.object({ value: Decimal, currency: z.string().length(3) });

export const CostResult = z.object({
  amount: Amount,
  /** Free text: "model, kind" for tokens, anything for the rest. */
  line_item: z.string().nullish(),
  project_id: z.string().nullish(),
  api_key_id: z.string().nullish(),
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
      type: z.string(),
      user: z.object({ id: z.string(), name: z.string().nullish(), email: z.string().nullish() }).nullish(),
      service_account: z.object({ id: z.string(), name: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** `GET /v1/organization/projects/{id}/api_keys`; there is no list over all projects. */
export const ApiKeyList = list(ApiKey);

export const User = z.object({
  id: z.string(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  is_service_account: z.boolean().nullish(),
});
export type User = z.infer<typeof User>;
/** `GET /v1/organization/users`. */
export const UserList = list(User);
