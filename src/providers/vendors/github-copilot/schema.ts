import { z } from 'zod';
import { Count, Decimal, Id } from '../../parts/amounts.js';

/** A list that the vendor may leave out is an empty one. */
const optionalList = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

const Assignee = z.object({
  login: z.string().min(1),
  id: Id,
  email: z.string().nullish(),
  name: z.string().nullish(),
});
const Seat = z.object({
  assignee: Assignee.nullish(),
  /** In the listing of an enterprise: who granted it. */
  organization: z.object({ login: z.string() }).nullish(),
  /** The team through which the seat was granted. */
  assigning_team: z.object({ name: z.string(), slug: z.string().nullish() }).nullish(),
  created_at: z.string(),
  pending_cancellation_date: z.string().nullish(),
  last_activity_at: z.string().nullish(),
  plan_type: z.string().nullish(),
});
export type VendorSeat = z.infer<typeof Seat>;
/** `GET /orgs/{org}/copilot/billing/seats` (`@octokit/openapi`); one entry per granting organisation and team. */
export const SeatPage = z.object({ total_seats: z.number().int().nullish(), seats: optionalList(Seat) });

const UsageItem = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}/, 'no date'),
  product: z.string(),
  sku: z.string(),
  /** Fractional for seats, whatever the vendor's contract says. */
  quantity: Count,
  unitType: z.string().nullish(),
  pricePerUnit: Decimal.nullish(),
  grossAmount: Decimal,
  netAmount: Decimal,
  organizationName: z.string().nullish(),
});
export type UsageItem = z.infer<typeof UsageItem>;
/** `GET /organizations/{org}/settings/billing/usage?year&month&day`: dollars; not paged. */
export const BillingUsage = z.object({ usageItems: optionalList(UsageItem) });

const CreditItem = z.object({
  sku: z.string(),
  model: z.string().nullish(),
  grossQuantity: Count.nullish(),
  grossAmount: Decimal,
  netAmount: Decimal,
});
/** `GET .../settings/billing/ai_credit/usage` and `.../premium_request/usage`: `user` is a filter. */
export const CreditUsage = z.object({
  timePeriod: z.object({ year: z.number(), month: z.number().nullish(), day: z.number().nullish() }),
  usageItems: z.array(CreditItem),
});
export type CreditUsage = z.infer<typeof CreditUsage>;

const CostCenter = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string().nullish(),
  resources: z.array(z.object({ type: z.string(), name: z.string() })).nullish(),
});
export type ListedCentre = z.infer<typeof CostCenter>;
/** A cost centre, with the logins of those whose seats it pays for, in lower case. */
export interface CostCenter extends ListedCentre {
  readonly members: readonly string[];
}
/** `GET /enterprises/{enterprise}/settings/billing/cost-centers?state=`. */
export const CostCenterList = z.object({ costCenters: optionalList(CostCenter) });

/** `POST` and `GET /enterprises/{enterprise}/settings/billing/reports[/{id}]`. */
export const Report = z.object({
  id: z.string(),
  status: z.string(),
  download_urls: z.array(z.string()).nullish(),
});

/** `GET .../copilot/metrics/reports/users-1-day?day=`; null stands for 204, no report of that day. */
export const UserReport = z.object({ download_links: z.array(z.string()) }).nullable();

/** One line of the users report; `ai_credits_used` is a signal, not the bill. */
export const UserDay = z.object({
  day: z.iso.date(),
  user_login: z.string(),
  user_id: Id.nullish(),
  ai_credits_used: Decimal.nullish(),
});

const Identity = z.object({
  samlIdentity: z.object({ nameId: z.string().nullish() }).nullish(),
  scimIdentity: z.object({ username: z.string().nullish() }).nullish(),
  user: z.object({ login: z.string(), databaseId: z.number().nullish() }).nullish(),
});
export type ExternalIdentity = z.infer<typeof Identity>;
const SamlProvider = z
  .object({
    externalIdentities: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
      nodes: z.array(Identity),
    }),
  })
  .nullish();
/** GraphQL `samlIdentityProvider.externalIdentities` of an organisation, or of an enterprise's `ownerInfo`. */
export const SamlAnswer = z.object({
  data: z
    .object({
      organization: z.object({ samlIdentityProvider: SamlProvider }).nullish(),
      enterprise: z
        .object({ ownerInfo: z.object({ samlIdentityProvider: SamlProvider }).nullish() })
        .nullish(),
    })
    .nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
});
