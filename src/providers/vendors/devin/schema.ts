import { z } from 'zod';
import { Price } from '../../parts/amounts.js';

/** Settings of a source of this kind. */
export const DevinOptions = z.strictObject({
  /** What one ACU costs by contract; the vendor gives no money. */
  acuPrice: Price,
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency such as USD')
    .default('USD'),
});
export type DevinOptions = z.infer<typeof DevinOptions>;

const Acus = z.record(z.string(), Price);

/** `GET /v2/enterprise/consumption/daily`: ACUs of the span that was asked for. */
export const Consumption = z.object({
  total_acus: Price,
  consumption_by_date: Acus,
  /** Sessions only: Cascade and Terminal belong to no organisation. */
  consumption_by_org_id: Acus,
  consumption_by_user: Acus,
});
export type Consumption = z.infer<typeof Consumption>;

export const Member = z.object({
  user_id: z.string(),
  email: z.string().nullish(),
  name: z.string().nullish(),
  enterprise_role: z.string().nullish(),
});
export type Member = z.infer<typeof Member>;
/** `GET /v2/enterprise/members`, paged by `skip`. */
export const MemberPage = z.object({ items: z.array(Member), has_more: z.boolean(), skip: z.number().int() });
